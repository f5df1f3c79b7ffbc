"""Signatures in the ``Authorization`` header, version 4, of any client."""

from __future__ import annotations

import os
import re
from email.utils import parsedate
from hashlib import sha256
from time import strftime

from aiomoto._aws.parameters import protocol_of
from aiomoto._moto.secrets import secret_of
from aiomoto._strict.check import Refusal, Rows, StrictCall
from aiomoto._strict.signatures import Signed, are_chunks_signed_with, is_signed_with
from aiomoto._wire.message import ALTERED

_ALGORITHM = "AWS4-HMAC-SHA256"
_FIELD = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]*)")
_BODY = "x-amz-content-sha256"


def refuse_authorization(call: StrictCall) -> Refusal | None:
    """Refuse a request whose ``Authorization`` is malformed, or whose signature is not that of what has arrived.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
    """
    given = call.headers.get("authorization", "")
    if not given.startswith(f"{_ALGORITHM} ") or _is_trusted(call, given):
        return None
    signed = _parsed(call, given)
    if signed is None:
        return _malformed(call)
    if call.service == "s3" and (refusal := _refuse_headers(call, signed)) is not None:
        return refusal
    return refuse_signature(call, signed, call.headers.get("x-amz-security-token"))


def refuse_signature(call: StrictCall, signed: Signed, token: str | None) -> Refusal | None:
    """Refuse a signature that is not that of what has arrived, or a request without its session's token.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html
    """
    secret = secret_of(signed.access_key)
    if secret is None or call.request.context.get(ALTERED) == "all":
        return None  # keys that the test has given to a client; what a forked process may have sent to another host
    if secret.token is not None and token != secret.token:
        return _unknown_key(call)
    try:
        is_signed = is_signed_with(secret.key, call.request, signed) and _has_signed_body(call, signed, secret.key)
    except UnicodeError:
        return None  # what is neither ASCII nor UTF-8 is encoded differently by each signer
    return None if is_signed else mismatch(call)


def mismatch(call: StrictCall) -> Refusal:
    """What a service says to a signature that it has computed otherwise."""
    said = (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method."
    )
    is_json = _is_json(call)
    return Refusal("InvalidSignatureException" if is_json else "SignatureDoesNotMatch", said, _status(call))


def _is_trusted(call: StrictCall, given: str) -> bool:
    """Tell whether a client of an SDK in this process has signed it with the keys of the environment."""
    return call.request.operation is not None and f"Credential={os.environ.get('AWS_ACCESS_KEY_ID')}/" in given


def _parsed(call: StrictCall, given: str) -> Signed | None:
    fields = dict(_FIELD.findall(given))
    access_key, _, scope = fields.get("Credential", "").partition("/")
    timestamp = call.headers.get("x-amz-date") or _timestamp(call.headers.get("date", ""))
    names = tuple(fields.get("SignedHeaders", "").lower().split(";"))
    if scope.count("/") != 3 or not (names[0] and fields.get("Signature") and timestamp):
        return None
    return Signed(access_key, scope, timestamp, names, fields["Signature"], in_query=False)


def _timestamp(date: str) -> str:
    parsed = parsedate(date)
    return strftime("%Y%m%dT%H%M%SZ", parsed) if parsed is not None else ""


def _refuse_headers(call: StrictCall, signed: Signed) -> Refusal | None:
    """Refuse a request to S3 with an ``x-amz-*`` header that is not signed, or without that of its body.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """
    unsigned = [name for name in call.headers if name.startswith("x-amz-") and name not in signed.headers]
    if unsigned:
        said = f"There were headers present in the request which were not signed: {', '.join(unsigned)}."
        return Refusal("AccessDenied", said, 403)
    if _BODY not in call.headers:
        return Refusal("InvalidRequest", f"Missing required header for this request: {_BODY}")
    return None


def _has_signed_body(call: StrictCall, signed: Signed, secret: str) -> bool:
    body, given = call.request.body or b"", call.headers.get(_BODY, "")
    if given.startswith(f"STREAMING-{_ALGORITHM}-PAYLOAD"):
        trailer = call.chunked.end.partition(b"\r\n")[2] if call.chunked is not None else b""
        if call.chunked is None or ALTERED in call.request.context:
            return True
        return are_chunks_signed_with(secret, body, trailer, signed)
    # S3 says by an error of its own that the header is not that of the body, see the checksums.
    is_hash = len(given) == 64 and call.service != "s3" and not signed.in_query
    return not is_hash or given == sha256(body).hexdigest()


def _malformed(call: StrictCall) -> Refusal:
    said = (
        "The authorization header is malformed, or there is no date: write "
        f"'{_ALGORITHM} Credential=..., SignedHeaders=..., Signature=...' and X-Amz-Date."
    )
    if call.service == "s3":
        return Refusal("AuthorizationHeaderMalformed", said)
    return Refusal("IncompleteSignatureException" if _is_json(call) else "IncompleteSignature", said, _status(call))


def _unknown_key(call: StrictCall) -> Refusal:
    if call.service == "s3":
        said = "The AWS Access Key Id you provided does not exist in our records."
        return Refusal("InvalidAccessKeyId", f"{said} The session token of its role is missing, or another one.", 403)
    code = "UnrecognizedClientException" if _is_json(call) else "InvalidClientTokenId"
    said = "The security token included in the request is invalid: it is missing, or not that of the access key."
    return Refusal(code, said, _status(call))


def _is_json(call: StrictCall) -> bool:
    return protocol_of(call.request, call.model) in ("json", "rest-json", "smithy-rpc-v2-cbor")


def _status(call: StrictCall) -> int:
    return 400 if protocol_of(call.request, call.model) in ("json", "smithy-rpc-v2-cbor") else 403


ROWS: Rows = {("", ""): (refuse_authorization,)}
