"""The connections of a client: a call waits while all of them are in use, as over a network.

A body that nobody reads keeps its connection. When it gives it back is the HTTP library's affair, and its adapter here
calls :meth:`Lease.end` then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from aiomoto import _clock, _loops
from aiomoto._aws.scope import header
from aiomoto._calls.left_open import Leak
from aiomoto._exchange import Exchange, describe
from aiomoto._wire.message import INVOCATION_ID, WireRequest
from aiomoto._wire.source import is_answering

# How long a call waits at most if every connection is held by a body that nobody reads, in seconds.
_TIMEOUT = 5.0
# The same if the mock skips waits.
_INSTANT_TIMEOUT = 0.5


class NoConnectionError(Exception):
    """No connection of the client has become free. The message names the calls that hold them."""


class Lease:
    """One connection in use, from the request until its body has come in or is closed.

    Args:
        pool: the pool that it is taken from.
        head: the request.
    """

    __slots__ = ("__weakref__", "_exchange", "_pool", "head", "unread_since", "where")

    def __init__(self, pool: Pool, head: WireRequest) -> None:
        self._pool: Pool | None = pool
        self._exchange: Exchange | None = None
        self.head = head
        self.unread_since: float | None = None
        self.where: str | None = None

    def begin_body(self, exchange: Exchange, wire: WireRequest) -> None:
        """The response to this request has begun, and now it is up to its reader when the connection becomes free."""
        self.unread_since = _clock.now()
        self._exchange, self.head = exchange, wire
        exchange.note_body(self)

    def note_reading(self) -> None:
        """Note that more of the body has been read."""
        if self.unread_since is not None:
            self.unread_since = _clock.now()

    def abandon(self) -> None:
        """End: the client is being closed, with the connection. A body that was not read remains a leak."""
        if self._pool is not None and self._exchange is not None:
            self._exchange.note_abandoned(self)
        self.end()

    def end(self) -> None:
        """Give the connection back. Whoever has waited longest gets it."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.take_back(self)

    @property
    def is_open(self) -> bool:
        """Whether it is in use."""
        return self._pool is not None

    def leak(self) -> Leak:
        """What is wrong with its being in use at the end of a mock."""
        assert self._exchange is not None  # it has been noted
        return self._exchange.leak_of(self.head, self.where)


class Pool:
    """The connections of one client.

    Args:
        size: how many there are; 0 for any number.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._leases: dict[Lease, None] = {}  # in the order in which they were taken
        self._promised = 0  # to those who have been woken
        self._waiting: deque[_loops.Signal] = deque()
        self._changed = 0.0
        self._gave_up: set[str] = set()  # calls, since the last change

    def lease_now(self, head: WireRequest) -> Lease | None:
        """Take a connection if one is free and nobody waits for it."""
        if self._size and (self._waiting or len(self._leases) + self._promised >= self._size):
            return Lease(_UNCOUNTED, head) if is_answering.get() else None
        lease = Lease(self, head)
        self._leases[lease] = None
        return lease

    async def lease(self, head: WireRequest, timeout: float) -> Lease:
        """Wait for a connection, in the order of asking.

        Args:
            head: the request.
            timeout: how many seconds to wait at most while all connections are held by bodies that nobody reads.

        Raises:
            NoConnectionError: none of them has become free.
        """
        call = header(head, "amz-sdk-invocation-id") or str(head.context.get(INVOCATION_ID, ""))
        await self._turn(call, timeout)
        lease = Lease(self, head)
        self._leases[lease] = None
        return lease

    def take_back(self, lease: Lease) -> None:
        """End a lease."""
        self._leases.pop(lease, None)
        if self._waiting or self._gave_up:
            self._changed = _clock.now()
            self._gave_up.clear()
            self._wake_next()

    def _wake_next(self) -> None:
        while self._waiting and len(self._leases) + self._promised < self._size:
            turn = self._waiting.popleft()
            if not turn.is_lost:
                self._promised += 1
                turn.set()

    async def _turn(self, call: str, timeout: float) -> None:
        asked, turn = _clock.now(), _loops.signal()
        self._waiting.append(turn)
        try:
            # The next attempt of a call that gave up does not wait again, unless something has changed.
            while not await turn.wait(0 if call in self._gave_up else self._left(asked, timeout)):
                if call in self._gave_up or self._left(asked, timeout) <= 0:
                    self._gave_up.add(call)
                    raise NoConnectionError(self._complaint())
        except BaseException:
            if turn.is_set:
                self._promised -= 1
                self._wake_next()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise
        self._promised -= 1

    def _left(self, asked: float, timeout: float) -> float:
        """Seconds until the timeout: all of it if a call is under way, which frees its connection by itself."""
        began = [lease.unread_since for lease in self._leases]
        if self._promised or None in began:
            return timeout
        last = max([asked, self._changed, *(moment for moment in began if moment is not None)])
        return last + timeout - _clock.now()

    def _complaint(self) -> str:
        now = _clock.now()
        held = [
            f"{describe(lease.head)}, unread for {now - (lease.unread_since or now):.1f} s"
            for lease in list(self._leases)[:_MOST_NAMED]
        ]
        more = len(self._leases) - len(held)
        listed = "; ".join(held) + (f"; and {more} more" if more else "")
        return (
            f"all {self._size} connections of the client are in use, by responses whose bodies are neither read to "
            f'their ends nor closed: {listed}. Read or close each body, with `async with response["Body"] as body` for '
            "example, or raise max_pool_connections"
        )


_MOST_NAMED = 10


_UNCOUNTED = Pool(0)  # for the calls of code that answers a call: it stands for AWS, and not for the client


def lease_timeout(connect_timeout: float | None, *, is_instant: bool) -> float:
    """How long a call waits for a connection, in seconds.

    Args:
        connect_timeout: the client's timeout in seconds; ``None`` if it has none.
        is_instant: whether the mock skips waits.
    """
    limit = _INSTANT_TIMEOUT if is_instant else _TIMEOUT
    return limit if connect_timeout is None else min(connect_timeout, limit)


_pools: WeakKeyDictionary[Any, dict[Hashable, Pool]] = WeakKeyDictionary()


def pool_of(owner: Any, size: Callable[[], int], key: Hashable = None) -> Pool:
    """The pool of a session or a connector, or one of several by a key, created with ``size()`` connections."""
    try:
        return _pools[owner][key]
    except KeyError:
        pool = _pools.setdefault(owner, {})[key] = Pool(size())
        return pool
