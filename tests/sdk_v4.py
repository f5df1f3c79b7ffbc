"""Clients of the AWS SDK for Python v4, for the tests that need them. Importing this skips those without the SDK."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

smithy_http = pytest.importorskip("smithy_http", reason="needs the AWS SDK for Python v4, on Python 3.12 or later")

from aiomoto import MotoHTTPClient as MotoHTTPClient  # noqa: E402  (not without the SDK)

NOVA = "amazon.nova-lite-v1:0"
# The names of what each package has.
_CLASSES = {
    "bedrock_runtime": "BedrockRuntime",
    "dynamodb": "DynamoDB",
    "lambda": "Lambda",
    "lex_runtime_v2": "LexRuntimeV2",
    "polly": "Polly",
    "secrets_manager": "SecretsManager",
    "sns": "SNS",
    "sqs": "SQS",
    "sts": "STS",
    "transcribe_streaming": "TranscribeStreaming",
}


def models(service: str) -> Any:
    """The module of a service's inputs and outputs; the test is skipped where its package is not installed."""
    pytest.importorskip(f"aws_sdk_{service}", reason=f"needs aws-sdk-{service.replace('_', '-')}")
    return import_module(f"aws_sdk_{service}.models")


def _class(service: str, module: str, name: str) -> Any:
    models(service)
    return getattr(import_module(f"aws_sdk_{service}.{module}"), name.format(_CLASSES[service]))


def client(service: str, config: Any = None) -> Any:
    """Create a client, which closes itself at the end of an ``async with`` block."""
    return _class(service, "client", "Async{}Client")(config=config)


async def configured(service: str, **settings: Any) -> Any:
    """Create a client with a configuration."""
    config = await _class(service, "config", "Async{}Config").resolve(**settings)
    return client(service, config)


def crt_class() -> Any:
    """The SDK's transport over awscrt."""
    pytest.importorskip("awscrt", reason="needs awscrt")
    return import_module("smithy_http.aio.crt").AWSCRTHTTPClient


def aiohttp_class() -> Any:
    """The SDK's transport over aiohttp."""
    return import_module("smithy_http.aio.aiohttp").AIOHTTPClient


def crt() -> Any:
    """Create a transport over awscrt."""
    return crt_class()()


def aiohttp() -> Any:
    """Create a transport over aiohttp."""
    return aiohttp_class()()


each_transport = pytest.mark.parametrize("transport", [aiohttp, crt], ids=["aiohttp", "crt"])
each_transport_class = pytest.mark.parametrize("kind", [aiohttp_class, crt_class], ids=["aiohttp", "crt"])


def chain(error: BaseException | None) -> list[type]:
    """The classes of an error and of its causes."""
    found: list[type] = []
    while error is not None:
        found += type(error).__mro__
        error = error.__cause__
    return found


def asked(text: str) -> list[Any]:
    """The messages of a chat with one question."""
    bedrock = models("bedrock_runtime")
    return [bedrock.Message(role="user", content=[bedrock.ContentBlockText(value=text)])]
