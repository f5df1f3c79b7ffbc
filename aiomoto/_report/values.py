"""Parameters as JSON that a page shows as Python: what JSON does not have is written as Python writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOST_DEEP = 24
_MOST_OF_VALUE = 4_000  # characters


class Room:
    """The room for long values in a page, which the first ones get.

    Args:
        characters: how much there is in the page.
        each: how much one call may take of it.
        least: what each call has in any case.
    """

    def __init__(self, characters: int, each: int, least: int) -> None:
        self._left = characters
        self._each = each
        self._least = least

    def take(self, wanted: int) -> int:
        """Take room, and return how much there was: all that is wanted, or less."""
        given = min(wanted, max(self._least, min(self._each, self._left)))
        self._left = max(self._left - given, 0)
        return given


def as_json(params: Mapping[str, Any], room: Room) -> Any:
    """Turn parameters into JSON. ``{"$": "b'...'"}`` stands for what is shown as it is."""
    size = len(repr(params)) if params else 0
    left = [room.take(size)]
    return _value(params, left, 0)


def _value(value: Any, left: list[int], depth: int) -> Any:
    if left[0] <= 0 or depth > _MOST_DEEP:
        return {"$": "…"}
    if value is None or isinstance(value, (bool, int, float)):
        left[0] -= 4
        return value if value == value and value not in (float("inf"), float("-inf")) else {"$": repr(value)}
    if isinstance(value, str):
        return _string(value, left)
    if isinstance(value, Mapping) and set(value) != {"$"}:
        return {_short(str(name)): _value(item, left, depth + 1) for name, item in _first(value.items(), left)}
    if isinstance(value, (list, tuple)):
        return [_value(item, left, depth + 1) for item in _first(value, left)]
    return _literal(value, left)


def _first(items: Any, left: list[int]) -> Any:
    for item in items:
        yield item
        if left[0] <= 0:
            return


def _string(value: str, left: list[int]) -> Any:
    most = min(left[0], _MOST_OF_VALUE)
    left[0] -= min(len(value), most) + 2
    return value if len(value) <= most else {"$": f"{value[:most]!r} … {len(value) - most:,} more characters"}


def _literal(value: Any, left: list[int]) -> Any:
    most = min(left[0], _MOST_OF_VALUE)
    more = ""
    if isinstance(value, (bytes, bytearray)):
        value, more = bytes(value[:most]), f" … {len(value) - most:,} more bytes" if len(value) > most else ""
    text = repr(value)[: 4 * most]
    left[0] -= len(text)
    return {"$": text + more}


def _short(name: str) -> str:
    return name if len(name) <= _MOST_OF_VALUE else f"{name[:_MOST_OF_VALUE]}…"
