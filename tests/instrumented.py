"""A program that an instrumentation library watches: put in place before the mock or inside it, and taken off again.

Arguments: the library; put in place ``before`` or ``inside`` the mock; taken off ``inside``, ``after`` it or ``never``.
It prints what OpenTelemetry has seen of the requests that Moto answered, and fails where a request does, or where
something is left.
"""

from __future__ import annotations

import asyncio
import sys
import urllib.request
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import aiohttp
import boto3
import httpx
import requests
import urllib3
from aiobotocore.session import get_session
from yarl import URL

import tests.guard  # noqa: F401  (nothing of this leaves the machine)
from aiomoto import mock_aws
from tests.loopback import loopback_server
from tests.seams import KEYS, SEAMS

NAME, PUT, TAKEN_OFF = sys.argv[1:]
seen: list[str] = []


class Instrumentation(NamedTuple):
    """How a library's instrumentation is put in place and taken off."""

    put: Callable[[], Any]
    take_off: Callable[[], Any] = list


def _opentelemetry() -> Instrumentation:
    from opentelemetry import trace
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

    class Seen(SpanProcessor):  # type: ignore[misc]
        def on_end(self, span: Any) -> None:
            seen.append(
                f"{span.instrumentation_scope.name.rpartition('.')[2]}:{span.attributes.get('http.status_code')}"
            )

    provider = TracerProvider()
    provider.add_span_processor(Seen())
    trace.set_tracer_provider(provider)
    names = {
        "httpx": "HTTPXClientInstrumentor",
        "urllib3": "URLLib3Instrumentor",
        "urllib": "URLLibInstrumentor",
        "requests": "RequestsInstrumentor",
        "aiohttp_client": "AioHttpClientInstrumentor",
        "botocore": "BotocoreInstrumentor",
    }
    found = [getattr(import_module(f"opentelemetry.instrumentation.{name}"), cls)() for name, cls in names.items()]
    return Instrumentation(
        lambda: [each.instrument() for each in found], lambda: [each.uninstrument() for each in found]
    )


def _ddtrace() -> Instrumentation:
    import ddtrace

    names = ("httpx", "urllib3", "requests", "aiohttp", "botocore", "aiobotocore")

    def take_off() -> None:
        for name in names:
            import_module(f"ddtrace.contrib.internal.{name}.patch").unpatch()

    return Instrumentation(lambda: ddtrace.patch(raise_errors=True, **dict.fromkeys(names, True)), take_off)


def _elasticapm() -> Instrumentation:
    from elasticapm.instrumentation import control

    return Instrumentation(control.instrument, control.uninstrument)


def _sentry() -> Instrumentation:
    import sentry_sdk

    def put() -> None:
        sentry_sdk.init(dsn="http://ada@127.0.0.1:1/1", traces_sample_rate=1.0, transport=lambda event: None)

    return Instrumentation(put)


def _xray() -> Instrumentation:
    from aws_xray_sdk.core import patch
    from aws_xray_sdk.ext.httplib import unpatch

    return Instrumentation(lambda: patch(("httplib", "requests", "httpx", "botocore", "aiobotocore")), unpatch)


INSTRUMENTATION: dict[str, Callable[[], Instrumentation]] = {
    "opentelemetry": _opentelemetry,
    "ddtrace": _ddtrace,
    "elasticapm": _elasticapm,
    "sentry_sdk": _sentry,
    "aws_xray_sdk": _xray,
    "newrelic": lambda: Instrumentation(list),  # it was put in place before all that it watches was imported
}


def ask(url: str) -> None:
    """Ask for a URL by each library."""
    assert requests.get(url, timeout=60).status_code == 200
    with urllib3.PoolManager() as pool:
        assert pool.request("GET", url).status == 200
    assert httpx.get(url).status_code == 200
    with urllib.request.urlopen(url) as response:
        assert response.status == 200
    asyncio.run(_ask(url))


async def _ask(url: str) -> None:
    async with httpx.AsyncClient() as client:
        assert (await client.get(url)).status_code == 200
    async with aiohttp.ClientSession() as session, session.get(URL(url, encoded=True)) as response:
        assert response.status == 200


async def _list() -> Any:
    async with get_session().create_client("s3", **KEYS) as s3:
        return (await s3.list_buckets())["Buckets"]


def main() -> None:
    """Run it all."""
    instrumentation = INSTRUMENTATION[NAME]()
    with loopback_server() as server:
        for _ in range(2):  # what the first one has left meets the second
            before = [vars(seam.owner)[seam.name] for seam in SEAMS]
            if PUT == "before":
                instrumentation.put()
            with mock_aws():
                if PUT == "inside":
                    instrumentation.put()
                s3 = boto3.Session().client("s3", **KEYS)
                s3.create_bucket(Bucket="reports")
                assert len(asyncio.run(_list())) == len(s3.list_buckets()["Buckets"]) == 1
                seen.clear()
                ask(s3.generate_presigned_url("list_objects_v2", {"Bucket": "reports"}))
                print(*sorted(set(seen)))
                ask(server.url)
                if TAKEN_OFF == "inside":
                    instrumentation.take_off()
                    ask(s3.generate_presigned_url("list_objects_v2", {"Bucket": "reports"}))
            ask(server.url)
            if TAKEN_OFF == "after":
                instrumentation.take_off()
                ask(server.url)
            after = [vars(seam.owner)[seam.name] for seam in SEAMS]
            changed = [str(seam) for seam, one, other in zip(SEAMS, before, after, strict=True) if one is not other]
            assert TAKEN_OFF == "never" or not changed, changed


main()
