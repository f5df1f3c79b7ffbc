"""The reports of a failing test list the functions that ran."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aiomoto import mock_aws
from tests.functions import create_queue, map_source, send
from tests.inner_runs import run_tests
from tests.report_pages import Page

pytest_plugins = ["pytester"]

PRELUDE = """
import boto3
import pytest
from aiomoto import mock_aws

functions = boto3.client("lambda", "us-east-1", aws_access_key_id="any", aws_secret_access_key="any")

def invoke(name):
    functions.invoke(FunctionName=name)

def resize(event, context):
    return {"width": 320}

def fail(event, context):
    raise ValueError("no\\npicture")

def send():
    sqs = boto3.client("sqs", "us-east-1")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    functions.create_event_source_mapping(
        FunctionName="work", EventSourceArn="arn:aws:sqs:us-east-1:123456789012:jobs"
    )
    sqs.send_message(QueueUrl=url, MessageBody="a")
"""


@pytest.fixture(autouse=True)
def terminal_of_100_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def runs_in(result: pytest.RunResult) -> list[list[str]]:
    """The rows about functions in each section "AWS calls" of a run, without the durations."""
    found: list[list[str]] = []
    lines = iter(result.outlines)
    for line in lines:
        if line == "Functions that ran:":
            found.append([])
            while (words := re.split("  +", next(lines))) != [""]:
                found[-1].append(" ".join([*words[:2], *words[3:]]))
    return found


@pytest.mark.thorough
def test_the_section_of_a_failing_test_lists_the_functions_that_ran(pytester: pytest.Pytester) -> None:
    tests = """
        def test_function(aiomoto):
            def work(event, context):
                invoke("resize")
                invoke("fail")
                return {"batchItemFailures": [], "password": "hunter2"}

            aiomoto.functions["resize"] = resize
            aiomoto.functions["fail"] = fail
            aiomoto.functions["work"] = work
            send()
            assert False

        def test_without_functions(aiomoto):
            functions.list_functions()
            assert False
    """

    masked = run_tests(pytester, tests, prelude=PRELUDE)
    whole = run_tests(pytester, tests, "-o", "aiomoto_report=calls, secrets", prelude=PRELUDE)

    assert runs_in(masked) == [
        [
            "function invoked by result",
            "work sqs:jobs {'batchItemFailures': [], 'password': '***'}",
            "resize Invoke ***",
            "fail Invoke ValueError: no\\npicture",
        ]
    ]
    assert runs_in(whole)[0][1:3] == [
        "work sqs:jobs {'batchItemFailures': [], 'password': 'hunter2'}",
        "resize Invoke {'width': 320}",
    ]


@pytest.mark.thorough
def test_each_section_lists_the_functions_that_ran_in_its_test(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture(scope="module")
        def shared():
            with mock_aws() as aws:
                aws.functions["resize"] = resize
                yield aws

        @pytest.mark.parametrize("number", range(2))
        def test_shared(shared, number):
            invoke("resize")
            assert False

        def test_mock_that_has_ended():
            for name in ("first", "second"):
                with mock_aws() as aws:
                    aws.functions[name] = resize
                    invoke(name)
            assert False
    """

    result = run_tests(pytester, tests, "-p", "no:randomly", prelude=PRELUDE)

    heading = "function invoked by result"
    one = [heading, "resize Invoke ***"]
    assert runs_in(result) == [one, one, [heading, "first Invoke ***", "second Invoke ***"]]


@pytest.mark.thorough
def test_of_many_runs_those_that_failed_and_the_last_ones_are_listed(pytester: pytest.Pytester) -> None:
    tests = """
        def test_function(aiomoto):
            aiomoto.functions["resize"] = resize
            aiomoto.functions["fail"] = fail
            invoke("fail")
            for _ in range(60):
                invoke("resize")
            assert False
    """

    result = run_tests(pytester, tests, prelude=PRELUDE)

    (rows,) = runs_in(result)
    assert len(rows) == 42
    assert rows[1:4] == ["fail Invoke ValueError: no\\npicture", "… 21 not shown", "resize Invoke ***"]


def test_the_page_of_a_mock_lists_them_too(tmp_path: Path) -> None:
    with mock_aws() as aws:
        aws.report(tmp_path / "without.html")
        url, arn = create_queue("jobs")
        aws.functions["work"] = lambda event, context: {"done": True}
        map_source("work", arn)
        send(url, "a")
        aws.report(tmp_path / "page.html")

    text = Page(tmp_path / "page.html").text
    assert "Functions that ran" in text
    assert all(each in text for each in ("work", "arn:aws:sqs:us-east-1:123456789012:jobs", "{'done': True}"))
    assert "Functions that ran" not in Page(tmp_path / "without.html").text


@pytest.mark.thorough
def test_the_pages_of_a_run_have_the_functions_of_their_tests(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture(scope="module")
        def shared():
            with mock_aws() as aws:
                aws.functions["common"] = fail
                yield aws

        @pytest.mark.parametrize("number", range(2))
        def test_shared(shared, number):
            if number == 0:
                invoke("common")

        def test_own():
            with mock_aws() as aws:
                aws.functions["own"] = fail
                invoke("own")
    """

    run_tests(pytester, tests, "--aiomoto-report=all", prelude=PRELUDE).assert_outcomes(passed=3)

    pages = {file.name.split("--")[1]: Page(file).text for file in Path("aiomoto-report").glob("*--*.html")}
    listed = {name.rpartition("-")[0]: "ValueError: no\\npicture" in text for name, text in pages.items()}
    assert listed == {"test_shared-0": True, "test_shared-1": False, "test_own": True}
