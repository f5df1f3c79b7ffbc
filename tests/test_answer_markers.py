"""The plugin's part in rules: answers by marker, and tests whose rules act on no call."""

from __future__ import annotations

import pytest

from tests.inner_runs import run_tests

pytest_plugins = ["pytester"]

UNUSED = """
    @pytest.mark.aiomoto_fault("sqs", "ListQueues", error="Throttling"{optional})
    def test_one(aiomoto):
        boto3.client("sqs", "us-east-1").create_queue(QueueName="jobs")

    def test_other(aiomoto):
        aiomoto.answers.add("sqs", "ListQueues", {{"QueueUrls": []}}{optional})
"""


def test_a_marker_adds_an_answer(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.aiomoto_answer("sqs", "ListQueues", {"QueueUrls": ["https://example.com/scripted"]}, times=1)
        def test_marked():
            sqs = boto3.client("sqs", "us-east-1")
            assert sqs.list_queues()["QueueUrls"] == ["https://example.com/scripted"]
            assert "QueueUrls" not in sqs.list_queues()
    """
    run_tests(pytester, tests).assert_outcomes(passed=1)


def test_a_wrong_marker_fails_its_test(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.aiomoto_answer("sqs", "ListQueus", {})
        def test_marked():
            pass
    """
    result = run_tests(pytester, tests)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*@pytest.mark.aiomoto_answer('sqs', 'ListQueus', {}): *ListQueues*"])


def test_a_rule_that_acts_on_no_call_fails_its_test(pytester: pytest.Pytester) -> None:
    result = run_tests(pytester, UNUSED.format(optional=""))

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines_random(
        [
            "*aws.faults: <Fault sqs.ListQueues: Throttling; hits=0> has acted on no call.*",
            "*sqs.CreateQueue(QueueName='jobs') 200*",
            "*aws.answers: <Answer sqs.ListQueues: answer, an output; hits=0> has acted on no call.*",
            "*optional=True*",
        ]
    )


def test_a_rule_may_be_optional(pytester: pytest.Pytester) -> None:
    run_tests(pytester, UNUSED.format(optional=", optional=True")).assert_outcomes(passed=2)


def test_the_check_can_be_switched_off(pytester: pytest.Pytester) -> None:
    run_tests(pytester, UNUSED.format(optional=""), "-o", "aiomoto_unused=ignore").assert_outcomes(passed=2)


def test_a_test_that_fails_says_only_why(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.aiomoto_fault("sqs", "ListQueues", error="Throttling")
        def test_failing():
            assert 1 == 2
    """
    result = run_tests(pytester, tests)

    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*has acted on no call*")
