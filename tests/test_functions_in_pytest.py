"""The plugin's part in functions: a test whose functions fail unseen fails too."""

from __future__ import annotations

import pytest

from tests.inner_runs import run_tests

pytest_plugins = ["pytester"]

FAILING = """
    import pytest

    def fail(event, context):
        raise ValueError("no picture")

    def invoke(kind):
        boto3.client("lambda", "us-east-1").invoke(FunctionName="resize", InvocationType=kind)

    def test_unseen(aiomoto):
        aiomoto.functions.add("resize", fail{options})
        invoke("Event")

    def test_seen(aiomoto):
        aiomoto.functions["resize"] = fail
        invoke("RequestResponse")

    def test_without_functions(aiomoto):
        boto3.client("s3", "us-east-1").list_buckets()
"""


def test_an_error_that_nobody_has_seen_fails_its_test(pytester: pytest.Pytester) -> None:
    result = run_tests(pytester, FAILING.format(options=""))

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*aws.functions: 'resize', invoked by Invoke, has failed, and no further attempt has made up for it:",
            "*ValueError: no picture*",
            "*may_fail=True*",
        ]
    )


def test_a_function_may_fail_if_the_test_says_so(pytester: pytest.Pytester) -> None:
    run_tests(pytester, FAILING.format(options=", may_fail=True")).assert_outcomes(passed=3)


def test_a_suite_may_ignore_errors_of_functions(pytester: pytest.Pytester) -> None:
    run_tests(pytester, FAILING.format(options=""), "-o", "aiomoto_functions=ignore").assert_outcomes(passed=3)


def test_an_error_that_a_further_attempt_has_made_good_is_none(pytester: pytest.Pytester) -> None:
    tests = """
        def test_second_attempt(aiomoto):
            attempts = []

            def fail_once(event, context):
                attempts.append(event)
                if len(attempts) == 1:
                    raise ValueError("not yet")

            aiomoto.functions["resize"] = fail_once
            sqs = boto3.client("sqs", "us-east-1")
            url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
            boto3.client("lambda", "us-east-1").create_event_source_mapping(
                FunctionName="resize", EventSourceArn="arn:aws:sqs:us-east-1:123456789012:jobs"
            )
            sqs.send_message(QueueUrl=url, MessageBody="a")
            assert len(attempts) == 2
    """
    run_tests(pytester, tests).assert_outcomes(passed=1)


@pytest.mark.thorough
def test_a_chain_without_end_that_began_later_fails_its_test(pytester: pytest.Pytester) -> None:
    tests = """
        def test_later(aiomoto):
            def again(event, context):
                sqs.send_message(QueueUrl=url, MessageBody="again")

            aiomoto.functions["again"] = again
            sqs = boto3.client("sqs", "us-east-1")
            url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            boto3.client("lambda", "us-east-1").create_event_source_mapping(
                FunctionName="again", EventSourceArn="arn:aws:sqs:us-east-1:123456789012:jobs"
            )
            sqs.send_message(QueueUrl=url, MessageBody="first", DelaySeconds=5)
            aiomoto.clock.advance(6)
    """
    result = run_tests(pytester, tests)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*aws.functions: the function of the queue 'jobs' is the 101st function in a row*"])
