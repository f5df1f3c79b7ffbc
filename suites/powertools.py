"""Handlers built with Powertools for AWS Lambda, as functions of ``aws.functions``.

``nox -s powertools`` installs it, and runs this file with pytest.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from aiomoto import mock_aws

pytest.importorskip("aws_lambda_powertools")

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, LambdaFunctionUrlResolver
from aws_lambda_powertools.utilities.batch import (
    AsyncBatchProcessor,
    BatchProcessor,
    EventType,
    async_process_partial_response,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes import (
    DynamoDBStreamEvent,
    EventBridgeEvent,
    KinesisStreamEvent,
    SNSEvent,
    SQSEvent,
    event_source,
)
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
)
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import S3Model, SqsModel

REGION = "us-east-1"
ACCOUNT = "123456789012"


def client(service: str) -> Any:
    return boto3.client(service, REGION)


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "shop")


def map_queue(function: str) -> tuple[str, str]:
    dead = client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead", "maxReceiveCount": 2})
    attributes = {"VisibilityTimeout": "0", "RedrivePolicy": redrive}
    url = client("sqs").create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"]
    client("lambda").create_event_source_mapping(
        FunctionName=function,
        EventSourceArn=f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs",
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    return url, dead


def send(url: str, *bodies: str) -> None:
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    client("sqs").send_message_batch(QueueUrl=url, Entries=entries)


def test_a_batch_processor_reports_what_has_failed() -> None:
    paid: list[str] = []

    def pay(record: Any) -> None:
        paid.append(record.json_body["order"])

    def handler(event: Any, context: Any) -> Any:
        return process_partial_response(event, pay, BatchProcessor(EventType.SQS), context)

    with mock_aws() as aws:
        aws.functions["work"] = handler
        url, dead = map_queue("work")
        send(url, '{"order": "a"}', "not JSON", '{"order": "b"}')
        assert paid == ["a", "b"]
        [message] = client("sqs").receive_message(QueueUrl=dead)["Messages"]
        assert message["Body"] == "not JSON"


def test_an_async_batch_processor_runs_too() -> None:
    paid: list[str] = []

    async def pay(record: Any) -> None:
        paid.append(record.body)

    def handler(event: Any, context: Any) -> Any:
        return async_process_partial_response(event, pay, AsyncBatchProcessor(EventType.SQS), context)

    with mock_aws() as aws:
        aws.functions["work"] = handler
        url, _ = map_queue("work")
        send(url, "a", "b")
        assert sorted(paid) == ["a", "b"]


def test_an_idempotent_function_acts_once() -> None:
    acted: list[str] = []
    with mock_aws() as aws:
        client("dynamodb").create_table(
            TableName="idempotency",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        layer = DynamoDBPersistenceLayer(table_name="idempotency")
        config = IdempotencyConfig(event_key_jmespath="order")

        @aws.functions.handler("pay")
        @idempotent(persistence_store=layer, config=config)
        def pay(event: Any, context: Any) -> Any:
            acted.append(event["order"])
            return {"paid": event["order"]}

        for _ in range(2):
            response = client("lambda").invoke(FunctionName="pay", Payload=json.dumps({"order": "7"}))
            assert json.loads(response["Payload"].read()) == {"paid": "7"}
    assert acted == ["7"]


def test_the_parser_accepts_events() -> None:
    with mock_aws() as aws:
        aws.functions["work"] = lambda event, context: None
        url, _ = map_queue("work")
        send(url, "a")
        client("s3").create_bucket(Bucket="pictures")
        arn = aws.functions.arn("work")
        function = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
        client("s3").put_bucket_notification_configuration(
            Bucket="pictures", NotificationConfiguration={"LambdaFunctionConfigurations": [function]}
        )
        client("s3").put_object(Bucket="pictures", Key="cat.png", Body=b"cat")
        client("s3").delete_object(Bucket="pictures", Key="cat.png")
        queue, created, removed = (each.event for each in aws.functions.invocations)
    assert parse(event=queue, model=SqsModel).Records[0].body == "a"
    assert parse(event=created, model=S3Model).Records[0].s3.object.key == "cat.png"
    assert parse(event=removed, model=S3Model).Records[0].eventName == "ObjectRemoved:Delete"


def test_an_event_source_class_reads_events() -> None:
    seen: list[str] = []

    @event_source(data_class=SQSEvent)  # type: ignore[untyped-decorator,unused-ignore]
    def handler(event: Any, context: Any) -> None:
        seen.extend(record.body for record in event.records)

    with mock_aws() as aws:
        aws.functions["work"] = handler
        url, _ = map_queue("work")
        send(url, "a")
    assert seen == ["a"]


def test_a_logger_has_the_context() -> None:
    logger = Logger()

    @logger.inject_lambda_context
    def handler(event: Any, context: Any) -> None:
        logger.info("paid")

    with mock_aws() as aws:
        aws.functions["pay"] = handler
        client("lambda").invoke(FunctionName="pay")
        [invocation] = aws.functions.invocations
    assert invocation.failure is None, invocation.log


def test_resolvers_route_http_requests() -> None:
    url_app, api_app = LambdaFunctionUrlResolver(), APIGatewayRestResolver()

    @url_app.get("/orders/<order>")
    def of_url(order: str) -> Any:
        return {"order": order}

    @api_app.get("/orders/<order>")
    def of_api(order: str) -> Any:
        return {"order": order}

    import urllib.request

    with mock_aws() as aws:
        aws.functions["url"] = lambda event, context: url_app.resolve(event, context)
        arn = aws.functions.add("api", lambda event, context: api_app.resolve(event, context))
        url = client("lambda").create_function_url_config(FunctionName="url", AuthType="NONE")["FunctionUrl"]
        apis = client("apigateway")
        name = apis.create_rest_api(name="shop")["id"]
        [root] = apis.get_resources(restApiId=name)["items"]
        proxy = apis.create_resource(restApiId=name, parentId=root["id"], pathPart="{proxy+}")["id"]
        apis.put_method(restApiId=name, resourceId=proxy, httpMethod="ANY", authorizationType="NONE")
        uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"
        options = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": uri}
        apis.put_integration(restApiId=name, resourceId=proxy, httpMethod="ANY", **options)
        apis.create_deployment(restApiId=name, stageName="live")
        for base in (url.rstrip("/"), f"https://{name}.execute-api.{REGION}.amazonaws.com/live"):
            with urllib.request.urlopen(f"{base}/orders/7") as response:
                assert json.loads(response.read()) == {"order": "7"}


def test_the_other_event_classes_read_events() -> None:
    with mock_aws() as aws:
        aws.functions["work"] = lambda event, context: None
        arn = aws.functions.arn("work")
        topic = client("sns").create_topic(Name="orders")["TopicArn"]
        client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
        client("sns").publish(TopicArn=topic, Message="paid")
        client("events").put_rule(Name="paid", EventPattern=json.dumps({"source": ["shop"]}))
        client("events").put_targets(Rule="paid", Targets=[{"Id": "1", "Arn": arn}])
        client("events").put_events(Entries=[{"Source": "shop", "DetailType": "order", "Detail": '{"state": "paid"}'}])
        client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        stream = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/clicks"
        mapping = {"FunctionName": "work", "StartingPosition": "TRIM_HORIZON"}
        client("lambda").create_event_source_mapping(EventSourceArn=stream, **mapping)
        client("kinesis").put_record(StreamName="clicks", Data=b"click", PartitionKey="user")
        table = client("dynamodb").create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )["TableDescription"]
        client("lambda").create_event_source_mapping(EventSourceArn=table["LatestStreamArn"], **mapping)
        client("dynamodb").put_item(TableName="orders", Item={"id": {"S": "7"}})
        sns, rule, kinesis, dynamodb = (each.event for each in aws.functions.invocations)
    assert SNSEvent(sns).sns_message == "paid"
    assert EventBridgeEvent(rule).detail == {"state": "paid"}
    assert next(iter(KinesisStreamEvent(kinesis).records)).kinesis.data_as_text() == "click"
    assert next(iter(DynamoDBStreamEvent(dynamodb).records)).dynamodb.new_image == {"id": "7"}  # type: ignore[union-attr,unused-ignore]
