"""All that is replaced while a mock is live, put in by the first mock and taken out by the last."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from moto import settings

from aiomoto import _live
from aiomoto._environment import CleanEnvironment
from aiomoto._errors import AiomotoError
from aiomoto._exchange import Exchange
from aiomoto._http import aiohttp_connector, httpx_transports, requests_adapter, urllib3_pools
from aiomoto._late_imports import ImportWatch
from aiomoto._moto import backends, long_polls, stubber
from aiomoto._moto import repetitions as moto_repetitions
from aiomoto._moto.configuration import config_place
from aiomoto._moto.switch import MotoSwitch
from aiomoto._replacements import Replacements, Target
from aiomoto._s3fs.closing import Closing
from aiomoto._s3fs.file_systems import FileSystems
from aiomoto._sdk import crt, events, instant_sleep, models, seal, sessions
from aiomoto._sdk import repetitions as sdk_repetitions

_moto_switch = MotoSwitch(on_change=requests_adapter.reset)
_file_systems = FileSystems()

_REPLACEMENTS: tuple[Target, ...] = (
    *seal.REPLACEMENTS,
    *sessions.REPLACEMENTS,
    *stubber.REPLACEMENTS,
    *aiohttp_connector.REPLACEMENTS,
    *events.REPLACEMENTS,
    *models.REPLACEMENTS,
    *sdk_repetitions.REPLACEMENTS,
    *moto_repetitions.REPLACEMENTS,
    *requests_adapter.REPLACEMENTS,
    *urllib3_pools.REPLACEMENTS,
)
# The same for modules that may be imported late, or never.
_LATE: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {
    **long_polls.TARGETS,
    **moto_repetitions.TARGETS,
    **crt.TARGETS,
    **dict.fromkeys(httpx_transports.PACKAGES, httpx_transports.targets),
    "s3fs.core": _file_systems.targets,
}


class Installation:
    """The state that all live mocks share. Its methods are called under one lock.

    Attributes:
        environment: the process's environment, as the live mocks want it.
    """

    def __init__(self) -> None:
        self._exchanges: tuple[Exchange, ...] = ()
        self._replacements = Replacements()
        self._late = ImportWatch(list(_LATE), lambda module: self._replacements.put(_LATE[module.__name__](module)))
        self.environment = CleanEnvironment()
        self._sleeps_at_once = False

    def enter(
        self,
        exchange: Exchange,
        config: dict[str, Any] | None,
        *,
        reset: bool,
        share_models: bool = True,
        fsspec: bool = True,
    ) -> None:
        """Make one more exchange live; the first one installs.

        Raises:
            AiomotoError: Moto is set to its server or proxy mode, or something to replace is missing.
        """
        _refuse_other_modes()
        if not self._exchanges:
            self._install()
        self._exchanges = (*self._exchanges, exchange)
        if exchange.slept is not None and not self._sleeps_at_once:
            self._sleeps_at_once = True
            self._replacements.put(instant_sleep.targets())
        if not share_models:
            models.refused_by.add(exchange)
        if fsspec:
            _file_systems.enter(exchange)
        outer = _live.current()
        with backends.lock.for_thread():
            if outer is not None:
                config_place.lend(outer)
            config_place.add(exchange, config or {})
            core = config_place.read(exchange).get("core", {})
            if core.get("mock_credentials", True) is not False:
                self.environment.enter(exchange)
            _moto_switch.turn_on(exchange, reset=reset, new_default_session=core.get("reset_boto3_session", True))
        _live.add(exchange)

    def leave(self, exchange: Exchange, *, remove_data: bool) -> Closing:
        """End an exchange, also one that entered only in part; the last one puts everything back.

        Each step does no harm when it is taken again, so that what an error or Ctrl-C has stopped can be gone through
        from the start.

        Returns:
            What is left to wait for, once no lock is held.
        """
        _live.remove(exchange)
        long_polls.waiting.wake_all()  # those of this exchange have nothing to wait for
        self._exchanges = tuple(each for each in self._exchanges if each is not exchange)
        models.refused_by.discard(exchange)
        with backends.lock.for_thread():
            _moto_switch.turn_off(exchange, remove_data=remove_data)
            config_place.remove(exchange)
        self.environment.leave(exchange)
        if not self._exchanges:
            self._uninstall()
        elif newest := _live.current():
            with backends.lock.for_thread():
                config_place.lend(newest)
        return _file_systems.leave(exchange)

    def reset(self) -> None:
        """Forget all data."""
        with backends.lock.for_thread():
            backends.reset()
            long_polls.waiting.wake_all()
            if self._exchanges and _moto_switch.is_only_ours:
                requests_adapter.reset()
        _file_systems.forget_listings()

    def _install(self) -> None:
        self._replacements.open()
        self._replacements.put(_REPLACEMENTS)
        self._late.start()

    def _uninstall(self) -> None:
        self._late.stop()
        self._replacements.close()
        self._sleeps_at_once = False
        sessions.memory.forget_mock()


installation = Installation()


def _refuse_other_modes() -> None:
    if settings.TEST_SERVER_MODE or settings.is_test_proxy_mode():
        mode = "TEST_SERVER_MODE" if settings.TEST_SERVER_MODE else "TEST_PROXY_MODE"
        raise AiomotoError(
            f"{mode} is set, which sends Moto's requests to another process: aiomoto answers in this one. "
            f"Unset {mode}, or use moto.mock_aws for tests against a Moto server"
        )
