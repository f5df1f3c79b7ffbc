"""s3fs's file systems: those that are made inside a mock do not survive it, nor does any listing.

s3fs keeps a file system for ever once it is made, with its client and the listings of all directories that it has
looked at. Without this the next test would find the last one's files, and code after the mock a client that is blocked.
"""

from __future__ import annotations

import asyncio
import os
import sys
import weakref
from collections.abc import Iterable, Iterator
from functools import cache, wraps
from types import ModuleType
from typing import Any, NamedTuple

from aiomoto._http.aiohttp_session import MockedAIOHTTPSession
from aiomoto._replacements import Target
from aiomoto._s3fs.closing import Closing
from aiomoto._wiring import AioSession

FileSystem = Any


class FileSystems:
    """s3fs's file systems, looked after while at least one mock wants it. Its methods are called under one lock.

    s3fs may be imported before the mock or inside it. It is never imported here.
    """

    def __init__(self) -> None:
        self._users: tuple[object, ...] = ()
        self._known = _Known()
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
            self._see_those_from_outside()
        self._users = (*self._users, user)

    def leave(self, user: object, closing: Closing) -> None:
        """Let one user go. With the last one go the file systems, the clients and the listings made in the meantime.

        Args:
            user: who goes.
            closing: takes what is left to wait for, once no lock is held.
        """
        others = tuple(each for each in self._users if each is not user)
        if self._users and not others and _s3_file_system() is not None:
            self._forget_instances()
            for fs, sight in self._known.alive():
                _forget_listings(fs)
                _drop_clients(fs, sight, closing)
            self._known.keep_those_made_inside()
        self._users = others

    def forget_listings(self) -> None:
        """Forget what the file systems have seen of their buckets."""
        for fs, _ in self._known.alive() if self._users else ():
            _forget_listings(fs)

    def _noting_init(self, original: Any) -> Any:
        @wraps(original)
        def __init__(fs: FileSystem, *args: Any, **kwargs: Any) -> None:
            original(fs, *args, **kwargs)
            if self._users:
                self._known.note(fs, made_inside=True)

        return __init__

    def _noting_set_session(self, original: Any) -> Any:
        # Nothing that goes to S3 gets past this one, also of those that fsspec was told not to keep.
        @wraps(original)
        async def set_session(fs: FileSystem, *args: Any, **kwargs: Any) -> Any:
            if self._users:
                self._known.note(fs, made_inside=False)
            return await original(fs, *args, **kwargs)

        return set_session

    def _noting_connect(self, original: Any) -> Any:
        @wraps(original)
        def connect(fs: FileSystem, *args: Any, **kwargs: Any) -> Any:
            if self._users:
                self._known.note(fs, made_inside=False)
            return original(fs, *args, **kwargs)

        return connect

    def _see_those_from_outside(self) -> None:
        self._cached_before = {(cls, token): weakref.ref(fs) for cls, token, fs in _cached()}
        self._latest_before = {cls: cls._latest for cls in _classes(_s3_file_system())}
        for cls in self._latest_before:
            for fs in list(cls._cache.values()):
                self._known.note(fs, made_inside=False)
        for fs, _ in self._known.alive():
            _forget_listings(fs)

    def _forget_instances(self) -> None:
        for cls, token, fs in list(_cached()):
            before = self._cached_before.get((cls, token))
            if before is None or before() is not fs:
                cls._cache.pop(token, None)
        for cls in _classes(_s3_file_system()):
            if cls._latest != self._latest_before.get(cls):
                cls._latest = self._latest_before.get(cls)


class _Sight(NamedTuple):
    """What a file system was like when a mock first saw it."""

    fs: weakref.ref[FileSystem]
    made_inside: bool
    session: Any
    creators: list[Any]


class _Known:
    """The file systems that mocks have seen, by identity: s3fs calls those equal whose arguments are equal."""

    def __init__(self) -> None:
        self._sights: dict[int, _Sight] = {}

    def note(self, fs: FileSystem, *, made_inside: bool) -> None:
        """See a file system, for the first time or again."""
        key = id(fs)
        if key not in self._sights:
            reference = weakref.ref(fs, lambda _: self._sights.pop(key, None))
            creators = [] if made_inside else _creators(fs)
            self._sights[key] = _Sight(reference, made_inside, fs.session, creators)

    def alive(self) -> Iterator[tuple[FileSystem, _Sight]]:
        """Those that still exist."""
        for sight in list(self._sights.values()):
            if (fs := sight.fs()) is not None:
                yield fs, sight

    def keep_those_made_inside(self) -> None:
        """Forget the others: what they are like from here on is what the next mock finds."""
        self._sights = {id(fs): sight for fs, sight in self.alive() if sight.made_inside}


# ---------------------------------------------------------------- what they have


def _forget_listings(fs: FileSystem) -> None:
    fs.dircache.clear()
    # With cache_regions=True: the client for each bucket.
    getattr(vars(fs).get("_s3creator"), "_buckets", {}).clear()


def _drop_clients(fs: FileSystem, sight: _Sight, closing: Closing) -> None:
    """Close the clients that were made inside the mock, and have the file system make a new one on its next use.

    One from outside does so for real. One from inside goes on with sessions that are blocked while no mock is live.
    """
    inside = [each for each in _creators(fs) if not _is_in(each, sight.creators)]
    for finalizer in _finalizers(fs):
        # It would close the client a second time, and on whichever loop is running by then.
        if _is_in(finalizer.peek()[2][1], inside):
            finalizer.detach()
    for client in (client for creator in inside for client in _clients(creator)):
        if (loop := _loop_of(client, fs)) is not None:
            closing.begin(client, loop)
    if _is_in(vars(fs).get("_s3creator"), inside):
        fs._s3 = None
        del fs._s3creator
    _drop_regional_clients(sight.creators)
    if not sight.made_inside:
        fs.session = sight.session
    elif not isinstance(fs.session, AioSession):
        fs.session = _blocked_session()
        fs._session_is_owned = False  # or else s3fs puts one of its own in its place


@cache
def _blocked_session() -> AioSession:
    return AioSession(http_session_cls=MockedAIOHTTPSession)


def _drop_regional_clients(creators: Iterable[Any]) -> None:
    # The creator closes them in the end, together with its own.
    for creator in creators:
        regions = getattr(creator, "_regions", {})
        for region, client in list(regions.items()):
            if isinstance(client._endpoint.http_session, MockedAIOHTTPSession):
                del regions[region]


def _creators(fs: FileSystem) -> list[Any]:
    """What has made the clients of a file system: the current one, and those before it that s3fs has yet to close."""
    creators = [finalizer.peek()[2][1] for finalizer in _finalizers(fs)]
    current = vars(fs).get("_s3creator")
    return creators if current is None or _is_in(current, creators) else [*creators, current]


def _finalizers(fs: FileSystem) -> Iterator[Any]:
    for reference in weakref.getweakrefs(fs):
        finalizer = reference.__callback__
        if isinstance(finalizer, weakref.finalize) and (alive := finalizer.peek()) and alive[1] == fs.close_session:
            yield finalizer


def _clients(creator: Any) -> list[Any]:
    """The clients that have not been closed: one, or one for each region as well where s3fs finds out the regions."""
    clients = {id(client): client for client in (creator._client, *getattr(creator, "_regions", {}).values())}
    return [client for client in clients.values() if client is not None and not _is_closed(client)]


def _is_closed(client: Any) -> bool:
    # Ours has one of them from the beginning, and none when it is closed: ``None`` from aiobotocore 3 on.
    return not getattr(client._endpoint.http_session, "_sessions", True)


def _loop_of(client: Any, fs: FileSystem) -> asyncio.AbstractEventLoop | None:
    # After a fork the loop is a copy that nobody runs.
    if fs._pid != os.getpid():
        return None
    loop: asyncio.AbstractEventLoop | None = getattr(client._endpoint.http_session, "_loop", None) or fs.loop
    return loop


def _is_in(value: object, values: Iterable[object]) -> bool:
    return any(value is each for each in values)


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
