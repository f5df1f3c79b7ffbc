"""``aws.calls`` can be searched, printed and asserted on, with messages that help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from aiomoto import ArgumentError, CallLog, mock_aws


@pytest.fixture
def calls() -> CallLog:
    """The log of a bucket that is made, of two objects that are put there, and of one that is not."""
    with mock_aws() as aws:
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="a.jpg", Body=b"a", ContentType="image/jpeg")
        s3.put_object(Bucket="photos", Key="b.jpg", Body=b"b", ContentType="image/jpeg")
        with pytest.raises(ClientError):
            s3.get_object(Bucket="photos", Key="c.jpg")
        boto3.client("sqs", region_name="eu-west-1").list_queues()
    return aws.calls


def test_log_is_a_sequence(calls: CallLog) -> None:
    assert len(calls) == 5
    assert [call.operation for call in calls[1:3]] == ["PutObject", "PutObject"]
    assert calls[-1] is calls.last
    assert isinstance(calls[1:3], CallLog)
    assert calls
    assert not calls[5:]
    with pytest.raises(IndexError, match="call index 7 is out of range: the log has 5 calls"):
        calls[7]
    with pytest.raises(IndexError, match="call index -1 is out of range: the log has 0 calls"):
        _ = calls[5:].last


def test_filter_finds_calls_by_service_operation_and_parameters(calls: CallLog) -> None:
    assert len(calls.filter()) == 5
    assert len(calls.filter("s3")) == 4
    assert len(calls.filter("s3", "PutObject")) == 2
    assert [call.params["Key"] for call in calls.filter("s3", "PutObject", Bucket="photos", Key="b.jpg")] == ["b.jpg"]
    assert len(calls.filter("s3", "PutObject", Bucket="videos")) == 0
    assert len(calls.filter("dynamodb")) == 0


def test_assertions_that_hold_return_the_call(calls: CallLog) -> None:
    assert calls.assert_called("s3", "PutObject", Bucket="photos").params["Key"] == "b.jpg"
    assert calls.assert_called("sqs").operation == "ListQueues"
    assert calls.assert_called_once("s3", "PutObject", Key="a.jpg").status == 200
    calls.assert_not_called("s3", "PutObject", Bucket="videos")
    calls.assert_not_called("dynamodb")


def test_calls_that_were_made_are_listed_the_most_similar_first(calls: CallLog) -> None:
    with pytest.raises(AssertionError) as caught:
        calls.assert_called("s3", "PutObject", Bucket="photos", Key="c.jpg")

    first, *rest = str(caught.value).splitlines()
    assert first == (
        "s3.PutObject(Bucket='photos', Key='c.jpg') was not called. Calls that were made, the most similar first:"
    )
    assert all(line.startswith("  s3.PutObject(Bucket='photos', Key=") for line in rest[:2])
    assert len(rest) == 5
    assert any("s3.GetObject(Bucket='photos', Key='c.jpg'" in line and "404 NoSuchKey" in line for line in rest[2:])


def test_messages_of_the_other_assertions_list_what_was_called(calls: CallLog) -> None:
    with pytest.raises(
        AssertionError, match=r"^s3\.PutObject\(\) was called 2 times; expected one call\. .*\n.*a\.jpg|b\.jpg"
    ):
        calls.assert_called_once("s3", "PutObject")
    with pytest.raises(AssertionError, match=r"^s3\.HeadObject\(\) was not called; expected one call\. .*:\n"):
        calls.assert_called_once("s3", "HeadObject")
    with pytest.raises(AssertionError, match=r"^sqs\.\*\(\) was called; expected no .*:\n  sqs\.ListQueues\(\) 200$"):
        calls.assert_not_called("sqs")
    with pytest.raises(AssertionError, match=r"^sqs\.\*\(\) was not called\. No calls were made$"):
        calls[5:].assert_called("sqs")


WRONG: list[tuple[Callable[[Any], Any], str]] = [
    (lambda calls: calls.filter("S3"), "botocore has no service 'S3'; did you mean 's3'?"),
    (lambda calls: calls.filter("awslambda"), "botocore has no service 'awslambda'; did you mean 'lambda'"),
    (
        lambda calls: calls.filter("s3", "put_object"),
        "s3 has no operation 'put_object'; did you mean 'PutObject'?",
    ),
    (lambda calls: calls.assert_not_called("s3", "PutObjekt"), "did you mean 'PutObject'"),
    (
        lambda calls: calls.assert_called("s3", "PutObject", bucket="photos"),
        "s3 PutObject has no parameter 'bucket'; did you mean 'Bucket'",
    ),
    (lambda calls: calls.filter("sts", "GetCallerIdentity", Arn="x"), "sts GetCallerIdentity has no parameter 'Arn'"),
    (
        lambda calls: calls.filter(None, "PutObject"),
        "operation 'PutObject' requires a service: several",
    ),
]


@pytest.mark.parametrize(("ask", "message"), WRONG, ids=[message[-30:] for _, message in WRONG])
def test_wrong_name_is_an_error_with_the_names_that_are_like_it(
    ask: Callable[[Any], Any], message: str, calls: CallLog
) -> None:
    with pytest.raises(ArgumentError) as caught:
        ask(calls)

    assert message in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_log_prints_as_a_table(calls: CallLog) -> None:
    heading, *rows = str(calls).splitlines()

    assert heading.split() == [
        "#",
        "service",
        "operation",
        "region",
        "try",
        "outcome",
        "ms",
        "backend",
        "rule",
        "parameters",
    ]
    assert [row.split()[:5] for row in rows] == [
        ["0", "s3", "CreateBucket", "us-east-1", "1"],
        ["1", "s3", "PutObject", "us-east-1", "1"],
        ["2", "s3", "PutObject", "us-east-1", "1"],
        ["3", "s3", "GetObject", "us-east-1", "1"],
        ["4", "sqs", "ListQueues", "eu-west-1", "1"],
    ]
    assert "404 NoSuchKey" in rows[3]
    assert rows[3].index("boto3") == heading.index("backend")
    assert "Bucket='photos', Key='c.jpg'" in rows[3]
    assert repr(calls) == "<CallLog of 5 calls>"
    assert repr(calls.last) == "<Call sqs.ListQueues() 200>"
