"""IAM's permissions in async tests: they are checked, or an error says how."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import boto3
import pytest
import requests
from aiobotocore.session import get_session
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

from aiomoto import ArgumentError, mock_aws
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
    with pytest.raises(
        TypeError, match=r"would enforce nothing\. Write mock_aws\(iam=True\), or .*_NO_AUTH_ACTION_COUNT"
    ):
        mock_aws(set_initial_no_auth_action_count(0)(function))


# ---------------------------------------------------------------- mock_aws(iam=True)

ALLOW = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": %s, "Resource": "*"}}'
TRUST = (
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}}'
)


def user_with(*actions: str) -> dict[str, str]:
    """The keys of a new user that may do so much, as arguments of a client."""
    iam: Any = boto3.client("iam", region_name=REGION)
    iam.create_user(UserName="ada")
    iam.put_user_policy(UserName="ada", PolicyName="p", PolicyDocument=ALLOW % json.dumps(actions))
    keys = iam.create_access_key(UserName="ada")["AccessKey"]
    return {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"]}


@pytest.mark.anyio
async def test_policies_of_a_user_are_checked(client: ClientFactory) -> None:
    async with mock_aws():
        keys = user_with("s3:CreateBucket", "s3:PutObject")
        async with mock_aws(iam=True), client("s3", region_name=REGION, **keys) as s3:
            await s3.create_bucket(Bucket="photos")
            await s3.put_object(Bucket="photos", Key="a b+é/k", Body=b"x", Metadata={"a": "b"})
            with pytest.raises(ClientError, match="AccessDenied"):
                await s3.list_buckets()
        async with client("s3", region_name=REGION, **keys) as s3:
            await s3.list_buckets()


def test_keys_that_are_nobodys_are_refused() -> None:
    with mock_aws(iam=True), pytest.raises(ClientError, match="InvalidAccessKeyId"):
        boto3.client("s3", region_name=REGION).list_buckets()


def test_another_secret_is_refused() -> None:
    with mock_aws():
        keys = user_with("*")
        with mock_aws(iam=True), pytest.raises(ClientError, match="SignatureDoesNotMatch"):
            boto3.client("sqs", region_name=REGION, **keys | {"aws_secret_access_key": "x"}).list_queues()


def test_policies_of_an_assumed_role_are_checked() -> None:
    with mock_aws():
        keys = user_with("sts:AssumeRole")
        iam: Any = boto3.client("iam", region_name=REGION)
        role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=ALLOW % '"sqs:ListQueues"')
        with mock_aws(iam=True):
            sts: Any = boto3.client("sts", region_name=REGION, **keys)
            found = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
            session = boto3.Session(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], REGION)
            session.client("sqs").list_queues()
            with pytest.raises(ClientError, match="AccessDenied"):
                session.client("sqs").create_queue(QueueName="jobs")


def test_what_has_no_signature_in_a_header_is_not_checked() -> None:
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION, **user_with("*"))
        s3.create_bucket(Bucket="photos")
        with mock_aws(iam=True):
            url = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": "photos"})
            assert requests.get(url, timeout=10).status_code == 200
            sts: Any = boto3.client("sts", region_name=REGION)
            role = {"RoleArn": "arn:aws:iam::123456789012:role/reader", "RoleSessionName": "session"}
            assert sts.assume_role_with_web_identity(**role, WebIdentityToken="token")["Credentials"]


def test_snapshot_has_the_users() -> None:
    with mock_aws() as aws:
        keys = user_with("s3:ListAllMyBuckets")
        state = aws.snapshot()

    with mock_aws(iam=True, state=state):
        s3 = boto3.client("s3", region_name=REGION, **keys)
        s3.list_buckets()
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.create_bucket(Bucket="photos")


@pytest.mark.parametrize("isolated", [False, True])
def test_innermost_mock_decides(isolated: bool) -> None:
    def is_refused() -> bool:
        try:
            boto3.client("s3", region_name=REGION).list_buckets()
        except ClientError:
            return True
        return False

    with mock_aws(iam=True, isolated=isolated):
        with mock_aws(), mock_aws(iam=True):
            assert is_refused()
        with mock_aws(isolated=isolated):
            assert not is_refused()
        assert is_refused()
    with mock_aws(isolated=isolated):
        assert not is_refused()
    with mock_aws(strict=True, iam=True, isolated=isolated):
        assert is_refused()


def test_threads_of_other_mocks_are_not_checked() -> None:
    def calls(iam: bool) -> list[bool]:
        with mock_aws(iam=iam, isolated=True):
            s3 = boto3.client("s3", region_name=REGION)
            refused = []
            for _ in range(20):
                try:
                    s3.list_buckets()
                    refused.append(False)
                except ClientError:
                    refused.append(True)
        return refused

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(calls, [True, False, True, False])) == [[True] * 20, [False] * 20] * 2


def test_option_is_true_or_false() -> None:
    with pytest.raises(ArgumentError, match=r"iam must be True or False, not 1"):
        mock_aws(iam=1)  # type: ignore[call-overload]
