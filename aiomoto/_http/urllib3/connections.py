"""Count the connections of boto3's sessions. They do not wait for one: urllib3 warns when it has to discard one."""

from __future__ import annotations

import logging
from io import BytesIO
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

# urllib3's own logger and message.
_log = logging.getLogger("urllib3.connectionpool")
_FULL = "Connection pool is full, discarding connection: %s. Connection pool size: %s"


class Connections:
    """The connections of one session to one host.

    Args:
        host: the host.
        size: how many are kept for the next request. More are opened if need be, and discarded afterwards.
    """

    def __init__(self, host: str, size: int) -> None:
        self._host = host
        self._size = size
        self._kept = size
        self._lock = Lock()

    def take(self) -> None:
        """Take a connection, or open one."""
        with self._lock:
            self._kept = max(self._kept - 1, 0)

    def put_back(self) -> None:
        """Keep a connection, or discard it."""
        with self._lock:
            is_full = self._kept == self._size
            self._kept += not is_full
        if is_full:
            _log.warning(_FULL, self._host, self._size)


class Body(BytesIO):
    """A body that keeps its connection until it has been read to its end."""

    def __init__(self, data: bytes, connections: Connections) -> None:
        super().__init__(data)
        self._size = len(data)
        self._connections: Connections | None = connections

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to ``size`` bytes."""
        data = super().read(size)
        if self.tell() >= self._size:
            self._put_back()
        return data

    def close(self) -> None:
        """Let go of the connection, which urllib3 does not use again."""
        self._connections = None
        super().close()

    def _put_back(self) -> None:
        connections, self._connections = self._connections, None
        if connections is not None:
            connections.put_back()


_connections: WeakKeyDictionary[Any, dict[str, Connections]] = WeakKeyDictionary()


def connections_of(session: Any, host: str, size: int) -> Connections:
    """The connections of a session of botocore's to a host, of which it keeps so many."""
    hosts = _connections.get(session)
    if hosts is None:
        hosts = _connections.setdefault(session, {})
    found = hosts.get(host)
    return hosts.setdefault(host, Connections(host, size)) if found is None else found
