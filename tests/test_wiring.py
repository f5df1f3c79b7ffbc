"""Clients wired to Moto by hand: no mock is live, and nothing in the process changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiobotocore.session
import moto
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from botocore.config import Config
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.loaders import create_loader

import aiomoto
from aiomoto import AiomotoError, AioSession, ArgumentError, MotoAIOHTTPSession, RequestBlockedError, mock_aws
from tests.buckets import bucket_names, create_bucket
from tests.conftest import Stack
from tests.environments import each_environment_in_turn, use_files
from tests.loopback import loopback_server
from tests.programs import run_source
from tests.snapshot import nothing_left_behind
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_data_left")]

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "AKIAMINE", "aws_secret_access_key": "mine"}
# One for all sessions: without a mock each would parse its service models anew.
LOADER = create_loader()


@pytest.fixture
def ours(stack: Stack) -> Any:
    """Our session class for the stack."""
    return MotoAIOHTTPSession if stack.name == "aiohttp" else aiomoto.MotoHttpxSession


Wired = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture(params=["session", "config"])
def wired(request: pytest.FixtureRequest, ours: Any) -> Wired:
    """``async with wired("s3") as s3``: a client that is wired in either form."""
    if request.param == "session":
        create: Wired = with_models(AioSession(http_session_cls=ours)).create_client
        return create

    def create_client(service: str, **kwargs: Any) -> AbstractAsyncContextManager[Any]:
        config = AioConfig(http_session_cls=ours)
        client: AbstractAsyncContextManager[Any] = with_models(aiobotocore.session.AioSession()).create_client(
            service, config=config, **KEYS, **kwargs
        )
        return client

    return create_client


def with_models(session: Any) -> Any:
    session.register_component("data_loader", LOADER)
    return session


async def names(s3: Any) -> list[str]:
    return sorted(bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"])


# ---------------------------------------------------------------- no mock


async def test_a_wired_client_works_with_no_mock_and_changes_nothing(wired: Wired) -> None:
    with nothing_left_behind():
        # What is compared while the client is still open: nothing waits for its end to be put back.
        with nothing_left_behind():
            context = wired("s3")
            s3 = await context.__aenter__()
            await s3.create_bucket(Bucket="photos")
            await s3.put_object(Bucket="photos", Key="thing", Body=b"all is well")
            answer = await s3.get_object(Bucket="photos", Key="thing")
            assert await answer["Body"].read() == b"all is well"
        await context.__aexit__(None, None, None)


async def test_a_session_has_aiohttp_unless_it_is_told_otherwise() -> None:
    async with with_models(AioSession()).create_client("s3") as s3:
        await s3.create_bucket(Bucket="photos")
        assert await names(s3) == ["photos"]


async def test_other_sessions_are_not_wired() -> None:
    AioSession()
    with loopback_server() as server:
        async with with_models(aiobotocore.session.get_session()).create_client(
            "s3", endpoint_url=server.url, **KEYS
        ) as s3:
            await s3.delete_object(Bucket="photos", Key="thing")
    assert len(server.received) == 1


async def test_wired_clients_share_their_data(wired: Wired, ours: Any) -> None:
    other = with_models(AioSession(http_session_cls=ours))
    async with wired("s3") as first, other.create_client("s3") as second:
        await first.create_bucket(Bucket="photos")
        assert await names(second) == ["photos"]


async def test_an_error_of_moto_is_the_clients(wired: Wired) -> None:
    async with wired("s3") as s3:
        with pytest.raises(ClientError) as error:
            await s3.get_object(Bucket="missing", Key="thing")
    assert error.value.response["Error"]["Code"] == "NoSuchBucket"


async def test_a_service_that_moto_lacks_is_blocked(wired: Wired) -> None:
    async with wired("comprehendmedical") as medical:
        with pytest.raises(RequestBlockedError, match=r"comprehendmedical DetectPHI .*was blocked"):
            await medical.detect_phi(Text="well")


async def test_an_operation_that_moto_lacks_is_not_implemented(wired: Wired) -> None:
    async with wired("ssm") as ssm:
        with pytest.raises(NotImplementedError, match="get_inventory_schema"):
            await ssm.get_inventory_schema()


async def test_any_endpoint_is_motos(wired: Wired) -> None:
    with loopback_server() as server:
        async with wired("s3", endpoint_url=server.url) as s3:
            await s3.create_bucket(Bucket="photos")
            assert await names(s3) == ["photos"]
    assert server.received == []


# ---------------------------------------------------------------- keys, region, environment


async def test_a_session_has_fake_keys_and_a_region() -> None:
    session = AioSession()
    credentials = await (await session.get_credentials()).get_frozen_credentials()

    assert tuple(credentials)[:3] == ("FOOBARKEY", "FOOBARSECRET", None)
    assert session.get_config_variable("region") == "us-east-1"


@pytest.mark.thorough
async def test_a_session_finds_the_same_as_on_a_bare_machine(tmp_path: Path) -> None:
    with loopback_server() as metadata, nothing_left_behind():
        for environment in each_environment_in_turn(metadata.url, tmp_path):
            with environment:
                session = with_models(AioSession())
                credentials = await (await session.get_credentials()).get_frozen_credentials()
                assert tuple(credentials)[:3] == ("FOOBARKEY", "FOOBARSECRET", None)
                for service, call in (
                    ("s3", "list_buckets"),
                    ("bedrock", "list_custom_models"),
                    ("dynamodb", "list_tables"),
                ):
                    async with session.create_client(service) as client:
                        assert client.meta.region_name == "us-east-1"
                        await getattr(client, call)()
    assert metadata.received == []


LISTS_MODELS = """
import asyncio
from aiomoto import AioSession

async def main():
    async with AioSession().create_client("bedrock") as bedrock:
        print((await bedrock.list_custom_models())["modelSummaries"])

asyncio.run(main())
"""


@pytest.mark.thorough
def test_a_session_is_the_first_thing_that_uses_moto_in_a_process_whose_profile_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.setenv(name, "missing")

    assert run_source(LISTS_MODELS).stdout == "[]\n"


async def test_a_session_needs_nothing_whatever_its_http_library(ours: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    async with with_models(AioSession(http_session_cls=ours)).create_client("sts") as sts:
        assert (await sts.get_caller_identity())["Account"] == "123456789012"


async def test_the_users_region_is_respected(ours: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    async with with_models(AioSession(http_session_cls=ours)).create_client("sqs") as sqs:
        assert sqs.meta.region_name == "ap-south-1"


async def test_the_sessions_own_settings_win() -> None:
    session = with_models(AioSession())
    session.set_credentials("AKIAOWN", "own", "token")
    session.set_config_variable("region", "eu-north-1")

    credentials = await (await session.get_credentials()).get_frozen_credentials()
    assert tuple(credentials)[:3] == ("AKIAOWN", "own", "token")
    async with session.create_client("sqs") as sqs:
        assert sqs.meta.region_name == "eu-north-1"
        await sqs.list_queues()


async def test_a_profile_that_the_session_is_given_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_files(tmp_path, monkeypatch)
    async with with_models(AioSession(profile="work")).create_client("sqs") as sqs:
        assert sqs.meta.region_name == "sa-east-1"
        await sqs.list_queues()


async def test_a_config_alone_leaves_keys_and_region_to_the_user(ours: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    config = AioConfig(http_session_cls=ours)
    session = with_models(aiobotocore.session.get_session())
    async with session.create_client("s3", region_name="us-east-1", config=config) as s3:
        with pytest.raises(NoCredentialsError):
            await s3.list_buckets()


# ---------------------------------------------------------------- a client's own configuration


@pytest.mark.parametrize("kind", [AioConfig, Config])
async def test_a_clients_own_config_is_merged(ours: Any, kind: Any) -> None:
    own = kind(retries={"total_max_attempts": 7, "mode": "standard"}, s3={"addressing_style": "path"}, read_timeout=3)
    async with with_models(AioSession(http_session_cls=ours)).create_client("s3", config=own) as s3:
        merged = s3.meta.config
        assert merged.retries["total_max_attempts"] == 7
        assert merged.s3["addressing_style"] == "path"
        assert merged.read_timeout == 3
        await s3.create_bucket(Bucket="photos")
        assert await names(s3) == ["photos"]


async def test_connector_arguments_are_merged(ours: Any) -> None:
    own = AioConfig(connector_args={"keepalive_timeout": 3})
    async with with_models(AioSession(http_session_cls=ours)).create_client("s3", config=own) as s3:
        assert s3.meta.config.connector_args["keepalive_timeout"] == 3
        await s3.list_buckets()


@pytest.mark.parametrize("default", [AioConfig(read_timeout=3), Config(read_timeout=3), None])
async def test_a_default_config_keeps_the_wiring(ours: Any, default: Any) -> None:
    session = with_models(AioSession(http_session_cls=ours))
    session.set_default_client_config(default)
    async with session.create_client("s3", config=AioConfig(connect_timeout=2)) as s3:
        assert (s3.meta.config.read_timeout, s3.meta.config.connect_timeout) == (3 if default else 60, 2)
        await s3.list_buckets()
    async with session.create_client("sqs") as sqs:
        await sqs.list_queues()


async def test_a_default_config_may_be_given_to_a_plain_session(ours: Any) -> None:
    session = with_models(aiobotocore.session.get_session())
    session.set_default_client_config(AioConfig(http_session_cls=ours))
    async with session.create_client("s3", **KEYS) as s3:
        await s3.create_bucket(Bucket="photos")
        assert await names(s3) == ["photos"]


async def test_a_clients_own_session_class_is_used(ours: Any) -> None:
    sent: list[str] = []

    class Own(ours):  # type: ignore[misc]
        async def send(self, request: Any) -> Any:
            sent.append(request.method)
            return await super().send(request)

    async with with_models(AioSession(http_session_cls=ours)).create_client(
        "s3", config=AioConfig(http_session_cls=Own)
    ) as s3:
        await s3.list_buckets()

    assert sent == ["GET"]


async def test_a_client_that_names_a_class_of_aiobotocores_is_motos(stack: Stack) -> None:
    config = AioConfig(http_session_cls=stack.session_class)
    with loopback_server() as server:
        async with with_models(AioSession()).create_client("s3", config=config, endpoint_url=server.url) as s3:
            await s3.create_bucket(Bucket="photos")
            assert await names(s3) == ["photos"]
        with mock_aws() as aws:
            async with with_models(AioSession()).create_client("s3", config=config, endpoint_url=server.url) as s3:
                assert await names(s3) == []
            assert [call.backend for call in aws.calls] == [stack.name]
    assert server.received == []


class Unrelated:
    pass


class Unwired(AIOHTTPSession):  # type: ignore[misc]
    pass


@pytest.mark.parametrize("session_class", [Unrelated, Unwired])
async def test_a_client_that_names_a_class_that_is_not_wired_is_refused(session_class: Any) -> None:
    config = AioConfig(http_session_cls=session_class)
    with pytest.raises(ArgumentError, match="is not wired to Moto: pass MotoAIOHTTPSession, MotoHttpxSession or"):
        await AioSession().create_client("s3", config=config).__aenter__()


@pytest.mark.parametrize(
    ("session_class", "name"),
    [
        (AIOHTTPSession, "AIOHTTPSession"),
        (Unrelated, "Unrelated"),
        ("httpx", "httpx"),
        (None, "None"),
    ],
)
async def test_a_session_class_that_is_not_wired_is_refused(session_class: Any, name: str) -> None:
    with pytest.raises(ArgumentError, match=f"http_session_cls={name} is not wired to Moto: pass MotoAIOHTTPSession"):
        AioSession(http_session_cls=session_class)


# ---------------------------------------------------------------- beside mocks


async def test_a_wired_client_shares_the_data_of_a_mock_around_it(wired: Wired) -> None:
    with nothing_left_behind(), mock_aws():
        create_bucket("photos")
        async with wired("s3") as s3:
            await s3.create_bucket(Bucket="videos")
            assert await names(s3) == bucket_names() == ["photos", "videos"]


async def test_a_wired_client_from_before_shares_the_data_of_a_mock(wired: Wired) -> None:
    async with wired("s3") as s3:
        await s3.create_bucket(Bucket="before")
        with nothing_left_behind(), mock_aws():
            create_bucket("photos")
            assert await names(s3) == ["photos"]
        await s3.create_bucket(Bucket="after")
        assert await names(s3) == ["after"]


@pytest.mark.parametrize("order", ["inside", "outside"])
async def test_a_wired_client_works_inside_both_mocks(wired: Wired, order: str) -> None:
    mocks = (moto.mock_aws(), mock_aws()) if order == "inside" else (mock_aws(), moto.mock_aws())
    with mocks[0], mocks[1]:
        create_bucket("photos")
        async with wired("s3") as s3:
            assert await names(s3) == ["photos"]


async def test_a_client_is_not_wired_inside_motos_own_mock(wired: Wired) -> None:
    with moto.mock_aws(), pytest.raises(AiomotoError, match="cannot be used inside Moto's own mock_aws"):
        async with wired("s3"):
            pytest.fail("it was created")


async def test_a_client_of_a_wired_session_from_before_is_refused_inside_motos_own_mock(ours: Any) -> None:
    async with with_models(AioSession(http_session_cls=ours)).create_client("s3") as s3:
        with moto.mock_aws(), pytest.raises(AiomotoError, match=r"use aiomoto\.mock_aws instead"):
            await s3.list_buckets()
        assert await names(s3) == []


async def test_a_client_wired_inside_a_mock_goes_on_working_after_it(wired: Wired) -> None:
    live = mock_aws()
    live.start()
    async with wired("s3") as s3:
        await s3.create_bucket(Bucket="inside")
        live.stop()
        await s3.create_bucket(Bucket="after")
        assert await names(s3) == ["after"]


async def test_a_wired_client_obeys_the_config_of_a_mock_around_it(wired: Wired) -> None:
    with loopback_server() as server:
        config = {"core": {"passthrough": {"urls": [server.url]}}}
        async with mock_aws(config=config), wired("s3", endpoint_url=server.url) as s3:
            await s3.delete_object(Bucket="photos", Key="thing")
    assert len(server.received) == 1


async def test_the_next_mock_begins_without_the_data_of_wired_clients(wired: Wired) -> None:
    async with wired("s3") as s3:
        await s3.create_bucket(Bucket="photos")
    with mock_aws():
        assert bucket_names() == []


# ---------------------------------------------------------------- aioboto3, whose own tests are in test_aioboto3*.py


async def test_without_aioboto3_its_factory_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aioboto3", None)  # as if it were not installed

    with pytest.raises(
        ImportError, match=r"aioboto3_session needs aioboto3: pip install aioboto3, or .*'\.\[aioboto3\]'"
    ):
        aiomoto.aioboto3_session()
