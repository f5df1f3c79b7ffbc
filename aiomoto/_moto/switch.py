"""Switch Moto on and off: our mocks count as Moto's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from moto import settings
from moto.core.models import MockAWS as MotoMock
from moto.core.models import botocore_stubber

from aiomoto._cleanup import run_all
from aiomoto._errors import AiomotoError
from aiomoto._lock import surviving_fork
from aiomoto._moto import backends

surviving_fork(MotoMock._mock_init_lock)


def refuse_other_modes() -> None:
    """Check that Moto runs in this process.

    Raises:
        AiomotoError: Moto's server or proxy mode is set.
    """
    if settings.TEST_SERVER_MODE or settings.is_test_proxy_mode():
        mode = "TEST_SERVER_MODE" if settings.TEST_SERVER_MODE else "TEST_PROXY_MODE"
        raise AiomotoError(
            f"{mode} is set, which sends requests to a Moto server, but aiomoto mocks AWS in this process. "
            f"Unset {mode}, or use moto.mock_aws for tests against a Moto server"
        )


def are_more_active(ours: int) -> bool:
    """Tell whether more mocks are active than ours, so that some are Moto's own."""
    return bool(MotoMock._nested_count > ours)


class MotoSwitch:
    """Counts our mocks as Moto's own, so that one of Moto's mocks inside ours neither resets nor ends anything.

    Args:
        on_change: called when Moto is switched on or off, with Moto's lock held.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._counted: frozenset[object] = frozenset()
        self._isolated: frozenset[object] = frozenset()  # those of them that have data of their own
        self._default_session: tuple[Any, ...] = ()  # boto3's default session from before, if it is replaced

    @property
    def is_only_ours(self) -> bool:
        """Whether none of Moto's own mocks is active."""
        return bool(MotoMock._nested_count == len(self._counted))

    @property
    def _sharing(self) -> int:
        """How many mocks share their data, Moto's own included."""
        return int(MotoMock._nested_count) - len(self._isolated)

    @staticmethod
    def is_busy() -> bool:
        """Whether any thread is starting or ending a mock, Moto's or ours."""
        return bool(MotoMock._mock_init_lock.locked())

    def turn_on(self, mock: object, *, reset: bool, new_default_session: bool, is_isolated: bool = False) -> None:
        """Count a mock. The first one switches Moto on.

        Args:
            mock: the mock.
            reset: whether to remove all data if it is the first one that is not isolated.
            new_default_session: whether boto3 gets a new default session while Moto is on.
            is_isolated: whether the mock has data of its own.
        """
        with MotoMock._mock_init_lock:
            # What belongs together changes in one statement, which Ctrl-C does not interrupt.
            self._counted, MotoMock._nested_count = self._counted | {mock}, MotoMock._nested_count + 1
            if is_isolated:
                self._isolated |= {mock}
            if not MotoMock._mocks_active and new_default_session:
                self._default_session, boto3.DEFAULT_SESSION = (boto3.DEFAULT_SESSION,), None
            MotoMock._mocks_active = True
            if MotoMock._nested_count == 1:
                # Moto's Step Functions read this flag: if it is off, they call a Moto server on port 5000.
                botocore_stubber.enabled = True
            if not is_isolated and self._sharing == 1 and reset:
                backends.reset()
            if MotoMock._nested_count == 1:
                self._on_change()

    def turn_off(self, mock: object, *, remove_data: bool) -> None:
        """Stop counting a mock, if it is counted. The last one switches Moto off.

        Args:
            mock: the mock.
            remove_data: whether to remove all data if it is the last one that is not isolated.
        """
        with MotoMock._mock_init_lock:
            if mock in self._counted:
                self._counted, MotoMock._nested_count = self._counted - {mock}, MotoMock._nested_count - 1
            removals = (backends.reset, backends.forget_models) if remove_data and not self._sharing else ()
            self._isolated -= {mock}
            if MotoMock._nested_count:
                run_all(removals)
                return
            MotoMock._mocks_active = False
            botocore_stubber.enabled = False
            if self._default_session:
                (boto3.DEFAULT_SESSION,), self._default_session = self._default_session, ()
            run_all((self._on_change, *removals))
