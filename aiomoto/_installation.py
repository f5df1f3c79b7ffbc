"""All that is replaced while a mock is live, put in by the first mock and taken out by the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import boto3
from aiobotocore.endpoint import DEFAULT_HTTP_SESSION_CLS, AioEndpointCreator
from botocore.endpoint import EndpointCreator
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from moto import settings
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import MockAWS as MotoMock
from moto.core.models import botocore_stubber

from aiomoto import _live
from aiomoto._environment import CleanEnvironment
from aiomoto._errors import AiomotoError, RequestBlockedError
from aiomoto._exchange import Exchange
from aiomoto._http import aiohttp_connector, httpx_transports, requests_adapter, urllib3_pools
from aiomoto._late_imports import ImportWatch
from aiomoto._lock import surviving_fork
from aiomoto._moto import backends, long_polls
from aiomoto._moto import repetitions as moto_repetitions
from aiomoto._replacements import Replacements, Target
from aiomoto._s3fs.closing import Closing
from aiomoto._s3fs.file_systems import FileSystems
from aiomoto._sdk import crt, events, instant_sleep, models
from aiomoto._sdk import repetitions as sdk_repetitions
from aiomoto._sdk.seal import KINDS, seal
from aiomoto._sdk.sessions import SessionMemory, region_fallback, without_hidden_profile
from aiomoto._wire.message import WireRequest, head_of

Replacement = Callable[[Any], Any]

_file_systems = FileSystems()

# What is replaced in modules that may come late.
_LATE: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {
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
            TypeError: the configuration is not of Moto's form.
        """
        _refuse_other_modes()
        _check(config)
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
                backends.config_place.lend(outer)
            backends.config_place.add(exchange, config or {})
            core = backends.config_place.read(exchange).get("core", {})
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
            backends.config_place.remove(exchange)
        self.environment.leave(exchange)
        if not self._exchanges:
            self._uninstall()
        elif newest := _live.current():
            with backends.lock.for_thread():
                backends.config_place.lend(newest)
        return _file_systems.leave(exchange)

    def reset(self) -> None:
        """Forget all data."""
        with backends.lock.for_thread():
            backends.reset()
            long_polls.waiting.wake_all()
            if self._exchanges and MotoMock._nested_count == len(self._exchanges):
                requests_adapter.reset()
        _file_systems.forget_listings()

    def _install(self) -> None:
        self._replacements.open()
        self._replacements.put(_targets())
        self._late.start()

    def _uninstall(self) -> None:
        self._late.stop()
        self._replacements.close()
        self._sleeps_at_once = False
        _memory.forget_mock()


installation = Installation()


def _refuse_other_modes() -> None:
    if settings.TEST_SERVER_MODE or settings.is_test_proxy_mode():
        mode = "TEST_SERVER_MODE" if settings.TEST_SERVER_MODE else "TEST_PROXY_MODE"
        raise AiomotoError(
            f"{mode} is set, which sends Moto's requests to another process: aiomoto answers in this one. "
            f"Unset {mode}, or use moto.mock_aws for tests against a Moto server"
        )


def _check(config: Any) -> None:
    # Before anything is replaced: Moto reads its configuration in the middle of things.
    sections = config.values() if isinstance(config, Mapping) else ()
    if not (config is None or isinstance(config, Mapping)) or not all(isinstance(each, Mapping) for each in sections):
        raise TypeError(f"config must be a dict of dicts, as {{'core': {{'mock_credentials': False}}}}, not {config!r}")
    core = {} if config is None else config.get("core", {})
    passthrough = core.get("passthrough")
    if not (passthrough is None or isinstance(passthrough, Mapping)):
        raise TypeError(f"config's passthrough must be a dict of lists, as {{'urls': [...]}}, not {passthrough!r}")
    lists = {"service_whitelist": core.get("service_whitelist"), **(passthrough or {})}
    for name, value in lists.items():
        # Of a text each letter would count as a pattern, and let out about every request.
        if isinstance(value, (str, bytes)) or not (value is None or isinstance(value, Iterable)):
            raise TypeError(f"config's {name} must be a list of texts, as [{value!r}], not {value!r}")


# ---------------------------------------------------------------- Moto's own switch


class _MotoSwitch:
    """Counts our mocks as Moto's own, so that one of Moto's inside of ours neither resets nor ends anything."""

    def __init__(self) -> None:
        self._counted: frozenset[Exchange] = frozenset()
        self._default_session: tuple[Any, ...] = ()  # boto3's own, while it is away

    def turn_on(self, exchange: Exchange, *, reset: bool, new_default_session: bool) -> None:
        with MotoMock._mock_init_lock:
            # Where two things belong together they change in one statement, which Ctrl-C does not take apart.
            self._counted, MotoMock._nested_count = self._counted | {exchange}, MotoMock._nested_count + 1
            if not MotoMock._mocks_active and new_default_session:
                self._default_session, boto3.DEFAULT_SESSION = (boto3.DEFAULT_SESSION,), None
            MotoMock._mocks_active = True
            if MotoMock._nested_count == 1:
                # Step Functions look at this flag: with it off they would call a Moto server on port 5000.
                botocore_stubber.enabled = True
                if reset:
                    backends.reset()
                requests_adapter.reset()

    def turn_off(self, exchange: Exchange, *, remove_data: bool) -> None:
        with MotoMock._mock_init_lock:
            if exchange in self._counted:
                self._counted, MotoMock._nested_count = self._counted - {exchange}, MotoMock._nested_count - 1
            if MotoMock._nested_count:
                return
            MotoMock._mocks_active = False
            botocore_stubber.enabled = False
            if self._default_session:
                (boto3.DEFAULT_SESSION,), self._default_session = self._default_session, ()
            requests_adapter.reset()
            if remove_data:
                backends.reset()
                backends.forget_models()


surviving_fork(MotoMock._mock_init_lock)
_moto_switch = _MotoSwitch()


# ---------------------------------------------------------------- what is replaced


_memory = SessionMemory()


def _targets() -> tuple[Target, ...]:
    return (
        *((kind.real, "send", _answering_send(kind.respond)) for kind in KINDS),
        (EndpointCreator, "create_endpoint", _sealing_create_endpoint(URLLib3Session)),
        (AioEndpointCreator, "create_endpoint", _sealing_create_endpoint(DEFAULT_HTTP_SESSION_CLS)),
        (Session, "get_config_variable", _get_config_variable(_memory)),
        (Session, "instance_variables", _instance_variables),
        (BotocoreStubber, "__call__", _stand_aside),
        *aiohttp_connector.REPLACEMENTS,
        *events.REPLACEMENTS,
        *models.REPLACEMENTS,
        *sdk_repetitions.REPLACEMENTS,
        *moto_repetitions.REPLACEMENTS,
        *long_polls.REPLACEMENTS,
        *requests_adapter.REPLACEMENTS,
        *urllib3_pools.REPLACEMENTS,
    )


def _answering_send(respond: Callable[..., Any]) -> Replacement:
    def replace(original: Any) -> Any:
        @wraps(original)
        def send(self: Any, request: Any) -> Any:
            exchange = _live.current()
            response = respond(self, request, head_of(request), exchange) if exchange else None
            return original(self, request) if response is None else response

        @wraps(original)
        async def send_async(self: Any, request: Any) -> Any:
            exchange = _live.current()
            response = await respond(self, request, head_of(request), exchange) if exchange else None
            return await original(self, request) if response is None else response

        return send_async if iscoroutinefunction(original) else send

    return replace


def _sealing_create_endpoint(default: type) -> Replacement:
    def replace(original: Any) -> Any:
        @wraps(original)
        def create_endpoint(
            self: Any, service_model: Any, region_name: Any, endpoint_url: str, *args: Any, **kwargs: Any
        ) -> Any:
            session_class = kwargs.get("http_session_cls", default)
            exchange = _live.current()
            if exchange:
                host = urlsplit(endpoint_url).netloc.lower()
                exchange.endpoint_hosts.add(host)
                if service_model.service_name == "s3":
                    exchange.s3_hosts.add(host)
                kwargs["http_session_cls"] = _seal_unless_let_out(session_class, exchange, endpoint_url)
            return original(self, service_model, region_name, endpoint_url, *args, **kwargs)

        return create_endpoint

    return replace


def _seal_unless_let_out(session_class: Any, exchange: Exchange, endpoint_url: str) -> Any:
    try:
        return seal(session_class)
    except RequestBlockedError:
        url = endpoint_url if urlsplit(endpoint_url).path else f"{endpoint_url}/"
        if exchange.lets_out(WireRequest("GET", url, {})):
            return session_class
        raise


def _get_config_variable(memory: SessionMemory) -> Replacement:
    def replace(original: Any) -> Any:
        @wraps(original)
        def get_config_variable(self: Any, logical_name: str, *args: Any, **kwargs: Any) -> Any:
            memory.see(self)
            return region_fallback(logical_name, original(self, logical_name, *args, **kwargs))

        return get_config_variable

    return replace


def _instance_variables(original: Any) -> Any:
    @wraps(original)
    def instance_variables(self: Any) -> Any:
        return without_hidden_profile(original(self))

    return instance_variables


def _stand_aside(original: Any) -> Any:
    @wraps(original)
    def handler(self: Any, event_name: str, request: Any, **kwargs: Any) -> None:
        """Answer nothing, so that the request goes on to the session's ``send``."""

    return handler
