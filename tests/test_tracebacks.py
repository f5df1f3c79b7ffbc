"""Tracebacks of failing tests: they end where the user's code ends, and errors have the names that users import."""

from __future__ import annotations

import pickle
import sys
import traceback

import pytest

import aiomoto
from aiomoto import AiomotoError, ArgumentError, NoSuchPathError, RequestBlockedError
from tests.inner_runs import run_tests

pytest_plugins = ["pytester"]

BLOCKED = """
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    def with_boto3():
        boto3.client("mturk", region_name="us-east-1").get_account_balance()

    async def with_aiobotocore(**config):
        async with get_session().create_client("mturk", region_name="us-east-1", config=AioConfig(**config)) as mturk:
            await mturk.get_account_balance()

    def with_httpx():
        from aiobotocore.httpxsession import HttpxSession
        asyncio.run(with_aiobotocore(http_session_cls=HttpxSession))
"""
ERROR = "aiomoto.RequestBlockedError: mturk GetAccountBalance (POST https://mturk-requester.us-east-1.amazonaws.com/)*"
# What pytest shows of no failing test.
HIDDEN = ("aiomoto/_", "/botocore/", "/aiobotocore/", "/boto3/", "/moto/", "/pluggy/", "/asyncio/")


def _failure(result: pytest.RunResult) -> list[str]:
    lines = result.outlines
    begin = next(number for number, line in enumerate(lines) if line.startswith("____"))
    ends = ("- AWS calls -", "- Captured", "short test summary")
    end = next(number for number, line in enumerate(lines) if number > begin and any(each in line for each in ends))
    return lines[begin:end]


@pytest.mark.parametrize("call", ["with_boto3()", "asyncio.run(with_aiobotocore())", "with_httpx()"])
def test_a_blocked_call_fails_in_under_25_lines(pytester: pytest.Pytester, call: str) -> None:
    if "httpx" in call:
        pytest.importorskip("aiomoto._http.httpx.session", exc_type=ImportError)

    result = run_tests(pytester, f"{BLOCKED}\n    def test_it(aiomoto):\n        {call}\n")

    failure = _failure(result)
    assert len(failure) < 25
    assert [hidden for hidden in HIDDEN if any(hidden in line for line in failure)] == []
    result.stdout.fnmatch_lines([f"E*{ERROR}"])


@pytest.mark.parametrize("style", ["auto", "long", "short", "line", "native"])
def test_every_style_leaves_the_frames_out(pytester: pytest.Pytester, style: str) -> None:
    result = run_tests(pytester, f"{BLOCKED}\n    def test_it(aiomoto):\n        with_boto3()\n", f"--tb={style}")

    output = result.stdout.str()
    # What calls the test is pytest's own matter: in this style it leaves nothing out.
    assert [hidden for hidden in HIDDEN if hidden in output and (style, hidden) != ("native", "/pluggy/")] == []
    assert "RequestBlockedError: mturk GetAccountBalance" in output


@pytest.mark.thorough
def test_the_full_trace_has_them(pytester: pytest.Pytester) -> None:
    tests = f"{BLOCKED}\n    def test_it(aiomoto):\n        with_boto3()\n"

    output = run_tests(pytester, tests, "--full-trace").stdout.str()

    assert "aiomoto/_exchange.py" in output
    assert "botocore/client.py" in output


@pytest.mark.parametrize(
    "tests",
    [
        """
    class TestCase(unittest.TestCase):
        def test_it(self):
            with mock_aws():
                with_boto3()
        """,
        """
    class TestCase(unittest.IsolatedAsyncioTestCase):
        async def test_it(self):
            with mock_aws():
                await with_aiobotocore()
        """,
        """
    @pytest.mark.asyncio
    async def test_it(aiomoto):
        await with_aiobotocore()
        """,
        """
    @pytest.mark.anyio
    @pytest.mark.parametrize("anyio_backend", ["asyncio"])
    async def test_it(aiomoto):
        await with_aiobotocore()
        """,
        """
    @mock_aws
    def test_it():
        with_boto3()
        """,
        """
    @pytest.fixture
    def blocked(aiomoto):
        with_boto3()

    def test_it(blocked):
        pass
        """,
    ],
    ids=["unittest", "async unittest", "asyncio", "anyio", "decorator", "fixture"],
)
def test_they_are_left_out_however_a_test_runs(pytester: pytest.Pytester, tests: str) -> None:
    result = run_tests(pytester, BLOCKED + tests)

    failure = _failure(result)
    # What runs a coroutine belongs to the test.
    assert [hidden for hidden in HIDDEN if any(hidden in line for line in failure)] == []
    result.stdout.fnmatch_lines([f"E*{ERROR}"])


def test_causes_and_groups_are_cut_too(pytester: pytest.Pytester) -> None:
    tests = f"""{BLOCKED}
    def test_cause(aiomoto):
        try:
            with_boto3()
        except Exception as error:
            raise ValueError("mine") from error

    def test_group(aiomoto):
        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(with_aiobotocore())
        if not hasattr(asyncio, "TaskGroup"):
            with_boto3()
        asyncio.run(main())
    """

    result = run_tests(pytester, tests)

    result.assert_outcomes(failed=2)
    assert [hidden for hidden in HIDDEN[:5] if hidden in result.stdout.str()] == []
    result.stdout.fnmatch_lines(["*ValueError: mine"])
    assert result.stdout.str().count("aiomoto.RequestBlockedError: mturk GetAccountBalance (POST") >= 2


def test_an_operation_that_moto_lacks_is_one_error(pytester: pytest.Pytester) -> None:
    tests = """
        def test_it(aiomoto):
            boto3.client("ec2", region_name="us-east-1").describe_fpga_images()
    """

    result = run_tests(pytester, tests)

    assert len(_failure(result)) < 25
    result.stdout.fnmatch_lines(["E * NotImplementedError: Moto does not answer ec2 DescribeFpgaImages: *"])
    result.stdout.no_fnmatch_line("*direct cause*")


def test_errors_of_clients_and_of_tests_keep_their_tracebacks(pytester: pytest.Pytester) -> None:
    tests = """
        def test_client(aiomoto):
            boto3.client("sqs", region_name="us-east-1").get_queue_url(QueueName="absent")

        def test_assertion(aiomoto):
            queues = ["jobs"]
            assert queues == []
    """

    output = run_tests(pytester, tests).stdout.str()

    assert "botocore/client.py" in output
    assert "aiomoto/_" not in output
    assert "E       AssertionError: assert ['jobs'] == []" in output or "E       assert ['jobs'] == []" in output


ODD = """
    class Odd(Exception):
        {attribute}

    def test_mocked(aiomoto):
        raise Odd

    def test_not_mocked():
        raise Odd
"""


@pytest.mark.parametrize(
    "attribute",
    [
        "exceptions = None",
        "exceptions = ['not', 'errors']",
        pytest.param(
            "__getattr__ = lambda self, name: 1 / 0",
            marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="Python itself cannot print it before 3.12"),
        ),
        "__str__ = lambda self: 1 / 0",
    ],
)
def test_an_odd_error_of_the_user_fails_its_test_only(pytester: pytest.Pytester, attribute: str) -> None:
    result = run_tests(pytester, ODD.format(attribute=attribute))

    result.assert_outcomes(failed=2)
    assert len([line for line in result.outlines if "- AWS calls -" in line]) == 1


def test_an_error_with_many_causes_fails_its_test_only(pytester: pytest.Pytester) -> None:
    tests = """
        def test_function(aiomoto):
            error = ValueError()
            for _ in range(2000):
                error, error.__cause__ = ValueError(), error
            raise error
    """

    # In this style pytest formats the chain once, and not from each of its errors on.
    run_tests(pytester, tests, "--tb=native").assert_outcomes(failed=1)


def test_an_error_without_a_frame_of_the_user_has_one(pytester: pytest.Pytester) -> None:
    tests = """
        from aiobotocore.session import get_session

        @pytest.mark.aiomoto(leaks="error")
        def test_leak():
            async def main():
                await get_session().create_client("s3", region_name="us-east-1").__aenter__()
            asyncio.run(main())
    """

    result = run_tests(pytester, tests)

    assert len(_failure(result)) < 45
    result.stdout.fnmatch_lines(["E * aiomoto.AiomotoError: the mock has ended, and this was left open:"])


@pytest.mark.parametrize("kind", [AiomotoError, ArgumentError, NoSuchPathError, RequestBlockedError])
def test_errors_have_the_names_that_users_import(kind: type[AiomotoError]) -> None:
    error = kind("what is wrong")

    assert repr(kind) == f"<class 'aiomoto.{kind.__name__}'>"
    assert traceback.format_exception_only(error) == [f"aiomoto.{kind.__name__}: what is wrong\n"]
    assert getattr(aiomoto, kind.__name__) is kind
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), copied.args) == (kind, error.args)
