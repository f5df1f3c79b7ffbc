"""The report of a failing test says which calls it made, what existed, and what was near."""

from __future__ import annotations

import re

import pytest

from tests.inner_runs import PRELUDE, run_tests

pytest_plugins = ["pytester"]

FILLING = """
import boto3

def fill():
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="reports")
    s3.put_object(Bucket="reports", Key="june.txt", Body=b"abc")
    sqs = boto3.client("sqs", region_name="us-east-1")
    sqs.create_queue(QueueName="jobs")
    return s3, sqs
"""
TABLE = [
    "0  200  * s3.CreateBucket(Bucket='reports')",
    "1  200  * s3.PutObject(Bucket='reports', Key='june.txt')",
    "2  200  * sqs.CreateQueue(QueueName='jobs')",
]
STATE = ["What exists:", "s3: reports (1 object, 3 B)", "sqs: jobs (empty)"]


@pytest.fixture(autouse=True)
def terminal_of_100_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def report_of(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    return run_tests(pytester, tests, *arguments, prelude=PRELUDE + FILLING)


def sections(result: pytest.RunResult) -> list[list[str]]:
    """The lines of each section "AWS calls" of a run."""
    found: list[list[str]] = []
    is_inside = False
    for line in result.outlines:
        if re.fullmatch("-+ AWS calls -+", line):
            found.append([])
            is_inside = True
        elif re.match(r"[=_-]{3,}|\S+\.py:\d+: ", line):
            is_inside = False
        elif is_inside:
            found[-1].append(line)
    return found


# ---------------------------------------------------------------- where it appears

FAILING = {
    "fixture": """
        def test_function(aiomoto):
            fill()
            assert False
    """,
    "marker": """
        @pytest.mark.aiomoto
        def test_function():
            fill()
            assert False
    """,
    "decorator": """
        @mock_aws
        def test_function():
            fill()
            assert False
    """,
    "with": """
        def test_function():
            with mock_aws():
                fill()
                assert False
    """,
    "async with under asyncio": """
        @pytest.mark.asyncio
        async def test_function():
            async with mock_aws():
                fill()
                assert False
    """,
    "async with under anyio": """
        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_function():
            async with mock_aws():
                fill()
                assert False
    """,
    "a fixture of the test's own": """
        @pytest.fixture
        def aws():
            with mock_aws():
                fill()
                yield

        def test_function(aws):
            assert False
    """,
    "start and stop": """
        def test_function():
            mock = mock_aws()
            mock.start()
            try:
                fill()
                assert False
            finally:
                mock.stop()
    """,
    "decorated TestCase": """
        @mock_aws
        class Case(unittest.TestCase):
            def test_method(self):
                fill()
                self.fail()
    """,
    "marked IsolatedAsyncioTestCase": """
        @pytest.mark.aiomoto
        class Case(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self):
                fill()

            async def test_method(self):
                self.fail()
    """,
    "set-up that fails": """
        @pytest.fixture
        def bucket(aiomoto):
            fill()
            assert False

        def test_function(bucket):
            pass
    """,
    "pytest.fail without a traceback": """
        def test_function(aiomoto):
            fill()
            pytest.fail("no", pytrace=False)
    """,
}


@pytest.mark.parametrize("tests", FAILING.values(), ids=FAILING.keys())
def test_failing_test_shows_its_calls_and_what_exists(pytester: pytest.Pytester, tests: str) -> None:
    result = report_of(pytester, tests)

    assert len(sections(result)) == 1
    result.stdout.fnmatch_lines(["*- AWS calls -*", "#  outcome *ms  call", *TABLE, "", *STATE], consecutive=True)


@pytest.mark.parametrize(
    "tests",
    [
        """
        def test_passing(aiomoto):
            fill()

        def test_that_is_not_mocked():
            assert False
        """,
        """
        @pytest.mark.xfail
        def test_expected_to_fail(aiomoto):
            fill()
            assert False

        def test_skipped(aiomoto):
            fill()
            pytest.skip()
        """,
    ],
    ids=["passing and not mocked", "expected to fail and skipped"],
)
def test_other_tests_show_nothing(pytester: pytest.Pytester, tests: str) -> None:
    result = report_of(pytester, tests, "-rA")

    assert "AWS calls" not in result.stdout.str()


def test_junit_xml_has_the_section(pytester: pytest.Pytester) -> None:
    report_of(pytester, FAILING["fixture"], "--junitxml=junit.xml")

    xml = (pytester.path / "junit.xml").read_text(encoding="utf-8")
    failure = xml.partition("<failure")[2].partition("</failure>")[0]
    assert "AWS calls" in failure
    assert "s3: reports (1 object, 3 B)" in failure


def test_run_without_a_terminal_reports_as_well(pytester: pytest.Pytester) -> None:
    report_of(pytester, FAILING["with"], "-p", "no:terminal", "--junitxml=junit.xml")

    assert "s3: reports (1 object, 3 B)" in (pytester.path / "junit.xml").read_text(encoding="utf-8")


# ---------------------------------------------------------------- which calls


def test_mock_of_a_wider_scope_shows_the_calls_of_this_test_only(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture(scope="module")
        def aws():
            with mock_aws():
                yield

        def test_first(aws):
            fill()

        def test_second(aws):
            boto3.client("s3", region_name="us-east-1").list_buckets()
            assert False

        def test_third(aws):
            assert False
    """

    second, third = sections(report_of(pytester, tests))

    assert [line for line in second if "s3." in line] == [second[1]]
    assert second[1].endswith("s3.ListBuckets()")
    assert third == ["No calls were made.", "", *STATE]


@pytest.mark.thorough
def test_calls_of_nested_mocks_are_shown_once(pytester: pytest.Pytester) -> None:
    tests = """
        def test_function(aiomoto):
            with mock_aws(), mock_aws():
                fill()
            assert False
    """

    (lines,) = sections(report_of(pytester, tests))

    assert [line.partition(" ")[0] for line in lines[:5]] == ["#", "0", "1", "2", ""]


def test_clean_up_that_fails_shows_calls_without_what_existed(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture
        def bucket(aiomoto):
            yield
            fill()
            assert False

        def test_function(bucket):
            pass
    """

    result = report_of(pytester, tests)

    result.stdout.fnmatch_lines([*TABLE, "", "What existed is unknown: *"], consecutive=True)


def test_clean_up_that_fails_after_its_test_shows_what_is_new(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture
        def bucket(aiomoto):
            yield
            boto3.client("s3", region_name="us-east-1").list_buckets()
            assert False

        def test_function(bucket):
            fill()
            assert False
    """

    teardown, call = sections(report_of(pytester, tests))

    assert len([line for line in teardown if "s3." in line]) == 1
    assert len([line for line in call if "s3." in line]) == 2


def test_calls_of_a_mock_that_has_ended_are_shown_without_what_existed(pytester: pytest.Pytester) -> None:
    tests = """
        def test_function():
            with mock_aws():
                fill()
            assert False
    """

    (lines,) = sections(report_of(pytester, tests))

    assert lines[3].endswith("sqs.CreateQueue(QueueName='jobs')")
    assert lines[5:] == ["What existed is unknown: the mock had ended before the test failed."]


def test_attempts_rules_and_skipped_waits_are_shown(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.aiomoto(sleep="instant")
        def test_function(aiomoto):
            aiomoto.faults.add("sqs", "ListQueues", error="Throttling", times=1)
            aiomoto.answers.add("sqs", "CreateQueue", {"QueueUrl": "https://x"})
            sqs = boto3.client("sqs", region_name="us-east-1")
            sqs.list_queues()
            boto3.client("sqs", region_name="eu-west-1").create_queue(QueueName="q")
            assert False
    """

    result = report_of(pytester, tests)

    result.stdout.fnmatch_lines(
        [
            "#  try  outcome * ms  region     rule    call",
            "0    1  400 Throttling  * us-east-1  fault   sqs.ListQueues()",
            "… skipped a wait of * s (retry)",
            "1    2  200  * us-east-1          sqs.ListQueues()",
            "2    1  200  * eu-west-1  answer  sqs.CreateQueue(QueueName='q')",
            "",
            "Nothing exists.",
        ],
        consecutive=True,
    )


@pytest.mark.thorough
def test_table_has_at_most_40_rows_those_that_failed_and_the_last(pytester: pytest.Pytester) -> None:
    tests = """
        def test_function(aiomoto):
            sqs = boto3.client("sqs", region_name="us-east-1")
            for number in range(200):
                if number in (3, 50):
                    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
                        sqs.get_queue_url(QueueName="jobs")
                else:
                    sqs.list_queues()
            assert False
    """

    (lines,) = sections(report_of(pytester, tests))

    table = lines[1 : lines.index("")]
    rows = [int(line.split()[0]) for line in table if line.split()[0].isdigit()]
    assert rows == [3, 50, *range(162, 200)]
    assert [line for line in table if line.startswith("…")] == [
        "… 3 not shown",
        "… 46 not shown",
        "… 111 not shown",
    ]


# ---------------------------------------------------------------- what is shown of a call


def test_parameters_that_the_client_adds_are_left_out_and_secrets_are_masked(pytester: pytest.Pytester) -> None:
    tests = """
        def test_function(aiomoto):
            s3, _ = fill()
            s3.list_objects_v2(Bucket="reports")
            s3.get_object(Bucket="reports", Key="june.txt")
            secrets = boto3.client("secretsmanager", region_name="us-east-1")
            secrets.create_secret(Name="db", SecretString="hunter2")
            boto3.client("ssm", region_name="us-east-1").put_parameter(Name="/db", Value="hunter3", Type="String")
            assert False
    """

    (lines,) = sections(report_of(pytester, tests))

    calls = [line.rpartition("  ")[2] for line in lines[2:8]]
    assert calls == [
        "s3.PutObject(Bucket='reports', Key='june.txt')",
        "sqs.CreateQueue(QueueName='jobs')",
        "s3.ListObjectsV2(Bucket='reports')",
        "s3.GetObject(Bucket='reports', Key='june.txt')",
        "secretsmanager.CreateSecret(Name='db', SecretString='***')",
        "ssm.PutParameter(Name='/db', Value='***', Type='String')",
    ]
    assert "hunter" not in "\n".join(lines)


def test_odd_parameters_do_not_break_the_table(pytester: pytest.Pytester) -> None:
    tests = r"""
        @pytest.mark.parametrize("name", ["a/b 😀"])
        def test_function(aiomoto, name):
            sqs = boto3.client("sqs", region_name="us-east-1")
            url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="😀\n" * 20_000)
            boto3.client("kms", region_name="us-east-1").encrypt(KeyId="alias/aws/s3", Plaintext=b"\0" * 4000)
            assert False
    """

    (lines,) = sections(report_of(pytester, tests))

    assert len(lines) == 7
    assert all(len(line) + line.count("😀") <= 100 for line in lines)
    assert "QueueUrl=" in lines[2]
    assert lines[2].endswith("…")
    assert "Plaintext='***'" in lines[3]


# ---------------------------------------------------------------- what is near

NEAR = {
    "key": ("s3.get_object(Bucket='reports', Key='juni.txt')", "s3: reports has no key 'juni.txt'; it has 'june.txt'"),
    "bucket": ("s3.list_objects_v2(Bucket='report')", "s3: there is no 'report'; there is 'reports'"),
    "queue": ("sqs.get_queue_url(QueueName='job')", "sqs: there is no 'job'; there is 'jobs'"),
    "region": (
        "boto3.client('sqs', region_name='eu-west-1').get_queue_url(QueueName='jobs')",
        "sqs: 'jobs' is in us-east-1; the call went to eu-west-1",
    ),
    "assertion": ("assert 'reprots' in []", "s3: reports is similar to 'reprots'"),
}


@pytest.mark.parametrize(("failing", "line"), NEAR.values(), ids=NEAR.keys())
def test_what_is_near_to_the_names_in_the_error_is_shown(pytester: pytest.Pytester, failing: str, line: str) -> None:
    tests = f"""
        def test_function():
            with mock_aws():
                s3, sqs = fill()
                {failing}
    """

    (lines,) = sections(report_of(pytester, tests))

    assert lines[-2:] == ["What is near:", line]


@pytest.mark.parametrize(
    "failing", ["s3.get_object(Bucket='reports', Key='something')", "assert 'reports' == 'report'", "assert False"]
)
def test_nothing_is_near_if_nothing_is_similar_or_it_is_named_already(pytester: pytest.Pytester, failing: str) -> None:
    tests = f"""
        def test_function(aiomoto):
            s3, sqs = fill()
            {failing}
    """

    result = report_of(pytester, tests)

    assert len(sections(result)) == 1
    assert "What is near" not in result.stdout.str()


def test_a_section_that_cannot_be_written_says_so(pytester: pytest.Pytester) -> None:
    tests = """
        def test_function(aiomoto, monkeypatch):
            from moto.s3.models import s3_backends

            fill()
            monkeypatch.setattr(s3_backends["123456789012"]["aws"], "buckets", None)
            assert False
    """

    result = report_of(pytester, tests)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["This section could not be written: AttributeError: *"])


# ---------------------------------------------------------------- the setting


@pytest.mark.parametrize(
    ("value", "has_calls", "has_state"),
    [("calls", True, False), ("state", False, True), ("state calls", True, True), ("off", False, False)],
)
def test_setting_says_what_is_reported(pytester: pytest.Pytester, value: str, has_calls: bool, has_state: bool) -> None:
    output = report_of(pytester, FAILING["fixture"], "-o", f"aiomoto_report={value}").stdout.str()

    assert ("AWS calls" in output) is (has_calls or has_state)
    assert ("s3.CreateBucket(" in output) is has_calls
    assert ("s3: reports (1 object, 3 B)" in output) is has_state


def test_secrets_are_shown_if_they_are_asked_for(pytester: pytest.Pytester) -> None:
    tests = """
        def test_function(aiomoto):
            boto3.client("ssm", region_name="us-east-1").put_parameter(Name="/db", Value="h" + "unter3", Type="String")
            assert False
    """

    result = report_of(pytester, tests, "-o", "aiomoto_report=calls, secrets")

    result.stdout.fnmatch_lines(["*ssm.PutParameter(Name='/db', Value='hunter3', Type='String')"])


@pytest.mark.parametrize("value", ["all", "calls, of", "off, calls", "secrets state x", "secrets", ""])
def test_wrong_setting_is_an_error_that_says_what_is_allowed(pytester: pytest.Pytester, value: str) -> None:
    result = report_of(pytester, FAILING["fixture"], "-o", f"aiomoto_report={value}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert (
        f"aiomoto_report must be off, or calls, state or both, and with secrets to show those, not {value!r}. "
        "Write `aiomoto_report = calls, state`" in result.stderr.str() + result.stdout.str()
    )
