"""Clients that go from one event loop to the next, as in programs that call ``asyncio.run`` for each step."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from aiomoto import mock_aws
from tests.conftest import STACKS, Stack

LARGE = bytes(range(256)) * 4_096  # 1 MiB: more than a response holds before it is read

ON_ASYNCIO = [stack for stack in STACKS if stack.loop == "asyncio"]


@pytest.mark.parametrize("stack", ON_ASYNCIO, ids=lambda stack: stack.name)
def test_a_client_and_its_bodies_are_used_on_a_new_loop_for_each_step(stack: Stack) -> None:
    async def read(body: Any) -> bytes:
        data: bytes = await body.read()
        return data

    with mock_aws():
        config = AioConfig(http_session_cls=stack.session_class)
        context = get_session().create_client("s3", region_name="us-east-1", config=config)
        s3 = asyncio.run(context.__aenter__())
        asyncio.run(s3.create_bucket(Bucket="steps"))
        asyncio.run(s3.put_object(Bucket="steps", Key="key", Body=LARGE))
        answer = asyncio.run(s3.get_object(Bucket="steps", Key="key"))
        assert asyncio.run(read(answer["Body"])) == LARGE
        asyncio.run(context.__aexit__(None, None, None))
