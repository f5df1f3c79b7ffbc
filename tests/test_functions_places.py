"""Where a handler runs: on the caller's loop, beside it, or on a loop of its own; and what does not stop it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import anyio
import anyio.lowlevel
import boto3
import pytest
import sniffio
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.stack_of_each_loop import stack as stack  # a fixture

REGION = "us-east-1"
NO_RETRIES = Config(retries={"total_max_attempts": 1})


async def body(response: Any) -> Any:
    return json.loads(await response["Payload"].read())


@pytest.mark.anyio
async def test_an_async_handler_runs_on_the_callers_loop_with_the_tests_own_clients(client: ClientFactory) -> None:
    async with (
        mock_aws() as aws,
        client("lambda", region_name=REGION) as functions,
        client("s3", region_name=REGION) as s3,
    ):
        thread = threading.get_ident()

        async def store(event: Any, context: Any) -> Any:
            await s3.put_object(Bucket="pictures", Key="a", Body=b"a")
            return threading.get_ident() == thread

        aws.functions["store"] = store
        await s3.create_bucket(Bucket="pictures")
        assert await body(await functions.invoke(FunctionName="store")) is True
        assert (await s3.list_objects_v2(Bucket="pictures"))["KeyCount"] == 1


@pytest.mark.anyio
async def test_a_plain_handler_runs_beside_the_loop(client: ClientFactory) -> None:
    loop_goes_on = threading.Event()

    def wait(event: Any, context: Any) -> bool:
        return loop_goes_on.wait(60)

    async with mock_aws() as aws, client("lambda", region_name=REGION) as functions, anyio.create_task_group() as tasks:
        aws.functions.add("wait", wait, timeout=60)

        async def release() -> None:
            while not aws.functions.invocations:
                await anyio.lowlevel.checkpoint()
            loop_goes_on.set()

        tasks.start_soon(release)
        assert await body(await functions.invoke(FunctionName="wait")) is True


current_user: ContextVar[str] = ContextVar("current_user", default="nobody")


@pytest.mark.anyio
async def test_handlers_see_the_context_variables_of_their_caller(client: ClientFactory) -> None:
    def plain(event: Any, context: Any) -> str:
        return current_user.get()

    async def asynchronous(event: Any, context: Any) -> str:
        return current_user.get()

    async with mock_aws() as aws, client("lambda", region_name=REGION) as functions:
        aws.functions["plain"] = plain
        aws.functions["async"] = asynchronous
        current_user.set("ada")
        assert await body(await functions.invoke(FunctionName="plain")) == "ada"
        assert await body(await functions.invoke(FunctionName="async")) == "ada"


def test_an_async_handler_that_is_called_from_a_thread_has_a_loop_of_its_own() -> None:
    async def name_loop(event: Any, context: Any) -> str:
        await asyncio.sleep(0)
        return sniffio.current_async_library()

    with mock_aws() as aws:
        aws.functions["loop"] = name_loop
        response = boto3.client("lambda", REGION).invoke(FunctionName="loop")
        assert json.loads(response["Payload"].read()) == "asyncio"


def test_a_plain_handler_may_turn_out_to_be_asynchronous() -> None:
    def wrap(handler: Callable[..., Any]) -> Callable[..., Any]:
        return lambda event, context: handler(event)

    async def double(event: int) -> int:
        await asyncio.sleep(0)
        return 2 * event

    with mock_aws() as aws:
        aws.functions["double"] = wrap(double)
        response = boto3.client("lambda", REGION).invoke(FunctionName="double", Payload="4")
        assert json.loads(response["Payload"].read()) == 8


@pytest.mark.anyio
async def test_cancelling_the_caller_does_not_stop_the_function(client: ClientFactory) -> None:
    begun, ended, goes_on = anyio.Event(), anyio.Event(), anyio.Event()

    async def work(event: Any, context: Any) -> None:
        begun.set()
        await goes_on.wait()
        ended.set()

    async with mock_aws() as aws, client("lambda", region_name=REGION) as functions:
        aws.functions.add("work", work, timeout=60)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: functions.invoke(FunctionName="work"))
            await begun.wait()
            tasks.cancel_scope.cancel()
        goes_on.set()
        await ended.wait()
        while aws.functions.invocations[0].duration is None:
            await anyio.lowlevel.checkpoint()
        assert aws.functions.invocations[0].failure is None


@pytest.mark.anyio
async def test_an_async_handler_that_takes_too_long_is_cancelled(client: ClientFactory) -> None:
    was_cancelled = anyio.Event()

    async def work(event: Any, context: Any) -> None:
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            was_cancelled.set()
            raise

    async with mock_aws() as aws, client("lambda", region_name=REGION) as functions:
        aws.functions.add("work", work, timeout=0.02)
        assert (await body(await functions.invoke(FunctionName="work")))["errorType"] == "Sandbox.Timedout"
        await was_cancelled.wait()


def test_an_async_handler_of_a_thread_that_takes_too_long_is_cancelled_too() -> None:
    was_cancelled = threading.Event()

    async def work(event: Any, context: Any) -> None:
        try:
            await anyio.sleep_forever()
        except asyncio.CancelledError:
            was_cancelled.set()
            raise

    with mock_aws() as aws:
        aws.functions.add("work", work, timeout=0.02)
        response = boto3.client("lambda", REGION).invoke(FunctionName="work")
        assert response["FunctionError"] == "Unhandled"
        assert was_cancelled.wait(60)


def test_the_clients_read_timeout_passes_while_the_function_goes_on() -> None:
    goes_on, ended = threading.Event(), threading.Event()

    def work(event: Any, context: Any) -> None:
        goes_on.wait(60)
        ended.set()

    with mock_aws() as aws:
        aws.functions.add("work", work, timeout=60)
        impatient = boto3.client("lambda", REGION, config=NO_RETRIES.merge(Config(read_timeout=0.02)))
        with pytest.raises(ReadTimeoutError):
            impatient.invoke(FunctionName="work")
        goes_on.set()
        assert ended.wait(60)


def test_a_function_may_invoke_another_and_get_its_result() -> None:
    def outer(event: Any, context: Any) -> Any:
        response = boto3.client("lambda", REGION).invoke(FunctionName="inner", Payload=json.dumps(event + 1))
        return json.loads(response["Payload"].read()) + 1

    with mock_aws() as aws:
        aws.functions["outer"] = outer
        aws.functions["inner"] = lambda event, context: 2 * event
        response = boto3.client("lambda", REGION).invoke(FunctionName="outer", Payload="1")
        assert json.loads(response["Payload"].read()) == 5
        assert [each.name for each in aws.functions.invocations] == ["outer", "inner"]


def test_handlers_run_while_other_threads_call_aws() -> None:
    rendezvous = threading.Barrier(4)

    def meet(event: Any, context: Any) -> int:
        rendezvous.wait(60)  # all four run at once
        boto3.client("s3", REGION).put_object(Bucket="pictures", Key=str(event), Body=b"a")
        return int(event)

    with mock_aws() as aws:
        aws.functions.add("meet", meet, timeout=60)
        boto3.client("s3", REGION).create_bucket(Bucket="pictures")
        client = boto3.client("lambda", REGION)
        results: list[Any] = []
        threads = [
            threading.Thread(
                target=lambda n=n: results.append(client.invoke(FunctionName="meet", Payload=str(n))["Payload"].read())
            )
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == [b"0", b"1", b"2", b"3"]
        assert boto3.client("s3", REGION).list_objects_v2(Bucket="pictures")["KeyCount"] == 4


@pytest.mark.thorough
def test_a_function_that_calls_itself_is_stopped_after_100_calls() -> None:
    from aiomoto import AiomotoError

    errors: list[BaseException] = []

    def again(event: Any, context: Any) -> None:
        try:
            boto3.client("lambda", REGION, config=NO_RETRIES).invoke(FunctionName="again")
        except AiomotoError as error:
            errors.append(error)

    with mock_aws() as aws:
        aws.functions.add("again", again, timeout=300)
        boto3.client("lambda", REGION).invoke(FunctionName="again")
        assert len(aws.functions.invocations) == 100
    assert "the function 'again' is the 101st function in a row" in str(errors[0])
