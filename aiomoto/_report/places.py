"""The lines of code that made the calls, each with the lines around it."""

from __future__ import annotations

import linecache
from pathlib import Path
from typing import Any

from aiomoto._calls.place import Place

_AROUND = 4
_MOST = 2_000
_WIDEST = 200


class Places:
    """Numbers places, and reads their code."""

    def __init__(self) -> None:
        self._numbers: dict[Place, int] = {}

    def number_of(self, place: Place) -> int:
        """The number of a place in :meth:`as_json`."""
        return self._numbers.setdefault(place, len(self._numbers))

    def as_json(self) -> list[dict[str, Any]]:
        """The places in the order of their numbers."""
        return [_as_json(place, has_code=number < _MOST) for place, number in self._numbers.items()]


def _as_json(place: Place, *, has_code: bool) -> dict[str, Any]:
    lines = linecache.getlines(place.file) if has_code else []
    start = max(place.line - 1 - _AROUND, 0)
    code = [line.rstrip()[:_WIDEST] for line in lines[start : place.line + _AROUND]]
    named = {"file": short_path(place.file), "line": place.line, "function": place.function}
    return {**named, "start": start + 1, "code": code}


def short_path(file: str) -> str:
    """A path from the working directory, if the file is in there."""
    try:
        return Path(file).relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return file
