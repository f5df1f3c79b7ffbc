"""Functions that Moto runs in containers: what to say where there is no Docker to run them."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from aiomoto._wire.message import WireRequest, WireResponse

_INVOCATION = re.compile(r".*/functions/([^/]+)/(?:invocations|invoke-async|response-streaming-invocations)/?")
# How Moto begins the payload with which it answers then, as if the function had returned it.
_NO_DOCKER = b"error running docker: "


def explain_missing_docker(service: str, request: WireRequest, reply: WireResponse) -> str | None:
    """Say that a function was not run, and what to write; ``None`` where the reply does not mean that."""
    if service != "awslambda" or not reply.body.startswith(_NO_DOCKER):
        return None
    invocation = _INVOCATION.fullmatch(urlsplit(request.url).path)
    if invocation is None:
        return None
    why = reply.body.removeprefix(_NO_DOCKER).decode("utf-8", "replace")
    return (
        f"Moto runs the Lambda function {unquote(invocation[1])!r} in a Docker container, and Docker does not answer: "
        f"{why}. "
        'Write mock_aws(config={"lambda": {"use_docker": False}}), with which invocations are answered and no function '
        "is run, or start Docker"
    )
