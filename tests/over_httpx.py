"""What the tests of the httpx backend share: run on each of its loops, and make clients over a session class."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import get_session

from tests.conftest import STACKS

# A module's marks: its asynchronous tests run over httpx only, on each of its loops.
ON_EACH_LOOP = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("stack"),
    pytest.mark.parametrize(
        "stack", [stack for stack in STACKS if stack.name == "httpx"], ids=lambda stack: stack.loop, indirect=True
    ),
]


def connect(
    session_class: Any = HttpxSession,
    *,
    endpoint_url: str | None = None,
    retries: dict[str, Any] | None = None,
    verify: str | None = None,
) -> AbstractAsyncContextManager[Any]:
    """An S3 client over a session class, with keys, so that it needs no mock."""
    context: AbstractAsyncContextManager[Any] = get_session().create_client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoint_url,
        verify=verify,
        aws_access_key_id="ada",
        aws_secret_access_key="lovelace",
        config=AioConfig(http_session_cls=session_class, retries=retries or {"max_attempts": 0}),
    )
    return context
