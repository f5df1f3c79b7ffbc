"""The mocks whose clock has been moved, and the replacement of the clocks while there are any."""

from __future__ import annotations

from aiomoto import _live
from aiomoto._errors import AiomotoError
from aiomoto._exchange import Exchange
from aiomoto._run import Run
from aiomoto._time.moments import start_of
from aiomoto._time.moved import MovedTime
from aiomoto._time.swap import Swap


class Clocks:
    """Replaces the clocks of Moto and botocore while a mock is active whose clock was moved."""

    def __init__(self) -> None:
        self._swap = Swap()

    def begin(self, run: Run) -> None:
        """Let a mock begin at the time that its options name.

        Raises:
            AiomotoError: another mock is active, and shares its data.
        """
        if _sharing(run.exchange):
            raise AiomotoError(
                "mock_aws(time=...) cannot set the time while another mock is active, since they share their data and "
                "its time. End that mock, or move the time of both with aws.clock.move_to(...)"
            )
        self.of(run.exchange).begin_at(start_of(run.options.time))

    def of(self, exchange: Exchange) -> MovedTime:
        """The time of a mock, to be moved."""
        if exchange.timeline is None:
            timeline = MovedTime(self._swap)
            for each in (exchange, *_sharing(exchange)):
                each.timeline = timeline
        assert isinstance(exchange.timeline, MovedTime)
        return exchange.timeline

    def end(self) -> None:
        """Restore the clocks, unless a mock is active whose clock was moved."""
        if all(each.timeline is None for each in _live.active()):
            self._swap.put_back()


def _sharing(exchange: Exchange) -> list[Exchange]:
    """The active mocks that share their data, and so their time, with this one."""
    return [each for each in _live.active() if each.world is exchange.world]


clocks = Clocks()
