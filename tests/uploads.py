"""One upload, done twice by the same client: to a real HTTPS server on the loopback interface, and inside a mock."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from inspect import isawaitable
from typing import Any, NamedTuple

import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from aiomoto import MockAWS, mock_aws
from tests.conftest import STACKS, Stack
from tests.loopback import Answer, LoopbackServer, Received, loopback_server

MARKS = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:Unverified HTTPS request"),
    # Python 3.10 leaves TLS transports open where the server closes a connection.
    pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning"),
]

# One session for all of them: a new one parses its service models anew.
BOTO3 = boto3.Session("FOOBARKEY", "FOOBARSECRET", region_name="us-east-1")
AIOBOTOCORE = get_session()
KEYS = {"aws_access_key_id": "FOOBARKEY", "aws_secret_access_key": "FOOBARSECRET", "region_name": "us-east-1"}
# Some blocks of each library, and no round number.
DATA = bytes(range(5, 256)) * 1_201

# By default botocore frames an upload for its checksum; with these it hands a body to the HTTP library as it is.
AS_IT_IS: dict[str, Any] = {
    "signature_version": UNSIGNED,
    "parameter_validation": False,
    "request_checksum_calculation": "when_required",
}


class DataFile(io.RawIOBase):
    """A file of the data that is no ``BytesIO``: what it gives is for its ``read`` to say."""

    def __init__(self) -> None:
        super().__init__()
        self._file = io.BytesIO(DATA)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


class Upload(NamedTuple):
    """A body, further parameters of PutObject, and headers that an event handler adds."""

    body: Any
    params: dict[str, Any] = {}  # noqa: RUF012  (nobody changes it)
    headers: dict[str, Any] = {}  # noqa: RUF012


Put = Callable[[Any], Awaitable[BotoCoreError | None]]  # of a body or an Upload


class Outcome(NamedTuple):
    """What became of an upload: the bytes that arrived, or the client's error and the one that it is about."""

    stored: bytes | None = None
    error: str = ""
    about: str = ""
    header: bytes | None = None  # X-Custom


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    """A server that takes whatever it is sent."""
    with loopback_server(tls=True) as running:
        running.answer = Answer(200, (("etag", '"0"'), ("connection", "close")))  # what is left of a body is no request
        yield running


class Boto3(NamedTuple):
    """boto3, in the place of a stack of aiobotocore's."""

    name: str = "boto3"
    loop: str = "asyncio"


UPLOADERS: list[Stack | Boto3] = [Boto3(), *STACKS]


@pytest.fixture(params=UPLOADERS, ids=lambda stack: f"{stack.name}-{stack.loop}")
def stack(request: pytest.FixtureRequest) -> Stack | Boto3:
    """Each way to upload."""
    found: Stack | Boto3 = request.param
    return found


@asynccontextmanager
async def uploader(stack: Stack | Boto3, url: str, options: dict[str, Any]) -> AsyncIterator[Put]:
    """A client that uploads a body, and returns the error where that fails."""
    options = {"retries": {"total_max_attempts": 1}, "read_timeout": 0.5, **options}
    kwargs = {"endpoint_url": url, "verify": False, **KEYS}
    if isinstance(stack, Boto3):
        boto3_client: Any = BOTO3.client("s3", config=Config(**options), **kwargs)  # type: ignore[call-overload]
        with closing(boto3_client):
            yield lambda upload: _error_of(boto3_client, upload)
    else:
        config = AioConfig(http_session_cls=stack.session_class, **options)
        async with AIOBOTOCORE.create_client("s3", config=config, **kwargs) as s3:
            yield lambda upload: _error_of(s3, upload)


async def _error_of(client: Any, upload: Any) -> BotoCoreError | None:
    body, params, headers = upload if isinstance(upload, Upload) else Upload(upload)

    def add_headers(request: Any, **_: Any) -> None:
        request.headers.update(headers)

    client.meta.events.register("before-send.s3.PutObject", add_headers, unique_id="headers")
    try:
        response = client.put_object(Bucket="bodies", Key="key", Body=body, **params)
        if isawaitable(response):
            await response
    except BotoCoreError as error:
        return error
    finally:
        client.meta.events.unregister("before-send.s3.PutObject", unique_id="headers")
    return None


def stored() -> bytes:
    """What a mock has stored of an upload."""
    data: bytes = BOTO3.client("s3").get_object(Bucket="bodies", Key="key")["Body"].read()
    return data


async def over_network(
    server: LoopbackServer, stack: Stack | Boto3, bodies: dict[str, Any], options: dict[str, Any]
) -> dict[str, Outcome]:
    """Send bodies to a server."""
    outcomes = {}
    async with uploader(stack, server.url, options) as put:
        for name, body in bodies.items():
            server.received.clear()
            error = await put(body)
            outcomes[name] = _failed(error) if error else _arrived(server.received[-1])
    return outcomes


async def inside_mock(stack: Stack | Boto3, bodies: dict[str, Any], options: dict[str, Any]) -> dict[str, Outcome]:
    """Send bodies to a mock."""
    outcomes = {}
    with mock_aws() as aws:
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="bodies")
        async with uploader(stack, "https://localhost:4566", options) as put:
            for name, upload in bodies.items():
                error = await put(upload)
                outcomes[name] = _failed(error) if error else Outcome(stored(), header=_header_of(aws, stack, upload))
                # Without a signature nobody may replace what is there.
                s3.delete_object(Bucket="bodies", Key="key")
    return outcomes


def _arrived(received: Received) -> Outcome:
    header = received.headers.get("x-custom")
    return Outcome(received.body, header=header.encode("latin-1") if header is not None else None)


def _header_of(aws: MockAWS, stack: Stack | Boto3, upload: Any) -> bytes | None:
    header = aws.calls.filter("s3", "PutObject").last.headers.get("X-Custom")
    if header is None:
        return None
    # http.client sends strings in Latin-1, aiohttp in UTF-8.
    is_latin = isinstance(stack, Boto3) and isinstance(upload.headers["X-Custom"], str)
    return header.encode("latin-1" if is_latin else "utf-8", "surrogateescape")


def _failed(error: BotoCoreError) -> Outcome:
    return Outcome(None, type(error).__name__, type(error.kwargs.get("error")).__name__)
