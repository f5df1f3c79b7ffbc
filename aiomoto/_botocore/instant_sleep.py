"""``mock_aws(sleep="instant")``: make botocore and aiobotocore skip their waits; all other code sleeps as usual.

Nothing that a test may call itself is replaced: neither ``time.sleep`` nor ``asyncio.sleep``. In the few modules that
wait, the name ``time`` or ``asyncio`` refers to an object whose ``sleep`` returns at once; all its other attributes are
the module's. The mock's clock is moved by what is skipped.
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

from aiomoto import _clock, _live, _loops
from aiomoto._calls.record import Slept
from aiomoto._patching.compatibility import missing_name_error
from aiomoto._patching.places import argument, with_argument
from aiomoto._patching.replacements import Target
from aiomoto._patching.required_names import check_instance

RETRY, _WAITER, _CREDENTIALS, _RATE = "retry", "waiter", "credentials", "adaptive rate limit"  # why they wait


def targets() -> tuple[Target, ...]:
    """List everything that waits in the two libraries, with its replacement."""
    return (
        (botocore.endpoint, "time", _instant_module(RETRY)),
        (botocore.waiter, "time", _instant_module(_WAITER)),
        (aiobotocore.endpoint, "asyncio", _instant_module(RETRY)),
        (aiobotocore.waiter, "asyncio", _instant_module(_WAITER)),
        *_retry_handler_targets(),
        # These get their sleep function in the constructor.
        (botocore.utils.ContainerMetadataFetcher, "__init__", _init_with_instant_sleep(_CREDENTIALS)),
        (aiobotocore.utils.AioContainerMetadataFetcher, "__init__", _init_with_instant_sleep(_CREDENTIALS)),
        # The adaptive retry mode waits until a token bucket has filled.
        (botocore.retries.bucket.TokenBucket, "acquire", _acquire),
        (aiobotocore.retries.bucket.AsyncTokenBucket, "acquire", _acquire_async),
        *_anyio_targets(),
    )


def _anyio_targets() -> tuple[Target, ...]:
    # Since aiobotocore 3.9 clients over httpx sleep in methods of these classes, which import anyio on the first call.
    kinds = (aiobotocore.endpoint, "AnyioEndpoint", RETRY), (aiobotocore.waiter, "AnyioWaiter", _WAITER)
    found = ((getattr(module, name, None), why) for module, name, why in kinds)
    return tuple((kind, "_sleep", _instant_method(why)) for kind, why in found if kind is not None)


def _retry_handler_targets() -> tuple[Target, ...]:
    # Newer versions sleep before they give up a long poll that has used up its retry quota.
    handler = botocore.retries.standard.RetryHandler
    sleeps = "sleep" in signature(handler).parameters
    return ((handler, "_is_long_polling_operation", _with_instant_sleep),) if sleeps else ()


# ---------------------------------------------------------------- sleeping


def _skips(seconds: float, why: str) -> bool:
    """Tell whether the active mock skips sleeps; if so, record this one."""
    exchange = _live.current()
    skipping = [each for each in exchange.within if each.slept is not None] if exchange else []
    for each in skipping:
        each.note_slept(Slept(seconds, why))
    if skipping:
        from aiomoto._time.settling import skip  # tests that skip nothing do without its modules

        skip(skipping[0], seconds)
    return bool(skipping)


class InstantSleep:
    """A sleep function that returns at once if the active mock skips sleeps."""

    def __init__(self, sleep: Callable[[float], Any], why: str) -> None:
        self._sleep = sleep
        self._why = why

    def __call__(self, seconds: float) -> Any:
        # Return what the function returns, awaitable or not: a wrapper hides which of the two it is.
        return self._sleep(0 if _skips(seconds, self._why) else seconds)


class _InstantModule:
    """Replaces a module inside another module: ``sleep`` returns at once, all else is the module's."""

    def __init__(self, module: ModuleType, why: str) -> None:
        self._module = module

        # Looked up at each call: a test may have replaced it.
        self.sleep = InstantSleep(lambda seconds: module.sleep(seconds), why)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def _instant_module(why: str) -> Callable[[Any], Any]:
    return lambda module: _InstantModule(module, why)


def _with_instant_sleep(original: Any) -> Any:
    # Called before it sleeps. The handler may be older than the mock, and holds its sleep function.
    @wraps(original)
    def _is_long_polling_operation(self: Any, *args: Any, **kwargs: Any) -> Any:
        check_instance(self, "botocore.retries.standard", "RetryHandler")
        if not isinstance(self._sleep, InstantSleep):
            self._sleep = InstantSleep(self._sleep, RETRY)
        return original(self, *args, **kwargs)

    return _is_long_polling_operation


def _init_with_instant_sleep(why: str) -> Callable[[Any], Any]:
    def replace(original: Any) -> Any:
        parameters = list(signature(original).parameters.values())
        found = [(index, each.default) for index, each in enumerate(parameters) if each.name == "sleep"]
        if not found and not any(each.kind is Parameter.VAR_KEYWORD for each in parameters):
            raise missing_name_error(original.__module__, f"{original.__qualname__}(sleep)")

        @wraps(original)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            for index, default in found:
                sleep = args[index - 1] if len(args) >= index else kwargs.get("sleep", default)
                args, kwargs = with_argument(args, kwargs, index - 1, "sleep", InstantSleep(sleep, why))
            original(self, *args, **kwargs)

        return __init__

    return replace


def _instant_method(why: str) -> Callable[[Any], Any]:
    def replace(original: Any) -> Any:
        @wraps(original)
        async def sleep(self: Any, *args: Any, **kwargs: Any) -> None:
            is_skipped = _skips(argument(args, kwargs, 0, "sleep_amount"), why)
            await (_loops.sleep(0) if is_skipped else original(self, *args, **kwargs))

        return sleep

    return replace


# ---------------------------------------------------------------- the adaptive mode


class _ClockAhead:
    """The clock of one client's adaptive mode, which is ahead of the real one by the waits that were skipped.

    It stays ahead after the mock, for the life of the client: the client's bucket and rates hold times of this clock,
    and would otherwise wait until the real clock reaches them.
    """

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self.skipped = 0.0

    def __call__(self) -> float:
        return float(type(self._clock).current_time(self._clock)) + self.skipped


def _skip(bucket: Any, amount: float) -> bool:
    """Skip the time that a bucket needs to fill; return ``False`` if the active mock does not skip sleeps."""
    # A little more, so that rounding does not leave it short.
    seconds = max((amount - bucket.available_capacity) / bucket.max_rate, 0) + 1e-6
    if not _skips(seconds, _RATE):
        return False
    check_instance(bucket, "botocore.retries.bucket", "TokenBucket")
    clock = bucket._clock  # shared by all parts of the client's adaptive mode
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
