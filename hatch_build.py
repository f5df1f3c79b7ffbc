"""The README as a package index shows it: there, relative links would lead nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?!https?://|#)(?P<path>[^)#]+)(?P<anchor>#[^)]*)?\)")


class CustomMetadataHook(MetadataHookInterface):
    """Adds the README, with links to the site and to the repository."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the README."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        urls: dict[str, str] = metadata["urls"]
        metadata["readme"] = {"content-type": "text/markdown", "text": absolute(text, urls)}


def absolute(text: str, urls: dict[str, str]) -> str:
    """Make relative links absolute: those to pages of docs/ lead to the site, others to the repository."""

    def link(found: re.Match[str]) -> str:
        path, anchor = found["path"], found["anchor"] or ""
        if page := re.fullmatch(r"docs/([\w/-]+)\.md", path):
            target = f"{urls['Documentation']}{page[1]}.html{anchor}"
        else:
            target = f"{urls['Source']}/{'raw' if found['image'] else 'blob'}/main/{path}{anchor}"
        return f"{found['image']}[{found['text']}]({target})"

    return _LINK.sub(link, text)
