"""What a call of the test sets off: functions that run one after another, in order, before the call returns."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, cast

from aiomoto._errors import AiomotoError
from aiomoto._functions.places import Place, Result, Work
from aiomoto._functions.runtime import MockEnded, Runtime
from aiomoto._lock import state_lock

_MOST_HOPS = 100


class Job(Protocol):
    """Something that a call has set off.

    Attributes:
        hops: how many functions, one setting off the next, led to it.
    """

    hops: int

    @property
    def title(self) -> str:
        """What it is, for messages."""

    async def carry_out(self, runtime: Runtime, place: Place) -> None:
        """Do it."""


class Chain:
    """The jobs that one call of the test has set off, and those that these set off in turn."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._is_over = False

    def add(self, jobs: Iterable[Job]) -> bool:
        """Put jobs behind all others; return ``False`` if the chain has ended."""
        with state_lock:
            if self._is_over:
                return False
            self._jobs.extend(jobs)
            return True

    async def run(self, runtime: Runtime, place: Place) -> None:
        """Carry out all jobs.

        Raises:
            AiomotoError: they go on for ever.
        """
        token = _chain.set(self)
        try:
            while (job := self._next()) is not None:
                with at_hop(job.hops, job.title):
                    await job.carry_out(runtime, place)
        finally:
            with state_lock:
                self._is_over = True
            _chain.reset(token)

    def _next(self) -> Job | None:
        with state_lock:
            if self._jobs:
                return self._jobs.popleft()
            self._is_over = True
            return None


_chain: ContextVar[Chain | None] = ContextVar("aiomoto_chain", default=None)
_hops: ContextVar[int] = ContextVar("aiomoto_hops", default=0)


def next_hop() -> int:
    """The number of functions that led to what the running code sets off."""
    return _hops.get() + 1


async def carry_out(jobs: Iterable[Job], runtime: Runtime, place: Place) -> None:
    """Carry out jobs: at once, or after the function that has set them off.

    Raises:
        AiomotoError: they go on for ever.
    """
    jobs = tuple(jobs)
    current = _chain.get()
    if not jobs or (current is not None and current.add(jobs)):
        return
    await place.to_the_end(begin(jobs, runtime, place), None)


def begin(jobs: Iterable[Job], runtime: Runtime, place: Place) -> Work[None]:
    """Begin a chain, which is under way from now on, and return what carries it out."""
    chain = Chain()
    chain.add(jobs)
    runtime.own.under_way.append(chain)
    return partial(_tracked, chain, runtime, place)


def begin_alone(jobs: Iterable[Job], runtime: Runtime, place: Place) -> Work[None]:
    """Begin a chain that nobody waits for. ``aws.settle()`` raises its error."""
    return partial(_noting_errors, begin(jobs, runtime, place), runtime)


async def _noting_errors(work: Work[None], runtime: Runtime) -> None:
    try:
        await work()
    except MockEnded:
        pass
    except Exception as error:
        runtime.own.errors.append(error)


async def call(work: Work[Result], title: str, runtime: Runtime, place: Place, seconds: float | None) -> Result:
    """Run a function whose caller waits for the result, and then what it has set off.

    Args:
        work: runs it.
        title: what it is, for messages.
        runtime: what runs functions.
        place: where to wait.
        seconds: how long the caller waits; ``None`` for no limit.

    Raises:
        AiomotoError: it was called by itself, again and again.
        WireFailure: it takes longer than the caller waits.
    """
    hops = next_hop()
    job = _Call(work, title, hops)
    if _chain.get() is not None:  # what it sets off is for that chain
        _check_hops(hops, title)
        await place.to_the_end(partial(_within, hops, partial(job.carry_out, runtime, place)), seconds)
        return cast(Result, job.result)
    await place.to_the_end(begin([job], runtime, place), seconds)
    return cast(Result, job.result)


@dataclass
class _Call(Generic[Result]):
    work: Work[Result]
    title: str
    hops: int
    result: Result | None = None

    async def carry_out(self, runtime: Runtime, place: Place) -> None:
        self.result = await self.work()


async def _within(hops: int, work: Work[None]) -> None:
    with at_hop(hops, ""):
        await work()


@contextmanager
def at_hop(hops: int, title: str) -> Iterator[None]:
    """Run what this many functions, one setting off the next, have led to.

    Raises:
        AiomotoError: there are too many.
    """
    _check_hops(hops, title)
    token = _hops.set(hops)
    try:
        yield
    finally:
        _hops.reset(token)


def _check_hops(hops: int, title: str) -> None:
    if hops > _MOST_HOPS:
        raise AiomotoError(
            f"{title} is the {hops}st function in a row, each set off by the one before: aws.functions stops such a "
            "chain. Does a function send to its own source?"
        )


async def _tracked(chain: Chain, runtime: Runtime, place: Place) -> None:
    try:
        await chain.run(runtime, place)
    finally:
        runtime.own.under_way.remove(chain)
