"""Request bodies of every kind are sent as over a network, or refused as there."""

from __future__ import annotations

import io
import mmap
from array import array
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

import aiohttp
import pytest

from tests.conftest import Stack
from tests.loopback import LoopbackServer
from tests.uploads import AS_IT_IS, DATA, MARKS, Boto3, DataFile, Outcome, inside_mock, over_network
from tests.uploads import server as server  # a fixture
from tests.uploads import stack as stack  # a fixture

pytestmark = [*MARKS, pytest.mark.usefixtures("sockets_collected"), pytest.mark.thorough]


class NeedsSize(io.BytesIO):
    """A file of which ``read`` has to be told how much, as many a progress bar's."""

    def read(self, size: int | None) -> bytes:  # type: ignore[override]
        return super().read(size)


class GivesPieces(io.BytesIO):
    """A file of which ``read`` gives a piece where no size is asked for."""

    def read(self, size: int | None = 8192) -> bytes:
        return super().read(size)


class GivesLess(DataFile):
    """A file that gives less than it is asked for, as pipes do."""

    def read(self, size: int = -1) -> bytes:
        return self._file.read(min(size, 1000))


class Readable:
    """Not a file of Python's, but it can be read."""

    def __init__(self) -> None:
        self._file = io.BytesIO(DATA)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


class GivesViews(Readable):
    """One that fills the same buffer again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._buffer = bytearray(10_000)

    def read(self, size: int = -1) -> memoryview:  # type: ignore[override]
        return memoryview(self._buffer)[: self._file.readinto(self._buffer)]


class AsyncReadable:
    """A file of which ``read`` is awaited, and nothing more."""

    def __init__(self) -> None:
        self._file = io.BytesIO(DATA)

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


def pieces() -> Iterator[bytes]:
    for start in range(0, len(DATA), 50_000):
        yield DATA[start : start + 50_000]


def reused_buffer() -> Iterator[memoryview]:
    buffer, file = bytearray(10_000), io.BytesIO(DATA)
    while size := file.readinto(buffer):
        yield memoryview(buffer)[:size]


async def async_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


async def async_reused_buffer() -> AsyncIterator[memoryview]:
    for piece in reused_buffer():
        yield piece


class AsyncIterable:
    def __aiter__(self) -> AsyncIterator[bytes]:
        return async_pieces()


def _at(position: int, file: Any) -> Any:
    file.seek(position)
    return file


def _multipart() -> aiohttp.MultipartWriter:
    writer = aiohttp.MultipartWriter(boundary="boundary")
    writer.append("one")
    return writer


def _mapped(path: Path) -> Any:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _spooled() -> Any:
    file = SpooledTemporaryFile()  # noqa: SIM115  (the test closes it)
    file.write(DATA)
    file.seek(7)
    return file


KINDS: dict[str, Callable[[Path], Any]] = {
    "bytes": lambda path: DATA,
    "bytearray": lambda path: bytearray(DATA),
    "memoryview": lambda path: memoryview(DATA),
    "memoryview-of-numbers": lambda path: memoryview(array("i", range(1000))),
    "array-of-numbers": lambda path: array("i", range(1000)),
    "str": lambda path: "grüße 日本語",
    "BytesIO": lambda path: io.BytesIO(DATA),
    "BytesIO-part-read": lambda path: _at(7, io.BytesIO(DATA)),
    "BytesIO-read": lambda path: _at(len(DATA), io.BytesIO(DATA)),
    "StringIO": lambda path: io.StringIO("one\ntwo"),
    "StringIO-in-two-lengths": lambda path: io.StringIO("grüße"),
    "file": lambda path: path.open("rb"),
    "file-part-read": lambda path: _at(7, path.open("rb")),
    "file-unbuffered": lambda path: path.open("rb", buffering=0),
    "text-file": lambda path: path.with_suffix(".txt").open(encoding="utf-8"),
    "spooled": lambda path: _spooled(),
    "mmap": _mapped,
    "needs-size": lambda path: NeedsSize(DATA),
    "gives-pieces": lambda path: GivesPieces(DATA),
    "gives-less": lambda path: GivesLess(),
    "readable": lambda path: Readable(),
    "gives-views": lambda path: GivesViews(),
    "async-readable": lambda path: AsyncReadable(),
    "list": lambda path: list(pieces()),
    "tuple-of-bytearray-and-str": lambda path: (bytearray(b"one "), "zwölf"),
    "generator": lambda path: pieces(),
    "generator-of-one-buffer": lambda path: reused_buffer(),
    "nothing-more": lambda path: iter(()),
    "async-generator": lambda path: async_pieces(),
    "async-generator-of-one-buffer": lambda path: async_reused_buffer(),
    "async-iterable": lambda path: AsyncIterable(),
    "deque": lambda path: deque([b"one", b"two"]),
    "dict": lambda path: {"one": "two three"},
    "pairs": lambda path: [("one", "two")],
    "form": lambda path: aiohttp.FormData({"one": "two"}),
    "multipart": lambda path: _multipart(),
    "path": lambda path: path,
    "numbers": lambda path: [1, 2],
    "number": lambda path: 42,
    "object": lambda path: object(),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bodies")
    (folder / "data.bin").write_bytes(DATA)
    (folder / "data.txt").write_text("grüße\n日本語", encoding="utf-8")
    return folder / "data.bin"


async def test_a_body_is_sent_or_refused_as_over_a_network(
    path: Path, stack: Stack | Boto3, server: LoopbackServer
) -> None:
    # That nobody awaits its `read` is a warning of Python's.
    left_out = {"async-readable"} if isinstance(stack, Boto3) else set()
    with ExitStack() as opened:

        def make() -> dict[str, Any]:
            bodies = {name: kind(path) for name, kind in KINDS.items() if name not in left_out}
            for body in bodies.values():
                opened.callback(bool if isinstance(body, aiohttp.MultipartWriter) else getattr(body, "close", bool))
            return bodies

        real = await over_network(server, stack, make(), AS_IT_IS)

        assert await inside_mock(stack, make(), AS_IT_IS) == real


async def test_a_file_that_is_read_in_pieces_arrives_whole(stack: Stack | Boto3) -> None:
    bodies = {"needs-size": NeedsSize(DATA), "gives-pieces": GivesPieces(DATA), "gives-less": GivesLess()}

    assert await inside_mock(stack, bodies, {}) == dict.fromkeys(bodies, Outcome(DATA))
