"""``aws.calls`` holds every call of every client, in botocore's terms."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

import anyio
import boto3
import pytest
import requests
from aiobotocore.config import AioConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import AiomotoError, CallLog, RequestBlockedError, mock_aws
from tests.conftest import STACKS, ClientFactory
from tests.one_stack import stack as stack  # a fixture

REGION = "us-east-1"


def sync(service: str, **kwargs: Any) -> Any:
    return boto3.client(service, region_name=REGION, **kwargs)


def expect(calls: CallLog, expected: list[tuple[str, str]]) -> None:
    assert [(call.service, call.operation) for call in calls] == expected


# ---------------------------------------------------------------- what a call says of itself


@pytest.mark.anyio
async def test_calls_of_an_async_client_are_logged(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="a b.jpg", Body=b"jpeg", Metadata={"By": "Ada"})

    expect(aws.calls, [("s3", "CreateBucket"), ("s3", "PutObject")])
    call = aws.calls.last
    assert (call.method, call.status, call.error_code, call.attempt) == ("PUT", 200, None, 1)
    assert (call.region, call.account) == (REGION, "123456789012")
    assert call.url == f"https://photos.s3.{REGION}.amazonaws.com/a%20b.jpg".replace(f".{REGION}", "")
    assert call.params.items() >= {"Bucket": "photos", "Key": "a b.jpg", "Metadata": {"By": "Ada"}}.items()
    assert call.duration is not None
    assert call.duration > 0


@pytest.mark.anyio
@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: f"{stack.name}-{stack.loop}")
async def test_calls_say_which_backend_made_them(client: ClientFactory, stack: Any) -> None:
    with mock_aws() as aws:
        async with client("sts", region_name=REGION) as sts:
            await sts.get_caller_identity()
        sync("sts").get_caller_identity()

    assert [call.backend for call in aws.calls] == [stack.name, "boto3"]


def test_presigned_url_that_requests_fetches_is_logged() -> None:
    with mock_aws() as aws:
        s3 = sync("s3")
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="a.jpg", Body=b"jpeg")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "a.jpg"})
        assert requests.get(url, timeout=1).content == b"jpeg"

    call = aws.calls.last
    assert (call.backend, call.service, call.operation, call.status) == ("requests", "s3", "GetObject", 200)
    assert call.params.items() >= {"Bucket": "photos", "Key": "a.jpg"}.items()


WHEN = datetime(2026, 11, 25, tzinfo=timezone.utc)
ITEM = {"id": {"S": "1"}, "data": {"B": b"\x00\xff"}, "tags": {"L": [{"N": "1"}, {"BOOL": True}]}}
DATUM = {"MetricName": "visits", "Timestamp": WHEN, "Value": 1.5, "Dimensions": [{"Name": "page", "Value": "home"}]}
CHANGES = [{"Action": "CREATE", "ResourceRecordSet": {"Name": "a.test", "Type": "A", "TTL": 60}}]

# One for each of AWS's protocols, or more where parameters are in several places. Moto may well refuse them.
PARAMETERS: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "ListObjectsV2", {"Bucket": "photos", "Prefix": "a/", "MaxKeys": 7, "FetchOwner": True}),
    ("s3", "CopyObject", {"Bucket": "photos", "Key": "b", "CopySource": "photos/a"}),
    ("s3", "UploadPart", {"Bucket": "photos", "Key": "b/c", "UploadId": "u", "PartNumber": 3}),
    ("s3", "DeleteObjects", {"Bucket": "photos", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}]}}),
    ("s3", "GetObject", {"Bucket": "photos", "Key": "a", "IfModifiedSince": WHEN, "VersionId": "v"}),
    ("s3", "AbortMultipartUpload", {"Bucket": "photos", "Key": "b/c/", "UploadId": "u"}),
    ("route53", "ChangeResourceRecordSets", {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": CHANGES}}),
    ("dynamodb", "PutItem", {"TableName": "visits", "Item": ITEM}),
    ("stepfunctions", "StartExecution", {"stateMachineArn": "arn:aws:states:::x", "input": "{}"}),
    ("sqs", "SendMessageBatch", {"QueueUrl": "https://q", "Entries": [{"Id": "1", "MessageBody": "hello"}]}),
    ("sns", "SetTopicAttributes", {"TopicArn": "arn:aws:sns:::t", "AttributeName": "DisplayName"}),
    ("iam", "TagRole", {"RoleName": "role", "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}]}),
    ("ec2", "DescribeInstances", {"Filters": [{"Name": "state", "Values": ["on", "off"]}], "MaxResults": 5}),
    ("elbv2", "DeleteLoadBalancer", {"LoadBalancerArn": "arn:aws:elasticloadbalancing:::l"}),
    ("lambda", "Invoke", {"FunctionName": "f", "InvocationType": "DryRun", "Payload": b"{}"}),
    ("batch", "ListJobs", {"jobQueue": "q", "maxResults": 3}),
    ("cloudwatch", "PutMetricData", {"Namespace": "shop", "MetricData": [DATUM]}),
    ("braket", "SearchJobs", {"filters": []}),  # one that Moto does not have
]


@pytest.mark.parametrize(("service", "operation", "params"), PARAMETERS, ids=lambda value: str(value)[:24])
def test_parameters_are_those_of_the_call(service: str, operation: str, params: dict[str, Any]) -> None:
    with mock_aws() as aws:
        client = sync(service, config=Config(retries={"total_max_attempts": 1}, parameter_validation=False))
        method = {model: name for name, model in client.meta.method_to_api_mapping.items()}[operation]
        with suppress(ClientError, RequestBlockedError):
            getattr(client, method)(**params)

    call = aws.calls.last
    assert (call.service, call.operation) == (service, operation)
    assert {name: call.params.get(name) for name in params} == params


@pytest.mark.parametrize("endpoint_url", [None, "http://localhost:4566", "http://minio.test:9000"])
@pytest.mark.parametrize("style", ["path", "virtual"])
def test_bucket_and_key_are_told_apart_at_any_endpoint(style: Any, endpoint_url: str | None) -> None:
    with mock_aws() as aws:
        s3 = sync("s3", endpoint_url=endpoint_url, config=Config(s3={"addressing_style": style}))
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="2026/a.jpg", Body=b"jpeg")
        s3.list_objects_v2(Bucket="photos")

    expect(aws.calls, [("s3", "CreateBucket"), ("s3", "PutObject"), ("s3", "ListObjectsV2")])
    assert [call.params["Bucket"] for call in aws.calls] == ["photos"] * 3
    assert aws.calls[1].params["Key"] == "2026/a.jpg"


ERRORS = [
    ("s3", "get_object", {"Bucket": "no-such-bucket", "Key": "k"}),
    ("s3", "head_object", {"Bucket": "no-such-bucket", "Key": "k"}),
    ("dynamodb", "describe_table", {"TableName": "nothing"}),
    ("sqs", "get_queue_url", {"QueueName": "nothing"}),
    ("iam", "get_role", {"RoleName": "nothing"}),
    ("ec2", "describe_instances", {"InstanceIds": ["i-12345678"]}),
    ("batch", "submit_job", {"jobName": "job", "jobQueue": "nothing", "jobDefinition": "nothing"}),
    ("cloudwatch", "get_dashboard", {"DashboardName": "nothing"}),
]


@pytest.mark.parametrize(("service", "method", "params"), ERRORS, ids=lambda value: str(value)[:24])
def test_error_code_and_status_are_those_that_the_client_sees(service: str, method: str, params: Any) -> None:
    with mock_aws() as aws, pytest.raises(ClientError) as caught:
        getattr(sync(service), method)(**params)

    seen = caught.value.response
    assert aws.calls.last.error_code == seen["Error"]["Code"]
    assert aws.calls.last.status == seen["ResponseMetadata"]["HTTPStatusCode"]


def test_account_is_the_one_that_the_request_acts_in() -> None:
    with mock_aws() as aws:
        role = sync("sts").assume_role(RoleArn="arn:aws:iam::222222222222:role/r", RoleSessionName="session")[
            "Credentials"
        ]
        keys = {"aws_access_key_id": role["AccessKeyId"], "aws_secret_access_key": role["SecretAccessKey"]}
        sync("sqs", aws_session_token=role["SessionToken"], **keys).list_queues()

    assert [call.account for call in aws.calls] == ["123456789012", "222222222222"]


# ---------------------------------------------------------------- calls without an answer


def test_blocked_call_is_logged() -> None:
    with mock_aws() as aws, pytest.raises(RequestBlockedError):
        sync("braket").search_jobs(filters=[])

    assert (aws.calls.last.status, aws.calls.last.failure) == (None, "RequestBlockedError")


@pytest.mark.anyio
async def test_call_that_goes_on_is_pending_and_one_that_is_cancelled_says_so(client: ClientFactory) -> None:
    async with mock_aws() as aws, client("sqs", region_name=REGION) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with anyio.move_on_after(10) as scope:
            async with anyio.create_task_group() as tasks:

                async def poll() -> None:
                    await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)

                tasks.start_soon(poll)
                while aws.calls.last.operation != "ReceiveMessage":
                    await anyio.lowlevel.checkpoint()
                assert (aws.calls.last.outcome, aws.calls.last.duration) == ("pending", None)
                scope.cancel()

    assert aws.calls.last.failure in ("CancelledError", "Cancelled")  # asyncio's name for it, and trio's


@pytest.mark.thorough
@pytest.mark.anyio
async def test_call_that_times_out_says_so(client: ClientFactory) -> None:
    config = AioConfig(read_timeout=0.05, retries={"total_max_attempts": 2})
    async with mock_aws() as aws, client("sqs", region_name=REGION, config=config) as sqs:
        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        with pytest.raises(Exception, match="Read timeout"):
            await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)

    polls = aws.calls.filter("sqs", "ReceiveMessage")
    assert [(call.attempt, call.failure) for call in polls] == [(1, "read_timeout"), (2, "read_timeout")]
    assert len({call.invocation_id for call in polls}) == 1


# ---------------------------------------------------------------- bodies


def test_bodies_are_not_kept_unless_asked_for() -> None:
    with mock_aws() as aws:
        sync("s3").create_bucket(Bucket="photos")
        sync("s3").put_object(Bucket="photos", Key="k", Body=b"jpeg")

    assert (aws.calls.last.request_body, aws.calls.last.response_body) == (None, None)
    assert "Body" not in aws.calls.last.params


@pytest.mark.anyio
async def test_record_bodies_keeps_them(client: ClientFactory) -> None:
    async with mock_aws(record_bodies=True) as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="k", Body=b"jpeg")
        await (await s3.get_object(Bucket="photos", Key="k"))["Body"].read()

    put, get = aws.calls[-2:]
    assert put.params["Body"] == b"jpeg"
    assert b"jpeg" in (put.request_body or b"")
    assert get.response_body == b"jpeg"


def test_parameters_of_a_large_body_are_missed_and_not_made_up() -> None:
    item = {"id": {"S": "1"}, "data": {"S": "x" * 1_100_000}}
    for record_bodies in (False, True):
        with mock_aws(record_bodies=record_bodies) as aws, suppress(ClientError):
            sync("dynamodb").put_item(TableName="visits", Item=item)
        if record_bodies:
            aws.calls.assert_called("dynamodb", "PutItem", TableName="visits", Item=item)
        else:
            with pytest.raises(AiomotoError, match=r"record_bodies=True"):
                aws.calls.filter("dynamodb", "PutItem", TableName="visits")
            assert "record_bodies=True" in str(aws.calls)


@pytest.mark.slow
def test_only_the_last_10000_calls_are_kept() -> None:
    with mock_aws() as aws:
        sts = sync("sts")
        sync("sns").list_topics()
        for _ in range(10_000):
            sts.get_caller_identity()
        sync("sqs").list_queues()

    assert len(aws.calls) == 10_000
    assert aws.calls.last.operation == "ListQueues"
    with pytest.raises(AssertionError, match="expected at most 9999"):
        aws.calls.assert_at_most(9_999)
    for limits in (
        lambda: aws.calls.assert_at_most(10_000),
        lambda: aws.calls.assert_not_called("sns", "ListTopics"),
        lambda: aws.calls.assert_called_once("sqs", "ListQueues"),
        lambda: aws.calls.filter("sns").assert_not_called("sns"),
    ):
        with pytest.raises(AiomotoError, match="the log keeps the last 10,000 calls; 2 earlier ones were dropped"):
            limits()
    aws.calls[-5:].assert_not_called("sns")
    aws.calls.clear()
    aws.calls.assert_at_most(0)


# ---------------------------------------------------------------- which log a call is in


def test_log_is_there_after_the_mock_and_begins_anew_with_it() -> None:
    mock = mock_aws()
    with mock:
        sync("sts").get_caller_identity()
    assert len(mock.calls) == 1

    with mock:
        assert len(mock.calls) == 0
        sync("sqs").list_queues()
    expect(mock.calls, [("sqs", "ListQueues")])

    mock.calls.clear()
    assert list(mock.calls) == []


def test_call_in_a_nested_mock_is_in_the_log_of_both() -> None:
    with mock_aws() as outer:
        sync("sts").get_caller_identity()
        with mock_aws() as inner:
            sync("sqs").list_queues()

    expect(outer.calls, [("sts", "GetCallerIdentity"), ("sqs", "ListQueues")])
    expect(inner.calls, [("sqs", "ListQueues")])


def test_call_after_the_outer_mock_has_ended_is_in_the_log_of_the_inner_one_only() -> None:
    outer, inner = mock_aws(), mock_aws()
    outer.start()
    inner.start()
    outer.stop()
    sync("sqs").list_queues()
    inner.stop()

    expect(outer.calls, [])
    expect(inner.calls, [("sqs", "ListQueues")])


@pytest.mark.thorough
def test_calls_from_many_threads_are_all_logged() -> None:
    with mock_aws() as aws:
        sqs = sync("sqs")
        with ThreadPoolExecutor(8) as threads:
            for number in range(200):
                threads.submit(sqs.create_queue, QueueName=f"q{number}")
            while len(aws.calls) < 200:
                assert all(call.service == "sqs" for call in aws.calls)

    assert {call.params["QueueName"] for call in aws.calls} == {f"q{number}" for number in range(200)}
    assert {call.status for call in aws.calls} == {200}
