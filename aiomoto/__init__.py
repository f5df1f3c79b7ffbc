"""Mock AWS for async Python: aiobotocore and boto3 against Moto, in the test's own process."""

from aiomoto._aiohttp_session import MotoAIOHTTPSession
from aiomoto._errors import AiomotoError, RequestBlockedError
from aiomoto._mock import MockAWS, mock_aws, mock_aws_decorator
from aiomoto._wiring import AioSession

__all__ = [
    "AioSession",
    "AiomotoError",
    "MockAWS",
    "MotoAIOHTTPSession",
    "RequestBlockedError",
    "mock_aws",
    "mock_aws_decorator",
]
__version__ = "0.1.0"
