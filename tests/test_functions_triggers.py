"""Buckets, topics, rules, logs and secrets invoke functions, with the events that AWS documents."""

from __future__ import annotations

import base64
import gzip
import json
import re
import time
from typing import Any

import pytest

from aiomoto import mock_aws
from tests.functions import ACCOUNT, REGION, bodies, client, create_queue, create_rule, map_source, notify

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"


def ignore(event: Any, context: Any) -> None:
    return None


# ---------------------------------------------------------------- S3


def test_an_object_reaches_the_function_before_put_object_returns() -> None:
    """The event is that of https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html."""
    with mock_aws() as aws:
        aws.functions["thumbnail"] = ignore
        client("s3").create_bucket(Bucket="pictures")
        filters = {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".png"}]}}
        function = {
            "Id": "thumbnails",
            "LambdaFunctionArn": aws.functions.arn("thumbnail"),
            "Events": ["s3:ObjectCreated:*"],
            "Filter": filters,
        }
        notify("pictures", LambdaFunctionConfigurations=[function])
        client("s3").put_object(Bucket="pictures", Key="cat.txt", Body=b"cat")
        etag = client("s3").put_object(Bucket="pictures", Key="pets/a cat.png", Body=b"cat")["ETag"]
        [invocation] = aws.functions.invocations
    assert invocation.trigger == "arn:aws:s3:::pictures"
    [record] = invocation.event["Records"]
    assert re.fullmatch(TIME + r"\.\d{3}Z", record.pop("eventTime"))
    assert re.fullmatch(r"[0-9A-F]{16}", record.pop("responseElements")["x-amz-request-id"])
    assert re.fullmatch(r"[0-9A-F]{18}", record["s3"]["object"].pop("sequencer"))
    owner = record.pop("userIdentity")["principalId"].removeprefix("AWS:")
    assert record == {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventName": "ObjectCreated:Put",
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "thumbnails",
            "bucket": {
                "name": "pictures",
                "ownerIdentity": {"principalId": owner},
                "arn": "arn:aws:s3:::pictures",
            },
            "object": {"key": "pets/a+cat.png", "size": 3, "eTag": etag.strip('"')},
        },
    }


def test_a_deleted_object_has_neither_size_nor_etag() -> None:
    with mock_aws() as aws:
        aws.functions["forget"] = ignore
        client("s3").create_bucket(Bucket="pictures")
        function = {"LambdaFunctionArn": aws.functions.arn("forget"), "Events": ["s3:ObjectRemoved:*"]}
        notify("pictures", LambdaFunctionConfigurations=[function])
        client("s3").put_object(Bucket="pictures", Key="cat.png", Body=b"cat")
        client("s3").delete_object(Bucket="pictures", Key="cat.png")
        [record] = aws.functions.invocations[0].event["Records"]
    assert record["eventName"] == "ObjectRemoved:Delete"
    assert set(record["s3"]["object"]) == {"key", "sequencer"}


def test_a_version_is_named_in_a_bucket_that_has_versions() -> None:
    with mock_aws() as aws:
        aws.functions["thumbnail"] = ignore
        client("s3").create_bucket(Bucket="pictures")
        client("s3").put_bucket_versioning(Bucket="pictures", VersioningConfiguration={"Status": "Enabled"})
        function = {"LambdaFunctionArn": aws.functions.arn("thumbnail"), "Events": ["s3:ObjectCreated:*"]}
        notify("pictures", LambdaFunctionConfigurations=[function])
        version = client("s3").put_object(Bucket="pictures", Key="cat.png", Body=b"cat")["VersionId"]
        assert aws.functions.invocations[0].event["Records"][0]["s3"]["object"]["versionId"] == version


def test_a_bucket_reaches_a_function_through_a_queue() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = ignore
        _, arn = create_queue("uploads")
        map_source("worker", arn)
        client("s3").create_bucket(Bucket="pictures")
        notify("pictures", QueueConfigurations=[{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}])
        client("s3").put_object(Bucket="pictures", Key="cat.png", Body=b"cat")
        test, message = (json.loads(each.event["Records"][0]["body"]) for each in aws.functions.invocations)
    assert test["Event"] == "s3:TestEvent"
    assert message["Records"][0]["s3"]["object"]["key"] == "cat.png"
    assert "userIdentity" in message["Records"][0]


def test_a_bucket_reaches_a_function_through_a_topic() -> None:
    with mock_aws() as aws:
        aws.functions["worker"] = ignore
        topic = client("sns").create_topic(Name="uploads")["TopicArn"]
        client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=aws.functions.arn("worker"))
        client("s3").create_bucket(Bucket="pictures")
        notify("pictures", TopicConfigurations=[{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}])
        client("s3").put_object(Bucket="pictures", Key="cat.png", Body=b"cat")
        said = aws.functions.invocations[-1].event["Records"][0]["Sns"]
    assert said["Subject"] == "Amazon S3 Notification"
    assert json.loads(said["Message"])["Records"][0]["s3"]["object"]["key"] == "cat.png"


# ---------------------------------------------------------------- SNS


def test_a_message_of_a_topic_reaches_the_function() -> None:
    """The event is that of https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html."""
    with mock_aws() as aws:
        aws.functions["notify"] = ignore
        sns = client("sns")
        topic = sns.create_topic(Name="orders")["TopicArn"]
        arn = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=aws.functions.arn("notify"))["SubscriptionArn"]
        attributes = {"kind": {"DataType": "String", "StringValue": "paid"}}
        sent = sns.publish(TopicArn=topic, Message="order 7", Subject="paid", MessageAttributes=attributes)
        [invocation] = aws.functions.invocations
    [record] = invocation.event["Records"]
    said = record.pop("Sns")
    assert invocation.trigger == topic
    assert record == {"EventVersion": "1.0", "EventSubscriptionArn": arn, "EventSource": "aws:sns"}
    assert re.fullmatch(TIME + r"\.\d{3}Z", said.pop("Timestamp"))
    assert said.pop("SigningCertUrl").startswith("https://sns.us-east-1.amazonaws.com/")
    assert said.pop("UnsubscribeUrl").endswith(f"&SubscriptionArn={arn}")
    assert said == {
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "MessageId": sent["MessageId"],
        "Message": "order 7",
        "MessageAttributes": {"kind": {"Type": "String", "Value": "paid"}},
        "Type": "Notification",
        "TopicArn": topic,
        "Subject": "paid",
    }


def test_a_filter_policy_of_a_subscription_selects_messages() -> None:
    with mock_aws() as aws:
        aws.functions["notify"] = ignore
        sns = client("sns")
        topic = sns.create_topic(Name="orders")["TopicArn"]
        policy = {"FilterPolicy": json.dumps({"kind": ["paid"]})}
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=aws.functions.arn("notify"), Attributes=policy)
        for kind in ("open", "paid"):
            attributes = {"kind": {"DataType": "String", "StringValue": kind}}
            sns.publish(TopicArn=topic, Message=kind, MessageAttributes=attributes)
        assert [each.event["Records"][0]["Sns"]["Message"] for each in aws.functions.invocations] == ["paid"]


# ---------------------------------------------------------------- EventBridge


def put_rule(target: dict[str, Any], pattern: dict[str, Any], **options: Any) -> str:
    return create_rule("paid", target, EventPattern=json.dumps(pattern), **options)


def put_event(**detail: Any) -> str:
    entry = {"Source": "shop", "DetailType": "order", "Detail": json.dumps(detail), "Resources": ["arn:order"]}
    response = client("events").put_events(Entries=[entry])
    assert response["FailedEntryCount"] == 0
    event_id: str = response["Entries"][0]["EventId"]
    return event_id


def test_an_event_that_a_rule_matches_reaches_the_function() -> None:
    """The event is that of https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html."""
    with mock_aws() as aws:
        aws.functions["ship"] = ignore
        rule = put_rule({"Arn": aws.functions.arn("ship")}, {"source": ["shop"], "detail": {"state": ["paid"]}})
        put_event(state="open")
        event_id = put_event(state="paid")
        [invocation] = aws.functions.invocations
    assert invocation.trigger == rule
    assert re.fullmatch(TIME + "Z", invocation.event.pop("time"))
    assert invocation.event == {
        "version": "0",
        "id": event_id,
        "detail-type": "order",
        "source": "shop",
        "account": ACCOUNT,
        "region": REGION,
        "resources": ["arn:order"],
        "detail": {"state": "paid"},
    }


def test_a_target_may_transform_its_input() -> None:
    transformer = {
        "InputPathsMap": {"state": "$.detail.state", "first": "$.resources[0]"},
        "InputTemplate": '{"said": "order <first> is <state>", "state": <state>, "rule": "<aws.events.rule-name>"}',
    }
    targets: list[tuple[dict[str, Any], Any]] = [
        ({"Input": '{"constant": 1}'}, {"constant": 1}),
        ({"InputPath": "$.detail"}, {"state": "paid"}),
        ({"InputTransformer": transformer}, {"said": "order arn:order is paid", "state": "paid", "rule": "paid"}),
    ]
    for options, expected in targets:
        with mock_aws() as aws:
            aws.functions["ship"] = ignore
            put_rule({"Arn": aws.functions.arn("ship"), **options}, {"source": ["shop"]})
            put_event(state="paid")
            assert [each.event for each in aws.functions.invocations] == [expected]


def test_a_template_that_does_not_make_json_is_a_warning() -> None:
    transformer = {"InputTemplate": "an order of <aws.events.rule-name>"}
    with mock_aws() as aws:
        aws.functions["ship"] = ignore
        put_rule({"Arn": aws.functions.arn("ship"), "InputTransformer": transformer}, {"source": ["shop"]})
        with pytest.warns(RuntimeWarning, match="the input is not JSON: .* a string needs quotation marks of its own"):
            put_event(state="paid")
        assert aws.functions.invocations == []


def test_a_rule_that_is_disabled_sends_nothing() -> None:
    with mock_aws() as aws:
        aws.functions["ship"] = ignore
        put_rule({"Arn": aws.functions.arn("ship")}, {"source": ["shop"]}, State="DISABLED")
        put_event(state="paid")
        assert aws.functions.invocations == []


def test_the_other_targets_of_a_rule_get_their_events_too() -> None:
    with mock_aws() as aws:
        aws.functions["ship"] = ignore
        url, arn = create_queue("orders")
        put_rule({"Arn": aws.functions.arn("ship")}, {"source": ["shop"]})
        client("events").put_targets(Rule="paid", Targets=[{"Id": "2", "Arn": arn}])
        put_event(state="paid")
        assert len(aws.functions.invocations) == 1
        assert [json.loads(each)["detail"] for each in bodies(url)] == [{"state": "paid"}]


def test_a_bucket_reaches_a_function_through_eventbridge() -> None:
    with mock_aws() as aws:
        aws.functions["ship"] = ignore
        client("s3").create_bucket(Bucket="pictures")
        notify("pictures", EventBridgeConfiguration={})
        put_rule({"Arn": aws.functions.arn("ship")}, {"source": ["aws.s3"], "detail-type": ["Object Created"]})
        client("s3").put_object(Bucket="pictures", Key="cat.png", Body=b"cat")
        [invocation] = aws.functions.invocations
    assert invocation.event["detail"]["object"]["key"] == "cat.png"
    assert re.fullmatch(TIME + "Z", invocation.event["time"])


# ---------------------------------------------------------------- CloudWatch Logs, Secrets Manager


def test_a_subscription_filter_of_a_log_group_reaches_the_function() -> None:
    """The event is that of https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html."""
    with mock_aws() as aws:
        aws.functions["alarm"] = ignore
        logs = client("logs")
        logs.create_log_group(logGroupName="shop")
        logs.create_log_stream(logGroupName="shop", logStreamName="web")
        logs.put_subscription_filter(
            logGroupName="shop", filterName="errors", filterPattern="", destinationArn=aws.functions.arn("alarm")
        )
        now = int(time.time() * 1000)
        logs.put_log_events(
            logGroupName="shop", logStreamName="web", logEvents=[{"timestamp": now, "message": "ERROR 7"}]
        )
        event = aws.functions.invocations[-1].event
    said = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    assert [(each.pop("id") != "", each) for each in said.pop("logEvents")] == [
        (True, {"timestamp": now, "message": "ERROR 7"})
    ]
    assert said == {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": "shop",
        "logStream": "web",
        "subscriptionFilters": ["errors"],
    }


def test_a_rotation_runs_its_steps() -> None:
    """The events are those of https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html."""

    def rotate(event: Any, context: Any) -> None:
        if event["Step"] == "createSecret":
            client("secretsmanager").put_secret_value(
                SecretId=event["SecretId"],
                ClientRequestToken=event["ClientRequestToken"],
                SecretString="new",
                VersionStages=["AWSPENDING"],
            )

    with mock_aws() as aws:
        aws.functions["rotate"] = rotate
        secrets = client("secretsmanager")
        secrets.create_secret(Name="password", SecretString="old")
        secrets.rotate_secret(SecretId="password", RotationLambdaARN=aws.functions.arn("rotate"))
        steps = [each.event["Step"] for each in aws.functions.invocations]
        assert steps == ["createSecret", "setSecret", "testSecret", "finishSecret"]
        assert {each.event["SecretId"] for each in aws.functions.invocations} == {"password"}
        assert secrets.get_secret_value(SecretId="password")["SecretString"] == "new"
        assert len({each.event["ClientRequestToken"] for each in aws.functions.invocations}) == 1
