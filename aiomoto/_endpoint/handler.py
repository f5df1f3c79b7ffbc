"""Pass HTTP requests on the loopback endpoint to its mock's exchange, and the responses back."""

from __future__ import annotations

import json
import logging
import re
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from aiohttp import HttpVersion11, web
from moto.core.exceptions import ServiceNotWhitelisted
from multidict import CIMultiDict

from aiomoto._aws.scope import header, scope_of
from aiomoto._endpoint.response import ConnectionFailure, EndpointResponse
from aiomoto._errors import AiomotoError, RequestBlockedError
from aiomoto._exchange import Exchange, describe
from aiomoto._moto.backends import READS_CHUNKS
from aiomoto._moto.dashboard import dashboard
from aiomoto._moto.hosts import is_in_aws_domain
from aiomoto._wire.aws_chunked import parse_chunks
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import ALTERED, ALTERED_HEADER, WireRequest, WireResponse

_log = logging.getLogger("aiomoto")

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
# Only newer versions of aiohttp check the number of headers and the Host header.
_MAX_HEADERS = 1024
_HOST = re.compile(r"[a-z0-9._-]+(:[0-9]+)?")
# A target in absolute form, as clients send it to a proxy: RFC 9112, 3.2.2.
_ABSOLUTE = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
# The characters of a URL; anything else that a client sends unencoded is percent-encoded.
_URL_SAFE = "/%:?[]@!$&'()*+,;=~"
# Headers of the connection, not of the request: Moto must not see them.
_HOP_BY_HOP = ("connection", "expect", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade")
# Unsigned requests that are not S3's, by path, and the host of each: Moto's own API, as on Moto's server, and Cognito's
# public keys. User pools have an underscore in their names, and buckets have none.
_UNSIGNED_PATHS = (
    (re.compile(r"/moto-api/"), "motoapi.amazonaws.com"),
    (
        re.compile(r"/[a-z0-9-]+_\w+/\.well-known/(jwks\.json|openid-configuration)$"),
        "cognito-idp.us-east-1.amazonaws.com",
    ),
)


class EndpointHandler:
    """Answers the requests of one endpoint.

    Args:
        exchange: the exchange of the endpoint's mock.
        port: the endpoint's port.
    """

    def __init__(self, exchange: Exchange, port: int) -> None:
        self._exchange = exchange
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._parent = f".localhost:{port}"
        for host in self._hosts:
            exchange.hosts.add(host, "s3", owner=exchange)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request. Every error becomes a response too."""
        try:
            wire = await self._read(request)
        except _Refusal as refusal:
            # Close the connection: the rest of the body would be taken for the next request.
            return EndpointResponse(refusal.response, keep_alive=False)
        try:
            return EndpointResponse(await self._response_to(wire), keep_alive=request.keep_alive)
        except WireFailure as failure:
            return ConnectionFailure(failure.kind)

    async def _read(self, request: web.BaseRequest) -> WireRequest:
        headers = CIMultiDict(request.headers)
        if len(headers) > _MAX_HEADERS:
            message = f"the request has {len(headers)} headers; at most {_MAX_HEADERS} are allowed"
            raise _Refusal(431, "RequestHeaderSectionTooLarge", message)
        if (hosts := len(headers.getall("Host", ()))) > 1:
            raise _Refusal(400, "InvalidRequest", f"the request has {hosts} Host headers; it must have one")
        host, target = _destination(request.raw_path, headers.pop("Host", ""))
        if request.method not in _METHODS:
            raise _Refusal(405, "MethodNotAllowed", f"AWS does not use the method {request.method}")
        is_own = host in self._hosts or host.endswith(self._parent)
        if not is_own and not is_in_aws_domain(host):
            # DNS rebinding can send requests of a web page here, for example.
            raise _Refusal(421, "MisdirectedRequest", f"this endpoint serves its own host and AWS hosts, not {host}")
        body = await _read_body(request, headers)
        for name in _HOP_BY_HOP:
            headers.popall(name, None)
        if is_own:
            host = next((named for path, named in _UNSIGNED_PATHS if path.match(target)), host)
        altered = headers.pop(ALTERED_HEADER, None)
        context = {ALTERED: altered} if altered is not None else {}
        return WireRequest(request.method, f"http://{host}{target}", _joined(headers), body, context)

    async def _response_to(self, wire: WireRequest) -> WireResponse:
        if page := dashboard(wire):
            return page
        # 400 and not 501 for what Moto does not implement: native clients retry any 5xx for minutes.
        try:
            return await self._exchange.answer_async(wire, "endpoint")
        except RequestBlockedError:
            # Without the advice to use passthrough: the client would have to send it to AWS itself.
            message = f"{describe(wire)} was blocked: no service of Moto answers it"
            return _error(wire, 400, "RequestBlocked", message)
        except ServiceNotWhitelisted as error:
            return _error(wire, 400, "RequestBlocked", str(error))
        except NotImplementedError as error:
            return _error(wire, 400, "NotImplemented", str(error) or "Moto has not implemented this operation")
        except AiomotoError as error:  # for example from the condition of a rule
            return _error(wire, 400, "AiomotoError", str(error))
        except WireFailure:
            raise
        except Exception as error:
            _log.exception("Moto failed to answer %s %s", wire.method, wire.url)
            return _error(wire, 500, "InternalError", f"{type(error).__name__}: {error}")


class _Refusal(Exception):
    """A request that is refused before it reaches Moto, with status, AWS error code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.response = _error(None, status, code, message)


def _joined(headers: CIMultiDict[str]) -> dict[str, str]:
    """Join the values of headers that are given several times; names keep the client's spelling."""
    values = {name.lower(): (name, ",".join(headers.getall(name))) for name in headers}
    return dict(values.values())


def _destination(target: str, host: str) -> tuple[str, str]:
    """Return host and target of a request, the target percent-encoded."""
    if absolute := _ABSOLUTE.fullmatch(target):
        host, target = absolute[1], absolute[2] if absolute[2].startswith("/") else f"/{absolute[2]}"
    host = host.lower()
    if not _HOST.fullmatch(host):
        raise _Refusal(400, "InvalidRequest", f"invalid Host header {host!r}: it must be a host, or a host and a port")
    if not target.startswith("/"):
        raise _Refusal(400, "InvalidURI", f"invalid request target {target!r}: it must begin with '/'")
    try:
        urlsplit(f"//{host}").port, urlsplit(target)
    except ValueError as error:
        raise _Refusal(400, "InvalidURI", f"malformed URL: {error}") from None
    return host, quote(target, safe=_URL_SAFE, errors="surrogateescape")


async def _read_body(request: web.BaseRequest, headers: CIMultiDict[str]) -> bytes | None:
    if headers.get("Expect", "").lower() == "100-continue" and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    # Not a list of pieces: freeing many small ones leaves a heap that is not returned to the system.
    body = bytearray()
    try:
        async for piece in request.content.iter_any():
            body += piece
    except web.RequestPayloadError as error:
        raise _Refusal(400, "IncompleteBody", f"the body does not match the headers: {error}") from None
    if headers.get("X-Amz-Content-SHA256", "").startswith("STREAMING-"):
        return _unframed(body, headers)
    if "Transfer-Encoding" in headers:
        headers["Content-Length"] = str(len(body))
    return bytes(body) if "Content-Length" in headers else None


def _unframed(body: bytearray, headers: CIMultiDict[str]) -> bytes:
    length = headers.get("X-Amz-Decoded-Content-Length", "")
    if not re.fullmatch("[0-9]+", length):
        message = f"x-amz-decoded-content-length must be the length of the content, not {length!r}"
        raise _Refusal(411, "MissingContentLength", message)
    try:
        chunked = parse_chunks([body])
        if chunked.size != int(length):
            raise ValueError(f"its chunks hold {chunked.size} bytes, not {length} as x-amz-decoded-content-length says")
    except ValueError as error:
        raise _Refusal(400, "IncompleteBody", f"invalid aws-chunked body: {error}") from None
    if READS_CHUNKS:
        if len(chunked.chunks) > 1:
            headers.setdefault(ALTERED_HEADER, "chunks")
        return chunked.in_one_chunk()
    headers[ALTERED_HEADER] = "all"
    encodings = [each for each in headers.popall("Content-Encoding", []) for each in each.split(",")]
    if others := [each.strip() for each in encodings if each.strip() != "aws-chunked"]:
        headers["Content-Encoding"] = ",".join(others)
    headers["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"
    headers["Content-Length"] = length
    headers.update(chunked.trailer())
    return chunked.data


def _error(request: WireRequest | None, status: int, code: str, message: str) -> WireResponse:
    """Build an error response in the format of the request's AWS service: JSON or XML."""
    if request and (header(request, "x-amz-target") or "json" in header(request, "content-type")):
        kind, body = "application/json", json.dumps({"__type": code, "message": message})
    else:
        kind, body = "application/xml", f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        scope = scope_of(request) if request else None
        if scope and scope.service != "s3":
            body = f"<ErrorResponse>{body}</ErrorResponse>"
    # Some clients read the code from this header only.
    return WireResponse(status, (("content-type", kind), ("x-amzn-errortype", code)), body.encode())
