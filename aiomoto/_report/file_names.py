"""Names of files for tests, which every file system takes, and which are those of the same tests in each run."""

from __future__ import annotations

import re
from hashlib import sha256

_LONGEST = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def file_name(test_id: str) -> str:
    """Name the report of a test. A part of its hash keeps names apart that differ in case or in odd characters."""
    safe = _UNSAFE.sub("-", test_id.replace("::", "--")).strip("-._")[-_LONGEST:].lstrip("-._")
    digest = sha256(test_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{safe}-{digest}.html" if safe else f"test-{digest}.html"
