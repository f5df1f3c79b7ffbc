"""Clients that were made before a mock on a machine without credentials, as in CI, sign inside it all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import NoAuthTokenError, NoCredentialsError

from aiomoto import MockAWS, mock_aws
from tests.buckets import create_bucket
from tests.conftest import ClientFactory
from tests.snapshot import nothing_left_behind

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")]
# It signs what expires by the clock of the day, and asks nobody.
DSQL = {"Hostname": "id.dsql.us-east-1.on.aws"}


@pytest.fixture(autouse=True)
def _no_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def key_of(aws: MockAWS) -> str:
    return str(aws.calls.last.headers["Authorization"].partition("Credential=")[2].partition("/")[0])


CALLS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "a-call": ("sqs", lambda sqs: sqs.list_queues()),
    "rest": ("s3", lambda s3: s3.list_buckets()),
    "presigned": ("s3", lambda s3: s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})),
    "post": ("s3", lambda s3: s3.generate_presigned_post("bucket", "key")),
    "database": ("rds", lambda rds: rds.generate_db_auth_token("host.example", 5432, "me")),
    "dsql": ("dsql", lambda dsql: dsql.generate_db_connect_auth_token(**DSQL)),
}


@pytest.mark.parametrize("name", CALLS)
def test_each_way_to_sign_has_fake_keys_inside_and_none_after(name: str) -> None:
    service, call = CALLS[name]
    client = boto3.Session(region_name="us-east-1").client(service)
    with nothing_left_behind(), mock_aws() as aws:
        made = str(call(client))
        assert "FOOBARKEY" in (made if not aws.calls else str(aws.calls.last.headers) + str(aws.calls.last.url))

    # botocore has no error of its own for a form.
    with pytest.raises((NoCredentialsError, AttributeError)):
        call(client)


@pytest.mark.parametrize("signature", ["s3", "s3v4"])
def test_each_signature_of_a_presigned_url_has_fake_keys(signature: str) -> None:
    client = boto3.client("s3", "us-east-1", config=Config(signature_version=signature))
    with mock_aws():
        assert "FOOBARKEY" in client.generate_presigned_url("list_buckets")


def test_a_resource_works_inside() -> None:
    s3 = boto3.resource("s3", region_name="us-east-1")
    with mock_aws():
        create_bucket("photos")
        assert [bucket.name for bucket in s3.buckets.all()] == ["photos"]
    with pytest.raises(NoCredentialsError):
        list(s3.buckets.all())


@pytest.mark.thorough
def test_a_client_that_is_not_to_sign_does_not() -> None:
    client = boto3.client("s3", "us-east-1", config=Config(signature_version=UNSIGNED))
    with mock_aws() as aws:
        client.list_buckets()
        assert "Authorization" not in aws.calls.last.headers


@pytest.mark.thorough
async def test_a_client_of_aiobotocore_works_inside(client: ClientFactory) -> None:
    async with client("sqs", region_name="us-east-1") as sqs:
        with nothing_left_behind(), mock_aws() as aws:
            await sqs.list_queues()
            assert key_of(aws) == "FOOBARKEY"
            assert "FOOBARKEY" in await sqs.generate_presigned_url("list_queues")
        with pytest.raises(NoCredentialsError):
            await sqs.list_queues()


@pytest.mark.parametrize("name", ["post", "database", "dsql"])
async def test_what_aiobotocore_signs_without_a_call_has_fake_keys(name: str) -> None:
    service, call = CALLS[name]
    async with get_session().create_client(service, region_name="us-east-1") as made:
        with mock_aws():
            assert "FOOBARKEY" in str(await call(made))
        with pytest.raises((NoCredentialsError, AttributeError)):
            await call(made)


def test_a_bearer_token_is_a_fake_one_inside() -> None:
    config = Config(signature_version="bearer")
    client = boto3.client("sqs", "us-east-1", config=config)
    with mock_aws() as aws:
        client.list_queues()
        assert aws.calls.last.headers["Authorization"] == "Bearer FOOBARTOKEN"
    with pytest.raises(NoAuthTokenError):
        client.list_queues()


async def test_a_bearer_token_of_aiobotocore_is_a_fake_one_inside() -> None:
    config = AioConfig(signature_version="bearer")
    async with get_session().create_client("sqs", "us-east-1", config=config) as client:
        with mock_aws() as aws:
            await client.list_queues()
            assert aws.calls.last.headers["Authorization"] == "Bearer FOOBARTOKEN"
        with pytest.raises(NoAuthTokenError):
            await client.list_queues()


def test_keys_that_the_test_sets_inside_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("sqs", "us-east-1")
    with mock_aws() as aws:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
        client.list_queues()
        assert key_of(aws) == "AKIATEST"


def test_sessions_of_s3_express_belong_to_their_mock() -> None:
    """Moto does not create such sessions: an event of botocore's does."""
    client = boto3.client("s3", "us-east-1", aws_access_key_id="AKIAOWN", aws_secret_access_key="own")
    tokens = iter("abc")

    def create_session(**context: Any) -> Any:
        keys = {"AccessKeyId": "AKIAEXPRESS", "SecretAccessKey": "express", "SessionToken": next(tokens)}
        return AWSResponse("https://s3", 200, {}, None), {
            "Credentials": keys | {"Expiration": datetime(2999, 1, 1, tzinfo=timezone.utc)}
        }

    client.meta.events.register("before-call.s3.CreateSession", create_session)
    seen = []
    for _ in range(2):
        with mock_aws() as aws:
            for _ in range(2):
                with pytest.raises(client.exceptions.NoSuchBucket):
                    client.list_objects_v2(Bucket="photos--use1-az4--x-s3")
                seen.append(aws.calls.last.headers["x-amz-s3session-token"])

    assert seen == ["a", "a", "b", "b"]
