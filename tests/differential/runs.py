"""Calls through one kind of client, and all that comes back from them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import boto3
import moto
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config

from aiomoto import mock_aws
from tests.differential.answers import Answer, Log, is_stream, read, read_async, same_moment
from tests.differential.operations import ALL, operations
from tests.guard import NetworkError, expected_attempts

Answers = dict[str, Answer]

SETTINGS: dict[str, Any] = {"region_name": "us-east-1"}
CONFIG: dict[str, Any] = {"retries": {"total_max_attempts": 1}}


def call_all(
    service: str, names: Collection[str] = ALL, mock: Callable[[], AbstractContextManager[Any]] = moto.mock_aws
) -> Answers:
    """Call operations of a service through boto3, under Moto's own mock or another."""
    # Moto's own lets out what it has no service for.
    with same_moment(), mock(), expected_attempts() if mock is moto.mock_aws else nullcontext():
        client = boto3.client(service, config=Config(**CONFIG), **SETTINGS)
        log = Log(client)
        return {
            each.name: call(client, each.method, each.parameters(log.known), log) for each in operations(client, names)
        }


def call_all_async(service: str, names: Collection[str], session_class: type) -> Answers:
    """Call operations of a service through aiobotocore, over one of its HTTP libraries, under our mock."""

    async def run() -> Answers:
        config = AioConfig(http_session_cls=session_class, **CONFIG)
        async with get_session().create_client(service, config=config, **SETTINGS) as client:
            log = Log(client)
            return {
                each.name: await call_async(client, each.method, each.parameters(log.known), log)
                for each in operations(client, names)
            }

    with same_moment(), mock_aws():
        return asyncio.run(run())


def call(client: Any, method: str, parameters: dict[str, Any], log: Log) -> Answer:
    """Call a method of a client of boto3's."""
    log.begin(method)
    try:
        response = getattr(client, method)(**parameters)
        return log.returned(response, {name: read(value) for name, value in response.items() if is_stream(value)})
    except (Exception, NetworkError) as error:
        return log.raised(error)


async def call_async(client: Any, method: str, parameters: dict[str, Any], log: Log) -> Answer:
    """Call a method of a client of aiobotocore's."""
    log.begin(method)
    try:
        response = await getattr(client, method)(**parameters)
        streams = {name: await read_async(value) for name, value in response.items() if is_stream(value)}
        return log.returned(response, streams)
    except (Exception, NetworkError) as error:
        return log.raised(error)
