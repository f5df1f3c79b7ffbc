"""A Lambda function that is invoked where there is no Docker: an error that says what to write, not a payload."""

from __future__ import annotations

import gc
import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from warnings import catch_warnings

import boto3
import pytest
from botocore.config import Config

from aiomoto import AiomotoError, mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture
from tests.wire import send

REGION = "us-east-1"
MESSAGE = (
    r"Moto runs the Lambda function 'resize' in a Docker container, and Docker does not respond: .+\. "
    r'Run it in the test with aws.functions\["resize"\] = handler; or start Docker; or write '
    r'mock_aws\(config=\{"lambda": \{"use_docker": False\}\}\), with which'
)
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


# The docker package closes no socket that it could not connect, and Moto no process that it asks for Docker's version.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def _no_docker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    yield
    gc.collect()


def create_function() -> Any:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "def handler(event, context): return event")
    iam = boto3.client("iam", region_name=REGION)
    role = iam.create_role(RoleName="functions", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions = boto3.client("lambda", region_name=REGION, config=ONE_ATTEMPT)
    functions.create_function(
        FunctionName="resize",
        Runtime="python3.12",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    return functions


def publish(function: str) -> None:
    sns = boto3.client("sns", region_name=REGION)
    topic = sns.create_topic(Name="uploads")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
    sns.publish(TopicArn=topic, Message="one")


def send_message(function: str) -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    map_source(queue, function)
    sqs.send_message(QueueUrl=url, MessageBody="one")


def put_item(function: str) -> None:
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    stream = dynamodb.create_table(
        TableName="photos",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]["LatestStreamArn"]
    map_source(stream, function)
    dynamodb.put_item(TableName="photos", Item={"id": {"S": "one"}})


def map_source(source: str, function: str) -> None:
    functions = boto3.client("lambda", region_name=REGION)
    try:
        functions.create_event_source_mapping(
            EventSourceArn=source, FunctionName=function, BatchSize=1, StartingPosition="LATEST"
        )
    except NotImplementedError:
        pytest.skip("this Moto does not know the path that this botocore asks for")


@pytest.mark.parametrize("trigger", [publish, send_message, put_item])
def test_a_function_that_something_else_invokes_is_warned_of(trigger: Callable[[str], None]) -> None:
    with mock_aws():
        function = create_function().get_function(FunctionName="resize")["Configuration"]["FunctionArn"]
        with pytest.warns(RuntimeWarning, match=MESSAGE):
            trigger(function)


@pytest.mark.parametrize("trigger", [publish, send_message, put_item])
def test_with_what_the_message_says_nothing_is_warned_of(trigger: Callable[[str], None]) -> None:
    with mock_aws(config={"lambda": {"use_docker": False}}), catch_warnings(record=True) as warned:
        function = create_function().get_function(FunctionName="resize")["Configuration"]["FunctionArn"]
        trigger(function)

    assert [each for each in warned if each.category is RuntimeWarning] == []


@pytest.mark.parametrize("how", ["RequestResponse", "Event"])
def test_boto3_is_told(how: str) -> None:
    with mock_aws() as aws:
        functions = create_function()
        with pytest.raises(AiomotoError, match=MESSAGE):
            functions.invoke(FunctionName="resize", InvocationType=how)

        assert [call.failure for call in aws.calls.filter("lambda", "Invoke")] == ["AiomotoError"]


@pytest.mark.anyio
async def test_aiobotocore_is_told(client: ClientFactory) -> None:
    async with mock_aws(), client("lambda", region_name=REGION) as functions:
        create_function()
        with pytest.raises(AiomotoError, match=MESSAGE):
            await functions.invoke(FunctionName="resize", Payload=b"{}")


def test_a_client_of_the_endpoint_is_told_with_an_answer_that_it_does_not_ask_for_again() -> None:
    with mock_aws() as aws:
        create_function()
        answer = send(aws.endpoint.url, "POST", "/2015-03-31/functions/resize/invocations", b"{}", service="lambda")

    assert answer.status == 400
    assert b"use_docker" in answer.body


def test_the_package_for_docker_is_named_with_the_service_and_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        functions = create_function()
        monkeypatch.setitem(sys.modules, "docker", None)
        with pytest.raises(
            ModuleNotFoundError, match=r"Moto needs it for awslambda\. Write pip install 'moto\[awslambda\]'"
        ) as raised:
            functions.invoke(FunctionName="resize")

        assert str(raised.value.name).partition(".")[0] == "docker"  # "docker.errors", if it is asked for first


def test_with_what_the_message_says_it_is_answered() -> None:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        answer = create_function().invoke(FunctionName="resize")

        assert answer["StatusCode"] == 200
        assert "FunctionError" not in answer
