"""The headers of a request, as its client has them and as a server receives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def plain_headers(headers: Mapping[str, Any]) -> dict[str, str] | None:
    """Return headers as strings if they are visible ASCII without spaces at the ends: all HTTP libraries send those."""
    try:
        decoded = {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
        values = f" {' '.join(decoded.values())} "
    except (TypeError, UnicodeDecodeError):
        return None
    # Two spaces in a row are an empty value, or spaces at the end of one.
    is_plain = values.isascii() and values.isprintable() and "  " not in values and all(map(_TOKEN, decoded))
    return decoded if is_plain else None


def received_headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return headers as a server receives them, if the client can send them: see RFC 9112, 5."""
    return {str(name): _received(value) for name, value in headers.items()}


def _received(value: Any) -> str:
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)
    return _FOLD.sub(" ", text).strip(" \t")


_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_FOLD = re.compile(r"[ \t]*\r?\n[ \t]+")
