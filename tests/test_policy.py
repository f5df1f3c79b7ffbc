"""``aws.calls.policy()``: the least IAM policy for the calls of the log."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from aiomoto import MockAWS, mock_aws
from tests.programs import run_source

REGION = "eu-west-1"
ACCOUNT = "123456789012"
# What a call needs: the service, the operation and its parameters. The calls are answered by the test.
NEEDS: dict[str, tuple[str, str, dict[str, Any], dict[str, list[str]]]] = {
    "another name": (
        *("s3", "head_object", {"Bucket": "reports", "Key": "a/b.txt"}),
        {"s3:GetObject": ["arn:aws:s3:::reports/a/b.txt"]},
    ),
    "a bucket": (
        *("s3", "list_objects_v2", {"Bucket": "reports", "Prefix": "a/"}),
        {"s3:ListBucket": ["arn:aws:s3:::reports"]},
    ),
    "no resource": ("s3", "list_buckets", {}, {"s3:ListAllMyBuckets": ["*"]}),
    "a version": (
        *("s3", "get_object", {"Bucket": "reports", "Key": "a", "VersionId": "3"}),
        {"s3:GetObjectVersion": ["arn:aws:s3:::reports/a"]},
    ),
    "a copy": (
        *("s3", "copy_object", {"Bucket": "new", "Key": "b", "CopySource": {"Bucket": "old", "Key": "a ü"}}),
        {"s3:GetObject": ["arn:aws:s3:::old/a ü"], "s3:PutObject": ["arn:aws:s3:::new/b"]},
    ),
    "parameters of an object": (
        "s3",
        "put_object",
        {
            **{"Bucket": "reports", "Key": "a", "ACL": "private", "Tagging": "a=b", "ObjectLockMode": "GOVERNANCE"},
            **{"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"},
        },
        {
            "kms:GenerateDataKey": [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"],
            "s3:PutObject": ["arn:aws:s3:::reports/a"],
            "s3:PutObjectAcl": ["arn:aws:s3:::reports/a"],
            "s3:PutObjectRetention": ["arn:aws:s3:::reports/a"],
            "s3:PutObjectTagging": ["arn:aws:s3:::reports/a"],
        },
    ),
    "several objects": (
        "s3",
        "delete_objects",
        {"Bucket": "reports", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b", "VersionId": "3"}]}},
        {"s3:DeleteObject": ["arn:aws:s3:::reports/a"], "s3:DeleteObjectVersion": ["arn:aws:s3:::reports/b"]},
    ),
    "an access point": (
        "s3",
        "get_object",
        {"Bucket": f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/team", "Key": "a"},
        {"s3:GetObject": [f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/team/object/a"]},
    ),
    "wildcards in names": (
        *("s3", "get_object", {"Bucket": "reports", "Key": "a*b?${c}"}),
        {"s3:GetObject": ["arn:aws:s3:::reports/a${*}b${?}${$}{c}"]},
    ),
    "a batch": (
        "sqs",
        "delete_message_batch",
        {
            "QueueUrl": f"https://sqs.{REGION}.amazonaws.com/210987654321/jobs",
            "Entries": [{"Id": "1", "ReceiptHandle": "r"}],
        },
        {"sqs:DeleteMessage": [f"arn:aws:sqs:{REGION}:210987654321:jobs"]},
    ),
    "the name of what is created": (
        *("sns", "create_topic", {"Name": "news"}),
        {"sns:CreateTopic": [f"arn:aws:sns:{REGION}:{ACCOUNT}:news"]},
    ),
    "an ARN": (
        *("sns", "publish", {"TopicArn": "arn:aws:sns:us-east-2:210987654321:news", "Message": "m"}),
        {"sns:Publish": ["arn:aws:sns:us-east-2:210987654321:news"]},
    ),
    "tables of a batch": (
        *("dynamodb", "batch_get_item", {"RequestItems": {t: {"Keys": [{"k": {"S": "1"}}]} for t in ("a", "b")}}),
        {"dynamodb:BatchGetItem": [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}" for table in ("a", "b")]},
    ),
    "items of a transaction": (
        "dynamodb",
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {"TableName": "a", "Item": {"k": {"S": "1"}}}},
                {"ConditionCheck": {"TableName": "b", "Key": {"k": {"S": "1"}}, "ConditionExpression": "x = y"}},
            ]
        },
        {
            "dynamodb:ConditionCheckItem": [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/b"],
            "dynamodb:PutItem": [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/a"],
        },
    ),
    "statements": (
        "dynamodb",
        "batch_execute_statement",
        {"Statements": [{"Statement": 'SELECT * FROM "a"."i"'}, {"Statement": "insert into b value {'k': '1'}"}]},
        {
            "dynamodb:PartiQLInsert": [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/b"],
            "dynamodb:PartiQLSelect": [
                f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/a",
                f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/a/index/i",
            ],
        },
    ),
    "an index": (
        *("dynamodb", "scan", {"TableName": "a", "IndexName": "day"}),
        {
            "dynamodb:Scan": [
                f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/a",
                f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/a/index/day",
            ]
        },
    ),
    "a function's alias": (
        *("lambda", "invoke", {"FunctionName": "resize", "Qualifier": "live"}),
        {"lambda:InvokeFunction": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize:live"]},
    ),
    "a role that is passed": (
        "lambda",
        "create_function",
        {"FunctionName": "f", "Role": f"arn:aws:iam::{ACCOUNT}:role/svc/f", "Code": {"ZipFile": b"z"}},
        {
            "iam:PassRole": [f"arn:aws:iam::{ACCOUNT}:role/svc/f"],
            "lambda:CreateFunction": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"],
        },
    ),
    "a key": (
        *("kms", "encrypt", {"KeyId": "1234", "Plaintext": b"p"}),
        {"kms:Encrypt": [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234"]},
    ),
    "an alias": (
        *("kms", "encrypt", {"KeyId": "alias/mine", "Plaintext": b"p"}),
        {"kms:Encrypt": [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*"]},
    ),
    "a secret's name": (
        *("secretsmanager", "get_secret_value", {"SecretId": "db"}),
        {"secretsmanager:GetSecretValue": [f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-??????"]},
    ),
    "parameters by a path": (
        *("ssm", "get_parameters_by_path", {"Path": "/prod/db"}),
        {"ssm:GetParametersByPath": [f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/prod/db"]},
    ),
    "a log group": (
        *("logs", "create_log_group", {"logGroupName": "/app"}),
        {"logs:CreateLogGroup": [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app:*"]},
    ),
    "events on two buses": (
        "events",
        "put_events",
        {"Entries": [{"Source": "s", "Detail": "{}"}, {"Source": "s", "Detail": "{}", "EventBusName": "mine"}]},
        {"events:PutEvents": [f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}" for bus in ("default", "mine")]},
    ),
    "a model": (
        *("bedrock-runtime", "converse", {"modelId": "amazon.nova-lite-v1:0", "messages": []}),
        {"bedrock:InvokeModel": [f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-lite-v1:0"]},
    ),
    "a path of API Gateway": (
        *("apigateway", "get_resources", {"restApiId": "abc"}),
        {"apigateway:GET": [f"arn:aws:apigateway:{REGION}::/restapis/abc/resources"]},
    ),
    "a part that is unknown": (
        *("cloudformation", "describe_stacks", {"StackName": "web"}),
        {"cloudformation:DescribeStacks": [f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/web/*"]},
    ),
    "another prefix": (
        *("stepfunctions", "start_execution", {"stateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m"}),
        {"states:StartExecution": [f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m"]},
    ),
    "none": ("sts", "get_caller_identity", {}, {}),
    "none, since it is not signed": ("cognito-idp", "sign_up", {"ClientId": "c", "Username": "u"}, {}),
}


@pytest.mark.parametrize(("service", "method", "params", "needs"), NEEDS.values(), ids=NEEDS)
def test_a_call_needs_these_permissions(
    service: str, method: str, params: dict[str, Any], needs: dict[str, list[str]]
) -> None:
    with mock_aws() as aws:
        client = boto3.client(service, region_name=REGION)
        operation = client.meta.method_to_api_mapping[method]
        aws.answers.add(service, operation, {})
        getattr(client, method)(**params)

    policy = aws.calls.policy()

    granted = {action: each["Resource"] for each in policy["Statement"] for action in each["Action"]}
    assert granted == needs
    assert policy.keys() == {"Version", "Statement"}


def _use_several_services(aws: MockAWS) -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.receive_message(QueueUrl=url)
    boto3.client("s3").create_bucket(Bucket="reports")
    boto3.client("s3").put_object(Bucket="reports", Key="a", Body=b"text")
    boto3.client("ec2", region_name=REGION).describe_instances()


def test_statements_are_grouped_by_service_and_resources_in_a_stable_order() -> None:
    with mock_aws() as aws:
        _use_several_services(aws)

    policy = aws.calls.policy()

    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["ec2:DescribeInstances"], "Resource": ["*"]},
            {"Effect": "Allow", "Action": ["s3:CreateBucket"], "Resource": ["arn:aws:s3:::reports"]},
            {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::reports/a"]},
            {
                "Effect": "Allow",
                "Action": ["sqs:CreateQueue", "sqs:ReceiveMessage"],
                "Resource": ["arn:aws:sqs:eu-west-1:123456789012:jobs"],
            },
        ],
    }
    assert aws.calls[::-1].policy() == policy


@pytest.mark.thorough
def test_iam_accepts_the_policy() -> None:
    with mock_aws() as aws:
        _use_several_services(aws)
        boto3.client("s3").put_object(Bucket="reports", Key="a*?$", Body=b"text")
        created = boto3.client("iam").create_policy(PolicyName="least", PolicyDocument=json.dumps(aws.calls.policy()))

    assert created["Policy"]["PolicyName"] == "least"


def test_what_is_unknown_is_listed_under_a_key_that_iam_refuses() -> None:
    with mock_aws() as aws:
        aws.answers.add("budgets", "DescribeBudgets", {})
        boto3.client("budgets").describe_budgets(AccountId="1" * 12)
        policy = aws.calls.policy()
        with pytest.raises(ClientError, match="MalformedPolicyDocument"):
            boto3.client("iam").create_policy(PolicyName="least", PolicyDocument=json.dumps(policy))

    assert policy == {"Version": "2012-10-17", "Statement": [], "Comment": ["budgets DescribeBudgets"]}


ODD = {
    "an operation that AWS does not have": ("SendMassage", {}),
    "a URL that is none": ("SendMessage", {"QueueUrl": "https://[::/", "MessageBody": "go"}),
}


@pytest.mark.parametrize(("operation", "params"), ODD.values(), ids=ODD)
def test_what_aws_would_refuse_is_unknown(operation: str, params: dict[str, str]) -> None:
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential=A/20300101/{REGION}/sqs/aws4_request",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"AmazonSQS.{operation}",
    }
    with mock_aws() as aws, suppress(Exception):
        requests.post(f"https://sqs.{REGION}.amazonaws.com/", json.dumps(params), headers=headers, timeout=5)

    assert aws.calls.policy() == {"Version": "2012-10-17", "Statement": [], "Comment": [f"sqs {operation}"]}


def test_failed_and_repeated_calls_count_once() -> None:
    with mock_aws(sleep="instant") as aws:
        aws.faults.add("sqs", "ListQueues", error="Throttling", times=2)
        sqs = boto3.client("sqs", region_name=REGION)
        sqs.list_queues()
        with pytest.raises(ClientError):
            sqs.get_queue_url(QueueName="absent")

    assert aws.calls.policy()["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["sqs:GetQueueUrl"],
            "Resource": ["arn:aws:sqs:eu-west-1:123456789012:absent"],
        },
        {"Effect": "Allow", "Action": ["sqs:ListQueues"], "Resource": ["*"]},
    ]


def test_presigned_urls_count() -> None:
    with mock_aws() as aws:
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="reports")
        aws.calls.clear()
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "reports", "Key": "a"})
        requests.get(url, timeout=5)

    assert aws.calls.policy()["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::reports/a"]}
    ]


def test_a_part_of_the_log_has_a_policy_of_its_own() -> None:
    with mock_aws() as aws:
        _use_several_services(aws)

    actions = [each["Action"] for each in aws.calls.filter("sqs").policy()["Statement"]]

    assert actions == [["sqs:CreateQueue", "sqs:ReceiveMessage"]]


def test_the_partition_is_that_of_the_region() -> None:
    with mock_aws() as aws:
        boto3.client("sqs", region_name="cn-north-1").create_queue(QueueName="jobs")

    assert aws.calls.policy()["Statement"][0]["Resource"] == ["arn:aws-cn:sqs:cn-north-1:123456789012:jobs"]


def test_the_table_is_not_loaded_before_it_is_asked_for() -> None:
    program = """
import sys
from aiomoto import mock_aws
with mock_aws() as aws:
    assert "aiomoto._aws.permissions" not in sys.modules
aws.calls.policy()
assert "aiomoto._aws.permissions" in sys.modules
"""

    assert run_source(program).returncode == 0
