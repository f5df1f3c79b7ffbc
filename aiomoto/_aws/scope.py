"""What a request itself states: the service and region that it is signed for, and the operation that it names."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs

from aiomoto._wire.content import content_of
from aiomoto._wire.message import WireRequest, once


class Scope(NamedTuple):
    """The credential scope of a request: the signing name of the service, and the region."""

    service: str
    region: str


# Services with operations that need no signature, by what their requests carry instead.
# https://docs.aws.amazon.com/cognito/latest/developerguide/security_iam_service-with-iam.html
_UNSIGNED_TARGETS = {
    "AWSCognitoIdentityService": "cognito-identity",
    "AWSCognitoIdentityProviderService": "cognito-idp",
}
_UNSIGNED_ACTIONS = {"AssumeRoleWithSAML": "sts", "AssumeRoleWithWebIdentity": "sts"}
_DEFAULT_REGION = "us-east-1"


@once
def scope_of(request: WireRequest) -> Scope | None:
    """Read the scope from the signature (in a header, the query or a form), or infer it for unsigned requests.

    Returns ``None`` if the request does not tell.
    """
    return _signed(request) or _form_upload(request) or _unsigned(request)


def access_key_of(request: WireRequest) -> str | None:
    """The access key that the request is signed with; ``None`` if it is unsigned."""
    authorization = header(request, "authorization")
    if match := _CREDENTIAL.search(authorization):
        return match[1].partition("/")[0]
    if authorization.startswith("AWS "):
        return authorization[4:].partition(":")[0]
    query = _query(request)
    return query.get("X-Amz-Credential", "").partition("/")[0] or query.get("AWSAccessKeyId")


@once
def action_of(request: WireRequest) -> str | None:
    """The operation that the request names in a header, the query, a form or a CBOR path; ``None`` if in none."""
    if target := _target(request):
        return target.rpartition(".")[2]
    return _query(request).get("Action") or _form(request).get("Action")


def version_of(request: WireRequest) -> str:
    """The API version that a request of the query protocol names; an empty string if none."""
    return _form(request).get("Version", "")


def target_of(request: WireRequest) -> str:
    """The part before the operation in ``X-Amz-Target`` or in a CBOR path; an empty string if there is none."""
    return _target(request).rpartition(".")[0]


def _target(request: WireRequest) -> str:
    # /service/{prefix}/operation/{name}: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
    if header(request, "smithy-protocol") == "rpc-v2-cbor":
        return ".".join(request.split.path.split("/")[2::2])
    return header(request, "x-amz-target")


def header(request: WireRequest, name: str) -> str:
    """A header's value by its lower-case name; an empty string if it is missing."""
    return request.lower_headers.get(name, "")


def _signed(request: WireRequest) -> Scope | None:
    authorization = header(request, "authorization")
    if match := _CREDENTIAL.search(authorization):
        return _parse(match[1])
    query = _query(request)
    if credential := query.get("X-Amz-Credential"):
        return _parse(credential)
    # Signature version 2 has no scope. S3 uses it in a header or the query, SimpleDB in the query or a form.
    if authorization.startswith("AWS ") or ("AWSAccessKeyId" in query and "Expires" in query):
        return Scope("s3", _DEFAULT_REGION)
    if "AWSAccessKeyId" in query or "AWSAccessKeyId" in _form(request):
        return Scope("sdb", _DEFAULT_REGION)
    return None


_CREDENTIAL = re.compile(r"Credential=([^,\s]+)")


def _parse(credential: str) -> Scope | None:
    # key/date/region/service/aws4_request; SigV4a has no region.
    parts = credential.split("/")
    if len(parts) < 4 or parts[-1] != "aws4_request":
        return None
    region = parts[-3] if len(parts) > 4 else _DEFAULT_REGION
    if not (_SERVICE.fullmatch(parts[-2]) and region.isprintable()):
        return None
    return Scope(parts[-2].lower(), region)


_SERVICE = re.compile(r"[a-z0-9._-]+", re.IGNORECASE | re.ASCII)


def _form_upload(request: WireRequest) -> Scope | None:
    # A presigned POST has its signature in a form field. Only S3 accepts multipart forms.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
    if request.method != "POST" or "multipart/form-data" not in header(request, "content-type"):
        return None
    credential = _CREDENTIAL_FIELD.search(request.body or b"")
    return (_parse(credential[1].decode("utf-8", "replace")) if credential else None) or Scope("s3", _DEFAULT_REGION)


_CREDENTIAL_FIELD = re.compile(rb'name="?x-amz-credential"?[^\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]+)', re.IGNORECASE)


def _unsigned(request: WireRequest) -> Scope | None:
    service = _UNSIGNED_TARGETS.get(target_of(request)) or _UNSIGNED_ACTIONS.get(action_of(request) or "")
    if service is None and "s3_redirect" in request.context:
        # botocore sets this in the context of every S3 request, signed or not.
        service = "s3"
    return Scope(service, request.context.get("client_region") or _DEFAULT_REGION) if service else None


def _query(request: WireRequest) -> dict[str, str]:
    return {name: values[0] for name, values in request.query.items() if values[0]}


@once
def _form(request: WireRequest) -> dict[str, str]:
    if not request.body or "x-www-form-urlencoded" not in header(request, "content-type"):
        return {}
    form = parse_qs(content_of(request).decode("utf-8", "replace"))
    return {name: values[0] for name, values in form.items()}
