"""Signatures, recomputed by botocore's own signers from what has arrived."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, unquote

from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from aiomoto._wire.aws_chunked import signed_chunks
from aiomoto._wire.message import WireRequest

_SIGNATURE = "X-Amz-Signature"
_EMPTY = sha256(b"").hexdigest()


class Signed(NamedTuple):
    """What a request says of its signature, version 4.

    Attributes:
        access_key: the access key.
        scope: the credential scope, after the access key: ``"20260101/us-east-1/s3/aws4_request"``.
        timestamp: when it was signed.
        headers: the names of the headers that are signed.
        signature: the signature.
        in_query: whether it is in the query.
    """

    access_key: str
    scope: str
    timestamp: str
    headers: tuple[str, ...]
    signature: str
    in_query: bool

    @property
    def service(self) -> str:
        """The name that the service is signed for."""
        return self.scope.split("/")[2]


def is_signed_with(secret: str, request: WireRequest, signed: Signed) -> bool:
    """Tell whether a signature is that of the request as it has arrived, by this secret access key.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    hosts = dict.fromkeys(_hosts(request))
    return any(hmac.compare_digest(_signature_v4(request, secret, signed, host), signed.signature) for host in hosts)


def _hosts(request: WireRequest) -> Iterator[str]:
    """What the client may have signed as the host: HTTP libraries leave out the usual port, and some signers do not."""
    yield from filter(None, [request.lower_headers.get("host")])
    host = request.split.netloc.rpartition("@")[2]
    yield host
    yield host.lower().removesuffix(":443" if request.split.scheme == "https" else ":80")


def _signature_v4(request: WireRequest, secret: str, signed: Signed, host: str) -> str:
    signer = _signer(secret, signed)
    signer.names = frozenset(signed.headers)
    given = dict(request.lower_headers) | {"host": host}
    if signed.in_query and "x-amz-content-sha256" not in signer.names:
        given.pop("x-amz-content-sha256", None)
    if signed.in_query and signed.service in _LIKE_S3:
        given.setdefault("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    arrived = AWSRequest(request.method, request.sent_url, given, request.body or b"")
    arrived.context["timestamp"] = signed.timestamp
    return str(signer.signature(signer.string_to_sign(arrived, signer.canonical_request(arrived)), arrived))


def are_chunks_signed_with(secret: str, body: bytes, trailer: bytes, signed: Signed) -> bool:
    """Tell whether each chunk of a body has its signature, and so the trailer, if there is one.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html

    Args:
        secret: the secret access key.
        body: the body as it was sent.
        trailer: the headers after the last chunk, without their own signature; empty without any.
        signed: what the request says of its signature, which the first chunk's continues.
    """
    previous = signed.signature
    for chunk, given in signed_chunks(body):
        expected = _continued(secret, signed, "PAYLOAD", previous, [_EMPTY, sha256(chunk).hexdigest()])
        if not hmac.compare_digest(expected, given):
            return False
        previous = expected
    found = _TRAILER_SIGNATURE.search(trailer)
    if found is None:
        return True
    lines = _TRAILER_SIGNATURE.sub(b"", trailer).removesuffix(b"\r\n").replace(b"\r\n", b"\n")
    expected = _continued(secret, signed, "TRAILER", previous, [sha256(lines).hexdigest()])
    return hmac.compare_digest(expected, found[1].decode())


_TRAILER_SIGNATURE = re.compile(rb"x-amz-trailer-signature:\s*([0-9a-f]*)\r\n", re.IGNORECASE)


def _continued(secret: str, signed: Signed, kind: str, previous: str, digests: list[str]) -> str:
    request = AWSRequest("PUT", "https://localhost/")
    request.context["timestamp"] = signed.timestamp
    lines = [f"AWS4-HMAC-SHA256-{kind}", signed.timestamp, signed.scope, previous, *digests]
    return str(_signer(secret, signed).signature("\n".join(lines), request))


def _signer(secret: str, signed: Signed) -> Any:
    _, region, service, _ = signed.scope.split("/", 3)
    kind = _S3 if service in _LIKE_S3 else _Other
    return kind(Credentials("x", secret), service, region)


# The paths that are signed as they are sent.
_LIKE_S3 = ("s3", "s3express", "s3-object-lambda", "s3-outposts")


def policy_signature_v4(policy: str, secret: str, scope: str, timestamp: str) -> str:
    """Compute the signature of a form's policy, version 4."""
    _, region, service, _ = scope.split("/", 3)
    signer = SigV4Auth(Credentials("x", secret), service, region)
    request = AWSRequest("POST", "https://localhost/")
    request.context["timestamp"] = timestamp
    return str(signer.signature(policy, request))


def signature_v2(request: WireRequest, secret: str, query: Mapping[str, str], path: str) -> str:
    """Compute the signature of a presigned URL of S3, version 2.

    https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html

    Args:
        request: the request as it was sent.
        secret: the secret access key.
        query: the parameters of its query.
        path: its path, with the bucket.
    """
    headers = HTTPHeaders()
    named = {name.lower(): value for name, value in query.items()} | dict(request.lower_headers)
    for name, value in named.items():
        if name.startswith("x-amz-") or name in ("content-md5", "content-type"):
            headers[name] = value
    signer: Any = _V2(Credentials("x", secret))
    signer.expires = query["Expires"]
    return str(signer.get_signature(request.method, request.split, headers, auth_path=path))


def policy_signature_v2(policy: str, secret: str) -> str:
    """Compute the signature of a form's policy, version 2."""
    signer: Any = HmacV1QueryAuth(Credentials("x", secret))
    return str(signer.sign_string(policy))


class _Arrived(SigV4Auth):  # type: ignore[misc]
    """Signs the headers that the sender says it signed, and the query as AWS normalizes it."""

    names: frozenset[str] = frozenset()

    def headers_to_sign(self, request: Any) -> Any:
        headers = HTTPHeaders()
        for name, value in request.headers.items():
            if name.lower() in self.names:
                headers[name.lower()] = value
        return headers

    def _canonical_query_string_url(self, parts: SplitResult) -> str:
        plain = parts.query.replace("+", "%2B")
        pairs = parse_qsl(plain, keep_blank_values=True, encoding="latin-1")
        encoded = sorted((_encoded(name), _encoded(value)) for name, value in pairs if name != _SIGNATURE)
        return "&".join(f"{name}={value}" for name, value in encoded)


def _encoded(value: str) -> str:
    return quote(value, safe="-_.~", encoding="latin-1")


class _S3(_Arrived, S3SigV4Auth):  # type: ignore[misc]
    def _normalize_url_path(self, path: str) -> str:
        return quote(unquote(path, "latin-1"), safe="/-_.~", encoding="latin-1") or "/"


class _Other(_Arrived):
    pass


class _V2(HmacV1QueryAuth):  # type: ignore[misc]
    expires = ""

    def _get_date(self) -> str:
        return self.expires
