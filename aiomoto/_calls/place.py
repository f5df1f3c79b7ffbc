"""Where in the test, or in the code under test, a call was made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from types import FrameType
from typing import NamedTuple


class Place(NamedTuple):
    """A line of code that made a call, or that called what made it."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def place_of(frame: FrameType | None) -> tuple[str | None, bool]:
    """Find the first frame outside of the libraries, and whether a file system has made the call."""
    is_of_file_system = False
    for each in _frames_below_loop(frame):
        is_of_file_system = is_of_file_system or root_of(each) == "s3fs"
        if not is_of_library(each):
            return str(_place(each)), is_of_file_system
    return None, is_of_file_system


def places_of(frame: FrameType | None) -> tuple[Place, ...]:
    """Find the frames outside of the libraries, the innermost first."""
    own = (_place(each) for each in _frames_below_loop(frame) if not is_of_library(each))
    return tuple(islice(own, _MOST))


def _place(frame: FrameType) -> Place:
    return Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)


def is_of_library(frame: FrameType) -> bool:
    """Tell whether a frame is of code between a call and the test or the code under test."""
    root = root_of(frame)
    return root in _LIBRARIES or root.startswith("aws_sdk_")


def is_of_runner(frame: FrameType) -> bool:
    """Tell whether a frame is of what starts a thread, a loop or a test."""
    return root_of(frame) in _RUNNERS


def root_of(frame: FrameType) -> str:
    """The first part of the name of a frame's module; empty if it has none."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _frames_below_loop(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield the frames up to where a loop, a thread or pytest starts: nobody further up has made the call."""
    while frame is not None:
        if frame.f_globals.get("__name__") in _LOOPS or is_of_runner(frame):
            return  # below a loop: a task of a library's, or one that was created from its coroutine
        yield frame
        frame = frame.f_back


_MOST = 10
_LOOPS = ("asyncio.base_events", "asyncio.events", "asyncio.runners", "trio._core._run")
_RUNNERS = ("threading", "uvloop", "_pytest", "pluggy", "pytest_asyncio")

# Code between a call and the test or the code under test, by the first part of its module's name.
_LIBRARIES = frozenset(
    [
        "aioboto3",
        "aiobotocore",
        "aiohttp",
        "aiomoto",
        "anyio",
        "asyncio",
        "awscrt",
        "boto3",
        "botocore",
        "concurrent",
        "contextlib",
        "fsspec",
        "functools",
        "http",
        "httpcore",
        "httpcore2",
        "httplib2",
        "httpx",
        "httpx2",
        "moto",
        "pandas",
        "requests",
        "responses",
        "s3fs",
        "s3transfer",
        "smithy_aws_core",
        "smithy_core",
        "smithy_http",
        "trio",
        "urllib",
        "urllib3",
        "wrapt",
    ]
)
