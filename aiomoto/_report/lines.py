"""Lines of text that are no wider than a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import east_asian_width

_ELLIPSIS = "…"


def cut(line: str, width: int) -> str:
    """Shorten a line to a width in columns of a terminal, in which some characters take two."""
    if len(line) * 2 <= width or _columns(line) <= width:
        return line
    kept = line[: width - 1]
    while _columns(kept) > width - 1:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS


def join(start: str, items: Iterable[str], width: int) -> str:
    """Join as many items as fit on a line, and say how many more there are."""
    strings = list(items)
    line = start + ", ".join(strings)
    if _columns(line) <= width:
        return line
    for number in range(len(strings) - 1, 0, -1):
        line = f"{start}{', '.join(strings[:number])} and {len(strings) - number:,} more"
        if _columns(line) <= width:
            return line
    more = f" and {len(strings) - 1:,} more" if len(strings) > 1 else ""
    return cut(start + strings[0], width - len(more)) + more


def _columns(text: str) -> int:
    return len(text) if text.isascii() else sum(1 + (east_asian_width(each) in "WF") for each in text)
