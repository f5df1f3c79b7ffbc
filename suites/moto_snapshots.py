"""Snapshot and restore what each of Moto's own tests leaves behind, and count what could not be copied.

python suites/moto_snapshots.py path/to/a/checkout/of/moto tests/test_sqs [tests/test_swf ...]
"""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest
from moto.core.base_backend import BackendDict

from aiomoto._moto import snapshots, stores

counts = {"restored": 0, "changed by a restore": 0}
failures: dict[str, str] = {}
original: Any = BackendDict.reset


def reset() -> None:
    """Moto resets its data at the start and at the end of each test."""
    BackendDict.reset = original
    try:
        if stores.used_backends():
            _restore()
    finally:
        original()
        BackendDict.reset = reset  # type: ignore[method-assign,assignment]


def _restore() -> None:
    # Not by a mock: Moto holds the lock that its start needs.
    try:
        before = snapshots.take()
        snapshots.restore(before)
        is_same = repr(snapshots.take()).partition(":")[0] == repr(before).partition(":")[0]
    except Exception as error:
        failures[os.environ.get("PYTEST_CURRENT_TEST", "")] = str(error)
        return
    counts["restored" if is_same else "changed by a restore"] += 1


def main(checkout: str, *tests: str) -> int:
    """Run the tests of a checkout."""
    os.chdir(checkout)
    sys.path.insert(0, checkout)
    BackendDict.reset = reset  # type: ignore[method-assign,assignment]
    options = ["-q", "-o", "addopts=", "-W", "ignore", "-p", "no:randomly", "--continue-on-collection-errors"]
    pytest.main([*options, *tests])
    print(counts, f"{len(failures)} not copied")
    for test, message in failures.items():
        print(test, message, sep="\n    ")
    return bool(failures or counts["changed by a restore"])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
