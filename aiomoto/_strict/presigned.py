"""Presigned URLs: their signature, and when they expire."""

from __future__ import annotations

import hmac
from datetime import datetime, timezone
from urllib.parse import urlsplit

from aiomoto._moto.secrets import secret_of
from aiomoto._strict.authorization import mismatch, refuse_signature
from aiomoto._strict.check import Refusal, Rows, StrictCall
from aiomoto._strict.signatures import Signed, signature_v2

_LONGEST = 7 * 24 * 3600
_SKEW = 15 * 60


def refuse_presigned(call: StrictCall) -> Refusal | None:
    """Refuse a presigned URL that has expired, or is used with another method, path, query or headers than signed.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
    """
    if call.request.operation is not None:
        return None  # signed by a client of botocore in this process
    query = {name: values[0] for name, values in call.request.query.items()}
    if "X-Amz-Signature" in query:
        return _refuse_v4(call, query)
    if call.service == "s3" and {"AWSAccessKeyId", "Signature", "Expires"} <= query.keys():
        return _refuse_v2(call, query)
    return None


def _refuse_v4(call: StrictCall, query: dict[str, str]) -> Refusal | None:
    try:
        date, lifetime = query["X-Amz-Date"], int(query["X-Amz-Expires"])
        moment = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
        access_key, _, scope = query["X-Amz-Credential"].partition("/")
        names = query["X-Amz-SignedHeaders"].lower().split(";")
    except (KeyError, ValueError):
        return Refusal(
            "AuthorizationQueryParametersError",
            "Query-string authentication version 4 requires the "
            "X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
            "X-Amz-Expires parameters.",
        )
    if not 0 < lifetime <= _LONGEST:
        return Refusal(
            "AuthorizationQueryParametersError", f"X-Amz-Expires must be from 1 to {_LONGEST} seconds, not {lifetime}."
        )
    now = call.now()
    if now > moment + lifetime:
        return Refusal("AccessDenied", f"Request has expired: {now - moment - lifetime:.0f} seconds ago.", 403)
    if moment > now + _SKEW:
        return Refusal("AccessDenied", "Request is not valid yet.", 403)
    unsigned = [name for name in call.headers if name.startswith("x-amz-") and name not in (*names, *_UNSIGNED)]
    if unsigned and call.service == "s3":
        said = f"There were headers present in the request which were not signed: {', '.join(unsigned)}."
        return Refusal("AccessDenied", said, 403)
    if scope.count("/") != 3:
        return None
    signed = Signed(access_key, scope, date, tuple(names), query["X-Amz-Signature"], in_query=True)
    return refuse_signature(call, signed, query.get("X-Amz-Security-Token"))


# Headers that clients may add: they describe how the body is sent.
_UNSIGNED = ("x-amz-content-sha256",)


def _refuse_v2(call: StrictCall, query: dict[str, str]) -> Refusal | None:
    try:
        expires = float(query["Expires"])
    except ValueError:
        return Refusal("AccessDenied", f"Invalid date (should be seconds since epoch): {query['Expires']}", 403)
    if (now := call.now()) > expires:
        return Refusal("AccessDenied", f"Request has expired: {now - expires:.0f} seconds ago.", 403)
    secret = secret_of(query["AWSAccessKeyId"])
    if secret is None:
        return None
    expected = [signature_v2(call.request, secret.key, query, path) for path in _signed_paths(call)]
    is_signed = any(hmac.compare_digest(signature, query["Signature"]) for signature in expected)
    return None if is_signed else mismatch(call)


def _signed_paths(call: StrictCall) -> list[str]:
    """The paths that may have been signed: of an endpoint URL with a path of its own, clients sign more, or less."""
    path, sent = call.addressed.path, urlsplit(call.request.sent_url).path
    return [path] if path == sent else [path, f"{path}/", path.rstrip("/"), sent]


ROWS: Rows = {("", ""): (refuse_presigned,)}
