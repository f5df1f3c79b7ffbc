"""The counter by which Moto knows that it is switched on, shared with our mocks."""

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
    """Make sure that Moto answers in this process.

    Raises:
        AiomotoError: it is set to its server or proxy mode.
    """
    if settings.TEST_SERVER_MODE or settings.is_test_proxy_mode():
        mode = "TEST_SERVER_MODE" if settings.TEST_SERVER_MODE else "TEST_PROXY_MODE"
        raise AiomotoError(
            f"{mode} is set, which sends Moto's requests to another process: aiomoto answers in this one. "
            f"Unset {mode}, or use moto.mock_aws for tests against a Moto server"
        )


class MotoSwitch:
    """Counts our mocks as Moto's own, so that a mock of Moto's inside ours neither resets nor ends anything.

    Args:
        on_change: called when Moto is switched on and when it is switched off, under Moto's lock.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._counted: frozenset[object] = frozenset()
        self._default_session: tuple[Any, ...] = ()  # boto3's own, while it is away

    @property
    def is_only_ours(self) -> bool:
        """Whether no mock of Moto's own is live beside ours."""
        return bool(MotoMock._nested_count == len(self._counted))

    @staticmethod
    def is_busy() -> bool:
        """Whether a thread, be it this one, is in the start or the end of a mock, of Moto's own or of ours."""
        return bool(MotoMock._mock_init_lock.locked())

    def turn_on(self, mock: object, *, reset: bool, new_default_session: bool) -> None:
        """Count one more mock; the first one switches Moto on.

        Args:
            mock: what to count.
            reset: whether the first one begins with no data.
            new_default_session: whether boto3 gets a new default session for as long as Moto is on.
        """
        with MotoMock._mock_init_lock:
            # Where two things belong together they change in one statement, which Ctrl-C does not take apart.
            self._counted, MotoMock._nested_count = self._counted | {mock}, MotoMock._nested_count + 1
            if not MotoMock._mocks_active and new_default_session:
                self._default_session, boto3.DEFAULT_SESSION = (boto3.DEFAULT_SESSION,), None
            MotoMock._mocks_active = True
            if MotoMock._nested_count == 1:
                # Step Functions look at this flag: with it off they would call a Moto server on port 5000.
                botocore_stubber.enabled = True
                if reset:
                    backends.reset()
                self._on_change()

    def turn_off(self, mock: object, *, remove_data: bool) -> None:
        """Count a mock no more, if it was counted; where none is left, Moto is off.

        Args:
            mock: what was counted.
            remove_data: whether the last one leaves no data behind.
        """
        with MotoMock._mock_init_lock:
            if mock in self._counted:
                self._counted, MotoMock._nested_count = self._counted - {mock}, MotoMock._nested_count - 1
            if MotoMock._nested_count:
                return
            MotoMock._mocks_active = False
            botocore_stubber.enabled = False
            if self._default_session:
                (boto3.DEFAULT_SESSION,), self._default_session = self._default_session, ()
            removals = (backends.reset, backends.forget_models) if remove_data else ()
            run_all((self._on_change, *removals))
