"""``aiomoto_guard``: from the start of a run to its end, requests to AWS are refused while no mock is active."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from aiomoto._guard import Guard
from aiomoto._installation import installation
from aiomoto._moto import backends

_NAME = "aiomoto-guard"


class GuardPlugin:
    """A plugin that is registered while the guard is on."""

    def __init__(self) -> None:
        self._guard = Guard()
        with backends.lock.for_thread():
            installation.add_guard(self._guard)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Lift the guard while a test runs that is marked, and while its fixtures are set up and torn down."""
        self._guard.is_lifted = item.get_closest_marker("aiomoto_allow_aws") is not None
        try:
            return (yield)
        finally:
            self._guard.is_lifted = False

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """End the guard."""
        self.end()

    def end(self) -> None:
        """Let requests to AWS pass again."""
        with backends.lock.for_thread():
            installation.remove_guard(self._guard)


def register(config: pytest.Config) -> None:
    """Refuse requests to AWS in this run."""
    if not config.pluginmanager.has_plugin(_NAME):
        guard = GuardPlugin()
        config.pluginmanager.register(guard, _NAME)
        config.add_cleanup(guard.end)  # a run that does not get as far as its configuration
