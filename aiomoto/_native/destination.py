"""Where a native S3 client would send its requests, and the error if that is AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from aiomoto import _guard, _live
from aiomoto._errors import RequestBlockedError
from aiomoto._wire.message import WireRequest

# object_store's names of an endpoint, in options and in the environment, in any case and with or without "aws_".
_NAMES = ("endpoint", "endpoint_url", "endpoint_url_s3")
_S3 = WireRequest("GET", "https://s3.amazonaws.com/", {})


def is_s3(url: object) -> bool:
    """Tell whether a URL or path is on S3."""
    return str(url).lower().startswith(("s3://", "s3a://"))


def names_endpoint(options: Mapping[str, Any] | None) -> bool:
    """Tell whether the options of a client, or the environment, name an endpoint."""
    given = (name for options in (options or {}, os.environ) for name, value in options.items() if value)
    return any(name.lower().removeprefix("aws_") in _NAMES for name in given)


def url_of_endpoint() -> str | None:
    """Return the URL of the open endpoint of an active mock; ``None`` without one."""
    port = _live.open_port()
    return None if port is None else f"http://127.0.0.1:{port}"


def leads_to_aws() -> bool:
    """Tell whether a client without an endpoint would leave the process though a mock is active, or a guard is on."""
    exchange = _live.current()
    return _guard.is_on() if exchange is None else not exchange.passes_through(_S3)


def blocked_error(client: str, other_way: str = "") -> RequestBlockedError:
    """The error of a client that would send its requests to AWS."""
    if _live.current() is None:
        return _guard.blocked_client(client)
    return RequestBlockedError(
        f"{client} was blocked: it is a native client, whose requests pass the mock by and would reach AWS. Write "
        f"mock_aws(endpoint=True), which leads it to the mock{other_way}"
    )
