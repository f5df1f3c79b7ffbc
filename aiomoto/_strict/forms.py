"""Forms that upload to S3, and the policy that they carry.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple

from werkzeug.formparser import parse_form_data

from aiomoto._moto.secrets import secret_of
from aiomoto._strict.check import Refusal, Rows, StrictCall
from aiomoto._strict.signatures import policy_signature_v2, policy_signature_v4

# What it compares, the field's name or the least size, and the value or the largest size
_Condition = tuple[str, str, str]


class Form(NamedTuple):
    """A form: its fields by lower-case name, without the file, and the file's size; ``None`` without a file."""

    fields: dict[str, str]
    size: int | None


def refuse_form(call: StrictCall) -> Refusal | None:
    """Refuse a form that does not fulfil its policy, or whose policy has expired or was signed with another secret.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
    """
    content_type = call.headers.get("content-type", "")
    if "multipart/form-data" not in content_type or call.request.method != "POST":
        return None
    form = _form(content_type, call.request.body or b"")
    if "policy" not in form.fields:
        return None  # anonymous: whether it may is up to the bucket
    try:
        policy = json.loads(b64decode(form.fields["policy"]))
        expires = datetime.fromisoformat(str(policy["expiration"]).replace("Z", "+00:00")).timestamp()
        conditions = list(_normalized(policy["conditions"]))
    except (ValueError, KeyError, TypeError):
        return Refusal("InvalidPolicyDocument", "The content of the form does not meet the conditions: Invalid JSON.")
    if not _is_signed(form.fields):
        said = "The request signature we calculated does not match the signature you provided."
        return Refusal("SignatureDoesNotMatch", said, 403)
    if call.now() > expires:
        return Refusal("AccessDenied", "Invalid according to Policy: Policy expired.", 403)
    bucket = str(call.addressed.path).split("/")[1]
    return _refuse_by(conditions, form, {"bucket": bucket} | form.fields)


def _form(content_type: str, body: bytes) -> Form:
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    _, fields, files = parse_form_data(environ, stream_factory=lambda *_args, **_named: BytesIO())
    found = {name.lower(): value for name, value in fields.items()}
    file = files["file"].read() if "file" in files else found.pop("file", None)
    return Form(found, None if file is None else len(file))


def _is_signed(fields: Mapping[str, str]) -> bool:
    policy = fields["policy"]
    if "awsaccesskeyid" in fields:
        given, secret = fields.get("signature", ""), secret_of(fields["awsaccesskeyid"])
        return secret is None or hmac.compare_digest(policy_signature_v2(policy, secret.key), given)
    key, _, scope = fields.get("x-amz-credential", "").partition("/")
    given, secret = fields.get("x-amz-signature", ""), secret_of(key)
    if secret is None or scope.count("/") != 3:
        return True  # keys that the test has given to a client
    expected = policy_signature_v4(policy, secret.key, scope, fields.get("x-amz-date", ""))
    return hmac.compare_digest(expected, given)


def _refuse_by(conditions: list[_Condition], form: Form, fields: Mapping[str, str]) -> Refusal | None:
    covered = {"policy", "signature", "x-amz-signature", "awsaccesskeyid", "bucket", "file"}
    for kind, name, value in conditions:
        if kind == "content-length-range":
            if form.size is not None and form.size > int(value):
                return Refusal(
                    "EntityTooLarge", f"Your proposed upload exceeds the maximum allowed size: {value} bytes."
                )
            if form.size is not None and form.size < int(name):
                return Refusal(
                    "EntityTooSmall", f"Your proposed upload is smaller than the minimum allowed size: {name} bytes."
                )
            continue
        covered.add(name)
        given = fields.get(name, "")
        if not (given == value if kind == "eq" else given.startswith(value)):
            said = json.dumps([kind, f"${name}", value])
            return Refusal("AccessDenied", f"Invalid according to Policy: Policy Condition failed: {said}", 403)
    extra = [name for name in form.fields if name not in covered and not name.startswith("x-ignore-")]
    if extra:
        return Refusal("AccessDenied", f"Invalid according to Policy: Extra input fields: {', '.join(extra)}", 403)
    return None


def _normalized(conditions: list[Any]) -> Iterator[_Condition]:
    """Read the conditions of a policy.

    Raises:
        ValueError: one of them is none.
    """
    for condition in conditions:
        if isinstance(condition, Mapping):
            yield from (("eq", str(name).lower(), str(value)) for name, value in condition.items())
        else:
            kind, name, value = condition
            kind = str(kind).lower()
            if kind == "content-length-range":
                name, value = int(name), int(value)
            yield kind, str(name).lower().removeprefix("$"), str(value)


ROWS: Rows = {("s3", "PutObject"): (refuse_form,)}
