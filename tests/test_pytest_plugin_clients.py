"""The plugin's sessions and clients, under every kind of test that may ask for them."""

from __future__ import annotations

import gc
from textwrap import dedent

import pytest

from tests.conftest import STACKS, Stack
from tests.inner_runs import run_tests
from tests.loopback import loopback_server
from tests.snapshot import nothing_left_behind

pytest_plugins = ["pytester"]

# ---------------------------------------------------------------- frameworks

ASYNCIO = """
import pytest_asyncio

class Base:
    @pytest_asyncio.fixture
    async def s3(self, aiomoto_client):
        return await aiomoto_client("s3")

    async def test_with_a_client(self, aiomoto_client):
        await use(await aiomoto_client("s3"))

    async def test_with_an_async_fixture(self, s3):
        await use(s3)

    async def test_with_a_session(self, aiomoto_session):
        async with aiomoto_session.create_client("s3") as s3:
            await use(s3)
"""
LOOP_SCOPES = """
@pytest.mark.asyncio
class TestDefault(Base):
    pass

@pytest.mark.asyncio(loop_scope="class")
class TestClass(Base):
    pass

@pytest.mark.asyncio(loop_scope="module")
class TestModule(Base):
    pass

@pytest.mark.asyncio(loop_scope="session")
class TestSession(Base):
    pass
"""


@pytest.mark.thorough
@pytest.mark.parametrize("scope", ["function", "session"])
def test_pytest_asyncio_in_strict_mode(pytester: pytest.Pytester, scope: str) -> None:
    # The fixture runs on a loop of the scope that is set here.
    scopes = ("-o", "asyncio_mode=strict", "-o", f"asyncio_default_fixture_loop_scope={scope}")

    run_tests(pytester, ASYNCIO + LOOP_SCOPES, *scopes).assert_outcomes(passed=12)


def test_pytest_asyncio_in_auto_mode(pytester: pytest.Pytester) -> None:
    tests = ASYNCIO + "class TestWithoutMarker(Base): pass"

    run_tests(pytester, tests, "-o", "asyncio_mode=auto").assert_outcomes(passed=3)


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: f"{stack.name}-{stack.loop}")
def test_anyio(pytester: pytest.Pytester, stack: Stack) -> None:
    tests = f"""
        from aiobotocore.config import AioConfig
        from {stack.session_class.__module__} import {stack.session_class.__name__} as Session

        pytestmark = pytest.mark.anyio

        @pytest.fixture
        def anyio_backend():
            return "{stack.loop}"

        @pytest.fixture
        def aiomoto_session(aiomoto_session):
            aiomoto_session.set_default_client_config(AioConfig(http_session_cls=Session))
            return aiomoto_session

        @pytest.fixture
        async def s3(aiomoto_client):
            return await aiomoto_client("s3")

        async def test_with_a_client(aiomoto_client):
            await use(await aiomoto_client("s3"))

        async def test_with_an_async_fixture(s3):
            await use(s3)
    """

    run_tests(pytester, tests).assert_outcomes(passed=2)


def test_a_synchronous_test_and_fixture(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture
        def s3(aiomoto_client):
            return asyncio.run(aiomoto_client("s3"))

        def test_function(s3):
            asyncio.run(use(s3))  # each time on another loop
    """

    run_tests(pytester, tests).assert_outcomes(passed=1)


def test_unittest(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.aiomoto(region="eu-west-3")
        class Case(unittest.IsolatedAsyncioTestCase):
            @pytest.fixture(autouse=True)
            def _clients(self, aiomoto_client):
                self.create_client = aiomoto_client

            async def asyncSetUp(self):
                self.sqs = await self.create_client("sqs")

            async def test_method(self):
                assert self.sqs.meta.region_name == "eu-west-3"
    """

    run_tests(pytester, tests).assert_outcomes(passed=1)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1, 2])
def test_any_order(pytester: pytest.Pytester, seed: int) -> None:
    tests = """
        @pytest.mark.parametrize("n", range(4))
        class TestClass:
            def test_fixture(self, aiomoto, n):
                create_bucket()

            @pytest.mark.aiomoto(region="eu-west-3")
            def test_marker(self, n):
                create_bucket()

            def test_unmocked(self, n):
                assert "AWS_ACCESS_KEY_ID" not in os.environ
    """

    run_tests(pytester, tests, "-p", "randomly", f"--randomly-seed={seed}").assert_outcomes(passed=12)


# ---------------------------------------------------------------- the end of the clients

OWN_SESSION = """
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession

closed = []

class Own(AIOHTTPSession):
    async def close(self):
        closed.append(1)
        await super().close()
"""


def test_clients_are_closed_when_the_test_has_ended(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture
        def after():
            yield
            assert closed == [1, 1]

        def test_function(after, aiomoto_client):
            for _ in range(2):
                asyncio.run(aiomoto_client("s3", config=AioConfig(http_session_cls=Own)))
            assert closed == []
    """

    with nothing_left_behind():
        run_tests(pytester, OWN_SESSION + dedent(tests)).assert_outcomes(passed=1)


def test_a_test_may_close_its_client(pytester: pytest.Pytester) -> None:
    tests = """
        async def close(create_client):
            s3 = await create_client("s3")
            await use(s3)
            await s3.close()

        def test_function(aiomoto_client):
            asyncio.run(close(aiomoto_client))
    """

    run_tests(pytester, tests).assert_outcomes(passed=1)


def test_a_client_is_a_context_manager_as_those_of_a_session_are(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.mark.asyncio
        async def test_function(aiomoto_client):
            async with aiomoto_client("s3") as s3:
                await use(s3)

        def test_in_a_loop_of_its_own(aiomoto_client):
            asyncio.run(use(asyncio.run(aiomoto_client("s3"))))
    """

    run_tests(pytester, tests).assert_outcomes(passed=2)


LET_OUT = """
@pytest.mark.asyncio
@pytest.mark.aiomoto(config={{"core": {{"passthrough": {{"urls": ["{url}"]}}}}}})
async def test_function(aiomoto_client):
    s3 = await aiomoto_client("s3", endpoint_url="{url}")
    await s3.delete_object(Bucket="photos", Key="thing")
"""


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (
            "aiomoto_client('s3').list_buckets()",
            "has no 'list_buckets' before it is open: write `client = await aiomoto_client(...)`",
        ),
        ("with aiomoto_client('s3'): pass", "a client cannot be opened with a plain `with`: write `client ="),
    ],
)
def test_a_client_that_is_not_open_says_how_to_open_it(pytester: pytest.Pytester, mistake: str, message: str) -> None:
    result = run_tests(pytester, f"def test_function(aiomoto_client):\n    {mistake}\n")
    gc.collect()  # nothing is left to complain that it was never awaited

    result.assert_outcomes(failed=1)
    assert message in result.stdout.str()


def test_a_client_with_connections_is_closed_by_the_test(pytester: pytest.Pytester) -> None:
    with loopback_server() as server:
        run_tests(pytester, LET_OUT.format(url=server.url) + "    await s3.close()").assert_outcomes(passed=1)

    assert len(server.received) == 1


@pytest.mark.usefixtures("sockets_collected")
def test_a_client_with_connections_that_is_left_open_is_an_error(pytester: pytest.Pytester) -> None:
    with loopback_server() as server:
        result = run_tests(pytester, LET_OUT.format(url=server.url))

    result.assert_outcomes(passed=1, errors=1)
    assert "close a client of s3 that has connections" in result.stdout.str()
    assert "Close it in the test, with `await client.close()`" in result.stdout.str()


def test_a_failed_client_is_the_tests_error(pytester: pytest.Pytester) -> None:
    tests = """
        from botocore.exceptions import UnknownServiceError

        def test_function(aiomoto_client):
            with pytest.raises(UnknownServiceError, match="s33"):
                asyncio.run(aiomoto_client("s33"))
    """

    run_tests(pytester, tests).assert_outcomes(passed=1)
