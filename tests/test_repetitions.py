"""What is worked out once instead of in each call has the same outcome, and follows what it depends on."""

from __future__ import annotations

import datetime
import importlib
from contextlib import suppress
from typing import Any

import boto3
import moto
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.moto_api import recorder
from moto.moto_api._internal import mock_random
from moto.sqs.responses import SQSResponse

from aiomoto import mock_aws
from tests.conftest import MOTO

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"

CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "odd_key": ("s3", "get_object", {"Bucket": "reports", "Key": "a b/ü+%2F?&=#/../x"}),
    "double_slash": ("s3", "get_object", {"Bucket": "reports", "Key": "//a"}),
    "metadata": ("s3", "create_multipart_upload", {"Bucket": "reports", "Key": "a", "Metadata": {"my_key": "1"}}),
    "no_body": ("s3", "list_buckets", {}),
    "query": ("s3", "list_objects_v2", {"Bucket": "reports", "Prefix": "a b+ü", "Delimiter": "/"}),
    "json": ("dynamodb", "get_item", {"TableName": "jobs", "Key": {"id": {"S": "ü"}}}),
    "form": ("sts", "assume_role", {"RoleArn": "arn:aws:iam::123456789012:role/a b", "RoleSessionName": "nightly"}),
    "path": ("lambda", "get_function", {"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:f"}),
}


@pytest.mark.skipif(MOTO < (5, 2, 4), reason="handlers took botocore's own request")
@pytest.mark.parametrize(("service", "operation", "arguments"), CALLS.values(), ids=CALLS)
def test_handlers_get_the_request_that_moto_would_make(
    service: str, operation: str, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, got = [], []
    normalize = importlib.import_module("moto.core.request").normalize_request
    monkeypatch.setattr(type(recorder), "_record_request", lambda self, request: got.append(_seen(request)))
    with mock_aws():
        client = boto3.client(service, region_name="us-east-1")
        client.meta.events.register("before-send", lambda request, **kwargs: made.append(_seen(normalize(request))))
        with suppress(ClientError):  # nothing of it is there
            getattr(client, operation)(**arguments)

    assert got == made != []


def _seen(request: Any) -> dict[str, Any]:
    plain = {name: value for name, value in request.environ.items() if isinstance(value, (str, bool, tuple, dict))}
    plain.pop("wsgi.input_terminated", None)  # only how the body is read
    return {**plain, "headers": sorted(request.headers), "url": request.raw_url, "data": request.get_data()}


def test_a_date_is_of_the_class_that_dates_have_at_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Frozen(datetime.datetime):
        """As freezegun has it."""

    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="reports")
        s3.put_object(Bucket="reports", Key="a", Body=b"")
        with monkeypatch.context() as patch:
            patch.setattr(datetime, "datetime", Frozen)
            frozen = s3.head_object(Bucket="reports", Key="a")["LastModified"]
        real = s3.head_object(Bucket="reports", Key="a")["LastModified"]

    assert type(frozen) is Frozen
    assert type(real) is datetime.datetime
    assert frozen == real


def test_an_operation_that_a_test_adds_to_moto_is_there_and_goes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        with pytest.raises(NotImplementedError):
            sqs.list_message_move_tasks(SourceArn="arn:aws:sqs:us-east-1:123456789012:jobs")
        with monkeypatch.context() as patch:
            patch.setattr(SQSResponse, "list_message_move_tasks", lambda self: '{"Results": []}', raising=False)
            answer = sqs.list_message_move_tasks(SourceArn="arn:aws:sqs:us-east-1:123456789012:jobs")
            assert answer["Results"] == []
        with pytest.raises(NotImplementedError):
            sqs.list_message_move_tasks(SourceArn="arn:aws:sqs:us-east-1:123456789012:jobs")


def test_an_operation_of_moto_is_no_attribute_that_is_no_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SQSResponse, "list_message_move_tasks", "no method", raising=False)

    with mock_aws(), pytest.raises(NotImplementedError):
        boto3.client("sqs", region_name="us-east-1").list_message_move_tasks(SourceArn="arn:aws:sqs:us-east-1:1:jobs")


def test_a_custom_endpoint_of_s3_counts_as_soon_as_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://storage.example.test"
    with mock_aws():
        monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", "https://other.example.test")
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="reports")
        monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", url)
        s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=url)
        s3.put_object(Bucket="reports", Key="a", Body=b"1")

        assert [each["Key"] for each in s3.list_objects_v2(Bucket="reports")["Contents"]] == ["a"]


def test_the_user_agent_is_that_of_the_client_and_has_what_it_is_given_later() -> None:
    agents = []
    with mock_aws() as aws:
        for extra in ("first tool", "second/1.0 (tool)"):
            config = Config(user_agent_extra=extra)
            boto3.client("s3", region_name="us-east-1", config=config).list_buckets()
            agents.append(aws.calls.last.headers["User-Agent"])

    assert agents[0].endswith("first tool")
    assert agents[1].endswith("second/1.0 (tool)")
    assert agents[0].startswith(f"Boto3/{boto3.__version__} md/Botocore#")


def test_ids_are_those_of_moto_for_the_same_seed() -> None:
    seen = []
    for mock in (moto.mock_aws, mock_aws):
        with mock():
            sqs = boto3.client("sqs", region_name="us-east-1")
            mock_random.seed(42)
            made = sqs.create_queue(QueueName="jobs")
            sent = sqs.send_message(QueueUrl=made["QueueUrl"], MessageBody="1")
            got = sqs.receive_message(QueueUrl=made["QueueUrl"])
            seen.append((made["ResponseMetadata"]["RequestId"], sent["MessageId"], got["Messages"][0]["ReceiptHandle"]))

    assert seen[0] == seen[1]


@pytest.mark.thorough
def test_a_field_is_found_under_the_alias_that_an_object_itself_names() -> None:
    """Moto's answers take their fields from objects of many classes, by aliases that depend on the object."""
    with mock_aws():
        rds = boto3.client("rds", region_name="us-east-1")
        made = rds.create_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.m1.small", Engine="postgres")
        parameters = rds.create_db_parameter_group(
            DBParameterGroupName="group", DBParameterGroupFamily="postgres16", Description="of tests"
        )
        again = rds.describe_db_instances()["DBInstances"][0]

    assert made["DBInstance"]["DBInstanceIdentifier"] == again["DBInstanceIdentifier"] == "db"
    assert parameters["DBParameterGroup"]["DBParameterGroupName"] == "group"
