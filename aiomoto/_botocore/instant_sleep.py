"""``mock_aws(sleep="instant")``: botocore and aiobotocore wait no longer between attempts; all others sleep as ever.

Nothing that a test may call itself is replaced: not ``time.sleep``, not ``asyncio.sleep``. In the few modules that
wait, the name ``time`` or ``asyncio`` stands for something that sleeps at once and is the module itself in all else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from types import ModuleType
from typing import Any

import aiobotocore.endpoint
import aiobotocore.retries.bucket
import aiobotocore.utils
import aiobotocore.waiter
import botocore.endpoint
import botocore.retries.bucket
import botocore.retries.standard
import botocore.utils
import botocore.waiter
from botocore.exceptions import CapacityNotAvailableError

from aiomoto import _active, _clock, _loops
from aiomoto._calls.record import Slept
from aiomoto._patching.compatibility import lacks
from aiomoto._patching.places import argument, with_argument
from aiomoto._patching.replacements import Target
from aiomoto._patching.required_names import check_instance

_RETRY, _WAITER, _CREDENTIALS, _RATE = "retry", "waiter", "credentials", "adaptive rate limit"


def targets() -> tuple[Target, ...]:
    """All that waits in the two libraries, and what takes its place."""
    return (
        (botocore.endpoint, "time", _sleeping_at_once(_RETRY)),
        (botocore.waiter, "time", _sleeping_at_once(_WAITER)),
        (aiobotocore.endpoint, "asyncio", _sleeping_at_once(_RETRY)),
        (aiobotocore.waiter, "asyncio", _sleeping_at_once(_WAITER)),
        *_retry_handler_targets(),
        # These get their sleep function when they are created.
        (botocore.utils.ContainerMetadataFetcher, "__init__", _given_sleep(_CREDENTIALS)),
        (aiobotocore.utils.AioContainerMetadataFetcher, "__init__", _given_sleep(_CREDENTIALS)),
        # The buckets of the adaptive mode fill with time.
        (botocore.retries.bucket.TokenBucket, "acquire", _acquire),
        (aiobotocore.retries.bucket.AsyncTokenBucket, "acquire", _acquire_async),
        *_anyio_targets(),
    )


def _anyio_targets() -> tuple[Target, ...]:
    # Since aiobotocore 3.9 the clients over httpx sleep by methods of these, which import anyio when they run.
    kinds = (aiobotocore.endpoint, "AnyioEndpoint", _RETRY), (aiobotocore.waiter, "AnyioWaiter", _WAITER)
    found = ((getattr(module, name, None), why) for module, name, why in kinds)
    return tuple((kind, "_sleep", _method(why)) for kind, why in found if kind is not None)


def _retry_handler_targets() -> tuple[Target, ...]:
    # Since botocore 1.44, it sleeps before it gives up a long poll for lack of retry quota.
    handler = botocore.retries.standard.RetryHandler
    sleeps = "sleep" in signature(handler).parameters
    return ((handler, "_is_long_polling_operation", _before_its_sleep),) if sleeps else ()


# ---------------------------------------------------------------- what a sleep becomes


def _note(seconds: float, why: str) -> bool:
    """Record a sleep where the mock that is live has it over at once; tell whether it has."""
    exchange = _active.current()
    logs = [each.slept for each in exchange.within if each.slept is not None] if exchange else []
    for log in logs:
        log.append(Slept(seconds, why))
    return bool(logs)


class _Sleep:
    """A sleep function that returns at once if the active mock skips waits."""

    def __init__(self, sleep: Callable[[float], Any], why: str) -> None:
        self._sleep = sleep
        self._why = why

    def __call__(self, seconds: float) -> Any:
        # Returns what the original returns, which may be awaitable.
        return self._sleep(0 if _note(seconds, self._why) else seconds)


class _Stand:
    """Stands for a module, in one other module, and sleeps at once."""

    def __init__(self, module: ModuleType, why: str) -> None:
        self._module = module

        # By name at each call: a test may have replaced it.
        self.sleep = _Sleep(lambda seconds: module.sleep(seconds), why)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def _sleeping_at_once(why: str) -> Callable[[Any], Any]:
    return lambda module: _Stand(module, why)


def _before_its_sleep(original: Any) -> Any:
    # The handler may be older than the mock, and keeps its sleep function from when it was created.
    @wraps(original)
    def _is_long_polling_operation(self: Any, *args: Any, **kwargs: Any) -> Any:
        check_instance(self, "botocore.retries.standard", "RetryHandler")
        if not isinstance(self._sleep, _Sleep):
            self._sleep = _Sleep(self._sleep, _RETRY)
        return original(self, *args, **kwargs)

    return _is_long_polling_operation


def _given_sleep(why: str) -> Callable[[Any], Any]:
    def replace(original: Any) -> Any:
        parameters = list(signature(original).parameters.values())
        found = [(index, each.default) for index, each in enumerate(parameters) if each.name == "sleep"]
        if not found and not any(each.kind is Parameter.VAR_KEYWORD for each in parameters):
            raise lacks(original.__module__, f"{original.__qualname__}(sleep)")

        @wraps(original)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            for index, default in found:
                sleep = args[index - 1] if len(args) >= index else kwargs.get("sleep", default)
                args, kwargs = with_argument(args, kwargs, index - 1, "sleep", _Sleep(sleep, why))
            original(self, *args, **kwargs)

        return __init__

    return replace


def _method(why: str) -> Callable[[Any], Any]:
    def replace(original: Any) -> Any:
        @wraps(original)
        async def sleep(self: Any, *args: Any, **kwargs: Any) -> None:
            at_once = _note(argument(args, kwargs, 0, "sleep_amount"), why)
            await (_loops.sleep(0) if at_once else original(self, *args, **kwargs))

        return sleep

    return replace


# ---------------------------------------------------------------- the adaptive mode


class _ClockAhead:
    """The time of one client's adaptive mode, which is ahead by the waits that it has skipped.

    It stays so when the mock has ended, for as long as there is the client: its bucket and its rates remember times of
    this clock, and would wait until the real one gets there.
    """

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self.skipped = 0.0

    def __call__(self) -> float:
        return float(type(self._clock).current_time(self._clock)) + self.skipped


def _skip(bucket: Any, amount: float) -> bool:
    """Let the time pass that a bucket needs to fill; tell whether the mock that is live wants that."""
    # A little more, so that rounding does not leave it short.
    seconds = max((amount - bucket.available_capacity) / bucket.max_rate, 0) + 1e-6
    if not _note(seconds, _RATE):
        return False
    check_instance(bucket, "botocore.retries.bucket", "TokenBucket")
    clock = bucket._clock  # the one of all that is in the client's adaptive mode
    if not isinstance(clock.current_time, _ClockAhead):
        clock.current_time = _ClockAhead(clock)
    clock.current_time.skipped += seconds
    return True


def _acquire(original: Any) -> Any:
    @wraps(original)
    def acquire(self: Any, amount: float = 1, block: bool = True) -> Any:
        while True:
            try:
                return original(self, amount, False)
            except CapacityNotAvailableError:
                if not block:
                    raise
                if not _skip(self, amount):
                    return original(self, amount, True)
                _clock.pause(0)

    return acquire


def _acquire_async(original: Any) -> Any:
    @wraps(original)
    async def acquire(self: Any, amount: float = 1, block: bool = True) -> Any:
        while True:
            try:
                return await original(self, amount, False)
            except CapacityNotAvailableError:
                if not block:
                    raise
                if not _skip(self, amount):
                    return await original(self, amount, True)
                await _loops.sleep(0)

    return acquire
