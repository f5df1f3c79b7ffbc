"""What a page of a report says, read as a browser reads it: its text, and the data that its scripts read."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any


class Page(HTMLParser):
    """A page.

    Attributes:
        text: what is readable without JavaScript.
        tags: the names of its elements, and the values of their attributes.
        data: what its scripts read.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.links: list[str] = []
        self.data: dict[str, Any] = {}
        self.policy = ""
        self._element = ""
        self.source = file.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.links += [given[name] for name in ("href", "src") if name in given]
        self._element = f"{tag} {given.get('type', '')}".strip()
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]

    def handle_endtag(self, tag: str) -> None:
        """Note the end of an element."""
        self._element = ""

    def handle_data(self, data: str) -> None:
        """Note text, or the page's data."""
        if self._element == "script application/json":
            self.data = json.loads(data)
            self.data["calls"] = [{**self.data["kinds"][each["kind"]], **each} for each in self.data.get("calls", ())]
        elif self._element not in ("script", "style"):
            self.text += data

    def call(self, operation: str) -> dict[str, Any]:
        """The first call of an operation."""
        found: dict[str, Any] = next(call for call in self.data["calls"] if call["operation"] == operation)
        return found

    def headers(self, call: dict[str, Any], side: str) -> list[str]:
        """The headers of a call: those that were ``"sent"``, or ``"received"``."""
        return [self.data["texts"][number] for number in call[side]]
