"""The setting ``aiomoto_guard``: in a test without a mock, a request to AWS is refused, whatever sends it."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.inner_runs import PRELUDE, run_in_own_process, run_tests
from tests.snapshot import nothing_left_behind

pytest_plugins = ["pytester"]

CLIENTS = """
import urllib.request
import aiobotocore.session
import aiohttp
import requests
import s3fs
import urllib3
from aiobotocore.config import AioConfig

from aiomoto import RequestBlockedError

KEYS = {"aws_access_key_id": "AKIDREAL", "aws_secret_access_key": "secret", "region_name": "eu-west-1"}
URL = "https://photos.s3.eu-west-1.amazonaws.com/a.jpg"
BEFORE = boto3.Session().client("s3", **KEYS)  # before any test

async def list_buckets(**config):
    async with aiobotocore.session.get_session().create_client("s3", **KEYS, config=AioConfig(**config)) as s3:
        await s3.list_buckets()

def with_httpx_backend():
    from aiobotocore.httpxsession import HttpxSession
    asyncio.run(list_buckets(http_session_cls=HttpxSession))

async def with_aiohttp():
    async with aiohttp.ClientSession() as session:
        await session.get(URL)

def with_httpx():
    import httpx
    httpx.get(URL)

async def with_async_httpx():
    import httpx
    async with httpx.AsyncClient() as client:
        await client.get(URL)

def with_s3fs():
    s3fs.S3FileSystem(key="AKIDREAL", secret="secret", skip_instance_cache=True).ls("photos")

async def with_a_stream():
    await asyncio.open_connection("photos.s3.eu-west-1.amazonaws.com", 443)

async def with_metadata():
    async with aiohttp.ClientSession() as session:
        await session.put("http://169.254.169.254/latest/api/token")
"""
# Each client, what it calls, and what the error names.
REFUSED = {
    "boto3": (
        'boto3.Session().client("sqs", **KEYS).list_queues()',
        "sqs ListQueues (POST https://sqs.eu-west-1.amazonaws.com/)",
    ),
    "a client from before": ("BEFORE.list_buckets()", "s3 ListBuckets (GET https://s3.eu-west-1.amazonaws.com/)"),
    "aiobotocore over aiohttp": ("asyncio.run(list_buckets())", "s3 ListBuckets (GET https://s3.eu-west-1."),
    "aiobotocore over httpx": ("with_httpx_backend()", "s3 ListBuckets (GET https://s3.eu-west-1."),
    "s3fs": ("with_s3fs()", "s3 ListObjectsV2 (GET https://"),
    "aiohttp": ("asyncio.run(with_aiohttp())", "(GET https://photos.s3.eu-west-1.amazonaws.com/a.jpg)"),
    "httpx": ("with_httpx()", "(GET https://photos.s3.eu-west-1.amazonaws.com/a.jpg)"),
    "async httpx": ("asyncio.run(with_async_httpx())", "(GET https://photos.s3.eu-west-1.amazonaws.com/a.jpg)"),
    "requests": ("requests.get(URL)", "(GET https://photos.s3.eu-west-1.amazonaws.com/a.jpg)"),
    "urllib3": ('urllib3.PoolManager().request("GET", URL)', "(GET https://photos.s3.eu-west-1.amazonaws.com/a.jpg)"),
    "urllib.request": ("urllib.request.urlopen(URL)", "(GET https://photos.s3.eu-west-1.amazonaws.com/a.jpg)"),
    "a socket of asyncio": ("asyncio.run(with_a_stream())", "(GET https://photos.s3.eu-west-1.amazonaws.com/)"),
    "metadata": ("asyncio.run(with_metadata())", "(PUT http://169.254.169.254/latest/api/token)"),
}
WAY_OUT = (
    "was blocked: no mock is active, and aiomoto_guard keeps tests from calling AWS. Write @pytest.mark.aiomoto on the "
    "test, or let it or a fixture use the fixture `aiomoto`; a test that is to call AWS has "
    "@pytest.mark.aiomoto_allow_aws"
)


def _run(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    return run_tests(pytester, tests, "-o", "aiomoto_guard=true", *arguments, prelude=PRELUDE + CLIENTS)


@pytest.mark.thorough
def test_a_request_to_aws_is_refused_by_name(pytester: pytest.Pytester) -> None:
    refused = [each for each in REFUSED.values() if "httpx" not in each[0] or find_spec("httpx")]
    tests = f"""
        @pytest.mark.parametrize(("call", "named"), {refused!r})
        def test_it(call, named):
            with pytest.raises(RequestBlockedError) as caught:
                eval(call)
            assert named in str(caught.value)
            assert str(caught.value).endswith({WAY_OUT!r})
    """

    _run(pytester, tests).assert_outcomes(passed=len(refused))


@pytest.mark.thorough
def test_requests_inside_a_mock_are_answered(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture(scope="class")
        def wide():
            with mock_aws():
                yield

        def test_fixture(aiomoto):
            create_bucket()

        @pytest.mark.aiomoto(sleep="instant")
        async def test_marker():
            async with aiobotocore.session.get_session().create_client("s3") as s3:
                await use(s3)

        @mock_aws
        def test_decorator():
            create_bucket()

        class TestWiderScope:
            def test_it(self, wide):
                requests.get(URL)
                BEFORE.list_buckets()

        def test_afterwards():
            with mock_aws(sleep="instant"):
                create_bucket()
            with pytest.raises(RequestBlockedError):
                BEFORE.list_buckets()
    """

    with nothing_left_behind():
        _run(pytester, tests, "-o", "asyncio_mode=auto").assert_outcomes(passed=5)


@pytest.mark.thorough
def test_other_hosts_pass(pytester: pytest.Pytester) -> None:
    tests = """
        from http.server import BaseHTTPRequestHandler, HTTPServer
        from threading import Thread

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        @pytest.fixture
        def url():
            with HTTPServer(("127.0.0.1", 0), Handler) as server:
                Thread(target=server.serve_forever, daemon=True).start()
                yield f"http://127.0.0.1:{server.server_port}"
                server.shutdown()

        def test_a_custom_endpoint(url):
            boto3.client("s3", endpoint_url=url, **KEYS).head_bucket(Bucket="photos")

        def test_a_server(url):
            assert requests.get(url).status_code == 200
            assert urllib.request.urlopen(url).status == 200
    """
    tests = tests.replace("def do_GET", "def do_HEAD(self):\n                self.do_GET()\n\n            def do_GET")

    _run(pytester, tests, "-W", "ignore::ResourceWarning").assert_outcomes(passed=2)


@pytest.mark.thorough
def test_the_marker_lets_a_test_a_class_or_a_module_out(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture
        def lists_buckets():
            lists()
            yield
            lists()

        def lists():
            with pytest.raises(Exception, match="let out"):
                BEFORE.list_buckets()

        @pytest.fixture(autouse=True)
        def no_network(monkeypatch):
            def refuse(*args, **kwargs):
                raise OSError("let out")
            monkeypatch.setattr("botocore.httpsession.URLLib3Session._get_connection_manager", refuse)

        @pytest.mark.aiomoto_allow_aws
        def test_function(lists_buckets):
            lists()

        @pytest.mark.aiomoto_allow_aws
        class TestClass:
            def test_method(self):
                lists()

        def test_without():
            with pytest.raises(RequestBlockedError):
                BEFORE.list_buckets()
    """

    _run(pytester, tests).assert_outcomes(passed=3)


@pytest.mark.thorough
def test_fixtures_and_unittest_are_guarded_too(pytester: pytest.Pytester) -> None:
    tests = """
        @pytest.fixture
        def asks():
            BEFORE.list_buckets()

        @pytest.fixture
        def asks_at_its_end():
            yield
            BEFORE.list_buckets()

        def test_set_up(asks):
            pass

        def test_tear_down(asks_at_its_end):
            pass

        class Case(unittest.TestCase):
            def test_method(self):
                BEFORE.list_buckets()

        class AsyncCase(unittest.IsolatedAsyncioTestCase):
            async def test_method(self):
                await list_buckets()

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio"])
        async def test_anyio():
            await list_buckets()
    """

    result = _run(pytester, tests)

    result.assert_outcomes(failed=3, errors=2, passed=1)
    result.stdout.fnmatch_lines(["*RequestBlockedError: s3 ListBuckets*"] * 5)


@pytest.mark.thorough
@pytest.mark.parametrize("file", ["conftest.py", "test_import.py"])
def test_requests_at_import_are_refused(pytester: pytest.Pytester, file: str) -> None:
    pytester.makefile(".py", **{file[:-3]: f"{PRELUDE}{CLIENTS}\nBEFORE.list_buckets()\n\ndef test_it(): pass"})

    result = run_in_own_process(pytester, "-o", "aiomoto_guard=true")

    assert result.ret != 0
    assert "RequestBlockedError: s3 ListBuckets" in result.stdout.str() + result.stderr.str()


def test_a_wrong_value_is_an_error_at_the_start(pytester: pytest.Pytester) -> None:
    result = run_tests(pytester, "def test_nothing(): pass", "-o", "aiomoto_guard=sometimes")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: aiomoto_guard must be true or false*"])


def test_without_the_setting_nothing_is_loaded_or_replaced(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_what_is_loaded():
            assert not {"aiomoto._guard", "aiomoto._installation"} & sys.modules.keys()
        """
    )

    run_in_own_process(pytester, "-o", "aiomoto_guard=false").assert_outcomes(passed=1)
