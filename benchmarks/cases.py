"""The operations that are measured, as plain data, so that every contender runs exactly the same."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

REGION = "us-east-1"
KIB = 1024
MIB = 1024 * KIB


class Step(NamedTuple):
    """One call of a client.

    Attributes:
        service: botocore's name of the service.
        operation: the client's method.
        arguments: the arguments of that method.
        body: how to read the body of the response: not at all, ``"whole"``, or in ``"pieces"``.
    """

    service: str
    operation: str
    arguments: dict[str, Any]
    body: str = ""


class Operation(NamedTuple):
    """A timed step, and the untimed steps before it.

    Attributes:
        title: its name in the tables.
        setup: steps to run first.
        step: the step to time.
        repeat: how often to time it in one round.
    """

    title: str
    setup: tuple[Step, ...]
    step: Step
    repeat: int


BUCKET = Step("s3", "create_bucket", {"Bucket": "reports"})
SMALL = {"Bucket": "reports", "Key": "november.txt"}
LARGE = {"Bucket": "reports", "Key": "backup.bin"}
PUT_SMALL = Step("s3", "put_object", {**SMALL, "Body": b"x" * KIB})
PUT_LARGE = Step("s3", "put_object", {**LARGE, "Body": b"x" * (64 * MIB)})
GET_SMALL = Step("s3", "get_object", SMALL, body="whole")
OBJECTS = tuple(
    Step("s3", "put_object", {"Bucket": "reports", "Key": f"{number:04}", "Body": b""}) for number in range(1000)
)
TABLE = Step(
    "dynamodb",
    "create_table",
    {
        "TableName": "jobs",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
)
ITEM = {"id": {"S": "17"}, "state": {"S": "done"}, "took": {"N": "42"}, "tags": {"SS": ["nightly", "eu"]}}
PUT_ITEM = Step("dynamodb", "put_item", {"TableName": "jobs", "Item": ITEM})
GET_ITEM = Step("dynamodb", "get_item", {"TableName": "jobs", "Key": {"id": {"S": "17"}}})
QUEUE_URL = f"https://sqs.{REGION}.amazonaws.com/123456789012/jobs"
QUEUE = Step("sqs", "create_queue", {"QueueName": "jobs"})
SEND = Step("sqs", "send_message", {"QueueUrl": QUEUE_URL, "MessageBody": "17"})
# The message stays visible, so that the next receive finds it again.
RECEIVE = Step("sqs", "receive_message", {"QueueUrl": QUEUE_URL, "VisibilityTimeout": 0})

OPERATIONS = {
    "s3_put": Operation("S3 put, 1 KiB", (BUCKET,), PUT_SMALL, 40),
    "s3_get": Operation("S3 get, 1 KiB", (BUCKET, PUT_SMALL), GET_SMALL, 40),
    "dynamodb_put": Operation("DynamoDB put", (TABLE,), PUT_ITEM, 40),
    "dynamodb_get": Operation("DynamoDB get", (TABLE, PUT_ITEM), GET_ITEM, 40),
    "sqs_send": Operation("SQS send", (QUEUE,), SEND, 40),
    "sqs_receive": Operation("SQS receive", (QUEUE, SEND), RECEIVE, 40),
    "s3_list": Operation(
        "S3 list of 1,000 keys", (BUCKET, *OBJECTS), Step("s3", "list_objects_v2", {"Bucket": "reports"}), 4
    ),
    "s3_put_64_mib": Operation("S3 put, 64 MiB", (BUCKET,), PUT_LARGE, 1),
    "s3_get_64_mib": Operation(
        "S3 streamed get, 64 MiB", (BUCKET, PUT_LARGE), Step("s3", "get_object", LARGE, body="pieces"), 1
    ),
}

TOPIC = f"arn:aws:sns:{REGION}:123456789012:alerts"
ROLE_DOCUMENT = {"Version": "2012-10-17", "Statement": []}
ROLE = {"RoleName": "worker", "AssumeRolePolicyDocument": json.dumps(ROLE_DOCUMENT)}
FUNCTION = {
    "FunctionName": "resize",
    "Role": "arn:aws:iam::123456789012:role/worker",
    "Runtime": "python3.12",
    "Handler": "resize.handler",
    "Code": {"ZipFile": b"PK\5\6" + bytes(18)},  # an empty archive
}
# Whose bytecodes are counted, and whose time is not measured.
COUNTED = {
    **OPERATIONS,
    "sns_publish": Operation(
        "SNS publish",
        (Step("sns", "create_topic", {"Name": "alerts"}),),
        Step("sns", "publish", {"TopicArn": TOPIC, "Message": "17"}),
        40,
    ),
    "secret_get": Operation(
        "Secrets Manager get",
        (Step("secretsmanager", "create_secret", {"Name": "password", "SecretString": "swordfish"}),),
        Step("secretsmanager", "get_secret_value", {"SecretId": "password"}),
        40,
    ),
    "lambda_invoke": Operation(
        "Lambda invoke",
        (Step("iam", "create_role", ROLE), Step("lambda", "create_function", FUNCTION)),
        Step("lambda", "invoke", {"FunctionName": "resize", "Payload": b"{}"}),
        40,
    ),
}

# The ratios are geometric means over these.
SMALL_OPERATIONS = ("s3_put", "s3_get", "dynamodb_put", "dynamodb_get")

# With a new client each time, as in a test.
TYPICAL_TEST = (BUCKET, PUT_SMALL, GET_SMALL)
