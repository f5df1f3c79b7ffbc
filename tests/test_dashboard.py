"""Moto's dashboard works at the endpoint, without Flask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.request import Request, urlopen

import boto3
import pytest

from aiomoto import MockAWS, mock_aws


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws() as aws:
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="reports")
        yield aws


def ask(aws: MockAWS, method: str, path: str) -> tuple[str, str]:
    with urlopen(Request(aws.endpoint.url + path, method=method)) as response:
        return response.headers["Content-Type"], response.read().decode()


def test_page_is_served(aws: MockAWS) -> None:
    kind, page = ask(aws, "GET", "/moto-api/")

    assert kind == "text/html; charset=utf-8"
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert "{%" not in page


def test_script_that_the_page_names_is_served_and_asks_for_the_data(aws: MockAWS) -> None:
    page = ask(aws, "GET", "/moto-api/")[1]
    script = ask(aws, "GET", "/moto-api/lib.js")[1] if 'src="/moto-api/lib.js"' in page else page

    assert "/moto-api/data.json" in script


def test_data_has_what_exists_until_the_reset_that_the_page_offers(aws: MockAWS) -> None:
    def buckets() -> list[str]:
        return [bucket["name"] for bucket in json.loads(ask(aws, "GET", "/moto-api/data.json")[1])["s3"]["FakeBucket"]]

    assert buckets() == ["reports"]

    ask(aws, "POST", "/moto-api/reset")

    assert buckets() == []
    assert boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"] == []


def test_page_is_no_call(aws: MockAWS) -> None:
    ask(aws, "GET", "/moto-api/")

    assert [call.operation for call in aws.calls] == ["CreateBucket"]


def test_bucket_may_be_called_as_the_page_is(aws: MockAWS) -> None:
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=aws.endpoint.url)
    s3.create_bucket(Bucket="moto-api")

    assert s3.list_objects_v2(Bucket="moto-api")["KeyCount"] == 0
