"""``aws.report(path)``: what is in the page of a mock."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from pathlib import Path
from typing import Any

import anyio
import boto3
import pytest
from aiobotocore.session import get_session
from botocore.config import Config

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.report_pages import Page

REGION = "us-east-1"
SECRET, TOKEN = "sk_" + "live_51H8", "my-" + "token"  # not as they are in the code, which pages show
EVIL = "</script><img src=x onerror=alert(1)>\"'&amp;"


def test_a_page_has_the_calls_with_parameters_outcomes_and_headers(tmp_path: Path) -> None:
    with mock_aws(record_bodies=True) as aws:
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket="reports")
        s3.put_object(Bucket="reports", Key="june.txt", Body=b"all is well")
        with pytest.raises(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket="reports", Key="july.txt")
        aws.report(tmp_path / "page.html")
    page = Page(tmp_path / "page.html")
    put, get = page.call("PutObject"), page.call("GetObject")

    assert [call["operation"] for call in page.data["calls"]] == ["CreateBucket", "PutObject", "GetObject"]
    assert put["params"]["values"]["Key"] == "june.txt"
    assert put["params"]["added"] == ["ChecksumAlgorithm"]
    assert "all is well" in put["request"]["text"]  # in a chunk
    assert (put["outcome"], get["outcome"], get["failed"]) == ("200", "404 NoSuchKey", True)
    assert "<Code>NoSuchKey</Code>" in get["response"]["text"]
    assert any(line.lower().startswith("x-amz") for line in page.headers(put, "received"))
    assert page.data["recordsBodies"] is True


def test_a_page_says_what_exists_while_the_mock_is_active_only(tmp_path: Path) -> None:
    with mock_aws() as aws:
        boto3.client("sqs", REGION).create_queue(QueueName="jobs")
        assert aws.report(tmp_path / "active.html") is None  # type: ignore[func-returns-value]
    aws.report(str(tmp_path / "ended.html"))

    assert "jobs" in Page(tmp_path / "active.html").text
    assert "Unknown: the mock had ended" in Page(tmp_path / "ended.html").text


def test_a_page_without_recorded_bodies_has_none_but_those_of_errors(tmp_path: Path) -> None:
    with mock_aws() as aws:
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket="reports")
        with pytest.raises(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket="reports", Key="july.txt")
        aws.report(tmp_path / "page.html")
    page = Page(tmp_path / "page.html")

    assert "response" not in page.call("CreateBucket")
    assert "NoSuchKey" in page.call("GetObject")["response"]["text"]
    assert page.data["recordsBodies"] is False


async def place_order(s3: Any) -> None:
    await s3.put_object(Bucket="reports", Key="a", Body=b"x")


@pytest.mark.anyio
async def test_a_page_has_the_lines_and_the_task_that_made_a_call(client: ClientFactory, tmp_path: Path) -> None:
    async with mock_aws(record_bodies=True) as aws, client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="reports")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(place_order, s3, name="the order")
        aws.report(tmp_path / "page.html")
    page = Page(tmp_path / "page.html")
    put = page.call("PutObject")
    place = page.data["places"][put["places"][0]]

    assert put["task"] == "the order"
    assert (Path(place["file"]).name, place["function"]) == ("test_html_report.py", "place_order")
    assert "put_object" in place["code"][place["line"] - place["start"]]


def test_a_call_of_a_thread_has_its_name(tmp_path: Path) -> None:
    with mock_aws(record_bodies=True) as aws:
        thread = threading.Thread(target=lambda: boto3.client("s3", REGION).list_buckets(), name="the worker")
        thread.start()
        thread.join()
        aws.report(tmp_path / "page.html")

    assert Page(tmp_path / "page.html").call("ListBuckets")["thread"] == "the worker"


def test_calls_of_an_answer_are_inside_of_the_call_that_it_answers(tmp_path: Path) -> None:
    def recognize(call: Any) -> dict[str, Any]:
        boto3.client("s3", REGION).list_buckets()
        return {"Blocks": []}

    with mock_aws(record_bodies=True) as aws:
        aws.answers.add("textract", "DetectDocumentText", recognize)
        boto3.client("textract", REGION).detect_document_text(Document={"Bytes": b"x"})
        boto3.client("sqs", REGION).list_queues()
        aws.report(tmp_path / "page.html")
    page = Page(tmp_path / "page.html")

    assert page.call("ListBuckets")["parent"] == 0
    assert page.call("DetectDocumentText")["rule"]["kind"] == "answer"
    assert "parent" not in page.call("ListQueues")


def test_attempts_of_one_call_are_together_with_the_waits_between_them(tmp_path: Path) -> None:
    async def list_queues() -> None:
        async with get_session().create_client("sqs", region_name=REGION) as sqs:
            await sqs.list_queues()

    with mock_aws(sleep="instant") as aws:
        aws.faults.add("sqs", "ListQueues", error="Throttling", times=1)
        asyncio.run(list_queues())
        aws.report(tmp_path / "page.html")
        slept = aws.slept[0].seconds
    first, second = Page(tmp_path / "page.html").data["calls"]

    assert (first["first"], second["first"], second["attempt"]) == (0, 0, 2)
    assert first["rule"]["kind"] == "fault"
    assert first["waits"] == [{"seconds": slept, "why": "retry"}]


NAMED = {
    "a variable of a container": (
        *("batch", "register_job_definition"),
        {
            "jobDefinitionName": "jobs",
            "type": "container",
            "containerProperties": {
                "environment": [{"name": "DB_PASSWORD", "value": SECRET}, {"name": "MODE", "value": "x"}],
            },
        },
    ),
    "a property of a connection": (
        *("glue", "create_connection"),
        {
            "ConnectionInput": {
                "Name": "db",
                "ConnectionType": "JDBC",
                "ConnectionProperties": {"PASSWORD": SECRET, "USERNAME": "x", "AWS_SECRET_ACCESS_KEY": SECRET},
            }
        },
    ),
}


@pytest.mark.parametrize(("service", "operation", "params"), NAMED.values(), ids=NAMED)
def test_a_value_that_the_user_has_named_a_secret_is_masked(
    service: str, operation: str, params: dict[str, object], tmp_path: Path
) -> None:
    with mock_aws(record_bodies=True) as aws:
        aws.answers.add(service, "".join(map(str.capitalize, operation.split("_"))), {})
        getattr(boto3.client(service, REGION), operation)(**params)
        aws.report(tmp_path / "page.html")
    page = Page(tmp_path / "page.html")

    assert SECRET not in json.dumps(page.data["calls"])
    assert '"x"' in json.dumps(page.data["calls"][0]["params"])
    assert page.data["calls"][0]["request"]["text"].count("***") == json.dumps(params).count(SECRET)


def test_secrets_are_masked_unless_they_are_asked_for(tmp_path: Path) -> None:
    with mock_aws(record_bodies=True) as aws:
        secrets = boto3.client("secretsmanager", REGION, aws_session_token=TOKEN)
        secrets.create_secret(Name="payments", SecretString=SECRET)
        secrets.get_secret_value(SecretId="payments")
        aws.report(tmp_path / "masked.html")
        aws.report(tmp_path / "shown.html", secrets=True)
    masked, shown = Page(tmp_path / "masked.html"), Page(tmp_path / "shown.html")

    assert not re.search(f"{SECRET}|{TOKEN}|Signature=[0-9a-f]", masked.source)
    assert masked.call("CreateSecret")["params"]["values"]["SecretString"] == "***"
    assert shown.call("CreateSecret")["params"]["values"]["SecretString"] == SECRET
    assert aws.calls[0].params["SecretString"] == SECRET


def test_nothing_in_a_call_can_leave_its_place_in_the_page(tmp_path: Path) -> None:
    with mock_aws(record_bodies=True) as aws:
        sqs = boto3.client("sqs", REGION)
        url = sqs.create_queue(QueueName="jobs", tags={"evil": EVIL})["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=EVIL)
        ssm = boto3.client("ssm", REGION)
        ssm.put_parameter(Name="p", Value=EVIL, Type="String", Description="\x1b[31m\u2028\U0001f600")
        aws.report(tmp_path / "page.html")
    page = Page(tmp_path / "page.html")

    assert "img" not in page.tags
    assert page.tags.count("script") == 2
    assert page.call("SendMessage")["params"]["values"]["MessageBody"] == EVIL
    assert page.links == []


def test_a_page_asks_the_network_for_nothing_and_says_so_to_the_browser(tmp_path: Path) -> None:
    with mock_aws() as aws:
        aws.report(tmp_path / "page.html")
    page = Page(tmp_path / "page.html")

    assert page.policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in page.policy
    assert "link" not in page.tags


@pytest.mark.parametrize("where", ["missing/page.html", "."])
def test_a_path_that_cannot_be_written_raises_what_python_raises(where: str, tmp_path: Path) -> None:
    with mock_aws() as aws, pytest.raises(OSError, match=re.escape(str(tmp_path))):
        aws.report(tmp_path / where)


@pytest.mark.slow
def test_ten_thousand_calls_fit_into_ten_megabytes(tmp_path: Path) -> None:
    with mock_aws(record_bodies=True) as aws:
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket="reports")
        for number in range(9_999):
            s3.put_object(Bucket="reports", Key=f"{number}", Body=b"x" * 3_000)
        aws.report(tmp_path / "page.html")

    assert len(Page(tmp_path / "page.html").data["calls"]) == 10_000
    assert (tmp_path / "page.html").stat().st_size < 10_000_000


def test_a_long_body_is_shortened_and_a_binary_one_is_base64(tmp_path: Path) -> None:
    with mock_aws(record_bodies=True) as aws:
        s3 = boto3.client("s3", REGION, config=Config(request_checksum_calculation="when_required"))
        s3.create_bucket(Bucket="reports")
        s3.put_object(Bucket="reports", Key="long", Body=b"x" * 100_000)
        s3.put_object(Bucket="reports", Key="binary", Body=b"\x00\xff")
        aws.report(tmp_path / "page.html")
    _, long, binary = (call.get("request") for call in Page(tmp_path / "page.html").data["calls"])

    assert (long["size"], long["shown"], len(long["text"])) == (100_000, 64_000, 64_000)
    assert binary == {"size": 2, "shown": 2, "base64": "AP8="}
