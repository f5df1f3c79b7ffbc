"""IAM's permissions in async tests: they are checked, or an error says how."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

REGION = "us-east-1"


@contextmanager
def permissions_after(requests: int) -> Iterator[None]:
    """What docs/migrating.md has."""
    with (
        patch("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", requests),
        patch("moto.core.responses.ActionAuthenticatorMixin.request_count", 0),
    ):
        yield


@pytest.mark.anyio
async def test_permissions_are_checked_after_so_many_requests(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name=REGION) as s3:
        with permissions_after(2):
            await s3.create_bucket(Bucket="photos")
            await s3.list_buckets()
            with pytest.raises(ClientError, match="InvalidAccessKeyId"):
                await s3.list_buckets()
        await s3.list_buckets()


@pytest.mark.asyncio
async def test_permissions_are_checked_inside_a_decorated_coroutine_function() -> None:
    @mock_aws
    async def list_buckets_twice() -> None:
        async with get_session().create_client("s3", region_name=REGION) as s3:
            with permissions_after(1):
                await s3.list_buckets()
                await s3.list_buckets()

    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        await list_buckets_twice()


@pytest.mark.asyncio
async def test_motos_decorator_around_ours_checks_nothing_in_a_coroutine_function() -> None:
    """As docs/migrating.md says. Nothing of ours runs when it is applied."""

    @set_initial_no_auth_action_count(0)  # type: ignore[untyped-decorator]
    @mock_aws
    async def list_buckets() -> int:
        async with get_session().create_client("s3", region_name=REGION) as s3:
            return len((await s3.list_buckets())["Buckets"])

    assert await list_buckets() == 0


def test_motos_decorator_checks_in_a_plain_function() -> None:
    @mock_aws
    @set_initial_no_auth_action_count(0)  # type: ignore[untyped-decorator]
    def list_buckets() -> None:
        boto3.client("s3", region_name=REGION).list_buckets()

    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        list_buckets()


async def coroutine_function() -> None: ...


async def async_generator() -> AsyncIterator[None]:
    yield


@pytest.mark.parametrize("function", [coroutine_function, async_generator])
def test_motos_decorator_is_refused_where_it_would_check_nothing(function: Any) -> None:
    with pytest.raises(TypeError, match=r"would enforce nothing\. Inside .*INITIAL_NO_AUTH_ACTION_COUNT"):
        mock_aws(set_initial_no_auth_action_count(0)(function))
