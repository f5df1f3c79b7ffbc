"""One rule of ``aws.faults``: what it does to the calls that it acts on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from aiomoto._aws.error_responses import ErrorResponse
from aiomoto._rules.rule import Rule
from aiomoto._rules.selection import Selection
from aiomoto._wire.delivery import Delivery
from aiomoto._wire.failures import FailureKind


@dataclass(frozen=True)
class Effect:
    """What a fault does to a call.

    Attributes:
        error: the response in place of Moto's.
        failure: how the connection fails.
        delivery: how the response's body arrives.
        latency: seconds by which the response is delayed.
        is_late: whether Moto runs the operation first; otherwise an error or a failure keeps it from running.
    """

    error: ErrorResponse | None = None
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


class Fault(Rule):
    """A rule that ``aws.faults.add`` has created. As a context manager it removes itself at the end of the block."""

    owner = "aws.faults"
    seed: int
    """The seed of its probability, given or drawn: pass it to ``add`` to reproduce a run."""

    def __init__(
        self,
        selection: Selection,
        effect: Effect,
        *,
        times: int | None,
        after: int,
        probability: float,
        seed: int,
        optional: bool,
        remove: Callable[[Fault], None],
    ) -> None:
        super().__init__(selection, times=times, after=after, optional=optional, remove=remove)
        self.seed = seed
        self.effect = effect
        self._probability = probability
        self._random = Random(seed)

    def _chooses(self) -> bool:
        return self._probability >= 1 or self._random.random() < self._probability

    @property
    def words(self) -> str:
        """What the fault does to a call, in a few words."""
        return str(self.effect)

    def _more_words(self) -> list[str]:
        return [f"probability={self._probability} seed={self.seed}"] if self._probability < 1 else []
