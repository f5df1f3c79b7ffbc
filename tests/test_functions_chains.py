"""Chains of functions: what a call sets off is carried out in order before it returns, even if it is cancelled."""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from aiomoto import AiomotoError, ArgumentError, mock_aws
from tests import functions
from tests.conftest import ClientFactory
from tests.functions import REGION, bodies, create_queue, create_table, map_source, notify, send, shorten_window
from tests.stack_of_each_loop import stack as stack  # a fixture


def build(aws: Any) -> None:
    """Create a bucket whose uploads a queue's function resizes, into another bucket, whose uploads are listed."""
    _, arn = create_queue("uploads")
    map_source("resize", arn)
    for bucket in ("pictures", "thumbnails"):
        functions.client("s3").create_bucket(Bucket=bucket)
    notify("pictures", QueueConfigurations=[{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}])
    target = {"LambdaFunctionArn": aws.functions.arn("list"), "Events": ["s3:ObjectCreated:*"]}
    notify("thumbnails", LambdaFunctionConfigurations=[target])
    create_table("thumbnails", "key")
    aws.functions.invocations.clear()


def keys_in(body: str) -> list[str]:
    return [record["s3"]["object"]["key"] for record in json.loads(body).get("Records", ())]


def resize(event: Any, context: Any) -> None:
    for record in event["Records"]:
        for key in keys_in(record["body"]):
            functions.client("s3").put_object(Bucket="thumbnails", Key=key, Body=b"small")


def list_one(event: Any, context: Any) -> None:
    [record] = event["Records"]
    functions.client("dynamodb").put_item(TableName="thumbnails", Item={"key": {"S": record["s3"]["object"]["key"]}})


def listed() -> list[str]:
    items = functions.client("dynamodb").scan(TableName="thumbnails")["Items"]
    return sorted(item["key"]["S"] for item in items)


def test_a_chain_of_plain_functions_has_run_when_the_call_returns() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        aws.functions["list"] = list_one
        build(aws)
        functions.client("s3").put_object(Bucket="pictures", Key="cat.png", Body=b"large")
        assert listed() == ["cat.png"]
        assert [each.name for each in aws.functions.invocations] == ["resize", "list"]


@pytest.mark.anyio
async def test_a_chain_of_async_functions_has_run_when_the_call_returns(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3, client("dynamodb", region_name=REGION) as db:

        async def resize_async(event: Any, context: Any) -> None:
            for record in event["Records"]:
                for key in keys_in(record["body"]):
                    await s3.put_object(Bucket="thumbnails", Key=key, Body=b"small")

        async def list_async(event: Any, context: Any) -> None:
            [record] = event["Records"]
            await db.put_item(TableName="thumbnails", Item={"key": {"S": record["s3"]["object"]["key"]}})

        aws.functions["resize"] = resize_async
        aws.functions["list"] = list_async
        build(aws)
        await s3.put_object(Bucket="pictures", Key="cat.png", Body=b"large")
        assert listed() == ["cat.png"]

        aws.functions["list"] = list_one  # plain and async ones mix
        await s3.put_object(Bucket="pictures", Key="dog.png", Body=b"large")
        assert listed() == ["cat.png", "dog.png"]


@pytest.mark.thorough
@pytest.mark.anyio
async def test_twenty_chains_at_the_same_time_lose_nothing(client: ClientFactory) -> None:
    keys = [f"{number:02}.png" for number in range(20)]
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:

        async def resize_async(event: Any, context: Any) -> None:
            for record in event["Records"]:
                for key in keys_in(record["body"]):
                    await s3.put_object(Bucket="thumbnails", Key=key, Body=b"small")

        aws.functions["resize"] = resize_async
        aws.functions["list"] = list_one
        build(aws)
        async with anyio.create_task_group() as tasks:
            for key in keys:
                tasks.start_soon(partial(s3.put_object, Bucket="pictures", Key=key, Body=b"large"))
        await aws.settle()
        assert listed() == keys


def test_chains_of_several_threads_lose_nothing() -> None:
    keys = [f"{number}.png" for number in range(6)]
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        aws.functions["list"] = list_one
        build(aws)
        s3 = functions.client("s3")
        put = partial(s3.put_object, Bucket="pictures", Body=b"large")
        threads = [threading.Thread(target=partial(put, Key=key)) for key in keys]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        aws.settle()
        assert listed() == keys


def test_what_a_function_sets_off_comes_after_it_and_in_order() -> None:
    order: list[str] = []
    with mock_aws() as aws:
        first, first_arn = create_queue("first")
        second, second_arn = create_queue("second")

        def begin(event: Any, context: Any) -> None:
            order.append("begins")
            send(second, "a")
            send(second, "b")
            order.append("ends")

        aws.functions["begin"] = begin
        aws.functions["go_on"] = lambda event, context: order.extend(each["body"] for each in event["Records"])
        map_source("begin", first_arn)
        map_source("go_on", second_arn, BatchSize=1)
        send(first, "go")
    assert order == ["begins", "ends", "a", "b"]


def test_a_handlers_own_threads_may_call_aws() -> None:
    with mock_aws() as aws:
        url, _ = create_queue("results")

        def work(event: Any, context: Any) -> None:
            threads = [threading.Thread(target=send, args=(url, str(number))) for number in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        aws.functions["work"] = work
        functions.client("lambda").invoke(FunctionName="work")
        assert sorted(bodies(url)) == ["0", "1", "2"]


@pytest.mark.anyio
async def test_cancelling_the_call_does_not_stop_the_chain(client: ClientFactory) -> None:
    begun, goes_on = anyio.Event(), anyio.Event()

    async def wait(event: Any, context: Any) -> None:
        begun.set()
        await goes_on.wait()
        send(second, "done")

    async with mock_aws() as aws, client("sqs", region_name=REGION) as sqs:
        aws.functions.add("wait", wait, timeout=60)
        aws.functions["after"] = lambda event, context: None
        first, first_arn = create_queue("first")
        second, second_arn = create_queue("second")
        map_source("wait", first_arn)
        map_source("after", second_arn)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: sqs.send_message(QueueUrl=first, MessageBody="go"))
            await begun.wait()
            tasks.cancel_scope.cancel()
        goes_on.set()
        await aws.settle(timeout=60)
        assert [each.name for each in aws.functions.invocations] == ["wait", "after"]
        assert all(each.duration is not None for each in aws.functions.invocations)
        counts = functions.client("sqs").get_queue_attributes(QueueUrl=first, AttributeNames=["All"])["Attributes"]
        assert counts["ApproximateNumberOfMessagesNotVisible"] == "0"  # it was deleted


@pytest.mark.anyio
async def test_settling_lists_what_is_still_running(client: ClientFactory) -> None:
    begun, goes_on = anyio.Event(), anyio.Event()

    async def wait(event: Any, context: Any) -> None:
        begun.set()
        await goes_on.wait()

    async with mock_aws() as aws, client("lambda", region_name=REGION) as lambdas:
        aws.functions.add("wait", wait, timeout=60)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: lambdas.invoke(FunctionName="wait"))
            await begun.wait()
            with pytest.raises(AiomotoError, match="there is still: <Invocation of wait by Invoke: running>"):
                await aws.settle(timeout=0.02)
            goes_on.set()
        await aws.settle()


def test_settling_without_functions_is_over_at_once() -> None:
    with mock_aws() as aws:
        aws.settle()


@pytest.mark.parametrize("timeout", [-1, True, "10", float("nan")])
def test_settling_wants_a_number_of_seconds(timeout: Any) -> None:
    with mock_aws() as aws, pytest.raises(ArgumentError, match="timeout must be a number of seconds, 0 or more, not"):
        aws.settle(timeout=timeout)


@pytest.mark.anyio
async def test_python_warns_of_settling_that_nobody_awaits(client: ClientFactory) -> None:
    async with mock_aws() as aws:
        with pytest.warns(RuntimeWarning, match=r"coroutine 'Settling\.settle' was never awaited"):
            aws.settle()


@pytest.mark.anyio
async def test_what_comes_later_runs_on_the_loop_that_has_set_it_off(client: ClientFactory) -> None:
    threads: list[int] = []

    async def note(event: Any, context: Any) -> None:
        threads.append(threading.get_ident())

    async with mock_aws() as aws, client("sqs", region_name=REGION) as sqs:
        aws.functions["note"] = note
        url, arn = create_queue("jobs")
        map_source("note", arn)
        shorten_window(arn)
        await sqs.send_message(QueueUrl=url, MessageBody="a")
        assert threads == []
        await aws.settle()
        assert threads == [threading.get_ident()]


def test_nothing_of_a_mock_goes_on_in_the_next_one() -> None:
    with mock_aws() as aws:
        aws.functions["work"] = lambda event, context: None
        url, arn = create_queue("jobs")
        map_source("work", arn)
        functions.client("sqs").send_message(QueueUrl=url, MessageBody="later", DelaySeconds=1)
    invocations = aws.functions.invocations
    with mock_aws() as aws:
        url, arn = create_queue("jobs")
        send(url, "a")
        assert bodies(url) == ["a"]
        aws.settle()
    assert invocations == []


def test_the_functions_of_the_mock_around_run_too() -> None:
    with mock_aws() as outer:
        outer.functions["work"] = lambda event, context: None
        url, arn = create_queue("jobs")
        map_source("work", arn)
        with mock_aws():
            send(url, "a")
            outer.settle()
        assert len(outer.functions.invocations) == 1


def test_isolated_mocks_have_functions_of_their_own() -> None:
    seen: list[tuple[str, str]] = []
    rendezvous = threading.Barrier(2)

    def run(name: str) -> None:
        with mock_aws(isolated=True) as aws:
            aws.functions["work"] = lambda event, context: seen.extend(
                (name, each["body"]) for each in event["Records"]
            )
            url, arn = create_queue("jobs")
            map_source("work", arn)
            rendezvous.wait(60)
            send(url, f"of {name}")
            rendezvous.wait(60)
            assert len(aws.functions.invocations) == 1

    threads = [threading.Thread(target=run, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [("a", "of a"), ("b", "of b")]
