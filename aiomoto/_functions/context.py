"""The context object that a handler is given.

https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from aiomoto import _clock
from aiomoto._moto.lambdas import Target


class Identity:
    """The Amazon Cognito identity that authorised the request: none.

    Attributes:
        cognito_identity_id: always ``None``.
        cognito_identity_pool_id: always ``None``.
    """

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


class Client:
    """The application that has invoked the function, as its client context says."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.installation_id = given.get("installation_id")
        self.app_title = given.get("app_title")
        self.app_version_name = given.get("app_version_name")
        self.app_version_code = given.get("app_version_code")
        self.app_package_name = given.get("app_package_name")


class ClientContext:
    """What the client has said of itself.

    Attributes:
        client: the application.
        custom: values that the application has set.
        env: values that the AWS SDK has set.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        client = given.get("client")
        self.client = Client(client) if isinstance(client, Mapping) else None
        self.custom = given.get("custom")
        self.env = given.get("env")


class Context:
    """What a handler knows of its invocation."""

    function_name: str
    """The name of the function."""
    function_version: str
    """Its version."""
    invoked_function_arn: str
    """Its ARN as it was invoked."""
    memory_limit_in_mb: str
    """Its memory, a string as in AWS."""
    aws_request_id: str
    """The id of the invocation."""
    log_group_name: str
    """Its log group."""
    log_stream_name: str
    """Its log stream."""
    identity: Identity
    """The Amazon Cognito identity, which has no values."""
    client_context: ClientContext | None
    """What the client has said of itself; ``None`` if it has said nothing."""
    tenant_id: str | None = None
    """Always ``None``."""

    def __init__(self, target: Target, request_id: str, log_stream: str, client_context: str | None = None) -> None:
        self.function_name = target.name
        self.function_version = target.version
        self.invoked_function_arn = target.invoked_arn
        self.memory_limit_in_mb = str(target.memory)
        self.aws_request_id = request_id
        self.log_group_name = target.log_group
        self.log_stream_name = log_stream
        self.identity = Identity()
        self.client_context = _client_context_of(client_context)
        self._deadline = _clock.now() + target.timeout

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run, in milliseconds."""
        return max(int((self._deadline - _clock.now()) * 1000), 0)

    def log(self, message: object) -> None:
        """Write to the function's log.

        Args:
            message: what to write; no line break is added.
        """
        print(message, end="")

    def __repr__(self) -> str:
        return f"<Context of {self.invoked_function_arn}, request {self.aws_request_id}>"


def _client_context_of(header: str | None) -> ClientContext | None:
    if not header:
        return None
    try:
        given = json.loads(base64.b64decode(header))
    except ValueError:
        return None
    return ClientContext(given) if isinstance(given, Mapping) else None
