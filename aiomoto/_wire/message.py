"""Plain values on both sides of the seam: a request in, a response out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar
from urllib.parse import SplitResult, parse_qs, urlsplit

from botocore.exceptions import HTTPClientError
from botocore.model import OperationModel

from aiomoto._wire.aws_chunked import parse_chunks
from aiomoto._wire.delivery import Delivery


@dataclass(frozen=True)
class WireRequest:
    """A request as its client would have put it on the wire.

    What is read of it is read when it is first asked for, and kept: here what every client has, and by :func:`once`
    what others make of it.

    Attributes:
        method: the HTTP method, in capitals.
        url: the absolute URL, percent-encoded.
        headers: header names and values, both strings.
        body: the whole body; ``None`` where the client sends none.
        context: botocore's own notes on the request (operation parameters, signing); empty where it keeps none.
        operation: the operation that its client has called, by the client's own model; ``None`` where no client of
            botocore's has made the request.
        is_plain: whether an HTTP library sends it without an SDK.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    operation: OperationModel | None = None
    is_plain: bool = False

    def with_body(self, body: bytes | None) -> WireRequest:
        """The same request with this body."""
        return WireRequest(self.method, self.url, self.headers, body, self.context, self.operation, self.is_plain)

    def with_path(self, path: str) -> WireRequest:
        """The same request with another path in its URL."""
        url = self.split._replace(path=path).geturl()
        return WireRequest(self.method, url, self.headers, self.body, self.context, self.operation, self.is_plain)

    @cached_property
    def split(self) -> SplitResult:
        """The parts of the URL."""
        return urlsplit(self.url)

    @cached_property
    def host(self) -> str:
        """The URL's host and port, in lower case."""
        return self.split.netloc.rpartition("@")[2].lower()

    @property
    def path(self) -> str:
        """The URL's path, percent-encoded, at least a slash."""
        return self.split.path or "/"

    @property
    def bare_url(self) -> str:
        """The URL without query and fragment."""
        return self.split._replace(query="", fragment="").geturl()

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The fields of the query, empty ones included."""
        return parse_qs(self.split.query, keep_blank_values=True) if self.split.query else {}

    @cached_property
    def lower_headers(self) -> dict[str, str]:
        """The headers with names in lower case; of those with one name, the first."""
        return {name.lower(): value for name, value in reversed(list(self.headers.items()))}


Read = TypeVar("Read")


def once(read: Callable[[WireRequest], Read]) -> Callable[[WireRequest], Read]:
    """Decorate a function that reads something of a request: what it returns is kept as long as the request is."""
    name = f"{read.__module__}.{read.__qualname__}"

    @wraps(read)
    def read_once(request: WireRequest) -> Read:
        known = request.__dict__
        if name not in known:
            known[name] = read(request)
        value: Read = known[name]
        return value

    return read_once


class WireResponse(NamedTuple):
    """A response as a server would put it on the wire: status, header pairs, body.

    Where it has a ``delivery``, the body comes in as that says, and at once otherwise.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delivery: Delivery | None = None

    @property
    def reason(self) -> str:
        """The status in words, or an empty string where HTTP has none for it."""
        return _REASONS.get(self.status, "")

    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The header pairs as bytes."""
        return encode_headers(self.headers)

    def lower_headers(self) -> dict[str, str]:
        """The headers with names in lower case, as clients read them; of those with one name, the last."""
        return {name.lower(): value for name, value in self.headers}


# Responses with these have no body on the wire, and nothing that says how long it is.
BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)

_REASONS = {status.value: status.phrase for status in HTTPStatus}


def as_sent(response: WireResponse, request: WireRequest) -> WireResponse:
    """The response as a server frames it: a body where there may be one, its length, and no transfer coding."""
    if request.method == "HEAD" or response.status in BODILESS:
        return response._replace(body=b"")
    framing = ("content-length", "transfer-encoding")
    pairs = tuple(pair for pair in response.headers if pair[0].lower() not in framing)
    return response._replace(headers=(*pairs, ("content-length", str(len(response.body)))))


def encode_headers(pairs: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Header pairs as bytes. What is not ASCII goes as UTF-8, though a well-behaved service encodes it otherwise."""
    return [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in pairs]


def head_of(request: Any) -> WireRequest:
    """Turn botocore's ``AWSPreparedRequest`` into plain values, all but its body.

    Raises:
        HTTPClientError: the URL has no meaning. The clients' own sessions raise it too, before anything is sent.
    """
    _check_url(request.url)
    items = request.headers.items()
    headers = {name: value.decode() if isinstance(value, bytes) else str(value) for name, value in items}
    # ``context`` came to prepared requests in botocore 1.42; before that a request does not know its operation.
    context = getattr(request, "context", None) or {}
    operation = getattr(request, OPERATION, None)
    return WireRequest(request.method.upper(), request.url, headers, None, context, operation)


# Where it is noted on a prepared request which operation it calls.
OPERATION = "_aiomoto_operation"


def _check_url(url: str) -> None:
    try:
        urlsplit(url).port  # noqa: B018  (reading it parses it)
    except ValueError as error:
        raise HTTPClientError(error=error) from error


def has_no_stream(body: object) -> bool:
    """Tell whether a request body is there as a whole: one that every client sends as it is."""
    return body is None or type(body) is bytes


def kept(piece: Any) -> bytes:
    """A piece of a body as it is now: whoever gives it may fill the same buffer with the next one.

    Raises:
        TypeError: it is not bytes-like.
    """
    return piece if type(piece) is bytes else memoryview(piece).tobytes()


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def in_one_chunk(pieces: list[bytes]) -> bytes:
    """The body that botocore's ``AwsChunkedWrapper`` gives in pieces, in a form that Moto reads in linear time."""
    # A wrapper that has been read to its end has no more pieces.
    return parse_chunks(pieces).in_one_chunk() if pieces else b""
