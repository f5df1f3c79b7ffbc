"""Explicit wiring: sessions whose clients talk to Moto with or without an active mock, and patch nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiobotocore.session
from aiobotocore.config import AioConfig
from aiobotocore.endpoint import DEFAULT_HTTP_SESSION_CLS
from aiobotocore.httpsession import AIOHTTPSession

from aiomoto import _live
from aiomoto._botocore.session_classes import mocked_class
from aiomoto._environment.variables import ACCESS_KEY, REGION, SECRET_KEY
from aiomoto._errors import ArgumentError
from aiomoto._http.aiohttp.session import MockedAIOHTTPSession, MotoAIOHTTPSession
from aiomoto._patching.required_names import check_instance

if TYPE_CHECKING:
    import aioboto3


class AioSession(aiobotocore.session.AioSession):  # type: ignore[misc]
    """Create an aiobotocore session whose clients send their requests to Moto.

    It has Moto's fake keys unless ``set_credentials`` or a client gives others. Its region is us-east-1 unless one is
    configured, and it reads only profiles that it was given. Its clients work without a mock and inside
    ``aiomoto.mock_aws``; inside Moto's own mock they raise an :class:`AiomotoError`.

    Args:
        *args: aiobotocore's own arguments.
        http_session_cls: the class of the clients' HTTP sessions. A client's ``AioConfig`` may name another one;
            :class:`MotoHttpxSession` replaces aiobotocore's ``HttpxSession``.
        **kwargs: aiobotocore's own arguments.

    Raises:
        ArgumentError: the class is not wired to Moto, so its requests would go to AWS.
    """

    def __init__(self, *args: Any, http_session_cls: Any = MotoAIOHTTPSession, **kwargs: Any) -> None:
        if not _is_wired(http_session_cls):
            raise _not_wired(http_session_cls)
        super().__init__(*args, **kwargs)
        self._http_session_cls = http_session_cls
        # Before Moto's own handler.
        self.get_component("event_emitter").register_first("before-send", _live.refuse_motos_own_mock)
        self.set_default_client_config(None)
        self.set_credentials(ACCESS_KEY, SECRET_KEY)

    def set_default_client_config(self, client_config: Any) -> None:
        """Set the clients' default configuration; this session's HTTP session class stays."""
        if client_config is not None:
            check_instance(client_config, "aiobotocore.config", "AioConfig")
        options = {} if client_config is None else dict(client_config._user_provided_options)
        for name, value in _AS_ON_A_BARE_MACHINE.items():
            options.setdefault(name, value)
        options["connector_args"] = getattr(client_config, "connector_args", None)
        options["http_session_cls"] = _chosen(client_config, self._http_session_cls)
        super().set_default_client_config(_WiredConfig(**options))

    def get_config_variable(self, logical_name: str, methods: Any = None) -> Any:
        """Look up a configuration variable, but for profiles and their files only in what the session was given."""
        given = self.instance_variables()
        if logical_name == "profile":
            return given.get("profile")
        if logical_name in ("config_file", "credentials_file") and given.get("profile") is None:
            return given.get(logical_name, os.devnull)
        value = super().get_config_variable(logical_name, methods)
        return REGION if value is None and logical_name == "region" else value


# Other values, from the environment, would ask for the account of the fake keys, or an instance for its region.
_AS_ON_A_BARE_MACHINE = {"account_id_endpoint_mode": "preferred", "defaults_mode": "legacy"}


def aioboto3_session(*, http_session_cls: Any = MotoAIOHTTPSession, **kwargs: Any) -> aioboto3.Session:
    """Create an ``aioboto3.Session`` whose clients and resources send their requests to Moto. It patches nothing.

    Keys, region and profile are as in :class:`AioSession`, unless an argument names others.

    Args:
        http_session_cls: the class of the clients' HTTP sessions, as in :class:`AioSession`.
        **kwargs: aioboto3's own arguments, but for ``botocore_session``.

    Raises:
        ArgumentError: the class is not wired to Moto.
        ImportError: aioboto3 is not installed.
    """
    try:
        import aioboto3
    except ModuleNotFoundError as error:
        raise ImportError(
            "aioboto3_session needs aioboto3: pip install aioboto3, or in a checkout of aiomoto "
            "pip install '.[aioboto3]'"
        ) from error
    return aioboto3.Session(botocore_session=AioSession(http_session_cls=http_session_cls), **kwargs)


def _is_wired(session_class: Any) -> bool:
    return isinstance(session_class, type) and issubclass(session_class, tuple(_wired_classes().values()))


def _wired_classes() -> dict[Any, type]:
    """Our session classes, by the classes of aiobotocore that they replace."""
    wired: dict[Any, type] = {AIOHTTPSession: MotoAIOHTTPSession}
    with suppress(ImportError):  # without httpx, aiobotocore has no such class
        from aiobotocore.httpxsession import HttpxSession

        from aiomoto._http.httpx.session import MotoHttpxSession

        wired[HttpxSession] = MotoHttpxSession
    return wired


def _not_wired(session_class: Any) -> ArgumentError:
    return ArgumentError(
        f"http_session_cls={getattr(session_class, '__qualname__', session_class)!s} is not wired to Moto: pass "
        "MotoAIOHTTPSession, MotoHttpxSession or a subclass of one of them. For other session classes use "
        "aiobotocore's own AioSession inside mock_aws()"
    )


class _WiredConfig(AioConfig):  # type: ignore[misc]
    """A configuration that keeps its HTTP session class and merges connector arguments, as aiobotocore 2 does not."""

    def merge(self, other_config: Any) -> Any:
        merged = super().merge(other_config)
        merged.http_session_cls = _chosen(other_config, self.http_session_cls)
        default = AioConfig().connector_args
        given = getattr(other_config, "connector_args", default)
        merged.connector_args |= {name: value for name, value in given.items() if value != default.get(name)}
        return merged


def _chosen(config: Any, otherwise: Any) -> Any:
    """The wired session class that a configuration asks for. No option may lead a wired session to the network.

    Raises:
        ArgumentError: the class is neither wired nor one of aiobotocore's own.
    """
    session_class = getattr(config, "http_session_cls", DEFAULT_HTTP_SESSION_CLS)
    if session_class is DEFAULT_HTTP_SESSION_CLS:
        return otherwise
    if _is_wired(session_class):
        return session_class
    if issubclass(otherwise, MockedAIOHTTPSession):  # a session that was created in a mock, of any class
        return mocked_class(session_class)
    if session_class in (wired := _wired_classes()):
        return wired[session_class]
    raise _not_wired(session_class)
