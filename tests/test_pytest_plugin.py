"""The pytest plugin: its fixtures and its marker, in test runs of its own."""

from __future__ import annotations

import pytest

from tests.inner_runs import run_tests
from tests.snapshot import nothing_left_behind

pytest_plugins = ["pytester"]


# ---------------------------------------------------------------- cost


@pytest.mark.thorough
def test_a_run_that_is_not_mocked_loads_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_what_is_loaded():
            assert "aiomoto.pytest_plugin" in sys.modules
            assert not {"aiobotocore", "boto3", "botocore", "moto", "aiomoto._mock"} & sys.modules.keys()
        """
    )

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_test_that_is_not_mocked_is_left_alone(pytester: pytest.Pytester) -> None:
    tests = """
        def test_environment():
            assert "AWS_ACCESS_KEY_ID" not in os.environ
    """

    run_tests(pytester, tests).assert_outcomes(passed=1)


# ---------------------------------------------------------------- the mock, and what it is for


def test_the_fixture_is_a_live_mock_with_no_data(pytester: pytest.Pytester) -> None:
    tests = """
        def test_first(aiomoto):
            assert isinstance(aiomoto, MockAWS)
            create_bucket()
            aiomoto.reset()
            create_bucket()

        def test_second(aiomoto):
            create_bucket()
    """

    run_tests(pytester, tests).assert_outcomes(passed=2)


def test_the_mock_ends_with_a_test_that_fails(pytester: pytest.Pytester) -> None:
    tests = """
        def test_failing(aiomoto):
            create_bucket()
            assert False

        @pytest.mark.aiomoto
        def test_failing_too(aiomoto_client):
            create_bucket()
            asyncio.run(aiomoto_client("s3"))
            assert False
    """

    with nothing_left_behind():
        run_tests(pytester, tests).assert_outcomes(failed=2)


MARKED = {
    "function": """
        @pytest.mark.aiomoto
        def test_function():
            create_bucket()
    """,
    "class": """
        @pytest.mark.aiomoto()
        class TestClass:
            def test_method(self):
                create_bucket()
    """,
    "module": """
        pytestmark = pytest.mark.aiomoto

        def test_function():
            create_bucket()
    """,
    "parameter": """
        @pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.aiomoto)])
        def test_function(n):
            create_bucket()
    """,
    "fixture by name": """
        @pytest.mark.usefixtures("aiomoto")
        def test_function():
            create_bucket()
    """,
    "TestCase": """
        @pytest.mark.aiomoto
        class Case(unittest.TestCase):
            def setUp(self):
                create_bucket()

            def test_method(self):
                assert boto3.client("s3").head_bucket(Bucket="photos")
    """,
    "IsolatedAsyncioTestCase": """
        @pytest.mark.usefixtures("aiomoto")
        class Case(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self):
                create_bucket()

            async def test_method(self):
                assert boto3.client("s3").head_bucket(Bucket="photos")
    """,
}


@pytest.mark.parametrize("tests", MARKED.values(), ids=MARKED.keys())
def test_the_marker_alone_mocks(pytester: pytest.Pytester, tests: str) -> None:
    run_tests(pytester, tests).assert_outcomes(passed=1)


FIXTURES_BEFORE = {
    "autouse": """
        @pytest.fixture(autouse=True)
        def bucket():
            create_bucket()

        @pytest.mark.aiomoto
        def test_function():
            assert boto3.client("s3").head_bucket(Bucket="photos")
    """,
    "named first": """
        @pytest.fixture
        def bucket():
            create_bucket()

        def test_function(bucket, aiomoto):
            assert boto3.client("s3").head_bucket(Bucket="photos")
    """,
    "asynchronous": """
        @pytest.fixture(autouse=True)
        async def bucket(anyio_backend):
            create_bucket()

        @pytest.mark.anyio
        async def test_function(aiomoto_client):
            s3 = await aiomoto_client("s3")
            assert await s3.head_bucket(Bucket="photos")

        @pytest.fixture
        def anyio_backend():
            return "asyncio"
    """,
}


@pytest.mark.parametrize("tests", FIXTURES_BEFORE.values(), ids=FIXTURES_BEFORE.keys())
def test_the_mock_starts_before_the_other_fixtures_of_a_test(pytester: pytest.Pytester, tests: str) -> None:
    run_tests(pytester, tests).assert_outcomes(passed=1)


def test_the_mock_ends_after_the_other_fixtures_of_a_test(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture
        def bucket():
            create_bucket()
            yield
            boto3.client("s3").delete_bucket(Bucket="photos")

        def test_function(bucket, aiomoto):
            pass
    """

    run_tests(pytester, tests).assert_outcomes(passed=1)


# ---------------------------------------------------------------- wider scopes


def test_a_mock_of_a_wider_scope_shares_its_data_with_that_of_a_test(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture(scope="module")
        def bucket():
            with mock_aws():
                create_bucket()
                yield

        @pytest.mark.parametrize("n", [1, 2])
        def test_function(bucket, aiomoto, n):
            assert boto3.client("s3").head_bucket(Bucket="photos")
    """

    run_tests(pytester, tests).assert_outcomes(passed=2)


def test_the_fixture_may_be_overridden_with_one_of_a_wider_scope(pytester: pytest.Pytester) -> None:
    tests = """
        seen = []

        @pytest.fixture(scope="module")
        def aiomoto():
            with mock_aws() as aws:
                yield aws

        @pytest.mark.parametrize("n", [1, 2])
        def test_function(aiomoto_client, n):
            s3 = asyncio.run(aiomoto_client("s3"))
            asyncio.run(s3.create_bucket(Bucket=f"photos-{n}"))
            seen.append(len(asyncio.run(s3.list_buckets())["Buckets"]))
            assert seen in ([1], [1, 2])
    """

    run_tests(pytester, tests).assert_outcomes(passed=2)


# ---------------------------------------------------------------- the marker's options


def test_the_region_is_the_default_of_every_session(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.aiomoto(region="eu-west-3")
        def test_function(aiomoto_session, aiomoto_client):
            assert boto3.client("sqs").meta.region_name == "eu-west-3"
            assert aiomoto_session.get_config_variable("region") == "eu-west-3"
            assert asyncio.run(aiomoto_client("sqs")).meta.region_name == "eu-west-3"
    """

    run_tests(pytester, tests).assert_outcomes(passed=1)


def test_the_region_is_that_of_child_processes_and_native_clients_too(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    tests = """
        import os

        @pytest.mark.aiomoto(region="eu-west-3")
        def test_in_process():
            assert boto3.client("sqs").meta.region_name == os.environ["AWS_REGION"] == "eu-west-3"

        @pytest.mark.aiomoto(region="eu-west-3", endpoint=True)
        def test_with_an_endpoint():
            assert boto3.client("sqs").meta.region_name == os.environ["AWS_REGION"] == "eu-west-3"
    """

    run_tests(pytester, tests).assert_outcomes(passed=2)


def test_without_a_region_it_is_the_one_that_is_configured(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = """
        def test_function(aiomoto_session):
            assert aiomoto_session.get_config_variable("region") == "ap-south-1"
    """
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")

    run_tests(pytester, tests).assert_outcomes(passed=1)


def test_the_other_options_are_those_of_mock_aws(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.aiomoto(config={"core": {"mock_credentials": False}})
        def test_config():
            assert "AWS_ACCESS_KEY_ID" not in os.environ

        class TestTogether:
            @pytest.mark.aiomoto(remove_data=False)
            def test_first(self):
                create_bucket()

            @pytest.mark.aiomoto(reset=False)
            def test_second(self):
                assert boto3.client("s3").head_bucket(Bucket="photos")
    """

    run_tests(pytester, tests).assert_outcomes(passed=3)


def test_the_options_of_all_markers_are_put_together_and_the_closest_wins(pytester: pytest.Pytester) -> None:
    tests = """
        pytestmark = pytest.mark.aiomoto(config={"core": {"mock_credentials": False}}, region="eu-west-1")

        @pytest.mark.aiomoto(region="eu-west-2")
        class TestClass:
            def test_method(self):
                assert "AWS_ACCESS_KEY_ID" not in os.environ
                assert boto3.Session().region_name == "eu-west-2"

            @pytest.mark.aiomoto(region="eu-west-3", config=None)
            def test_own(self):
                assert boto3.client("sqs").meta.region_name == "eu-west-3"
                assert "AWS_ACCESS_KEY_ID" in os.environ
    """

    run_tests(pytester, tests).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("regoin='eu-west-1'", "@pytest.mark.aiomoto(regoin='eu-west-1'): it takes config=, "),
        ("'eu-west-1'", "@pytest.mark.aiomoto('eu-west-1'): it takes no positional argument, but config=, "),
        ("sleep='instnat'", "@pytest.mark.aiomoto(sleep='instnat'): sleep must be 'real' or 'instant', not 'instnat'"),
        ("region=5", "@pytest.mark.aiomoto(region=5): region must be a str, not 5"),
        ("region='us-est-1'", "@pytest.mark.aiomoto(region='us-est-1'): AWS has no region 'us-est-1'; did you mean"),
        (
            "{}, region='eu-west-1'",
            "@pytest.mark.aiomoto({}, region='eu-west-1'): it takes no positional argument, but config=, ",
        ),
    ],
)
def test_wrong_arguments_of_the_marker_are_an_error_that_says_what_there_is(
    pytester: pytest.Pytester, arguments: str, message: str
) -> None:
    tests = f"""
        @pytest.mark.aiomoto({arguments})
        def test_function():
            pass
    """

    result = run_tests(pytester, tests)

    result.assert_outcomes(errors=1)
    assert message in result.stdout.str()


def test_the_marker_and_the_fixtures_document_themselves(pytester: pytest.Pytester) -> None:
    output = run_tests(pytester, "", "--markers").stdout.str() + run_tests(pytester, "", "--fixtures").stdout.str()

    assert "@pytest.mark.aiomoto(region=None, **options): mock AWS in the test, with" in output
    for name in ("aiomoto", "aiomoto_session", "aiomoto_client"):
        assert f"\n{name} -- " in output
