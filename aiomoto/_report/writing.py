"""``aws.report(path)``: write the page of a mock."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from aiomoto._calls.left_open import Leak
from aiomoto._calls.log import CallLog
from aiomoto._functions.record import Invocation
from aiomoto._moto.state import existing
from aiomoto._report.trace import Trace, trace_page


def write_report(
    path: str | os.PathLike[str],
    calls: CallLog,
    invocations: Sequence[Invocation],
    leaks: Sequence[Leak],
    *,
    is_active: bool,
    records_bodies: bool,
    secrets: bool,
) -> None:
    """Write the page of a mock.

    Raises:
        OSError: the file cannot be written.
    """
    # pytest sets it: "tests/test_jobs.py::test_upload (call)"
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    trace = Trace(
        test or Path(path).name,
        list(calls),
        list(calls.waits),
        invocations,
        leaks,
        existing() if is_active else None,
        records_bodies=records_bodies,
        secrets=secrets,
    )
    Path(path).write_bytes(trace_page(trace))
