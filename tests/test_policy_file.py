"""``--aiomoto-policy``: the IAM policy for a whole run of pytest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.inner_runs import run_folder, run_tests

pytest_plugins = ["pytester"]

TESTS = """
    @pytest.fixture(scope="session")
    def shared():
        with mock_aws():
            boto3.client("sqs", region_name="eu-west-1").create_queue(QueueName="shared")
            yield

    def test_with_the_fixture(aiomoto):
        boto3.client("sqs", region_name="eu-west-1").create_queue(QueueName="jobs")
        aiomoto.calls.clear()

    @mock_aws
    def test_decorated():
        boto3.client("s3").list_buckets()
        assert False

    def test_inside():
        with mock_aws() as aws:
            aws.answers.add("budgets", "DescribeBudgets", {})
            boto3.client("budgets").describe_budgets(AccountId="1" * 12)

    def test_in_the_shared_mock(shared):
        boto3.client("sns", region_name="eu-west-1").list_topics()
"""
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
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


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_it_has_the_calls_of_all_mocks_of_the_run(pytester: pytest.Pytester) -> None:
    result = run_tests(pytester, TESTS, "--aiomoto-policy=policy.json")

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["IAM policy of the run: *policy.json (actions: 3, unknown operations: 1)"])
    assert _load(pytester.path / "policy.json") == POLICY


def test_no_terminal_is_needed(pytester: pytest.Pytester) -> None:
    run_tests(pytester, TESTS, "--aiomoto-policy=policy.json", "-p", "no:terminal")

    assert _load(pytester.path / "policy.json") == POLICY


def test_without_calls_there_is_a_policy_without_statements(pytester: pytest.Pytester) -> None:
    run_tests(pytester, "def test_nothing(): pass", "--aiomoto-policy=policy.json")

    assert _load(pytester.path / "policy.json") == {"Version": "2012-10-17", "Statement": []}


@pytest.mark.parametrize("name", ["absent/policy.json", "."])
def test_a_file_that_cannot_be_written_is_an_error_at_the_start(pytester: pytest.Pytester, name: str) -> None:
    result = run_tests(pytester, "def test_nothing(): pass", f"--aiomoto-policy={name}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --aiomoto-policy must name a file that can be written, not '{name}': *"])


@pytest.mark.thorough
def test_a_run_that_only_collects_keeps_what_an_earlier_one_has_written(pytester: pytest.Pytester) -> None:
    options = ("--aiomoto-policy=policy.json", "--aiomoto-report=all")
    run_tests(pytester, TESTS, *options)
    pages = sorted(pytester.path.glob("aiomoto-report/*.html"))

    run_folder(pytester, "--collect-only", *options)

    assert pages
    assert sorted(pytester.path.glob("aiomoto-report/*.html")) == pages
    assert _load(pytester.path / "policy.json") == POLICY


def test_nothing_is_written_without_the_option(pytester: pytest.Pytester) -> None:
    run_tests(pytester, TESTS)

    assert list(pytester.path.glob("*.json")) == []
