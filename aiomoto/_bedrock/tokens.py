"""Count tokens, about as a model's tokenizer would."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Six letters are about what one token of today's models holds of an English word; other scripts take one a character.
_TOKEN = re.compile(r"[A-Za-z0-9]{1,6}|[^\sA-Za-z0-9]")
_MEDIA = 1000  # an image or a document, whose tokens depend on its contents


def tokens_in(value: Any) -> int:
    """Count the tokens of a string, of a block of content, or of a list of these."""
    if isinstance(value, str):
        return len(_TOKEN.findall(value))
    if isinstance(value, (list, tuple)):
        return sum(map(tokens_in, value))
    if not isinstance(value, Mapping):
        return 0
    return sum(_tokens_of(name, item) for name, item in value.items())


def _tokens_of(name: str, item: Any) -> int:
    if name in ("image", "image_url", "document", "video", "audio"):
        return _MEDIA
    if name in ("input", "json", "inputSchema", "input_schema"):
        return tokens_in(json.dumps(item, default=str))
    return 0 if name in _NAMES_ONLY else tokens_in(item)


_NAMES_ONLY = ("role", "toolUseId", "signature", "type", "cachePoint", "status")
