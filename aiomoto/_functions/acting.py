"""Have Moto's handlers run, or change Moto's data as a service does; then carry out what that has set off."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextvars import copy_context
from typing import Any, TypeVar

from aiomoto._functions.chain import begin_alone, carry_out
from aiomoto._functions.pending import launcher
from aiomoto._functions.places import Place
from aiomoto._functions.runtime import Runtime
from aiomoto._moto import containers
from aiomoto._scripting import Moto
from aiomoto._wire.message import WireResponse

Result = TypeVar("Result")


class Collected:
    """What one request has set off, for those functions that run in this process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.triggered: list[Any] = []

    def runs(self, function: Any) -> bool:
        """Tell whether one of Moto's functions runs in this process."""
        return self._runtime.handler_of(function.function_name, function.region) is not None

    def take(self, triggered: Any) -> None:
        """Note something that a function is to be told of."""
        self.triggered.append(triggered)


async def ask(runtime: Runtime, place: Place, moto: Moto) -> WireResponse:
    """Have Moto answer, and carry out what it has set off."""
    return await _collected(runtime, place, lambda: place.ask(moto))


async def act(runtime: Runtime, place: Place, work: Callable[[], Result]) -> Result:
    """Change Moto's data, under the lock, and carry out what that has set off."""
    return await _collected(runtime, place, lambda: runtime.locked(place, work))


async def _collected(runtime: Runtime, place: Place, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    collected = Collected(runtime)
    token = containers.collector.set(collected)
    try:
        result = await work()
    finally:
        containers.collector.reset(token)
    if collected.triggered:
        await carry_out(runtime.jobs_of(runtime, collected.triggered), runtime, place)
    return result


def act_later(runtime: Runtime, work: Callable[[], Result]) -> tuple[Result, bool]:
    """Change Moto's data, with the lock held, and have what that has set off carried out where the caller is.

    Returns:
        What the work returns, and whether it has set off anything.
    """
    collected = Collected(runtime)
    token = containers.collector.set(collected)
    try:
        result = work()
    finally:
        containers.collector.reset(token)
    if collected.triggered:
        place, launch = launcher()()
        launch(copy_context(), begin_alone(runtime.jobs_of(runtime, collected.triggered), runtime, place))
    return result, bool(collected.triggered)
