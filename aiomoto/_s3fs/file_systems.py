"""s3fs's file systems: those that are created inside a mock do not survive it, nor does any listing.

s3fs keeps a file system for ever once it is created, with its client and the listings of all directories that it has
looked at. Without this the next test would find the last one's files, and code after the mock a client that is blocked.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Iterator
from functools import cache, wraps
from types import ModuleType
from typing import Any

from aiomoto._http.aiohttp.session import MockedAIOHTTPSession
from aiomoto._patching.replacements import Target
from aiomoto._patching.required_names import check_instance
from aiomoto._s3fs.closing import Closing
from aiomoto._wiring import AioSession

FileSystem = Any


class FileSystems:
    """s3fs's file systems, looked after while at least one mock wants it. Its methods are called under one lock.

    s3fs may be imported before the mock or inside it. It is never imported here.
    """

    def __init__(self) -> None:
        self._users: tuple[object, ...] = ()
        self._inside, self._outside = _Instances(), _Instances()
        self._cached_before: dict[tuple[type, str], Any] = {}
        self._latest_before: dict[Any, str | None] = {}

    def targets(self, core: ModuleType) -> tuple[Target, ...]:
        """What is replaced in ``s3fs.core``."""
        return (
            (core.S3FileSystem, "__init__", self._noting_init),
            (core.S3FileSystem, "set_session", self._noting_set_session),
            # Made of the one that was there when the class was.
            (core.S3FileSystem, "_connect", self._noting_set_session),
            (core.S3FileSystem, "connect", self._noting_connect),
        )

    def enter(self, user: object) -> None:
        """Look after the file systems for one more user. The first one finds no listings."""
        if not self._users and _s3_file_system() is not None:
            self._cached_before = {(cls, token): weakref.ref(fs) for cls, token, fs in _cached()}
            self._latest_before = {cls: cls._latest for cls in _classes(_s3_file_system())}
            for fs in [fs for cls in self._latest_before for fs in list(cls._cache.values())]:
                self._outside.add(fs)
            self._forget_listings()
        self._users = (*self._users, user)

    def leave(self, user: object, closing: Closing) -> None:
        """Let one user go. With the last one go the file systems and the listings made in the meantime.

        Args:
            user: who goes.
            closing: takes what is left to wait for, once no lock is held.
        """
        others = tuple(each for each in self._users if each is not user)
        if self._users and not others and _s3_file_system() is not None:
            self._forget_instances()
            self._forget_listings()
            for fs in self._inside.alive():
                _close_connections(fs, closing)
                _block(fs)
            for fs in self._outside.alive():
                if _close_connections(fs, closing) or any(map(_is_mocked, _clients(vars(fs).get("_s3creator")))):
                    _forget_clients(fs)
                    fs.session = self._outside.session_of(fs)
                fs.__dict__.pop("close_session", None)
            self._outside.clear()
        self._users = others

    def forget_listings(self) -> None:
        """Forget what the file systems have seen of their buckets."""
        if self._users:
            self._forget_listings()

    def _forget_listings(self) -> None:
        for fs in (*self._inside.alive(), *self._outside.alive()):
            fs.dircache.clear()
            # With cache_regions=True: the client for each bucket.
            getattr(vars(fs).get("_s3creator"), "_buckets", {}).clear()

    def _note(self, fs: FileSystem) -> None:
        if self._users and fs not in self._inside:
            self._outside.add(fs)
        if self._users:
            fs.__dict__.setdefault("close_session", _close_if_connected)

    def _noting_init(self, original: Any) -> Any:
        @wraps(original)
        def __init__(fs: FileSystem, *args: Any, **kwargs: Any) -> None:
            original(fs, *args, **kwargs)
            if self._users:
                check_instance(fs, "s3fs.core", "S3FileSystem")
                self._inside.add(fs)

        return __init__

    def _noting_set_session(self, original: Any) -> Any:
        # Nothing that goes to S3 gets past this one, also of those that fsspec was told not to keep.
        @wraps(original)
        async def set_session(fs: FileSystem, *args: Any, **kwargs: Any) -> Any:
            self._note(fs)
            return await original(fs, *args, **kwargs)

        return set_session

    def _noting_connect(self, original: Any) -> Any:
        @wraps(original)
        def connect(fs: FileSystem, *args: Any, **kwargs: Any) -> Any:
            self._note(fs)
            return original(fs, *args, **kwargs)

        return connect

    def _forget_instances(self) -> None:
        for cls, token, fs in list(_cached()):
            before = self._cached_before.get((cls, token))
            if before is None or before() is not fs:
                cls._cache.pop(token, None)
        for cls in _classes(_s3_file_system()):
            if cls._latest != self._latest_before.get(cls):
                cls._latest = self._latest_before.get(cls)


class _Instances:
    """Some file systems, by identity: s3fs calls those equal whose arguments are equal. It keeps none alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[FileSystem], Any]] = {}

    def add(self, fs: FileSystem) -> None:
        key = id(fs)
        if fs not in self:
            self._known[key] = weakref.ref(fs, lambda _: self._known.pop(key, None)), fs.session

    def session_of(self, fs: FileSystem) -> Any:
        """The session that a file system had when it was added."""
        return self._known[id(fs)][1]

    def __contains__(self, fs: FileSystem) -> bool:
        known = self._known.get(id(fs))
        return known is not None and known[0]() is fs

    def alive(self) -> list[FileSystem]:
        return [fs for reference, _ in list(self._known.values()) if (fs := reference()) is not None]

    def clear(self) -> None:
        self._known.clear()


# ---------------------------------------------------------------- their clients


def _block(fs: FileSystem) -> None:
    """Have the clients that a file system from inside creates later be blocked while no mock is active."""
    if not isinstance(fs.session, AioSession):
        fs.session = _blocked_session()
        fs._session_is_owned = False  # or else s3fs puts one of its own in its place


@cache
def _blocked_session() -> AioSession:
    return AioSession(http_session_cls=MockedAIOHTTPSession)


def _forget_clients(fs: FileSystem) -> None:
    """Have a file system begin with a new client on its next use."""
    fs._s3 = None
    fs.__dict__.pop("_s3creator", None)


def _close_connections(fs: FileSystem, closing: Closing) -> bool:
    """Close the clients that ``passthrough`` gave real connections, on the loops that these live on; tell if any is."""
    clients = [each for each in _clients(vars(fs).get("_s3creator")) if _is_mocked(each)]
    connected = [each for each in clients if each._endpoint.http_session.has_connections]
    if connected:
        _forget_clients(fs)
    # After a fork the loop is a copy that nobody runs.
    for client in connected if fs._pid == os.getpid() else ():
        closing.begin(client, client._endpoint.http_session.loop)
    return bool(connected)


def _close_if_connected(loop: Any, creator: Any) -> None:
    """Stand for ``S3FileSystem.close_session``, which s3fs calls when a file system is collected.

    It closes clients on whichever loop is running by then, in tasks that nobody waits for. A mocked one has nothing to
    close.
    """
    if any(not _is_mocked(each) or each._endpoint.http_session.has_connections for each in _clients(creator)):
        _s3_file_system().close_session(loop, creator)


def _clients(creator: Any) -> list[Any]:
    """The clients of a file system: one, or one for each region as well where s3fs finds out the regions."""
    found = (getattr(creator, "_client", None), *getattr(creator, "_regions", {}).values())
    clients = [client for client in found if client is not None]
    for client in clients:
        check_instance(client, "aiobotocore.client", "AioBaseClient")
    return clients


def _is_mocked(client: Any) -> bool:
    return isinstance(client._endpoint.http_session, MockedAIOHTTPSession)


# ---------------------------------------------------------------- fsspec


def _s3_file_system() -> Any:
    """s3fs's class, if it has been imported."""
    return getattr(sys.modules.get("s3fs.core"), "S3FileSystem", None)


def _cached() -> Iterator[tuple[Any, str, FileSystem]]:
    """The file systems that fsspec keeps: s3fs's own, and those that lie over one, as of ``simplecache::s3://``."""
    for cls in _classes(sys.modules["fsspec"].AbstractFileSystem):
        for token, fs in list(cls._cache.items()):
            if _lies_over_s3(fs):
                yield cls, token, fs


def _lies_over_s3(fs: object) -> bool:
    while fs is not None and not issubclass(type(fs), _s3_file_system()):
        # Not fs.fs: some file systems answer for any attribute.
        fs = object.__getattribute__(fs, "__dict__").get("fs")
    return fs is not None


def _classes(cls: Any) -> set[Any]:
    return {cls}.union(*map(_classes, cls.__subclasses__()))
