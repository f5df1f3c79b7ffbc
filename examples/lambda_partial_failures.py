"""A queue's function reports which messages have failed: the others are deleted, these become dead letters."""

import json
from typing import Any

import boto3

from aiomoto import mock_aws


def work(event: Any, context: Any) -> Any:
    failed = []
    for record in event["Records"]:
        try:
            print("paid", json.loads(record["body"])["order"])
        except ValueError:
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


with mock_aws() as aws:
    aws.functions["work"] = work
    sqs = boto3.client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 2}
    jobs = sqs.create_queue(
        QueueName="jobs",
        Attributes={"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)},  # 0: tried again at once
    )["QueueUrl"]
    boto3.client("lambda").create_event_source_mapping(
        FunctionName="work",
        EventSourceArn="arn:aws:sqs:us-east-1:123456789012:jobs",
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )

    bodies = ['{"order": 1}', "not JSON", '{"order": 2}']
    sqs.send_message_batch(
        QueueUrl=jobs, Entries=[{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    )

    assert [len(each.event["Records"]) for each in aws.functions.invocations] == [3, 1]
    [message] = sqs.receive_message(QueueUrl=dead)["Messages"]
    assert message["Body"] == "not JSON"
