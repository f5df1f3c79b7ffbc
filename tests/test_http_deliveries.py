"""Deliveries to HTTP endpoints, by whatever call they are made: the loop and all other clients go on meanwhile."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Event, Semaphore, Thread, enumerate
from typing import Any

import anyio
import boto3
import pytest
import requests
from aiobotocore.config import AioConfig
from anyio.to_thread import run_sync

from aiomoto import mock_aws
from tests.conftest import ClientFactory, Stack

REGION = "us-east-1"
DEADLINE = 30  # seconds, after which the endpoint answers unasked
ROLE = "arn:aws:iam::123456789012:role/any"


class Endpoint(ThreadingTCPServer):
    """A customer's HTTP endpoint that answers a delivery when the test says so."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Delivery)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        self.asked = Semaphore(0)
        self.may_answer = Event()
        self.received: list[bytes] = []


class _Delivery(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        self.server.asked.release()
        self.server.may_answer.wait(DEADLINE)
        self.server.received.append(body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Write nothing to standard error."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.may_answer.set()
        server.shutdown()
        thread.join()


# ---------------------------------------------------------------- calls that end when the endpoint answers


async def topic_of(sns: Any, url: str) -> str:
    topic: str = (await sns.create_topic(Name="news"))["TopicArn"]
    await sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
    return topic


async def publish(client: ClientFactory, url: str) -> None:
    async with client("sns", region_name=REGION) as sns:
        await sns.publish(TopicArn=await topic_of(sns, url), Message="hello")


async def publish_batch(client: ClientFactory, url: str) -> None:
    async with client("sns", region_name=REGION) as sns:
        entries = [{"Id": "1", "Message": "hello"}]
        await sns.publish_batch(TopicArn=await topic_of(sns, url), PublishBatchRequestEntries=entries)


async def stream_to(firehose: Any, url: str) -> None:
    s3 = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::backup"}
    destination = {"EndpointConfiguration": {"Url": url}, "S3Configuration": s3}
    await firehose.create_delivery_stream(DeliveryStreamName="events", HttpEndpointDestinationConfiguration=destination)


async def put_record(client: ClientFactory, url: str) -> None:
    async with client("firehose", region_name=REGION) as firehose:
        await stream_to(firehose, url)
        await firehose.put_record(DeliveryStreamName="events", Record={"Data": b"hello"})


async def put_record_batch(client: ClientFactory, url: str) -> None:
    async with client("firehose", region_name=REGION) as firehose:
        await stream_to(firehose, url)
        await firehose.put_record_batch(DeliveryStreamName="events", Records=[{"Data": b"hello"}])


async def route_events(events: Any, url: str, source: str) -> None:
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "key", "ApiKeyValue": "secret"}}
    connection = await events.create_connection(Name="to", AuthorizationType="API_KEY", AuthParameters=key)
    where = {"InvocationEndpoint": url, "HttpMethod": "POST", "ConnectionArn": connection["ConnectionArn"]}
    destination = await events.create_api_destination(Name="to", **where)
    await events.put_rule(Name="all", EventPattern=json.dumps({"source": [source]}))
    await events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": destination["ApiDestinationArn"]}])


async def put_events(client: ClientFactory, url: str) -> None:
    async with client("events", region_name=REGION) as events:
        await route_events(events, url, "shop")
        await events.put_events(Entries=[{"Source": "shop", "DetailType": "order", "Detail": "{}"}])


async def put_object(client: ClientFactory, notify: dict[str, Any]) -> None:
    async with client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        await s3.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=notify)
        await s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"cat")


async def put_object_announced_by_sns(client: ClientFactory, url: str) -> None:
    async with client("sns", region_name=REGION) as sns:
        topic = {"TopicArn": await topic_of(sns, url), "Events": ["s3:ObjectCreated:*"]}
    await put_object(client, {"TopicConfigurations": [topic]})


async def put_object_announced_by_events(client: ClientFactory, url: str) -> None:
    async with client("events", region_name=REGION) as events:
        await route_events(events, url, "aws.s3")
    await put_object(client, {"EventBridgeConfiguration": {}})


async def create_stack_announced_by_sns(client: ClientFactory, url: str) -> None:
    template = json.dumps({"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}})
    async with client("sns", region_name=REGION) as sns, client("cloudformation", region_name=REGION) as cloudformation:
        topic = await topic_of(sns, url)
        await cloudformation.create_stack(StackName="all", TemplateBody=template, NotificationARNs=[topic])


Slow = Callable[[ClientFactory, str], Awaitable[None]]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "call",
    [
        publish,
        publish_batch,
        put_record,
        put_record_batch,
        put_events,
        put_object_announced_by_sns,
        put_object_announced_by_events,
        create_stack_announced_by_sns,
    ],
)
async def test_other_tasks_go_on_while_a_delivery_waits_for_its_endpoint(
    call: Slow, client: ClientFactory, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_EVENTS_INVOKE_HTTP", "true")
    order = []

    async def deliver() -> None:
        await call(client, endpoint.url)
        order.append("delivered")

    async with mock_aws(), client("s3", region_name=REGION) as s3, anyio.create_task_group() as tasks:
        tasks.start_soon(deliver)
        await run_sync(endpoint.asked.acquire)
        await s3.create_bucket(Bucket="meanwhile")
        order.append("meanwhile")
        endpoint.may_answer.set()

    assert order == ["meanwhile", "delivered"]


def test_other_threads_go_on_while_a_delivery_of_boto3s_waits_for_its_endpoint(endpoint: Endpoint) -> None:
    with mock_aws(), ThreadPoolExecutor(1) as threads:
        sns = boto3.client("sns", region_name=REGION)
        topic = sns.create_topic(Name="news")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint.url)
        delivery = threads.submit(sns.publish, TopicArn=topic, Message="hello")
        endpoint.asked.acquire()
        boto3.client("s3", region_name=REGION).create_bucket(Bucket="meanwhile")
        assert not delivery.done()
        endpoint.may_answer.set()

    assert delivery.result()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.thorough
@pytest.mark.anyio
async def test_any_number_of_deliveries_wait_at_once(client: ClientFactory, endpoint: Endpoint) -> None:
    wide = AioConfig(max_pool_connections=45)
    async with (
        mock_aws(),
        client("sns", region_name=REGION, config=wide) as sns,
        anyio.create_task_group() as tasks,
    ):
        topic = await topic_of(sns, endpoint.url)
        for number in range(45):
            tasks.start_soon(partial(sns.publish, TopicArn=topic, Message=str(number)))
        for _ in range(45):
            assert await run_sync(endpoint.asked.acquire, True, DEADLINE)
        assert endpoint.received == []
        endpoint.may_answer.set()

    assert sorted(int(json.loads(body)["Message"]) for body in endpoint.received) == list(range(45))


# ---------------------------------------------------------------- cancelled


@pytest.mark.anyio
async def test_cancelling_a_delivery_does_not_wait_for_its_endpoint(client: ClientFactory, endpoint: Endpoint) -> None:
    async with mock_aws():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(publish, client, endpoint.url)
            await run_sync(endpoint.asked.acquire)
            tasks.cancel_scope.cancel()
        assert endpoint.received == []


def test_a_delivery_whose_loop_has_ended_is_made_all_the_same(
    client: ClientFactory, stack: Stack, endpoint: Endpoint
) -> None:
    async def publish_and_leave() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(publish, client, endpoint.url)
            await run_sync(endpoint.asked.acquire)
            tasks.cancel_scope.cancel()

    with mock_aws():
        anyio.run(publish_and_leave, backend=stack.loop)
        endpoint.may_answer.set()
        for thread in enumerate():
            if thread.name == "aiomoto sns":
                thread.join()

    assert [json.loads(body)["Message"] for body in endpoint.received] == ["hello"]


# ---------------------------------------------------------------- failed


@pytest.mark.anyio
async def test_an_endpoint_that_refuses_is_an_error_of_the_caller(client: ClientFactory) -> None:
    with Endpoint() as closed:
        pass

    async with mock_aws():
        with pytest.raises(requests.ConnectionError):
            await publish(client, closed.url)
