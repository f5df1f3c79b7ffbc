"""One rule of ``aws.faults``: which calls it acts on, how often, and what it does to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from threading import RLock
from types import TracebackType
from typing import Any, NamedTuple

from aiomoto._errors import AiomotoError
from aiomoto._lock import surviving_fork
from aiomoto._wire.delivery import Delivery
from aiomoto._wire.error_answers import ErrorAnswer
from aiomoto._wire.failures import FailureKind

# One for all rules, and re-entrant, for the reasons that ``_calls.log`` has.
_lock = surviving_fork(RLock())


class Selection(NamedTuple):
    """The calls that a rule is for; what is ``None`` leaves out none."""

    service: str | None
    operation: str | None
    region: str | None
    where: Callable[[Any], bool] | None


@dataclass(frozen=True)
class Effect:
    """What a rule does to a call.

    Attributes:
        error: what is answered instead of Moto's answer.
        failure: how the connection fails.
        delivery: how the answer's body comes in.
        latency: seconds that it takes more.
        is_late: whether all this comes after Moto has answered, and not before it is asked.
    """

    error: ErrorAnswer | None = None
    failure: FailureKind | None = None
    delivery: Delivery | None = None
    latency: float = 0
    is_late: bool = False

    def __str__(self) -> str:
        return " ".join(self._parts()) + (" afterwards" if self.is_late else "")

    def _parts(self) -> list[str]:
        parts = [f"latency={self.latency}"] if self.latency else []
        if self.error:
            parts.append(self.error.name or str(self.error.status))
        if self.failure:
            parts.append(self.failure)
        if self.delivery:
            bandwidth, length, ending = self.delivery
            parts += [f"bandwidth={bandwidth}"] if bandwidth else []
            parts += [f"{ending or 'stall'} after {length} bytes"] if length is not None else []
        return parts


class Fault:
    """A rule, as ``aws.faults.add`` makes it. A context manager that removes it.

    Attributes:
        hits: how many calls it has acted on.
        seed: what its probability was seeded with, given or not: the same seed gives the same run.
        effect: what it does.
    """

    def __init__(
        self,
        selection: Selection,
        effect: Effect,
        *,
        times: int | None,
        after: int,
        probability: float,
        seed: int,
        remove: Callable[[Fault], None],
    ) -> None:
        self.hits = 0
        self.seed = seed
        self.effect = effect
        self._selection = selection
        self._times = times
        self._to_skip = after
        self._probability = probability
        self._random = Random(seed)
        self._remove = remove

    def remove(self) -> None:
        """Take the rule away, if it is still there."""
        self._remove(self)

    def acts_on(self, call: Any) -> bool:
        """Tell whether the rule acts on a call, and count it if so.

        Raises:
            AiomotoError: its ``where`` function raises an error.
        """
        service, operation, region, where = self._selection
        if not call.is_to(service, operation) or region not in (None, call.region):
            return False
        if self._is_used_up or (where is not None and not self._asks(where, call)):
            return False
        with _lock:
            return self._count()

    def _asks(self, where: Callable[[Any], bool], call: Any) -> bool:
        try:
            return bool(where(call))
        except Exception as error:
            raise AiomotoError(f"the where of {self!r} raised {type(error).__name__}: {error}") from error

    def _count(self) -> bool:
        if self._is_used_up:
            return False
        if self._to_skip:
            self._to_skip -= 1
            return False
        if self._probability < 1 and self._random.random() >= self._probability:
            return False
        self.hits += 1
        return True

    @property
    def _is_used_up(self) -> bool:
        return self._times is not None and self.hits >= self._times

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()

    def __repr__(self) -> str:
        service, operation, region, where = self._selection
        name = ".".join([service or "*", operation or "*"]) + (f" in {region}" if region else "")
        limits = [f"{self._times} times"] if self._times is not None else []
        limits += [f"probability={self._probability} seed={self.seed}"] if self._probability < 1 else []
        condition = " where ..." if where else ""
        return f"<Fault {name}{condition}: {', '.join([str(self.effect), *limits])}; hits={self.hits}>"
