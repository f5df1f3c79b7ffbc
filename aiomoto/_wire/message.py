"""Requests and responses as plain values, independent of any HTTP library."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from http import HTTPStatus
from typing import Any, ClassVar, NamedTuple, TypeVar
from urllib.parse import SplitResult, parse_qs, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import HTTPClientError
from botocore.model import OperationModel

from aiomoto._wire.aws_chunked import parse_chunks
from aiomoto._wire.delivery import Delivery, Piece
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.request_headers import plain_headers, received_headers
from aiomoto._wire.source import Source


@dataclass(frozen=True)
class WireRequest:
    """A request as its client would have put it on the wire.

    Derived values are computed on first use and cached on the request, see :func:`once`.

    Attributes:
        method: the HTTP method, in upper case.
        url: the absolute URL, percent-encoded.
        headers: header names and values, both strings.
        body: the whole body; ``None`` if there is none.
        context: botocore's context of the request (parameters, signing); empty if it has none.
        operation: the model of the operation that the client called, from the client itself; ``None`` if the request
            does not come from a botocore client.
        is_plain: whether an HTTP library sends it without an SDK.
        root: the path of the client's endpoint URL, percent-encoded; empty if it has none, or there is no client.
        sent_url: the URL as it was sent, with that path.
        has_plain_headers: whether every HTTP library sends the headers, and a server receives them unchanged.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    operation: OperationModel | None = None
    is_plain: bool = False

    root: ClassVar[str] = ""
    has_plain_headers: ClassVar[bool] = True

    def with_body(self, body: bytes | None) -> WireRequest:
        """Copy the request with another body."""
        copy = WireRequest(self.method, self.url, self.headers, body, self.context, self.operation, self.is_plain)
        copy.__dict__["split"] = self.split
        if self.root:
            copy.__dict__["root"] = self.root
        return copy

    def with_path(self, path: str) -> WireRequest:
        """Copy the request with another path in its URL."""
        url = self.split._replace(path=path).geturl()
        copy = WireRequest(self.method, url, self.headers, self.body, self.context, self.operation, self.is_plain)
        vars(copy)["sent_url"] = self.sent_url
        return copy

    def with_origin(self, origin: str) -> WireRequest:
        """Copy the request with another scheme and host in its URL: ``"http://127.0.0.1:54321"``."""
        url = f"{origin}{self.path}" + (f"?{self.split.query}" if self.split.query else "")
        return WireRequest(self.method, url, self.headers, self.body, self.context, self.operation, self.is_plain)

    def reduced(self, body: bytes | None, context: Mapping[str, Any]) -> WireRequest:
        """Copy the request with another body and another context."""
        copy = WireRequest(self.method, self.url, self.headers, body, context, self.operation, self.is_plain)
        if "sent_url" in self.__dict__:
            vars(copy)["sent_url"] = self.sent_url
        return copy

    @cached_property
    def sent_url(self) -> str:
        """The URL as it was sent."""
        return self.url

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
        """The URL's path, percent-encoded; ``"/"`` if it is empty."""
        return self.split.path or "/"

    @property
    def bare_url(self) -> str:
        """The URL without query and fragment."""
        return self.split._replace(query="", fragment="").geturl()

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The query's parameters, including those with empty values."""
        return parse_qs(self.split.query, keep_blank_values=True) if self.split.query else {}

    @cached_property
    def lower_headers(self) -> dict[str, str]:
        """The headers by lower-case name. Of several with the same name, the first one wins."""
        return {name.lower(): value for name, value in reversed(list(self.headers.items()))}


Read = TypeVar("Read")


def once(read: Callable[[WireRequest], Read]) -> Callable[[WireRequest], Read]:
    """Cache what a function derives from a request, on the request itself."""
    name = f"{read.__module__}.{read.__qualname__}"

    @wraps(read)
    def read_once(request: WireRequest) -> Read:
        cache = request.__dict__
        if name not in cache:
            cache[name] = read(request)
        value: Read = cache[name]
        return value

    return read_once


class WireResponse(NamedTuple):
    """A response as a server would put it on the wire: status, header pairs, body.

    ``delivery`` describes how the body arrives; with ``None`` it arrives at once. A body that comes into being while it
    is sent has a ``source`` in place of ``body``.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delivery: Delivery | None = None
    source: Source | None = None

    @property
    def arrives_whole(self) -> bool:
        """Whether the body is there and nothing delays it."""
        return self.delivery is None and self.source is None

    @property
    def is_chunked(self) -> bool:
        """Whether its length is not known before its end, so that HTTP/1.1 sends it in chunks."""
        return self.source is not None and not any(name.lower() == "content-length" for name, _ in self.headers)

    def pieces(self) -> Iterator[Piece]:
        """The body piece by piece, as it arrives in a thread. Errors are those of ``Delivery`` and ``Source``."""
        delivery = self.delivery or Delivery()
        return delivery.pieces(self.body) if self.source is None else delivery.stream(self.source.pieces())

    def pieces_async(self) -> AsyncGenerator[Piece]:
        """The body of a response with a source, as it arrives on an event loop."""
        assert self.source is not None
        return (self.delivery or Delivery()).stream_async(self.source.pieces_async())

    @property
    def reason(self) -> str:
        """The reason phrase of the status; an empty string if HTTP defines none."""
        return _REASONS.get(self.status, "")

    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The header pairs as bytes."""
        return encode_headers(self.headers)

    def lower_headers(self) -> dict[str, str]:
        """The headers by lower-case name, as clients read them. Of several with the same name, the last one wins."""
        return {name.lower(): value for name, value in self.headers}


# Responses with these statuses have neither a body nor a content length.
BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)

_REASONS = {status.value: status.phrase for status in HTTPStatus}


def framed(response: WireResponse, request: WireRequest) -> WireResponse:
    """Frame a response as a server would: no body where HTTP forbids one, its length, or chunks if that is unknown."""
    if request.method == "HEAD" or response.status in BODILESS:
        return response._replace(body=b"")
    if response.source is not None:
        return response  # which is framed already
    framing = ("content-length", "transfer-encoding")
    pairs = tuple(pair for pair in response.headers if pair[0].lower() not in framing)
    return response._replace(headers=(*pairs, ("content-length", str(len(response.body)))))


def encode_headers(pairs: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Encode header pairs as UTF-8."""
    return [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in pairs]


def head_of(request: AWSPreparedRequest) -> WireRequest:
    """Turn botocore's ``AWSPreparedRequest`` into a request without a body.

    Raises:
        HTTPClientError: malformed URL. The SDKs' own HTTP sessions raise the same error.
    """
    split = _split(request.url)
    plain = plain_headers(request.headers)
    headers = received_headers(request.headers) if plain is None else plain
    # Prepared requests have a ``context`` since botocore 1.42.
    context = getattr(request, "context", None) or {}
    operation = getattr(request, OPERATION, None)
    head = WireRequest(request.method.upper(), request.url, headers, None, context, operation)
    head.__dict__["split"] = split
    if plain is None:
        head.__dict__["has_plain_headers"] = False
    if root := getattr(request, ROOT, None):
        head.__dict__["root"] = root
    return head


# The attributes in which we note, on a prepared request, the called operation and the path of the client's endpoint.
OPERATION = "_aiomoto_operation"
ROOT = "_aiomoto_root"

# What a request's context has under these names, if its client is neither botocore's nor aiobotocore's: the number of
# the attempt, what all attempts of a call have in common, and a body that is sent while the response comes in.
ATTEMPT = "aiomoto_attempt"
INVOCATION_ID = "aiomoto_invocation_id"
INPUT_STREAM = "aiomoto_input_stream"
# The same of a request that the endpoint gets: what of it may not be as its client has signed it, ``"chunks"`` of the
# body or ``"all"``. A forked process says so in the header of a request that it passes on.
ALTERED = "aiomoto_altered"
ALTERED_HEADER = "X-Aiomoto-Altered"


def _split(url: str) -> SplitResult:
    try:
        split = urlsplit(url)
        split.port  # noqa: B018  (the property parses the port)
    except ValueError as error:
        raise HTTPClientError(error=error) from error
    return split


def goes_unchanged(head: WireRequest, body: object) -> bool:
    """Tell whether every client sends a request as it is: plain headers, and a body in memory with its own length."""
    headers = head.headers
    if not head.has_plain_headers or "Transfer-Encoding" in headers:
        return False
    if body is None:
        return headers.get("Content-Length", "0") == "0"
    return type(body) is bytes and headers.get("Content-Length") == str(len(body))


def received(head: WireRequest, body: bytes) -> WireRequest:
    """Return a request as its server receives it: with as much of the body as its headers declare.

    Args:
        head: the request without its body.
        body: what the client writes after the head, without transfer coding.

    Raises:
        WireFailure: the body is shorter, so that the server waits for the rest, and the client for a response; or the
            length is not a number, so that the server hangs up.
    """
    headers = head.lower_headers
    if "chunked" in headers.get("transfer-encoding", "").lower() or "content-length" not in headers:
        return head.with_body(body)
    declared = headers["content-length"]
    if not (declared.isascii() and declared.isdigit()):
        raise WireFailure("disconnect", f"Content-Length is {declared!r}, which is not a number of bytes")
    if len(body) < int(declared):
        raise WireFailure("read_timeout", f"Content-Length is {declared}, but the body has {len(body)} bytes")
    return head.with_body(body[: int(declared)])


def copy_piece(piece: Any) -> bytes:
    """Copy a piece of a body, since its source may reuse the buffer for the next one.

    Raises:
        TypeError: the piece is not bytes-like.
    """
    return piece if type(piece) is bytes else memoryview(piece).tobytes()


def in_one_chunk(pieces: list[bytes]) -> bytes:
    """Join the pieces of botocore's ``AwsChunkedWrapper`` into one chunk, which Moto parses in linear time."""
    # A wrapper that has been read to its end yields no pieces.
    return parse_chunks(pieces).in_one_chunk() if pieces else b""
