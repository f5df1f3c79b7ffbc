"""The setting ``aiomoto_guard`` and the AWS SDK for Python v4: in a test without a mock, nothing reaches AWS."""

from __future__ import annotations

import pytest

from tests.inner_runs import run_tests
from tests.snapshot import nothing_left_behind

pytest_plugins = ["pytester"]

PRELUDE = """
import asyncio

import pytest

from aiomoto import MotoHTTPClient, RequestBlockedError, mock_aws
from tests.sdk_v4 import aiohttp_class, configured, crt_class, models

KEYS = {"aws_access_key_id": "AKIDREAL", "aws_secret_access_key": "secret", "region": "eu-west-1", "max_attempts": 1}

@pytest.fixture
def connections(monkeypatch):
    # awscrt opens them natively.
    hosts = []

    async def new(**kwargs):
        hosts.append(kwargs["host_name"])
        raise OSError("connected")

    monkeypatch.setattr("awscrt.aio.http.AIOHttpClientConnectionUnified.new", new)
    return hosts

async def list_queues(sqs):
    return await sqs.list_queues(models("sqs").ListQueuesInput())

each_transport = pytest.mark.parametrize("kind", [aiohttp_class, crt_class])
"""
NAMED = "sqs ListQueues (POST https://sqs.eu-west-1.amazonaws.com/) was blocked: no mock is active, and aiomoto_guard"


def _run(pytester: pytest.Pytester, tests: str) -> pytest.RunResult:
    return run_tests(pytester, tests, "-o", "aiomoto_guard=true", prelude=PRELUDE)


def test_each_transport_is_refused_before_and_after_a_mock(pytester: pytest.Pytester) -> None:
    tests = f"""
        @each_transport
        def test_it(kind, connections):
            async def main():
                async with await configured("sqs", transport=kind()(), **KEYS) as sqs:
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
        _run(pytester, tests).assert_outcomes(passed=2)


def test_a_wired_client_is_answered_and_a_test_may_be_let_out(pytester: pytest.Pytester) -> None:
    tests = """
        def test_wired():
            async def main():
                async with await configured("sqs", transport=MotoHTTPClient()) as sqs:
                    assert not (await list_queues(sqs)).queue_urls

            asyncio.run(main())

        @pytest.mark.aiomoto_allow_aws
        def test_let_out(connections):
            async def main():
                async with await configured("sqs", transport=crt_class()(), **KEYS) as sqs:
                    with pytest.raises(Exception, match="connected"):
                        await list_queues(sqs)

            asyncio.run(main())
            assert connections == ["sqs.eu-west-1.amazonaws.com"]

        def test_another_host(connections):
            async def main():
                settings = {"transport": crt_class()(), "endpoint_uri": "http://localhost:4566", **KEYS}
                async with await configured("sqs", **settings) as sqs:
                    with pytest.raises(Exception, match="connected"):
                        await list_queues(sqs)

            asyncio.run(main())
            assert connections == ["localhost"]
    """

    with nothing_left_behind():
        _run(pytester, tests).assert_outcomes(passed=3)
