"""The HTTP libraries that fetch presigned URLs, behind one way to send a request and one kind of answer."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import pytest
from yarl import URL


class Form(NamedTuple):
    """A multipart form: fields, and the contents of the one file at its end."""

    fields: Mapping[str, str]
    file: bytes


class Answer(NamedTuple):
    """A response, read to its end; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Request(NamedTuple):
    """A request: its body is in ``content`` or in ``form``; it gives up after ``timeout`` seconds without data."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    content: Any = None
    form: Form | None = None
    timeout: float = 30.0


class Library(NamedTuple):
    """An HTTP library, one way to use it, the loop that it runs on, and the kind of its error for a timeout."""

    name: str
    package: str
    loop: str
    send_request: Callable[[Any, Request], Awaitable[Answer]]
    timeout_error: str

    async def send(self, method: str, url: str, **kwargs: Any) -> Answer:
        """Send a request, with a client that is made for it. Keyword arguments: the fields of :class:`Request`."""
        return await self.send_request(import_module(self.package), Request(method, url, **kwargs))

    @property
    def is_async(self) -> bool:
        """Whether it takes asynchronous iterables as bodies."""
        return not self.name.endswith("-sync")

    @property
    def timeout(self) -> type[Exception]:
        """The class of the error for a timeout."""
        module, _, name = self.timeout_error.rpartition(".")
        found: type[Exception] = getattr(import_module(module), name)
        return found


# ---------------------------------------------------------------- httpx and httpx2


def _httpx_arguments(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {"content": request.content}
    if request.form:
        body = {"data": dict(request.form.fields), "files": {"file": ("name.txt", request.form.file)}}
    return {"headers": dict(request.headers), **body}


def _httpx_answer(response: Any) -> Answer:
    return Answer(response.status_code, dict(response.headers), response.content)


@cache
def _tls() -> ssl.SSLContext:
    """Read the machine's certificates once: it takes longer than most requests here."""
    return ssl.create_default_context()


async def _httpx_sync(httpx: Any, request: Request) -> Answer:
    with httpx.Client(timeout=request.timeout, verify=_tls()) as client:
        return _httpx_answer(client.request(request.method, request.url, **_httpx_arguments(request)))


async def _httpx_async(httpx: Any, request: Request) -> Answer:
    async with httpx.AsyncClient(timeout=request.timeout, verify=_tls()) as client:
        return _httpx_answer(await client.request(request.method, request.url, **_httpx_arguments(request)))


# ---------------------------------------------------------------- aiohttp


async def _aiohttp(aiohttp: Any, request: Request) -> Answer:
    data = request.content
    if request.form:
        data = aiohttp.FormData(dict(request.form.fields))
        data.add_field("file", request.form.file, filename="name.txt")
    url = URL(request.url, encoded=True)
    timeout = aiohttp.ClientTimeout(sock_connect=request.timeout, sock_read=request.timeout)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.request(request.method, url, headers=dict(request.headers), data=data) as response,
    ):
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, await response.read())


# ---------------------------------------------------------------- requests and urllib3


async def _requests(requests: Any, request: Request) -> Answer:
    body: dict[str, Any] = {"data": request.content}
    if request.form:
        body = {"data": dict(request.form.fields), "files": {"file": ("name.txt", request.form.file)}}
    with requests.Session() as session:
        response = session.request(
            request.method, request.url, headers=dict(request.headers), timeout=request.timeout, **body
        )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, response.content)


async def _urllib3(urllib3: Any, request: Request) -> Answer:
    body: dict[str, Any] = {"body": request.content}
    if request.form:
        body = {"fields": {**request.form.fields, "file": ("name.txt", request.form.file)}}
    with urllib3.PoolManager(timeout=request.timeout, retries=urllib3.Retry(connect=0, read=0, redirect=1)) as pool:
        response = pool.request(request.method, request.url, headers=dict(request.headers), **body)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, response.data)


LIBRARIES = [
    Library("requests-sync", "requests", "asyncio", _requests, "requests.ReadTimeout"),
    Library("urllib3-sync", "urllib3", "asyncio", _urllib3, "urllib3.exceptions.ReadTimeoutError"),
    Library("aiohttp", "aiohttp", "asyncio", _aiohttp, "aiohttp.ServerTimeoutError"),
]
LIBRARIES += [
    library
    for package in ("httpx", "httpx2")
    for library in (
        Library(f"{package}-sync", package, "asyncio", _httpx_sync, f"{package}.ReadTimeout"),
        Library(f"{package}-asyncio", package, "asyncio", _httpx_async, f"{package}.ReadTimeout"),
        Library(f"{package}-trio", package, "trio", _httpx_async, f"{package}.ReadTimeout"),
    )
]


# Two names of one library, which the same code answers: the first that is there stands for both.
_SPARE = "httpx" if find_spec("httpx2") else "httpx2"

# For the few tests that are about each name of it.
each_library = pytest.mark.parametrize(
    "http", [each for each in LIBRARIES if find_spec(each.package)], ids=lambda library: library.name
)
# For tests of what the libraries cannot change.
over_aiohttp = pytest.mark.parametrize(
    "http", [each for each in LIBRARIES if each.name == "aiohttp"], ids=lambda library: library.name
)


@pytest.fixture(params=[each for each in LIBRARIES if each.package != _SPARE], ids=lambda library: library.name)
def http(request: pytest.FixtureRequest) -> Library:
    """Each library. A test that asks for it runs once for each, on the library's loop."""
    library: Library = request.param
    if find_spec(library.package) is None:
        pytest.skip(f"needs {library.package}")
    return library
