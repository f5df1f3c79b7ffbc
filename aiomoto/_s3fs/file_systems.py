"""Drop s3fs's file systems that were created inside a mock, and all cached listings, when the mock ends.

s3fs caches each file system for ever, with its client and the listings of directories. Without this the next test
would see the files of the last one, and code after the mock would get a client that is blocked.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Callable, Iterator
from functools import cache, partial, wraps
from types import ModuleType
from typing import Any

from aiomoto._cleanup import run_all
from aiomoto._exchange import Exchange
from aiomoto._http.aiohttp.session import MockedAIOHTTPSession
from aiomoto._moto import worlds
from aiomoto._moto.worlds import World
from aiomoto._patching.replacements import Target
from aiomoto._patching.required_names import check_instance
from aiomoto._s3fs.closing import Closing
from aiomoto._s3fs.worlds import join_listings, separate_listings
from aiomoto._wiring import AioSession

FileSystem = Any


class FileSystems:
    """Tracks s3fs's file systems while at least one mock is active. Its methods are called under one lock.

    s3fs may be imported before the mock or inside it. It is never imported here.
    """

    def __init__(self) -> None:
        self._users: tuple[Exchange, ...] = ()  # of the active mocks
        self._inside, self._outside = _Instances(), _Instances()
        self._cached_before: dict[tuple[type, str], Any] = {}
        self._latest_before: dict[Any, str | None] = {}  # of classes that have one of their own

    def targets(self, core: ModuleType) -> tuple[Target, ...]:
        """List what to replace in ``s3fs.core``."""
        return (
            (core.S3FileSystem, "__init__", self._tracking_init),
            (core.S3FileSystem, "set_session", self._tracking_set_session),
            # The alias that s3fs creates in the class body refers to the original set_session.
            (core.S3FileSystem, "_connect", self._tracking_set_session),
            (core.S3FileSystem, "connect", self._tracking_connect),
        )

    @property
    def _isolates(self) -> bool:
        return any(user.world is not None for user in self._users)

    def enter(self, user: Exchange) -> None:
        """Track file systems for one more user. For the first one, clear all listings."""
        if not self._users and _s3_file_system() is not None:
            self._cached_before = {(cls, token): weakref.ref(fs) for cls, token, fs in _cached()}
            classes = list(_classes(_s3_file_system()))
            self._latest_before = {cls: cls._latest for cls in classes if "_latest" in vars(cls)}
            for fs in [fs for cls in classes for fs in list(cls._cache.values())]:
                self._outside.add(fs)
            self._forget_listings()
        self._users = (*self._users, user)
        if user.world is not None:
            for fs in (*self._inside.alive(), *self._outside.alive()):
                separate_listings(fs)

    def leave(self, user: Exchange, closing: Closing) -> None:
        """Remove a user. With the last one, drop the file systems and listings created since the first one.

        Args:
            user: the user to remove.
            closing: gets the clients to close; wait for it when no lock is held.
        """
        others = tuple(each for each in self._users if each is not user)
        try:
            if not self._users or _s3_file_system() is None:
                return
            if not others:
                run_all(self._endings(closing))
            elif user.world is not None and user.world.is_over:
                run_all(self._endings_in(user.world, closing))
        finally:
            self._users = others

    def _endings(self, closing: Closing) -> Iterator[Callable[[], object]]:
        """List what ends the file systems of the mocks, and restores the others."""
        yield self._forget_instances
        yield self._forget_listings
        for fs in self._inside.alive():
            yield partial(join_listings, fs)
            yield partial(_close_connections, fs, closing)
            yield partial(_block, fs)
        for fs in self._outside.alive():
            yield partial(self._restore, fs, closing)
        yield self._outside.clear

    def _endings_in(self, world: World, closing: Closing) -> Iterator[Callable[[], object]]:
        """List what ends the file systems that were created in an isolated mock."""
        for cls, token, fs in list(_cached()):
            if self._inside.world_of(_s3_of(fs)) is world:
                yield partial(cls._cache.pop, token, None)
        for fs in self._inside.alive():
            if self._inside.world_of(fs) is world:
                yield partial(_close_connections, fs, closing)
                yield partial(_block, fs)

    def _restore(self, fs: FileSystem, closing: Closing) -> None:
        if _close_connections(fs, closing) or any(map(_is_mocked, _clients(vars(fs).get("_s3creator")))):
            _forget_clients(fs)
            fs.session = self._outside.session_of(fs)
        join_listings(fs)
        fs.__dict__.pop("close_session", None)

    def forget_listings(self) -> None:
        """Clear all cached listings."""
        if self._users:
            self._forget_listings()

    def _forget_listings(self) -> None:
        for fs in (*self._inside.alive(), *self._outside.alive()):
            fs.dircache.clear()
            # With cache_regions=True, s3fs also caches the client of each bucket.
            getattr(vars(fs).get("_s3creator"), "_buckets", {}).clear()

    def _track(self, fs: FileSystem) -> None:
        if self._users and fs not in self._inside:
            self._outside.add(fs)
        if self._isolates:
            separate_listings(fs)
        if self._users:
            fs.__dict__.setdefault("close_session", _close_if_connected)

    def _tracking_init(self, original: Any) -> Any:
        @wraps(original)
        def __init__(fs: FileSystem, *args: Any, **kwargs: Any) -> None:
            original(fs, *args, **kwargs)
            if self._users:
                check_instance(fs, "s3fs.core", "S3FileSystem")
                self._inside.add(fs)
                if self._isolates:
                    separate_listings(fs)

        return __init__

    def _tracking_set_session(self, original: Any) -> Any:
        # Every call to S3 starts with this method, also in file systems that fsspec was told not to cache.
        @wraps(original)
        async def set_session(fs: FileSystem, *args: Any, **kwargs: Any) -> Any:
            self._track(fs)
            return await original(fs, *args, **kwargs)

        return set_session

    def _tracking_connect(self, original: Any) -> Any:
        @wraps(original)
        def connect(fs: FileSystem, *args: Any, **kwargs: Any) -> Any:
            self._track(fs)
            return original(fs, *args, **kwargs)

        return connect

    def _forget_instances(self) -> None:
        for cls, token, fs in list(_cached()):
            before = self._cached_before.get((cls, token))
            if before is None or before() is not fs:
                cls._cache.pop(token, None)
        for cls in _classes(_s3_file_system()):
            if cls in self._latest_before:
                cls._latest = self._latest_before[cls]
            elif "_latest" in vars(cls):
                del cls._latest


class _Instances:
    """A set of file systems by identity, since those with equal arguments compare equal. It keeps none alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[FileSystem], Any, World | None]] = {}

    def add(self, fs: FileSystem) -> None:
        key = id(fs)
        if fs not in self:
            reference = weakref.ref(fs, lambda _: self._known.pop(key, None))
            self._known[key] = reference, fs.session, worlds.current()

    def session_of(self, fs: FileSystem) -> Any:
        """Return the session that a file system had when it was added."""
        return self._known[id(fs)][1]

    def world_of(self, fs: FileSystem) -> World | None:
        """Return the world in which a file system was created, if any."""
        return self._known[id(fs)][2] if fs in self else None

    def __contains__(self, fs: FileSystem) -> bool:
        known = self._known.get(id(fs))
        return known is not None and known[0]() is fs

    def alive(self) -> list[FileSystem]:
        return [fs for reference, _, _ in list(self._known.values()) if (fs := reference()) is not None]

    def clear(self) -> None:
        self._known.clear()


# ---------------------------------------------------------------- their clients


def _block(fs: FileSystem) -> None:
    """Make a file system create only clients that are blocked while no mock is active."""
    if not isinstance(fs.session, AioSession):
        fs.session = _blocked_session()
        fs._session_is_owned = False  # otherwise s3fs replaces the session


@cache
def _blocked_session() -> AioSession:
    return AioSession(http_session_cls=MockedAIOHTTPSession)


def _forget_clients(fs: FileSystem) -> None:
    """Make a file system create a new client on its next use."""
    fs._s3 = None
    fs.__dict__.pop("_s3creator", None)


def _close_connections(fs: FileSystem, closing: Closing) -> bool:
    """Close the clients with real connections (``passthrough``) on their own loops; return whether there are any."""
    clients = [each for each in _clients(vars(fs).get("_s3creator")) if _is_mocked(each)]
    connected = [each for each in clients if each._endpoint.http_session.has_connections]
    if connected:
        _forget_clients(fs)
    # After a fork the loop is a copy that never runs.
    for client in connected if fs._pid == os.getpid() else ():
        closing.begin(client, client._endpoint.http_session.loop)
    return bool(connected)


def _close_if_connected(loop: Any, creator: Any) -> None:
    """Replace ``S3FileSystem.close_session``, which s3fs calls when a file system is collected.

    The original closes clients on whichever loop runs at that time, in tasks that nobody awaits. A mocked client
    without connections needs no closing.
    """
    if any(not _is_mocked(each) or each._endpoint.http_session.has_connections for each in _clients(creator)):
        _s3_file_system().close_session(loop, creator)


def _clients(creator: Any) -> list[Any]:
    """List the clients of a file system: one, and one for each region with ``cache_regions=True``."""
    found = (getattr(creator, "_client", None), *getattr(creator, "_regions", {}).values())
    clients = [client for client in found if client is not None]
    for client in clients:
        check_instance(client, "aiobotocore.client", "AioBaseClient")
    return clients


def _is_mocked(client: Any) -> bool:
    return isinstance(client._endpoint.http_session, MockedAIOHTTPSession)


# ---------------------------------------------------------------- fsspec


def _s3_file_system() -> Any:
    """Return s3fs's class, or ``None`` if s3fs has not been imported."""
    return getattr(sys.modules.get("s3fs.core"), "S3FileSystem", None)


def _cached() -> Iterator[tuple[Any, str, FileSystem]]:
    """List the file systems in fsspec's cache: s3fs's, and those on top of one, such as ``simplecache::s3://``."""
    for cls in _classes(sys.modules["fsspec"].AbstractFileSystem):
        for token, fs in list(cls._cache.items()):
            if _s3_of(fs) is not None:
                yield cls, token, fs


def _s3_of(fs: FileSystem) -> FileSystem | None:
    """Return the file system of s3fs that another one is on top of, or itself is."""
    while fs is not None and not issubclass(type(fs), _s3_file_system()):
        # Not fs.fs: some file systems have every attribute.
        fs = object.__getattribute__(fs, "__dict__").get("fs")
    return fs


def _classes(cls: Any) -> set[Any]:
    return {cls}.union(*map(_classes, cls.__subclasses__()))
