"""The pytest plugin in a run that pytest-xdist distributes: what each worker does, and what it hands over."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from tests.inner_runs import PRELUDE
from tests.report_pages import Page

pytest_plugins = ["pytester"]
pytest.importorskip("xdist")

TESTS = """
BEFORE = boto3.Session().client("s3", "eu-west-1", aws_access_key_id="AKIDREAL", aws_secret_access_key="secret")

@pytest.fixture(scope="class")
def shared():
    with mock_aws():
        boto3.client("sqs", region_name="eu-west-1").create_queue(QueueName="shared")
        yield

class TestShared:
    def test_shared(self, shared):
        boto3.client("sns", region_name="eu-west-1").list_topics()

def test_with_the_fixture(aiomoto):
    boto3.client("sqs", region_name="eu-west-1").create_queue(QueueName="jobs")
    aiomoto.calls.clear()

@mock_aws
def test_fails():
    boto3.client("s3").list_buckets()
    boto3.client("sqs", region_name="eu-west-1").create_queue(QueueName="jobs")
    assert False

def test_inside():
    with mock_aws() as aws:
        aws.answers.add("budgets", "DescribeBudgets", {})
        boto3.client("budgets").describe_budgets(AccountId="1" * 12)

def test_without_a_mock():
    BEFORE.list_buckets()

@pytest.mark.parametrize("n", range(2))
@pytest.mark.anyio
async def test_client(aiomoto_client, n):
    await use(await aiomoto_client("s3"))

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:CreateBucket"], "Resource": ["arn:aws:s3:::photos"]},
        {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": ["*"]},
        {"Effect": "Allow", "Action": ["sns:ListTopics"], "Resource": ["*"]},
        {
            "Effect": "Allow",
            "Action": ["sqs:CreateQueue"],
            "Resource": ["arn:aws:sqs:eu-west-1:123456789012:jobs", "arn:aws:sqs:eu-west-1:123456789012:shared"],
        },
    ],
    "Comment": ["budgets DescribeBudgets"],
}
# Other plugins, which each of the three processes would import, are no part of it.
PLUGINS = ("-p", "xdist", "-p", "anyio", "-p", "aiomoto.pytest_plugin", "-p", "no:cacheprovider")
SETTINGS = ("-o", "aiomoto_guard=true", "--aiomoto-policy=policy.json", "--aiomoto-report=all", "--strict-markers")


@pytest.mark.thorough
def test_workers_mock_and_guard_and_hand_over_their_sections_pages_and_policies(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(PRELUDE + dedent(TESTS))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("COLUMNS", "100")

    # Not in this process: what an exception in a worker would do to it is nobody's business here.
    result = pytester.runpytest_subprocess(*PLUGINS, *SETTINGS, "-n", "2")

    result.assert_outcomes(passed=5, failed=2)
    table = ["0  200 * us-east-1  s3.ListBuckets()", "1  200 * eu-west-1  sqs.CreateQueue(QueueName='jobs')"]
    section = ["*- AWS calls -*", "#  outcome *ms  region *call", *table, "", "What exists:", "sqs: jobs (empty)"]
    result.stdout.fnmatch_lines(section, consecutive=True)
    result.stdout.fnmatch_lines(["E * aiomoto.RequestBlockedError: s3 ListBuckets (GET https://s3.eu-west-1.*"])
    index = Page(pytester.path / "aiomoto-report" / "index.html")
    assert "6 tests with AWS" in index.text
    assert [name for name in ("test_shared", "test_fails", "test_client") if name not in index.text] == []
    assert json.loads((pytester.path / "policy.json").read_text(encoding="utf-8")) == POLICY
