"""Mock AWS for async Python: aiobotocore and boto3 against Moto, in the test's own process."""

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from aiomoto._httpx_session import MotoHttpxSession as MotoHttpxSession
else:
    try:
        from aiomoto._httpx_session import MotoHttpxSession as MotoHttpxSession
    except ImportError:
        # Left out of __all__, so that `from aiomoto import *` works without httpx.
        def __getattr__(name: str) -> Any:
            if name == "MotoHttpxSession":
                from aiomoto import _httpx_session  # noqa: F401  (raises the ImportError that names the extra)
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    else:
        __all__.append("MotoHttpxSession")
        __all__.sort()
