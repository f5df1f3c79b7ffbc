"""Ways in which a test may stop or move the clocks of its process, and event loops to wait on meanwhile."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack
from importlib import import_module
from importlib.util import find_spec
from threading import Thread
from typing import Any, NamedTuple
from unittest.mock import AsyncMock, patch

import moto
import moto.swf.models  # it imports `sleep` from `time`: the real one, before a test replaces that
import pytest
from aiobotocore.httpsession import AIOHTTPSession

from tests.conftest import STACKS

MOMENT = "2025-03-01 12:00:00"

# What the oldest supported versions of Moto do not do, or do wrong, whatever the clock says.
needs_newer_moto = pytest.mark.skipif(
    tuple(map(int, re.findall(r"\d+", moto.__version__)[:3])) < (5, 2, 3), reason="needs Moto 5.2.3"
)


class Freezer(NamedTuple):
    """A way to stop or move clocks, and the package that it needs."""

    name: str
    package: str
    begin: Callable[[], AbstractContextManager[Any]]


def _freezegun(**options: Any) -> Callable[[], AbstractContextManager[Any]]:
    return lambda: import_module("freezegun").freeze_time(MOMENT, **options)


def _time_machine(*, tick: bool) -> Callable[[], AbstractContextManager[Any]]:
    return lambda: import_module("time_machine").travel(MOMENT, tick=tick)


def _patches() -> AbstractContextManager[Any]:
    """As tests do that want their own retries to take no time."""
    stack = ExitStack()
    stack.enter_context(patch.object(time, "sleep", lambda seconds: None))
    stack.enter_context(patch.object(time, "monotonic", return_value=0.0))
    stack.enter_context(patch.object(time, "perf_counter", return_value=0.0))
    stack.enter_context(patch.object(asyncio, "sleep", AsyncMock()))
    return stack


FREEZERS = [
    Freezer("freezegun", "freezegun", _freezegun()),
    Freezer("freezegun that ticks", "freezegun", _freezegun(tick=True)),
    Freezer("freezegun with asyncio's clock", "freezegun", _freezegun(real_asyncio=True)),
    Freezer("freezegun that jumps", "freezegun", _freezegun(auto_tick_seconds=60)),
    Freezer("time-machine", "time_machine", _time_machine(tick=False)),
    Freezer("time-machine that ticks", "time_machine", _time_machine(tick=True)),
    Freezer("patches", "time", _patches),
]


class Loop(NamedTuple):
    """An event loop, the package that it needs, the HTTP session of clients on it, and how it runs something."""

    name: str
    package: str
    session_class: Any
    run: Callable[[Callable[[], Awaitable[Any]]], Any]


def _on_asyncio(program: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(program())  # type: ignore[arg-type]


def _on_uvloop(program: Callable[[], Awaitable[Any]]) -> Any:
    loop = import_module("uvloop").new_event_loop()
    try:
        return loop.run_until_complete(program())
    finally:
        loop.close()


def _on_trio(program: Callable[[], Awaitable[Any]]) -> Any:
    return import_module("trio").run(program)


def _on_a_stopped_trio(program: Callable[[], Awaitable[Any]]) -> Any:
    """As pytest-trio's fixture ``mock_clock``: time goes on only when the test says so."""
    return import_module("trio").run(program, clock=import_module("trio.testing").MockClock())


LOOPS = [
    Loop("asyncio", "asyncio", AIOHTTPSession, _on_asyncio),
    Loop("uvloop", "uvloop", AIOHTTPSession, _on_uvloop),
    *(
        each
        for stack in STACKS
        if stack.name == "httpx"
        for each in {
            "asyncio": [Loop("asyncio, httpx", "asyncio", stack.session_class, _on_asyncio)],
            "trio": [
                Loop("trio", "trio", stack.session_class, _on_trio),
                Loop("trio with a stopped clock", "trio", stack.session_class, _on_a_stopped_trio),
            ],
        }[stack.loop]
    ),
]


def each(table: list[Any]) -> Any:
    """The rows of a table as parameters, those skipped whose package is missing."""
    return [
        pytest.param(
            row,
            id=row.name,
            marks=pytest.mark.skipif(find_spec(row.package) is None, reason=f"needs {row.package}"),
        )
        for row in table
    ]


def in_real_time(program: Callable[[], Any], seconds: float = 60) -> Any:
    """Run a program in a thread, and fail if it hangs: no clock of a loop can end it then.

    Returns:
        What the program returns.
    """
    outcome: list[Any] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(program())
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), f"still waiting after {seconds} real seconds"
    if errors:
        raise errors[0]
    return outcome[0]
