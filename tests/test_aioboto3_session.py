"""``aioboto3_session``: an aioboto3 session wired to Moto by hand, with no mock and nothing replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiobotocore.config import AioConfig

import aiomoto
from aiomoto import MotoAIOHTTPSession, aioboto3_session, mock_aws
from tests.buckets import bucket_names
from tests.conftest import Stack
from tests.environments import ENVIRONMENTS, use_environment, use_files
from tests.loopback import loopback_server
from tests.snapshot import nothing_left_behind

aioboto3 = pytest.importorskip("aioboto3", reason="aioboto3 is not installed: nox -s aioboto3")

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_data_left")]


async def test_it_is_aioboto3s_own() -> None:
    assert type(aioboto3_session()) is aioboto3.Session


async def test_it_changes_nothing() -> None:
    with nothing_left_behind():
        async with aioboto3_session().resource("s3") as s3:
            with nothing_left_behind():
                bucket = await s3.create_bucket(Bucket="reports")
                assert [each.name async for each in s3.buckets.all()] == [bucket.name]


async def test_other_sessions_are_not_wired() -> None:
    aioboto3_session()
    keys = {"region_name": "us-east-1", "aws_access_key_id": "AKIAMINE", "aws_secret_access_key": "mine"}
    with loopback_server() as server:
        async with aioboto3.Session(**keys).client("s3", endpoint_url=server.url) as s3:
            await s3.delete_object(Bucket="reports", Key="thing")
    assert len(server.received) == 1


# All of them are run for the session that it is made of, in test_wiring.py.
@pytest.mark.parametrize("name", ["bare", "keys", "missing-profile", "profile", "sso-profile", "automatic-defaults"])
async def test_it_needs_nothing_of_the_environment(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with loopback_server() as metadata:
        use_environment(ENVIRONMENTS[name], metadata.url, tmp_path, monkeypatch)
        session = aioboto3_session()
        credentials = await (await session.get_credentials()).get_frozen_credentials()
        assert tuple(credentials)[:3] == ("FOOBARKEY", "FOOBARSECRET", None)
        async with session.resource("sqs") as sqs:
            assert sqs.meta.client.meta.region_name == session.region_name == "us-east-1"
            assert [queue async for queue in sqs.queues.all()] == []
    assert metadata.received == []


async def test_the_arguments_are_aioboto3s() -> None:
    session = aioboto3_session(
        aws_access_key_id="AKIAOWN", aws_secret_access_key="own", aws_session_token="token", region_name="eu-north-1"
    )

    credentials = await (await session.get_credentials()).get_frozen_credentials()
    assert tuple(credentials)[:3] == ("AKIAOWN", "own", "token")
    async with session.resource("sqs") as sqs:
        queue = await sqs.create_queue(QueueName="jobs")
        assert queue.url == "https://sqs.eu-north-1.amazonaws.com/123456789012/jobs"


async def test_a_profile_that_it_is_given_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_files(tmp_path, monkeypatch)
    async with aioboto3_session(profile_name="work").client("sqs") as sqs:
        assert sqs.meta.region_name == "sa-east-1"
        await sqs.list_queues()


async def test_it_has_a_botocore_session_already() -> None:
    with pytest.raises(TypeError, match="botocore_session"):
        aioboto3_session(botocore_session=aiomoto.AioSession())


async def test_a_client_may_name_its_own_http_session() -> None:
    sent: list[str] = []

    class Own(MotoAIOHTTPSession):
        async def send(self, request: Any) -> Any:
            sent.append(request.method)
            return await super().send(request)

    async with aioboto3_session().client("s3", config=AioConfig(http_session_cls=Own)) as s3:
        await s3.list_buckets()

    assert sent == ["GET"]


async def test_a_client_that_names_a_class_of_aiobotocores_is_motos(stack: Stack) -> None:
    config = AioConfig(http_session_cls=stack.session_class)
    with loopback_server() as server:
        async with aioboto3_session().client("s3", config=config, endpoint_url=server.url) as s3:
            await s3.create_bucket(Bucket="reports")
        async with aioboto3_session().resource("s3", config=config, endpoint_url=server.url) as s3:
            assert [bucket.name async for bucket in s3.buckets.all()] == ["reports"]
    assert server.received == []


async def test_each_http_library(stack: Stack) -> None:
    ours = MotoAIOHTTPSession if stack.name == "aiohttp" else aiomoto.MotoHttpxSession
    async with aioboto3_session(http_session_cls=ours).resource("s3") as s3:
        bucket = await s3.create_bucket(Bucket="reports")
        await bucket.put_object(Key="a.txt", Body=b"all is well")
        thing = await s3.Object("reports", "a.txt")
        assert await thing.content_length == 11


async def test_it_shares_the_data_of_a_mock_around_it() -> None:
    with mock_aws():
        async with aioboto3_session().resource("s3") as s3:
            await s3.create_bucket(Bucket="reports")
        assert bucket_names() == ["reports"]
