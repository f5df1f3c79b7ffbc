"""The setting ``aiomoto_guard`` and the AWS SDK for Python v4: in a test without a mock, nothing reaches AWS."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.inner_runs import run_tests
from tests.sdk_v4 import aiohttp_class, crt_class
from tests.snapshot import nothing_left_behind

pytest_plugins = ["pytester"]

PRELUDE = """
import asyncio

import pytest

from aiomoto import MotoHTTPClient, RequestBlockedError, mock_aws
from tests.sdk_v4 import {kind}, configured, models

KEYS = dict(aws_access_key_id="AKIDREAL", aws_secret_access_key="secret", region="eu-west-1", max_attempts=1)

@pytest.fixture
def connections(monkeypatch):
    hosts = []

    async def resolve(self, host, *args, **kwargs):
        hosts.append(host)
        raise OSError("connected")

    async def new(**kwargs):
        await resolve(None, kwargs["host_name"])

    if "{kind}" == "aiohttp_class":
        monkeypatch.setattr("aiohttp.DefaultResolver.resolve", resolve)
    else:
        # awscrt resolves and connects natively.
        monkeypatch.setattr("awscrt.aio.http.AIOHttpClientConnectionUnified.new", new)
    return hosts

async def list_queues(sqs):
    return await sqs.list_queues(models("sqs").ListQueuesInput())
"""
NAMED = "sqs ListQueues (POST https://sqs.eu-west-1.amazonaws.com/) was blocked: no mock is active, and aiomoto_guard"


each_kind = pytest.mark.parametrize("kind", [aiohttp_class, crt_class])


def _run(pytester: pytest.Pytester, tests: str, kind: Callable[[], object]) -> pytest.RunResult:
    kind()  # The test is skipped where the transport's library is not installed.
    name = kind.__name__
    prelude = PRELUDE.replace("{kind}", name)
    return run_tests(pytester, tests.replace("{kind}", name), "-o", "aiomoto_guard=true", prelude=prelude)


@each_kind
def test_each_transport_is_refused_before_and_after_a_mock(
    pytester: pytest.Pytester, kind: Callable[[], object]
) -> None:
    tests = f"""
        def test_it(connections):
            async def main():
                async with await configured("sqs", transport={kind.__name__}()(), **KEYS) as sqs:
                    for _ in range(2):
                        with pytest.raises(RequestBlockedError) as caught:
                            await list_queues(sqs)
                        assert {NAMED!r} in str(caught.value)
                        with mock_aws():
                            assert (await list_queues(sqs)).queue_urls in (None, [])

            asyncio.run(main())
            assert connections == []
    """

    with nothing_left_behind():
        _run(pytester, tests, kind).assert_outcomes(passed=1)


@each_kind
def test_a_wired_client_is_answered_and_a_test_may_be_let_out(
    pytester: pytest.Pytester, kind: Callable[[], object]
) -> None:
    tests = """
        def test_wired():
            async def main():
                async with await configured("sqs", transport=MotoHTTPClient()) as sqs:
                    assert not (await list_queues(sqs)).queue_urls

            asyncio.run(main())

        @pytest.mark.aiomoto_allow_aws
        def test_let_out(connections):
            async def main():
                async with await configured("sqs", transport={kind}()(), **KEYS) as sqs:
                    with pytest.raises(Exception, match="(?i)connect"):
                        await list_queues(sqs)

            asyncio.run(main())
            assert connections == ["sqs.eu-west-1.amazonaws.com"]

        def test_another_host(connections):
            async def main():
                settings = {"transport": {kind}()(), "endpoint_uri": "http://localhost:4566", **KEYS}
                async with await configured("sqs", **settings) as sqs:
                    with pytest.raises(Exception, match="(?i)connect"):
                        await list_queues(sqs)

            asyncio.run(main())
            assert connections == ["localhost"]
    """

    with nothing_left_behind():
        _run(pytester, tests, kind).assert_outcomes(passed=3)
