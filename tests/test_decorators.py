"""``mock_aws`` as a decorator of functions, tests and fixtures: when it is mocked, and what is kept of the data."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import anyio.abc
import anyio.lowlevel
import moto
import pytest

from aiomoto import mock_aws, mock_aws_decorator
from tests.buckets import SESSION, bucket_names, create_bucket
from tests.conftest import ClientFactory
from tests.mocks import both
from tests.snapshot import nothing_left_behind
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = pytest.mark.usefixtures("no_data_left")


# ---------------------------------------------------------------- ways to write it

WAYS = {
    "bare": lambda function: mock_aws(function),
    "called": lambda function: mock_aws()(function),
    "with-config": lambda function: mock_aws(config={"core": {"service_whitelist": ["s3"]}})(function),
    "with-reset": lambda function: mock_aws(reset=True, remove_data=True)(function),
    "decorator-bare": lambda function: mock_aws_decorator(function),
    "decorator-called": lambda function: mock_aws_decorator()(function),
    "decorator-with-config": lambda function: mock_aws_decorator(config={"core": {"service_whitelist": ["s3"]}})(
        function
    ),
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())


@every_way
def test_a_function_is_mocked_while_it_runs(way: Callable[[Any], Any]) -> None:
    with nothing_left_behind():
        assert way(create_bucket)("photos") == ["photos"]


@every_way
@pytest.mark.anyio
async def test_a_coroutine_function_is_mocked_while_it_runs(way: Callable[[Any], Any]) -> None:
    @way
    async def create(name: str) -> list[str]:
        await anyio.lowlevel.checkpoint()
        return create_bucket(name)

    with nothing_left_behind():
        assert await create("photos") == ["photos"]


def test_a_generator_is_mocked_while_it_is_suspended() -> None:
    @mock_aws
    def fixture() -> Iterator[list[str]]:
        yield create_bucket("photos")

    with nothing_left_behind():
        for names in fixture():
            assert names == bucket_names() == ["photos"]


@pytest.mark.anyio
async def test_an_async_generator_is_mocked_while_it_is_suspended(client: ClientFactory) -> None:
    @mock_aws
    async def fixture() -> AsyncIterator[Any]:
        async with client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket="photos")
            yield s3

    with nothing_left_behind():
        async for s3 in fixture():
            assert [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]] == ["photos"]


@mock_aws
def test_a_decorated_test_is_mocked() -> None:
    assert create_bucket("photos") == ["photos"]


@pytest.mark.anyio
@mock_aws
async def test_a_decorated_async_test_is_mocked(client: ClientFactory) -> None:
    async with client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="photos")
    assert bucket_names() == ["photos"]


@pytest.mark.anyio
@mock_aws()
@pytest.mark.parametrize("name", ["photos", "videos"])
async def test_pytest_sees_the_marks_and_parameters_through_the_decorator(client: ClientFactory, name: str) -> None:
    async with client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket=name)
    assert bucket_names() == [name]


# ---------------------------------------------------------------- pytest fixtures


@pytest.fixture
def unchanged() -> Iterator[None]:
    with nothing_left_behind():
        yield


@pytest.fixture
@mock_aws
def bucket(unchanged: None) -> Iterator[str]:
    create_bucket("photos")
    yield "photos"
    assert "photos" in bucket_names()


@pytest.fixture
@mock_aws
async def queue_url(unchanged: None, client: ClientFactory) -> AsyncIterator[str]:
    async with client("sqs", region_name="us-east-1") as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        yield url
        assert (await sqs.list_queues())["QueueUrls"] == [url]


def test_a_test_is_mocked_while_it_uses_a_decorated_fixture(bucket: str) -> None:
    assert bucket_names() == [bucket]


@pytest.mark.anyio
async def test_a_test_is_mocked_while_it_uses_a_decorated_async_fixture(queue_url: str, client: ClientFactory) -> None:
    async with client("sqs", region_name="us-east-1") as sqs:
        assert (await sqs.list_queues())["QueueUrls"] == [queue_url]


@pytest.mark.anyio
@mock_aws
async def test_a_decorated_test_shares_the_data_of_its_decorated_fixtures(bucket: str, queue_url: str) -> None:
    assert bucket_names() == [bucket]
    assert SESSION.client("sqs").list_queues()["QueueUrls"] == [queue_url]


# ---------------------------------------------------------------- data


@pytest.fixture
def clean_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto's mock leaves its keys in the environment when an instance is nested in itself."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@both
def test_each_call_begins_with_no_data(mock: Callable[[Any], Any]) -> None:
    decorated = mock(create_bucket)

    assert decorated("one") == ["one"]
    assert decorated("two") == ["two"]


@both
def test_a_call_inside_a_live_mock_shares_its_data(mock: Callable[..., Any]) -> None:
    with mock():
        create_bucket("outer")
        assert mock(create_bucket)("inner") == ["inner", "outer"]
        assert bucket_names() == ["inner", "outer"]


@both
@pytest.mark.usefixtures("clean_up")
def test_a_decorated_function_may_call_itself(mock: Callable[[Any], Any]) -> None:
    @mock
    def count_down(n: int) -> list[str]:
        create_bucket(f"bucket-{n}")
        if n:
            count_down(n - 1)
        return bucket_names()

    assert count_down(2) == ["bucket-0", "bucket-1", "bucket-2"]


def test_one_configured_decorator_serves_many_functions() -> None:
    decorate = mock_aws_decorator(config={"core": {"service_whitelist": ["s3"]}})
    first, second = decorate(create_bucket), decorate(bucket_names)

    assert first("photos") == ["photos"]
    assert second() == []


@pytest.mark.parametrize(
    ("remove_data", "reset", "found"),
    [
        pytest.param(True, True, [], id="the-defaults"),
        pytest.param(False, False, ["photos"], id="neither"),
        pytest.param(False, True, [], id="reset"),
        pytest.param(True, False, [], id="remove-data"),
    ],
)
@pytest.mark.parametrize("library", ["aiomoto", "moto"])
def test_reset_and_remove_data_are_motos(library: str, remove_data: bool, reset: bool, found: list[str]) -> None:
    def decorate(function: Any, **options: Any) -> Any:
        # Moto takes them where it takes the function.
        return moto.mock_aws()(function, **options) if library == "moto" else mock_aws_decorator(**options)(function)

    decorate(create_bucket, remove_data=remove_data)("photos")

    assert decorate(bucket_names, reset=reset)() == found


@pytest.mark.anyio
async def test_calls_of_one_coroutine_function_may_overlap(client: ClientFactory) -> None:
    @mock_aws
    async def visit(name: str, go: anyio.Event, *, task_status: anyio.abc.TaskStatus[None]) -> list[str]:
        async with client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket=name)
            task_status.started()
            await go.wait()
            return sorted(bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"])

    found: dict[str, list[str]] = {}

    async def keep(name: str, go: anyio.Event, done: anyio.Event, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        found[name] = await visit(name, go, task_status=task_status)
        done.set()

    first, first_done, second, second_done = (anyio.Event() for _ in range(4))
    with nothing_left_behind():
        async with anyio.create_task_group() as tasks:
            await tasks.start(keep, "first", first, first_done)
            await tasks.start(keep, "second", second, second_done)
            first.set()
            await first_done.wait()
            second.set()

    assert found == {"first": ["first", "second"], "second": ["first", "second"]}
