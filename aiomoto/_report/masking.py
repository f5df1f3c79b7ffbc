"""Replace secrets by ``***``: what AWS's models call sensitive, and passwords, keys and tokens by their names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from botocore.model import OperationModel, Shape

MASK = "***"


def masked(params: Mapping[str, Any], model: OperationModel | None) -> dict[str, Any]:
    """Copy the parameters of a call without the secrets in them, at any depth.

    Args:
        params: the parameters by botocore's names.
        model: the operation; without it, only names tell what is secret.
    """
    copy: dict[str, Any] = _masked_value(params, model.input_shape if model else None)
    return copy


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Copy headers without signatures, tokens and keys."""
    return {name: MASK if _HEADERS.fullmatch(name) else value for name, value in headers.items()}


def masked_url(url: str) -> str:
    """Replace the password, the signature and the tokens in a URL."""
    location = urlsplit(url).netloc
    user, at, host = location.rpartition("@")
    if ":" in user:
        url = url.replace(location, f"{user.partition(':')[0]}:{MASK}{at}{host}", 1)
    return _QUERY.sub(rf"\1{MASK}", url)


def masked_body(body: bytes, model: OperationModel | None, *, is_response: bool = False) -> bytes:
    """Replace the secrets in the body of a request or a response: in JSON, XML and forms.

    A body in another format is replaced as a whole if the operation has secrets.

    Args:
        body: the body.
        model: the operation; without it, only names tell what is secret.
        is_response: whether it is the body of a response.
    """
    shape = (model.output_shape if is_response else model.input_shape) if model else None
    if shape is not None and (payload := shape.serialization.get("payload")):
        shape = shape.members[payload]
        if _is_sensitive(shape):
            return MASK.encode() if body else body
        if shape.type_name in ("blob", "string"):
            return body
    names = _secret_names(shape) if shape is not None else frozenset[str]()
    start = body.lstrip()[:1]
    if start in (b"{", b"["):
        return _masked_json(body, shape)
    if start == b"<":
        return _masked_xml(body, names)
    if _FORM.fullmatch(body):
        return b"&".join(_masked_field(field, names) for field in body.split(b"&"))
    return MASK.encode() if body and names else body


# ---------------------------------------------------------------- what is secret

# Not all models mark what is secret. Names come in two ways: "SecretKey" and "secretKey".
_WORDS = (
    *("password", "passphrase", "secretkey", "secretaccesskey", "privatekey", "clientsecret", "secretstring"),
    *("secretbinary", "sessiontoken", "securitytoken", "authtoken", "authorizationtoken", "accesstoken"),
    *("refreshtoken", "idtoken", "webidentitytoken", "samlassertion"),
)
# Members that name the value of another one, such as an environment variable of a container.
_NAMED = {"name": "value", "Name": "Value", "key": "value", "Key": "Value", "ParameterKey": "ParameterValue"}
_HEADERS = re.compile(
    "(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|.*-(?:security|session|access|bearer)-token|.*-customer-key",
    re.IGNORECASE,
)
_QUERY = re.compile(
    rf"(?<=[?&])((?:(?:X-Amz-)?Signature|[\w.-]*-token|[\w.-]*(?:{'|'.join(_WORDS)}))=)[^&#]*", re.IGNORECASE
)
_FORM = re.compile(rb"[\w.%+-]+=\S*")


def _is_sensitive(shape: Shape | None) -> bool:
    return shape is not None and bool(shape.metadata.get("sensitive"))


def _has_secret_name(name: str) -> bool:
    return name.lower().replace("_", "").endswith(_WORDS)


def _members(shape: Shape | None) -> dict[str, Shape]:
    """The members of a structure, by botocore's names and by those in JSON and XML."""
    members: dict[str, Shape] = getattr(shape, "members", {})
    return {each.serialization.get("name", name): each for name, each in members.items()} | members


@lru_cache(maxsize=256)
def _secret_names(shape: Shape) -> frozenset[str]:
    """The names of all secret members of a shape, at any depth."""
    found: set[str] = set()
    seen: set[str] = set()
    left = [shape]
    while left:
        each = left.pop()
        if each.name not in seen:
            seen.add(each.name)
            members = _members(each)
            found |= {
                name for name, member in members.items() if _is_sensitive(member) or _is_secret_text(name, member)
            }
            left += [
                *members.values(),
                *(getattr(each, inner) for inner in ("member", "value") if hasattr(each, inner)),
            ]
    return frozenset(found)


def _is_secret_text(name: str, shape: Shape) -> bool:
    return shape.type_name in ("string", "blob") and _has_secret_name(name)


# ---------------------------------------------------------------- values and bodies


def _masked_value(value: Any, shape: Shape | None) -> Any:
    """Copy a value of a shape without its secrets. Where the shape is not known, names tell."""
    if isinstance(value, Mapping):
        if shape is not None and shape.type_name == "map":
            return {key: _masked_member(key, item, shape.value) for key, item in value.items()}
        members = _members(shape)
        copy = {name: _masked_member(name, each, members.get(name)) for name, each in value.items()}
        for name, named in _NAMED.items():
            if _has_secret_name(str(copy.get(name, ""))) and isinstance(copy.get(named), str):
                copy[named] = MASK
        return copy
    if isinstance(value, (list, tuple)):
        return [_masked_item(item, getattr(shape, "member", None)) for item in value]
    return value


def _masked_item(value: Any, shape: Shape | None) -> Any:
    return MASK if _is_sensitive(shape) else _masked_value(value, shape)


def _masked_member(name: str, value: Any, shape: Shape | None) -> Any:
    is_secret = isinstance(value, (str, bytes, bytearray)) and _has_secret_name(name)
    return MASK if is_secret else _masked_item(value, shape)


def _masked_json(body: bytes, shape: Shape | None) -> bytes:
    try:
        value = json.loads(body)
    except ValueError:
        return MASK.encode() if any(word.encode() in body.lower() for word in _WORDS) else body
    copy = _masked_value(value, shape)
    return body if copy == value else json.dumps(copy, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _masked_xml(body: bytes, names: frozenset[str]) -> bytes:
    body = _LEAF.sub(lambda leaf: _masked_leaf(leaf, names), body)
    for name in sorted(names):  # those that have elements in them
        tag = re.escape(name.encode())
        body = re.sub(rb"(<%b(?:\s[^>]*)?(?<!/)>).*?(</%b>)" % (tag, tag), rb"\1***\2", body, flags=re.DOTALL)
    return body


_LEAF = re.compile(rb"<([\w:.-]+)((?:\s[^>]*)?)>[^<]+</")


def _masked_leaf(leaf: re.Match[bytes], names: frozenset[str]) -> bytes:
    name = leaf[1].decode("utf-8", "replace")
    return b"<%b%b>***</" % (leaf[1], leaf[2]) if name in names or _has_secret_name(name) else leaf[0]


def _masked_field(field: bytes, names: frozenset[str]) -> bytes:
    name = field.partition(b"=")[0].decode("utf-8", "replace")
    parts = name.split(".")
    return f"{name}={MASK}".encode() if not names.isdisjoint(parts) or _has_secret_name(parts[-1]) else field
