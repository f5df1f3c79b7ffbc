"""What a mock can do with all data: delete, keep and restore it, let time pass for it, and run functions on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from aiomoto._errors import AiomotoError
from aiomoto._installation import endings, installation
from aiomoto._moto import backends, snapshots, worlds
from aiomoto._moto.snapshot import Snapshot
from aiomoto._moto.worlds import World
from aiomoto._observers import functions_of
from aiomoto._options import Options, check_snapshot
from aiomoto._run import Run

if TYPE_CHECKING:
    from aiomoto.clock import Clock
    from aiomoto.functions import Functions


class Data:
    """The part of a mock that deals with all data at once."""

    _options: Options
    _run: Run | None
    _functions: Functions | None = None

    @property
    def functions(self) -> Functions:
        """The Lambda functions that run in this process, by name, until the mock ends. See docs/functions.md."""
        if self._functions is None or functions_of(self) is None:
            from aiomoto.functions import Functions  # tests without it do without its modules

            self._functions = Functions(self, lambda: self._run)
        return self._functions

    def settle(self, timeout: float = 10) -> Awaitable[None]:
        """Wait until no function is under way, and nothing waits to be delivered to one. See docs/functions.md.

        On an event loop, write ``await aws.settle()``.

        Args:
            timeout: how many seconds to wait.

        Raises:
            AiomotoError: it takes longer: the message lists what there still is. Or a function that nobody waited for
                has ended a chain without end.
        """
        from aiomoto._functions.settling import Settling  # tests without functions do without it

        return Settling(None if functions_of(self) is None else self.functions, timeout).wait()

    @property
    def clock(self) -> Clock:
        """The time of all data: move it with ``aws.clock.advance(hours=2)``. See docs/time.md.

        Raises:
            AiomotoError: the mock is not active.
        """
        if (run := self._run) is None:
            raise AiomotoError(
                "aws.clock exists only while the mock is active: use it inside `with mock_aws() as aws:`"
            )
        from aiomoto.clock import Clock  # tests without it do without its modules

        return Clock(run)

    def reset(self) -> None:
        """Delete all data, in all accounts and regions.

        On an event loop this does not wait for a call that another thread is making: the data is deleted when that call
        ends, before any other call is answered.
        """
        if self._run is None and self._options.isolated:
            return  # its data is gone
        self._forget_listings()
        self._run_before_next_use(installation.reset)

    def snapshot(self) -> Snapshot:
        """Take a snapshot of all data, in all accounts and regions. See docs/snapshots.md.

        Raises:
            AiomotoError: the mock is not active, or Moto holds something that cannot be copied: the message names it.
        """
        self._check_active("snapshot")
        with backends.lock.for_thread(), worlds.inside(self._world):
            backends.lock.run_due()
            return snapshots.take()

    def restore(self, snapshot: Snapshot) -> None:
        """Replace all data by that of a snapshot. Clients go on working.

        On an event loop this does not wait, as in :meth:`reset`.

        Args:
            snapshot: what :meth:`snapshot` has returned, in this mock or in another.

        Raises:
            ArgumentError: it is not a snapshot.
            AiomotoError: the mock is not active, or the snapshot was taken with other versions of Python or Moto.
        """
        self._check_active("restore")
        check_snapshot("what aws.restore() takes", snapshot)
        snapshots.check(snapshot)
        self._forget_listings()
        self._run_before_next_use(partial(installation.restore, snapshot))

    @property
    def _world(self) -> World | None:
        return None if self._run is None else self._run.exchange.world

    def _forget_listings(self) -> None:
        with worlds.inside(self._world):
            installation.forget_listings()

    def _run_before_next_use(self, step: Callable[[], object]) -> None:
        world = self._world

        def run() -> None:
            with worlds.inside(world):
                step()

        endings.run_before_next_use(run)

    def _check_active(self, name: str) -> None:
        if self._run is None:
            raise AiomotoError(
                f"aws.{name}() needs an active mock: call it inside `with mock_aws() as aws:`, or between aws.start() "
                "and aws.stop()"
            )
