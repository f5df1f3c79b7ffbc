"""Signatures, recomputed by botocore's own signers from what has arrived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote

from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from aiomoto._wire.message import WireRequest

_SIGNATURE = "X-Amz-Signature"


def signature_v4(
    request: WireRequest, secret: str, *, scope: str, timestamp: str, signed_headers: Iterable[str], in_query: bool
) -> str:
    """Compute the signature of a request, version 4.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html

    Args:
        request: the request as it was sent.
        secret: the secret access key.
        scope: the credential scope, after the access key: ``"20260101/us-east-1/s3/aws4_request"``.
        timestamp: when it was signed.
        signed_headers: the names of the headers that are signed.
        in_query: whether the signature is in the query.
    """
    _, region, service, _ = scope.split("/", 3)
    kind = _S3 if service == "s3" else _Other
    signer: Any = kind(Credentials("x", secret), service, region)
    signer.names = frozenset(signed_headers)
    given = dict(request.lower_headers)
    given.setdefault("host", request.split.netloc.rpartition("@")[2])
    if in_query and "x-amz-content-sha256" not in signer.names:
        given.pop("x-amz-content-sha256", None)
    if in_query and service == "s3":
        given.setdefault("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    signed = AWSRequest(request.method, request.sent_url, given, request.body or b"")
    signed.context["timestamp"] = timestamp
    return str(signer.signature(signer.string_to_sign(signed, signer.canonical_request(signed)), signed))


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
        pairs = [pair for pair in parse_qsl(plain, keep_blank_values=True) if pair[0] != _SIGNATURE]
        return "&".join(sorted(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs))


class _S3(_Arrived, S3SigV4Auth):  # type: ignore[misc]
    def _normalize_url_path(self, path: str) -> str:
        return quote(unquote(path, "latin-1"), safe="/-_.~", encoding="latin-1")


class _Other(_Arrived):
    pass


class _V2(HmacV1QueryAuth):  # type: ignore[misc]
    expires = ""

    def _get_date(self) -> str:
        return self.expires
