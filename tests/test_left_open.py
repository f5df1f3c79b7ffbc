"""``aws.leaks``: what a test has left open, and where it opened it."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import Any

import anyio
import boto3
import pytest
from aiobotocore.session import get_session

from aiomoto import AiomotoError, AiomotoLeakWarning, ArgumentError, Leak, mock_aws
from tests.conftest import ClientFactory
from tests.inner_runs import run_tests

pytest_plugins = ["pytester"]
pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("own_keys")]  # for clients that are made before the mock

REGION = "us-east-1"
LARGE = b"x" * 1_000_000
OBJECT = {"Bucket": "photos", "Key": "a"}
EVENTS = {"stream": [{"messageStart": {"role": "assistant"}}, {"messageStop": {"stopReason": "end_turn"}}]}


async def put(s3: Any) -> None:
    await s3.create_bucket(Bucket="photos")
    await s3.put_object(**OBJECT, Body=LARGE)


async def test_an_unread_body_is_a_leak_with_the_line_that_asked_for_it(client: ClientFactory) -> None:
    aws = mock_aws(leaks="warn")
    async with client("s3", region_name=REGION) as s3:
        await aws.__aenter__()
        await put(s3)
        response = await s3.get_object(**OBJECT)
        with pytest.warns(AiomotoLeakWarning) as warned:
            await aws.__aexit__(None, None, None)
        leak = aws.leaks[0]

    assert aws.leaks == [leak]
    assert (leak.kind, leak.service, leak.operation, leak.params["Key"]) == ("body", "s3", "GetObject", "a")
    assert str(leak.where).partition("test_left_open.py:")[2].isdigit()
    assert "the body of s3 GetObject(Bucket='photos', Key='a'" in str(warned[0].message)
    assert warned[0].filename == __file__
    del response


@pytest.mark.parametrize("ends", ["read", "closed"])
async def test_what_was_read_or_closed_is_no_leak(ends: str, client: ClientFactory) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with mock_aws(leaks="error"), client("s3", region_name=REGION) as s3:
            await put(s3)
            body = (await s3.get_object(**OBJECT))["Body"]
            if ends == "read":
                await body.read()
            elif (closing := body.close()) is not None:
                await closing


async def test_a_body_that_nobody_read_is_a_leak_also_if_its_client_is_closed(client: ClientFactory) -> None:
    async with mock_aws() as outer:
        async with mock_aws() as aws:
            async with client("s3", region_name=REGION) as s3:
                await put(s3)
                response = await s3.get_object(**OBJECT)
            assert [(leak.kind, leak.operation) for leak in aws.leaks] == [("body", "GetObject")]
        assert outer.leaks == aws.leaks
    del response


async def test_a_call_in_a_task_has_its_line(client: ClientFactory) -> None:
    async with mock_aws(leaks="warn") as aws, client("s3", region_name=REGION) as s3:
        await put(s3)
        bodies = []

        async def get() -> None:
            bodies.append((await s3.get_object(**OBJECT))["Body"])

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(get)
            tasks.start_soon(lambda: s3.head_object(**OBJECT))
        assert str(aws.leaks[0].where).partition("test_left_open.py:")[2].isdigit()
        await bodies[0].read()


async def test_a_body_that_nothing_refers_to_is_a_leak_too(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        await put(s3)
        await s3.get_object(**OBJECT)
        gc.collect()
        assert [(leak.kind, leak.operation) for leak in aws.leaks] == [("body", "GetObject"), ("client", None)]


async def test_an_event_stream_that_was_left_half_way_is_a_leak() -> None:
    aws = mock_aws(leaks="error")

    async def read_one_event() -> None:
        async with aws:
            aws.answers.add("bedrock-runtime", "ConverseStream", EVENTS)
            client = await get_session().create_client("bedrock-runtime", region_name=REGION).__aenter__()
            left.append(client)
            stream = (await client.converse_stream(modelId="nova", messages=[]))["stream"]
            left.append(stream)
            await anext(aiter(stream))

    left: list[Any] = []
    with pytest.raises(AiomotoError, match=r"the event stream of bedrock-runtime ConverseStream\(modelId='nova'"):
        await read_one_event()
    left[1].close()
    await left[0].close()

    assert [leak.kind for leak in aws.leaks] == ["event stream", "client"]


async def leave_a_client_open(client: ClientFactory, left: list[Any]) -> None:
    """Close one client, and not the other."""
    async with mock_aws(leaks="error"):
        left.append(await client("sqs", region_name=REGION).__aenter__())
        async with client("s3", region_name=REGION) as s3:
            await s3.list_buckets()
        if len(left) > 1:
            raise KeyError("mine")


async def test_a_client_that_was_never_closed_is_a_leak(client: ClientFactory) -> None:
    left: list[Any] = []
    with pytest.raises(AiomotoError, match=r"the client of sqs was never closed, opened at .*test_left_open.py:"):
        await leave_a_client_open(client, left)
    await left[0].close()


async def test_an_error_of_the_test_comes_first(client: ClientFactory) -> None:
    left: list[Any] = [None]
    with pytest.raises(KeyError, match="mine"):
        await leave_a_client_open(client, left)
    await left[1].close()


async def test_a_client_from_before_the_mock_is_no_leak(client: ClientFactory) -> None:
    async with client("s3", region_name=REGION) as s3, mock_aws(leaks="error"):
        await s3.list_buckets()


def test_boto3_has_no_leaks() -> None:
    with mock_aws(leaks="error") as aws:
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket="photos")
        s3.put_object(**OBJECT, Body=LARGE)
        response = s3.get_object(**OBJECT)

        assert aws.leaks == []
        del response


def test_a_file_system_is_a_leak_on_a_loop_that_was_closed_only() -> None:
    s3fs = pytest.importorskip("s3fs")

    async def list_buckets() -> None:
        file_system = s3fs.S3FileSystem(asynchronous=True, skip_instance_cache=True)
        await file_system._ls("")  # noqa: SLF001  (fsspec's name for the method to await)

    with mock_aws() as aws:
        s3fs.S3FileSystem().ls("")
        assert aws.leaks == []
        asyncio.run(list_buckets())
        assert [leak.kind for leak in aws.leaks] == ["file system"]


async def test_leaks_are_listed_while_they_are_leaks(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        await put(s3)
        assert [leak.kind for leak in aws.leaks] == ["client"]
        body = (await s3.get_object(**OBJECT))["Body"]
        assert [leak.kind for leak in aws.leaks] == ["body", "client"]
        await body.read()
        assert aws.leaks == [Leak("client", "s3", where=aws.leaks[0].where)]


def test_a_wrong_value_is_refused() -> None:
    with pytest.raises(ArgumentError, match="leaks must be 'ignore', 'warn' or 'error', not 'raise'"):
        mock_aws(leaks="raise")  # type: ignore[call-overload]


# ---------------------------------------------------------------- the plugin

LEAKS = """
from aiobotocore.session import get_session

@pytest.mark.asyncio
async def test_leaks(aiomoto):
    client = await get_session().create_client("s3", region_name="us-east-1").__aenter__()
    await client.list_buckets()

@pytest.mark.asyncio
async def test_drops(aiomoto_client):
    s3 = await aiomoto_client("s3", region_name="us-east-1")
    await s3.create_bucket(Bucket="photos")
    await s3.put_object(Bucket="photos", Key="a", Body=bytes(1_000_000))
    await s3.get_object(Bucket="photos", Key="a")

@pytest.mark.asyncio
async def test_closes(aiomoto_client):
    client = await aiomoto_client("s3", region_name="us-east-1")
    await client.list_buckets()
"""


def test_the_plugin_warns(pytester: pytest.Pytester) -> None:
    result = run_tests(pytester, LEAKS, "-W", "default::aiomoto.AiomotoLeakWarning")
    result.assert_outcomes(passed=3, warnings=2)
    result.stdout.fnmatch_lines(["*the client of s3 was never closed, opened at *"])
    result.stdout.fnmatch_lines(["*the body of s3 GetObject(*) was neither read to its end nor closed, opened at *"])


@pytest.mark.parametrize(("setting", "outcomes"), [("error", {"passed": 3, "errors": 2}), ("ignore", {"passed": 3})])
def test_the_plugin_does_what_the_setting_says(
    setting: str, outcomes: dict[str, int], pytester: pytest.Pytester
) -> None:
    run_tests(pytester, LEAKS, "-o", f"aiomoto_leaks={setting}").assert_outcomes(**outcomes)


def test_a_marker_says_it_for_one_test(pytester: pytest.Pytester) -> None:
    marked = LEAKS.replace("@pytest.mark.asyncio", "@pytest.mark.aiomoto(leaks='error')\n@pytest.mark.asyncio", 1)
    run_tests(pytester, marked, "-o", "aiomoto_leaks=ignore").assert_outcomes(passed=3, errors=1)


FAILING = """
from aiobotocore.session import get_session

async def leak():
    await get_session().create_client("s3", region_name="us-east-1").__aenter__()

@pytest.mark.asyncio
async def test_fails(aiomoto):
    await leak()
    assert False

@pytest.mark.asyncio
async def test_is_skipped(aiomoto):
    await leak()
    pytest.skip("later")
"""


def test_a_test_that_fails_or_is_skipped_has_no_other_error(pytester: pytest.Pytester) -> None:
    run_tests(pytester, FAILING, "-o", "aiomoto_leaks=error").assert_outcomes(failed=1, skipped=1)


def test_a_set_up_may_leave_open_what_a_clean_up_closes(pytester: pytest.Pytester) -> None:
    tests = """
    from aiobotocore.session import get_session

    @mock_aws(leaks="error")
    class TestReports(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self):
            self.s3 = await get_session().create_client("s3", region_name="us-east-1").__aenter__()
            self.addAsyncCleanup(self.s3.close)

        async def test_lists(self):
            assert (await self.s3.list_buckets())["Buckets"] == []
    """
    run_tests(pytester, tests).assert_outcomes(passed=1)


def test_a_wrong_setting_fails_each_test_that_uses_it(pytester: pytest.Pytester) -> None:
    result = run_tests(pytester, LEAKS, "-o", "aiomoto_leaks=eror")
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(["*aiomoto_leaks must be 'ignore', 'warn' or 'error', not 'eror'*"])
