"""``mock_aws`` by ``with`` and by ``start()`` and ``stop()``: when AWS is mocked, its data and its configuration."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import boto3
import pytest
from moto.core.exceptions import ServiceNotWhitelisted
from moto.moto_api import recorder

from aiomoto import ArgumentError, MockAWS, mock_aws, mock_aws_decorator
from tests.buckets import SESSION, bucket_names, create_bucket
from tests.conftest import ClientFactory
from tests.mocks import both
from tests.snapshot import nothing_left_behind
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = pytest.mark.usefixtures("no_data_left")


@pytest.mark.anyio
async def test_with_mocks_asynchronous_clients(client: ClientFactory) -> None:
    with mock_aws():
        async with client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket="photos")
        assert bucket_names() == ["photos"]


@pytest.mark.anyio
async def test_async_with_mocks_asynchronous_clients(client: ClientFactory) -> None:
    async with mock_aws():
        async with client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket="photos")
        assert bucket_names() == ["photos"]


def test_start_mocks_until_stop() -> None:
    aws = mock_aws()

    with nothing_left_behind():
        aws.start()
        create_bucket("photos")
        aws.stop()


def test_nothing_is_mocked_before_the_start() -> None:
    with nothing_left_behind():
        mock_aws(config={"iam": {"load_aws_managed_policies": True}})


def test_with_gives_the_mock() -> None:
    with mock_aws() as aws:
        assert isinstance(aws, MockAWS)


@pytest.mark.anyio
async def test_async_with_gives_the_mock() -> None:
    async with mock_aws() as aws:
        assert isinstance(aws, MockAWS)


def test_a_mock_can_be_entered_again_after_it_ended() -> None:
    aws = mock_aws()
    with aws:
        create_bucket("photos")

    with aws:
        assert bucket_names() == []


def test_starting_twice_takes_two_stops() -> None:
    with nothing_left_behind():
        aws = mock_aws()
        aws.start()
        aws.start()
        create_bucket("photos")

        aws.stop()
        assert bucket_names() == ["photos"]

        aws.stop()


def test_a_mock_can_be_entered_inside_itself() -> None:
    with nothing_left_behind(), mock_aws() as aws:
        create_bucket("photos")
        with aws:
            assert bucket_names() == ["photos"]
        assert bucket_names() == ["photos"]


def test_an_error_inside_is_not_swallowed() -> None:
    with pytest.raises(KeyError, match="mine"), mock_aws():
        raise KeyError("mine")


@pytest.mark.anyio
async def test_an_error_inside_async_with_is_not_swallowed() -> None:
    with pytest.raises(KeyError, match="mine"):
        async with mock_aws():
            raise KeyError("mine")


# ---------------------------------------------------------------- data


def test_a_mock_begins_with_no_data() -> None:
    with mock_aws():
        create_bucket("photos")
    with mock_aws():
        assert bucket_names() == []


@both
def test_nested_mocks_share_their_data(mock: Callable[[], Any]) -> None:
    with mock():
        create_bucket("outer")
        with mock():
            create_bucket("inner")
            assert bucket_names() == ["inner", "outer"]
        assert bucket_names() == ["inner", "outer"]


@both
def test_reset_forgets_all_data(mock: Callable[[], Any]) -> None:
    with mock() as aws:
        create_bucket("photos")
        boto3.client("sqs", region_name="eu-west-1").create_queue(QueueName="jobs")

        aws.reset()

        assert bucket_names() == []
        assert "QueueUrls" not in boto3.client("sqs", region_name="eu-west-1").list_queues()


def test_a_client_goes_on_working_after_reset() -> None:
    with mock_aws() as aws:
        s3 = boto3.client("s3")
        aws.reset()
        s3.create_bucket(Bucket="photos")
        assert bucket_names() == ["photos"]


@both
@pytest.mark.parametrize(
    ("remove_data", "reset", "found"),
    [
        pytest.param(True, True, [], id="the-defaults"),
        pytest.param(False, False, ["photos"], id="neither"),
        pytest.param(False, True, [], id="reset"),
        pytest.param(True, False, [], id="remove-data"),
    ],
)
def test_start_and_stop_take_motos_arguments(
    mock: Callable[[], Any], remove_data: bool, reset: bool, found: list[str]
) -> None:
    first, second = mock(), mock()
    first.start()
    create_bucket("photos")
    first.stop(remove_data=remove_data)

    second.start(reset=reset)
    try:
        assert bucket_names() == found
    finally:
        second.stop()


@pytest.mark.parametrize(
    ("remove_data", "reset", "found"),
    [
        pytest.param(True, True, [], id="the-defaults"),
        pytest.param(False, False, ["photos"], id="neither"),
        pytest.param(False, True, [], id="reset"),
        pytest.param(True, False, [], id="remove-data"),
    ],
)
def test_mock_aws_takes_them_too(remove_data: bool, reset: bool, found: list[str]) -> None:
    with mock_aws(remove_data=remove_data):
        create_bucket("photos")

    with mock_aws(reset=reset):
        assert bucket_names() == found


def test_an_inner_mock_neither_resets_nor_removes() -> None:
    with mock_aws():
        create_bucket("photos")
        with mock_aws(reset=True, remove_data=True):
            pass
        assert bucket_names() == ["photos"]


# ---------------------------------------------------------------- configuration


def has_managed_policies() -> bool:
    return bool(SESSION.client("iam").list_policies(Scope="AWS", MaxItems=1)["Policies"])


@pytest.mark.thorough
@both
def test_config_is_motos(mock: Callable[..., Any]) -> None:
    with mock(config={"iam": {"load_aws_managed_policies": True}}):
        assert has_managed_policies()


@both
def test_without_config_motos_defaults_hold(mock: Callable[..., Any]) -> None:
    with mock():
        assert not has_managed_policies()


def test_config_ends_with_the_mock() -> None:
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        pass
    with mock_aws():
        assert not has_managed_policies()


def test_the_inner_mocks_config_ends_with_it() -> None:
    with mock_aws() as aws:
        with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
            aws.reset()
            assert has_managed_policies()
        aws.reset()
        assert not has_managed_policies()


@pytest.mark.thorough
def test_the_inner_mock_keeps_what_its_config_does_not_name() -> None:
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}), mock_aws(config={"lambda": {}}):
        assert has_managed_policies()


async def has_valid_certificates(iot: Any) -> bool:
    made = await iot.create_keys_and_certificate(setAsActive=True)
    # So it is with Moto's use_valid_cert off.
    by_text = made["certificateId"] == sha256(made["certificatePem"].encode()).hexdigest()
    return not by_text


@pytest.mark.thorough
@pytest.mark.anyio
async def test_each_task_has_the_config_of_its_own_mock(client: ClientFactory) -> None:
    found: dict[bool, list[bool]] = {True: [], False: []}

    async def look(valid: bool, own: anyio.Event, other: anyio.Event) -> None:
        async with mock_aws(config={"iot": {"use_valid_cert": valid}}), client("iot", region_name="us-east-1") as iot:
            own.set()
            await other.wait()
            for _ in range(3):
                found[valid].append(await has_valid_certificates(iot))

    async with anyio.create_task_group() as tasks:
        first, second = anyio.Event(), anyio.Event()
        tasks.start_soon(look, True, first, second)
        tasks.start_soon(look, False, second, first)

    assert found == {True: [True] * 3, False: [False] * 3}


@pytest.mark.anyio
async def test_a_nested_mock_extends_the_config_of_the_mock_it_is_in(client: ClientFactory) -> None:
    async def other_task(*, task_status: anyio.abc.TaskStatus[None]) -> None:
        async with mock_aws(config={"iot": {"use_valid_cert": False}}), client("iot", region_name="us-east-1") as iot:
            await has_valid_certificates(iot)
            task_status.started()
            await anyio.sleep_forever()

    async with mock_aws(config={"iot": {"use_valid_cert": True}}), anyio.create_task_group() as tasks:
        await tasks.start(other_task)
        async with mock_aws(), client("iot", region_name="us-east-1") as iot:
            assert await has_valid_certificates(iot)
        tasks.cancel_scope.cancel()


def test_service_whitelist_is_motos() -> None:
    with mock_aws(config={"core": {"service_whitelist": ["sqs"]}}):
        boto3.client("sqs", region_name="us-east-1").list_queues()
        with pytest.raises(ServiceNotWhitelisted):
            boto3.client("s3", region_name="us-east-1").list_buckets()


@both
@pytest.mark.parametrize(("config", "kept"), [({}, False), ({"core": {"reset_boto3_session": False}}, True)])
def test_boto3s_default_session_is_replaced_unless_the_config_says_otherwise(
    mock: Callable[..., Any], config: dict[str, Any], kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = boto3.Session(region_name="eu-west-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)

    with mock(config=config):
        boto3.client("sqs", region_name="us-east-1")
        assert (boto3.DEFAULT_SESSION is session) is kept

    assert boto3.DEFAULT_SESSION is session


# ---------------------------------------------------------------- Moto's recorder


@pytest.mark.anyio
async def test_motos_recorder_records_asynchronous_clients(
    client: ClientFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))
    with mock_aws():
        recorder.start_recording()
        try:
            async with client("s3", region_name="us-east-1") as s3:
                await s3.create_bucket(Bucket="photos")
        finally:
            recorder.stop_recording()

    recorded = [json.loads(line) for line in recorder.download_recording().splitlines()]
    assert [(each["method"], each["url"].rstrip("/")) for each in recorded] == [
        ("PUT", "https://photos.s3.amazonaws.com")
    ]


@pytest.mark.parametrize("mock", [mock_aws, mock_aws_decorator])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sleeep", r"mock_aws\(\) has no option 'sleeep'; did you mean 'sleep'\?$"),
        ("region", r"mock_aws\(\) has no option 'region'\. Set AWS_DEFAULT_REGION, or use @pytest\.mark\.aiomoto"),
    ],
)
def test_an_option_that_does_not_exist_is_an_error_that_says_what_there_is(mock: Any, name: str, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        mock(**{name: "eu-west-1"})


@pytest.mark.parametrize("name", ["record_bodies", "share_models", "fsspec", "endpoint"])
def test_a_switch_that_is_neither_on_nor_off_is_an_error(name: str) -> None:
    options: dict[str, Any] = {name: "http://localhost:4566"}
    with pytest.raises(ArgumentError, match=f"{name} must be True or False, not 'http://localhost:4566'"):
        mock_aws(**options)
