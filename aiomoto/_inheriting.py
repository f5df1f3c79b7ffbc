"""Threads, and what executors run, belong to the isolated mock in which they are started. Only that is inherited.

Python hands a context on to tasks and to ``asyncio.to_thread``, and to nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from threading import Thread
from typing import Any

from aiomoto._moto import worlds
from aiomoto._moto.worlds import World
from aiomoto._patching.replacements import Target


def _start(original: Callable[..., None]) -> Callable[..., None]:
    @wraps(original)
    def start(self: Thread) -> None:
        if (world := worlds.current()) is None:
            original(self)
            return
        own = vars(self).get("run")
        run = self.run

        def run_inside() -> None:
            _put_back(self, own)
            worlds.enter(world)
            run()

        self.run = run_inside  # type: ignore[method-assign]
        try:
            original(self)
        except BaseException:
            _put_back(self, own)
            raise

    return start


def _put_back(thread: Thread, run: Any) -> None:
    if run is None:
        vars(thread).pop("run", None)
    else:
        thread.run = run  # type: ignore[method-assign]


def _submit(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def submit(self: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        world = worlds.current()
        # A worker that is started now may work for others later.
        with worlds.inside(None):
            return original(self, _inside(world, fn), *args, **kwargs) if world else original(self, fn, *args, **kwargs)

    return submit


def _inside(world: World, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with worlds.inside(world):
            return function(*args, **kwargs)

    return run


TARGETS: tuple[Target, ...] = ((Thread, "start", _start), (ThreadPoolExecutor, "submit", _submit))
