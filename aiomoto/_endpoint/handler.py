"""From an HTTP request on the loopback endpoint to its mock's exchange, and back."""

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
from aiomoto._moto.hosts import is_in_aws_domain
from aiomoto._wire.aws_chunked import parse_chunks
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, WireResponse

_log = logging.getLogger("aiomoto")

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
# aiohttp looks after both of these only in its newer versions.
_MOST_HEADERS = 1024
_HOST = re.compile(r"[a-z0-9._-]+(:[0-9]+)?")
# A target in absolute form, as a client sends it to what it takes for a proxy: RFC 9112, 3.2.2.
_ABSOLUTE = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
# What may stand in a URL; a client that sends anything else as it is means it percent-encoded.
_URL_SAFE = "/%:?[]@!$&'()*+,;=~"
# These belong to the connection, and Moto would take them for the message's.
_HOP_BY_HOP = ("connection", "expect", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade")
# What nobody signs for and is not S3's, and the host that it is asked of: Moto's own API, as on Moto's server, and
# Cognito's public keys. No bucket has an underscore in its name, as each user pool has.
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
        exchange: whose answers to give.
        port: the endpoint's port.
    """

    def __init__(self, exchange: Exchange, port: int) -> None:
        self._exchange = exchange
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._parent = f".localhost:{port}"
        for host in self._hosts:
            exchange.hosts.add(host, "s3", owner=exchange)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request. Whatever goes wrong is an answer too."""
        try:
            wire = await self._read(request)
        except _Refusal as refusal:
            # What is left of the body cannot be told from a next request.
            return EndpointResponse(refusal.response, keep_alive=False)
        try:
            return EndpointResponse(await self._answer(wire), keep_alive=request.keep_alive)
        except WireFailure as failure:
            return ConnectionFailure(failure.kind)

    async def _read(self, request: web.BaseRequest) -> WireRequest:
        headers = CIMultiDict(request.headers)
        if len(headers) > _MOST_HEADERS:
            raise _Refusal(431, "RequestHeaderSectionTooLarge", f"there are more than {_MOST_HEADERS} headers")
        if len(headers.getall("Host", ())) > 1:
            raise _Refusal(400, "InvalidRequest", "there are several Host headers")
        host, target = _destination(request.raw_path, headers.pop("Host", ""))
        if request.method not in _METHODS:
            raise _Refusal(405, "MethodNotAllowed", f"AWS does not use the method {request.method}")
        is_own = host in self._hosts or host.endswith(self._parent)
        if not is_own and not is_in_aws_domain(host):
            # A page in a browser whose name leads here by DNS rebinding, for one.
            raise _Refusal(421, "MisdirectedRequest", f"this endpoint answers for itself and for AWS, not for {host}")
        body = await _read_body(request, headers)
        for name in _HOP_BY_HOP:
            headers.popall(name, None)
        if is_own:
            host = next((named for path, named in _UNSIGNED_PATHS if path.match(target)), host)
        return WireRequest(request.method, f"http://{host}{target}", _joined(headers), body)

    async def _answer(self, wire: WireRequest) -> WireResponse:
        # Not with 501 or the like where Moto lacks something: native clients ask again and again for minutes after
        # any 5xx.
        try:
            return await self._exchange.answer_async(wire, "endpoint")
        except RequestBlockedError:
            # Without the advice to let it out: it is out.
            message = f"{describe(wire)} was blocked: Moto has no service that answers it"
            return _error(wire, 400, "RequestBlocked", message)
        except ServiceNotWhitelisted as error:
            return _error(wire, 400, "RequestBlocked", str(error))
        except NotImplementedError as error:
            return _error(wire, 400, "NotImplemented", str(error) or "Moto has not implemented this operation")
        except AiomotoError as error:  # as where a rule's condition raises one
            return _error(wire, 400, "AiomotoError", str(error))
        except WireFailure:
            raise
        except Exception as error:
            _log.exception("Moto failed to answer %s %s", wire.method, wire.url)
            return _error(wire, 500, "InternalError", f"{type(error).__name__}: {error}")


class _Refusal(Exception):
    """The request is not one: a status, a code of AWS's and a message for it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.response = _error(None, status, code, message)


def _joined(headers: CIMultiDict[str]) -> dict[str, str]:
    """The headers by their names as the client wrote them, each once."""
    values = {name.lower(): (name, ",".join(headers.getall(name))) for name in headers}
    return dict(values.values())


def _destination(target: str, host: str) -> tuple[str, str]:
    """Host and target of a request, the target percent-encoded."""
    if absolute := _ABSOLUTE.fullmatch(target):
        host, target = absolute[1], absolute[2] if absolute[2].startswith("/") else f"/{absolute[2]}"
    host = host.lower()
    if not _HOST.fullmatch(host):
        raise _Refusal(
            400, "InvalidRequest", f"invalid Host header {host!r}: it must be a host, with a port if need be"
        )
    if not target.startswith("/"):
        raise _Refusal(400, "InvalidURI", f"invalid target {target!r}: it must begin with a slash")
    try:
        urlsplit(f"//{host}").port, urlsplit(target)
    except ValueError as error:
        raise _Refusal(400, "InvalidURI", f"malformed URL: {error}") from None
    return host, quote(target, safe=_URL_SAFE, errors="surrogateescape")


async def _read_body(request: web.BaseRequest, headers: CIMultiDict[str]) -> bytes | None:
    if headers.get("Expect", "").lower() == "100-continue" and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    # Not a list of pieces: a heap that many of them were freed in is not given back.
    body = bytearray()
    try:
        async for piece in request.content.iter_any():
            body += piece
    except web.RequestPayloadError as error:
        raise _Refusal(400, "IncompleteBody", f"the body is not what the headers say: {error}") from None
    if headers.get("X-Amz-Content-SHA256", "").startswith("STREAMING-"):
        return _unframed(body, headers)
    if "Transfer-Encoding" in headers:
        headers["Content-Length"] = str(len(body))
    return bytes(body) if "Content-Length" in headers else None


def _unframed(body: bytearray, headers: CIMultiDict[str]) -> bytes:
    length = headers.get("X-Amz-Decoded-Content-Length", "")
    if not re.fullmatch("[0-9]+", length):
        raise _Refusal(411, "MissingContentLength", "x-amz-decoded-content-length has to say how long the content is")
    try:
        chunked = parse_chunks([body])
        if chunked.size != int(length):
            raise ValueError(f"its chunks hold {chunked.size} bytes, and {length} were announced")
    except ValueError as error:
        raise _Refusal(400, "IncompleteBody", f"the body is not aws-chunked: {error}") from None
    if READS_CHUNKS:
        # As it was signed.
        return chunked.in_one_chunk()
    encodings = [each for each in headers.popall("Content-Encoding", []) for each in each.split(",")]
    if others := [each.strip() for each in encodings if each.strip() != "aws-chunked"]:
        headers["Content-Encoding"] = ",".join(others)
    headers["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"
    headers["Content-Length"] = length
    headers.update(chunked.trailer())
    return chunked.data


def _error(request: WireRequest | None, status: int, code: str, message: str) -> WireResponse:
    """An error as the services of AWS word it: in JSON for those that speak it, else in XML."""
    if request and (header(request, "x-amz-target") or "json" in header(request, "content-type")):
        kind, body = "application/json", json.dumps({"__type": code, "message": message})
    else:
        kind, body = "application/xml", f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        scope = scope_of(request) if request else None
        if scope and scope.service != "s3":
            body = f"<ErrorResponse>{body}</ErrorResponse>"
    # A client that reads the code in neither of them reads it in this header.
    return WireResponse(status, (("content-type", kind), ("x-amzn-errortype", code)), body.encode())
