"""Bodies as JSON for a page: text if they are text, else Base64; long ones shortened."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from aiomoto._report.values import Room


def body_as_json(body: bytes, room: Room) -> dict[str, Any]:
    """Turn a body into JSON: its size, and its beginning as ``text`` or ``base64``."""
    shown = body[: room.take(len(body))]
    text = _text(shown, is_whole=len(shown) == len(body))
    content = {"text": text} if text is not None else {"base64": b64encode(shown).decode()}
    return {"size": len(body), "shown": len(shown), **content}


def _text(body: bytes, *, is_whole: bool) -> str | None:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        if is_whole or error.start < len(body) - 3:
            return None
        text = body[: error.start].decode()  # a character was cut
    return text if all(each.isprintable() or each in "\r\n\t" for each in text) else None
