"""The methods of other packages that a mock replaces: how each is used, and what else may stand in its place."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple
from unittest.mock import Mock
from urllib.parse import urlsplit

import aiohttp
import boto3
import pytest
import requests
import urllib3
import wrapt
from aiobotocore import httpxsession
from aiobotocore.config import AioConfig
from aiobotocore.endpoint import AioEndpointCreator
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import get_session
from botocore.endpoint import EndpointCreator
from botocore.httpsession import URLLib3Session
from yarl import URL

KEYS = {"aws_access_key_id": "ada", "aws_secret_access_key": "lovelace", "region_name": "us-east-1"}
# One session of each for all of them: a new one parses its service models anew.
BOTO3 = boto3.Session(**KEYS)
AIOBOTOCORE = get_session()
# What the local server answers to a ListBuckets, and to all else.
NO_BUCKETS = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"


class Seam(NamedTuple):
    """A method that a mock replaces, and a way to have a request go through it: to a URL, or by an SDK's client.

    ``spare`` makes an instance that works, for what has to do without the one that a method is called on.
    """

    owner: Any
    name: str
    ask: Callable[[str], Awaitable[bytes]]
    spare: Callable[[str], Any] | None

    def __str__(self) -> str:
        return f"{self.owner.__module__.partition('.')[0]}-{self.owner.__name__}.{self.name}"


@asynccontextmanager
async def _closing(value: Any) -> AsyncIterator[Any]:
    with closing(value):
        yield value


async def _over_requests(url: str) -> bytes:
    with requests.Session() as session:
        return session.get(url, timeout=60).content


async def _over_urllib3(url: str) -> bytes:
    with urllib3.PoolManager(retries=False) as pool:
        body: bytes = pool.request("GET", url, headers={"x-from": "ada"}).data
        return body


def _pool(url: str) -> Any:
    return _closing(urllib3.connection_from_url("{0.scheme}://{0.netloc}".format(urlsplit(url))))


def _over_httpx(package: str) -> Callable[[str], Awaitable[bytes]]:
    async def over_httpx(url: str) -> bytes:
        body: bytes = import_module(package).get(url).content
        return body

    return over_httpx


def _over_async_httpx(package: str) -> Callable[[str], Awaitable[bytes]]:
    async def over_httpx(url: str) -> bytes:
        async with import_module(package).AsyncClient() as client:
            body: bytes = (await client.get(url)).content
            return body

    return over_httpx


async def _over_aiohttp(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(URL(url, encoded=True)) as response:
        return await response.read()


def _endpoint(url: str) -> str | None:
    """The endpoint of a client for a URL: AWS's own where the URL is one of AWS's."""
    host = urlsplit(url).hostname or ""
    return None if host.endswith(".amazonaws.com") else url


async def _by_boto3(url: str) -> bytes:
    s3 = BOTO3.client("s3", endpoint_url=_endpoint(url))
    return ",".join(bucket["Name"] for bucket in s3.list_buckets()["Buckets"]).encode()


def _by_aiobotocore(**config: Any) -> Callable[[str], Awaitable[bytes]]:
    async def by_aiobotocore(url: str) -> bytes:
        client = AIOBOTOCORE.create_client("s3", endpoint_url=_endpoint(url), config=AioConfig(**config), **KEYS)
        async with client as s3:
            return ",".join(bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]).encode()

    return by_aiobotocore


SEAMS = [
    Seam(requests.Session, "get_adapter", _over_requests, lambda url: _closing(requests.Session())),
    Seam(urllib3.HTTPConnectionPool, "urlopen", _over_urllib3, _pool),
    Seam(aiohttp.BaseConnector, "connect", _over_aiohttp, lambda url: aiohttp.TCPConnector()),
    Seam(URLLib3Session, "send", _by_boto3, lambda url: _closing(URLLib3Session())),
    Seam(AIOHTTPSession, "send", _by_aiobotocore(), lambda url: AIOHTTPSession()),
    Seam(EndpointCreator, "create_endpoint", _by_boto3, None),
    Seam(AioEndpointCreator, "create_endpoint", _by_aiobotocore(), None),
]
if httpxsession.httpx is not None:
    HttpxSession = httpxsession.HttpxSession
    SEAMS.append(Seam(HttpxSession, "send", _by_aiobotocore(http_session_cls=HttpxSession), lambda url: HttpxSession()))


def _httpx_seams(package: str) -> list[Seam]:
    httpx = import_module(package)
    return [
        Seam(httpx.HTTPTransport, "handle_request", _over_httpx(package), lambda url: _closing(httpx.HTTPTransport())),
        Seam(
            httpx.AsyncHTTPTransport,
            "handle_async_request",
            _over_async_httpx(package),
            lambda url: httpx.AsyncHTTPTransport(),
        ),
    ]


# The two packages have the same classes, and are replaced by the same code.
SEAMS += next((_httpx_seams(package) for package in ("httpx2", "httpx") if find_spec(package)), [])


def url_of_buckets() -> str:
    """Create a bucket named "reports"; return a presigned URL that lists the buckets."""
    s3 = BOTO3.client("s3")
    s3.create_bucket(Bucket="reports")
    url: str = s3.generate_presigned_url("list_buckets")
    return url


each_seam = pytest.mark.parametrize("seam", SEAMS, ids=str)

# ---------------------------------------------------------------- what else may stand there

Note = Callable[..., None]


def wraps(original: Any, spare: Any, note: Note) -> Any:
    """What the most of instrumentation is. It is not seen whether it is asynchronous."""

    @functools.wraps(original)
    def traced(self: Any, *args: Any, **kwargs: Any) -> Any:
        note(*args, **kwargs)
        return original(self, *args, **kwargs)

    return traced


def wrapt_wrapper(original: Any, spare: Any, note: Note) -> Any:
    """What OpenTelemetry, Datadog, Elastic and New Relic put there."""

    def look(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        assert instance is not None
        note(*args, **kwargs)
        return wrapped(*args, **kwargs)

    return wrapt.FunctionWrapper(original, look)


def partial_method(original: Any, spare: Any, note: Note) -> Any:
    """A descriptor that is neither a function nor a wrapper."""
    return functools.partialmethod(wraps(original, spare, note))


def mock_object(original: Any, spare: Any, note: Note) -> Any:
    """A ``Mock``, which binds to no instance."""

    def side_effect(*args: Any, **kwargs: Any) -> Any:
        note(*args, **kwargs)
        return original(spare, *args, **kwargs)

    return Mock(side_effect=side_effect)


def static_method(original: Any, spare: Any, note: Note) -> Any:
    """A function that takes no instance."""
    return staticmethod(mock_object(original, spare, note))


def partial(original: Any, spare: Any, note: Note) -> Any:
    """The same, as a ``functools.partial``. Python 3.14 warns that it will bind."""
    return functools.partial(_call, mock_object(original, spare, note))


def _call(function: Any, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


class CallableObject:
    """The same, as an object of a class of the test's own."""

    def __init__(self, original: Any, spare: Any, note: Note) -> None:
        self._call = mock_object(original, spare, note)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(*args, **kwargs)


BOUND = [wraps, wrapt_wrapper, partial_method]
UNBOUND = [mock_object, static_method, partial, CallableObject]
