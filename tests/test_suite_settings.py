"""Settings for a whole suite: ``aiomoto_sleep`` and ``aiomoto_region`` are defaults for its mocks."""

from __future__ import annotations

import pytest

from tests.inner_runs import run_tests

pytest_plugins = ["pytester"]

THROTTLED = """
    def throttled(aws):
        aws.faults.add("sqs", "ListQueues", error="Throttling", times=1)
        boto3.client("sqs", region_name="us-east-1").list_queues()
        return [wait.why for wait in aws.slept]
"""


def test_sleep_is_that_of_the_setting_unless_a_marker_says_it(pytester: pytest.Pytester) -> None:
    tests = f"""{THROTTLED}
    def test_fixture(aiomoto):
        assert throttled(aiomoto) == ["retry"]

    @pytest.mark.aiomoto_fault("sqs", "ListQueues", error="Throttling", times=1)
    def test_marker_of_a_fault(aiomoto):
        assert throttled(aiomoto) == ["retry", "retry"]

    @pytest.mark.aiomoto(sleep="real")
    def test_marker(aiomoto, monkeypatch):
        monkeypatch.setattr("time.sleep", lambda seconds: None)
        assert throttled(aiomoto) == []

    def test_a_mock_of_its_own(monkeypatch):
        monkeypatch.setattr("time.sleep", lambda seconds: None)
        with mock_aws() as aws:
            assert throttled(aws) == []
    """

    run_tests(pytester, tests, "-o", "aiomoto_sleep=instant").assert_outcomes(passed=4)


def test_the_region_is_that_of_the_setting_unless_a_marker_says_it(pytester: pytest.Pytester) -> None:
    tests = """
        def region():
            return boto3.client("sqs").meta.region_name

        def test_fixture(aiomoto):
            assert region() == "eu-central-1"

        @pytest.mark.aiomoto(region="eu-west-3")
        def test_marker():
            assert region() == "eu-west-3"

        def test_a_mock_of_its_own():
            with mock_aws():
                assert region() == "us-east-1"
    """

    run_tests(pytester, tests, "-o", "aiomoto_region=eu-central-1").assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("aiomoto_sleep=fast", "ERROR: aiomoto_sleep must be 'real' or 'instant', not 'fast'"),
        ("aiomoto_unused=ignored", "ERROR: aiomoto_unused must be 'error' or 'ignore', not 'ignored'"),
        ("aiomoto_region=eu-central-9", "ERROR: aiomoto_region: AWS has no region 'eu-central-9'; did you mean *"),
    ],
)
def test_a_wrong_value_is_an_error_at_the_start(pytester: pytest.Pytester, setting: str, message: str) -> None:
    result = run_tests(pytester, "def test_nothing(): pass", "-o", setting)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
