"""Tests with an isolated mock of the fixture's: their code belongs to it, wherever their event loop was started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

import pytest

from aiomoto import _live


@contextmanager
def own_world(node: pytest.Item) -> Iterator[None]:
    """Have a test run in the isolated mock that has just started in this context.

    Plugins run a test on an event loop whose context may be older than the mock, or that of another test. Async
    fixtures there are taken to belong to this test, unless another one is running.
    """
    exchange = _live.current()
    assert exchange is not None
    function: Any = getattr(node, "obj", None)
    wrapped = _entering(function, exchange) if iscoroutinefunction(function) else None
    if wrapped is not None:
        node.obj = wrapped  # type: ignore[attr-defined]
    _live.of_tests.append(exchange)
    try:
        yield
    finally:
        _live.of_tests.remove(exchange)
        if wrapped is not None and getattr(node, "obj", None) is wrapped:
            node.obj = function  # type: ignore[attr-defined]


def _entering(function: Any, exchange: Any) -> Any:
    @wraps(function)
    async def run(*args: Any, **kwargs: Any) -> Any:
        with _live.inside(exchange):
            return await function(*args, **kwargs)

    return run
