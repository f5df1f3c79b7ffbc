"""What a test or a library has put in the place of a method that a mock replaces: before the mock, or inside it.

It is called as Python calls it, with its arguments as they came, and nothing of ours is left in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from typing import Any

import pytest

from aiomoto import mock_aws
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.seams import (
    BOUND,
    NO_BUCKETS,
    SEAMS,
    UNBOUND,
    Seam,
    each_seam,
    mock_object,
    url_of_buckets,
    wraps,
    wrapt_wrapper,
)
from tests.snapshot import nothing_left_behind

pytestmark = [pytest.mark.anyio, pytest.mark.thorough]

Kind = Callable[..., Any]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as server:
        server.answer = Answer(200, (("content-type", "text/xml"),), NO_BUCKETS)
        yield server


@contextmanager
def ours(server: LoopbackServer) -> Iterator[str]:
    """A mock that lets out what goes to the server. It has a bucket, which the URL lists."""
    with mock_aws(config={"core": {"passthrough": {"urls": [server.url]}}}):
        yield url_of_buckets()


@contextmanager
def put_there(seam: Seam, kind: Kind, spare: Any, note: Callable[..., None]) -> Iterator[None]:
    """Put something in the place of a method, as ``monkeypatch`` does."""
    found = vars(seam.owner)[seam.name]
    setattr(seam.owner, seam.name, kind(found, spare, note))
    try:
        yield
    finally:
        setattr(seam.owner, seam.name, found)


async def spare(seam: Seam, kind: Kind, url: str, stack: AsyncExitStack) -> Any:
    if kind in BOUND:
        return None
    assert seam.spare
    return await stack.enter_async_context(seam.spare(url))


Placed = tuple[str, Kind]
# What Python does with a kind of callable is the same in each class: all are at two methods, of which one is
# asynchronous, and one that binds and one that does not at the others.
EVERY_KIND: list[Placed] = [
    *(("theirs", kind) for kind in (*BOUND, *UNBOUND)),
    *(("ours", kind) for kind in (wraps, wrapt_wrapper, mock_object)),
]
BINDS: list[Placed] = [("theirs", wrapt_wrapper), ("ours", wrapt_wrapper)]
DOES_NOT_BIND: list[Placed] = [("theirs", mock_object)]


def has_every_kind(seam: Seam) -> bool:
    return seam.name in ("urlopen", "connect")


def placed_at(seam: Seam) -> list[Placed]:
    if has_every_kind(seam):
        return EVERY_KIND
    # Where there is no other instance to call it on, these differ in more than what they are called with.
    return [*BINDS, *(DOES_NOT_BIND if seam.spare else [])]


def name_of(value: Any) -> str:
    return getattr(value, "__name__", None) or str(value)


@pytest.mark.parametrize(
    ("seam", "first", "kind"), [(seam, *placed) for seam in SEAMS for placed in placed_at(seam)], ids=name_of
)
async def test_it_is_called_as_python_calls_it(seam: Seam, kind: Kind, first: str, server: LoopbackServer) -> None:
    calls: list[Any] = []

    def note(*args: Any, **kwargs: Any) -> None:
        # A session's class is what ours tells those that make sessions.
        calls.append((len(args), sorted(kwargs.keys() - {"http_session_cls"})))

    async with AsyncExitStack() as stack:
        instance = await spare(seam, kind, server.url, stack)
        with put_there(seam, kind, instance, note):
            await seam.ask(server.url)
        without_mock = list(calls)
        server.received.clear()
        with ExitStack() as inner:
            if first == "ours":
                inner.enter_context(ours(server))
            inner.enter_context(put_there(seam, kind, instance, note))
            if first == "theirs":
                inner.enter_context(ours(server))
            calls.clear()

            await seam.ask(server.url)

    assert len(server.received) == 1
    assert calls == without_mock


@each_seam
@pytest.mark.parametrize(
    ("first", "kind"),
    [("theirs", wraps), ("theirs", wrapt_wrapper), ("ours", wrapt_wrapper)],
    ids=lambda value: getattr(value, "__name__", value),
)
async def test_moto_answers_for_aws(seam: Seam, kind: Kind, first: str, server: LoopbackServer) -> None:
    calls: list[Any] = []
    async with AsyncExitStack() as stack:
        instance = await spare(seam, kind, "https://s3.us-east-1.amazonaws.com", stack)
        with ExitStack() as inner:
            if first == "theirs":
                inner.enter_context(put_there(seam, kind, instance, lambda *args, **kwargs: calls.append(args)))
            url = inner.enter_context(ours(server))
            if first == "ours":
                inner.enter_context(put_there(seam, kind, instance, lambda *args, **kwargs: calls.append(args)))
            calls.clear()

            assert b"reports" in await seam.ask(url)

    # Instrumentation sees it, whenever it came. Clients from inside the mock have sessions of their own.
    assert calls or kind is not wrapt_wrapper or seam.name == "send"


@pytest.mark.parametrize(
    ("seam", "kind"),
    [(seam, kind) for seam in SEAMS for kind in (wraps, wrapt_wrapper)[not has_every_kind(seam) :]],
    ids=name_of,
)
async def test_nothing_is_left_in_it_in_whichever_order_they_leave(
    seam: Seam, kind: Kind, server: LoopbackServer
) -> None:
    await seam.ask(server.url)  # whatever is loaded or made once
    before = vars(seam.owner)[seam.name]
    with nothing_left_behind():
        for first, stops_first in itertools.product(("theirs", "ours"), repeat=2):
            stacks = {"ours": ExitStack(), "theirs": ExitStack()}
            for name in (first, *({"ours", "theirs"} - {first})):
                context = ours(server) if name == "ours" else put_there(seam, kind, None, lambda *args, **kwargs: None)
                stacks[name].enter_context(context)  # type: ignore[arg-type]
            stacks.pop(stops_first).close()
            if "theirs" in stacks:
                await seam.ask(server.url)
            stacks.popitem()[1].close()
            assert vars(seam.owner)[seam.name] is before, (first, stops_first)
