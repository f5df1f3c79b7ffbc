"""Tracebacks of failing tests, which end where the user's code ends: without aiomoto's frames.

For errors of aiomoto itself, the frames of the SDKs are left out as well: what they do does not matter to the error.
For all other errors, such as a client's, those frames may matter, and stay.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

import aiomoto
from aiomoto._errors import AiomotoError

_OURS = (f"{Path(aiomoto.__file__).parent}{os.sep}",)
# The errors that aiomoto raises: its own, and those of Moto and Python with another message.
_ERRORS = (AiomotoError, ImportError, NotImplementedError)
# What stands between the code of a test and aiomoto.
_BETWEEN = (
    *("aioboto3", "aiobotocore", "aiohttp", "anyio", "asyncio", "awscrt", "boto3", "botocore", "concurrent.futures"),
    *(
        "contextlib",
        "fsspec",
        "http.client",
        "httpcore",
        "httpcore2",
        "httplib2",
        "httpx",
        "httpx2",
        "moto",
        "requests",
    ),
    *("responses", "s3fs", "s3transfer", "smithy_http", "trio", "urllib.request", "urllib3", "uvloop", "wrapt"),
)
_RUNNERS = ("_pytest", "pluggy")


def trim(error: BaseException) -> None:
    """Leave frames out of the traceback of an error, of its causes and contexts, and of the errors of a group."""
    for each in _with_causes(error, set()):
        if _is_ours(each) and each.__cause__ is not None and _says_what(each, each.__cause__):
            each.__cause__, each.__suppress_context__ = None, True
        each.with_traceback(_trimmed(each))  # an error may not allow to set its attributes


def _with_causes(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    for each in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        yield from _with_causes(each, seen)


def _trimmed(error: BaseException) -> TracebackType | None:
    frames = list(_frames(error))
    if not any(_is_in(each, _OURS) for each in frames):
        return error.__traceback__
    hidden = (*_OURS, *_folders(_BETWEEN)) if _is_ours(error) else _OURS
    kept = [each for each in frames if not _is_in(each, hidden)]
    if all(_is_in(each, _folders(_RUNNERS)) for each in kept):
        kept.append(frames[-1])  # none of the user's: pytest shows all of its own rather than none
    return _chain(kept)


def _is_ours(error: BaseException) -> bool:
    *_, last = [None, *_frames(error)]
    return isinstance(error, _ERRORS) and last is not None and _is_in(last, _OURS)


def _says_what(error: BaseException, cause: BaseException) -> bool:
    """Tell whether an error of ours repeats what its cause says, and the user's code has no part in the cause."""
    hidden = (*_OURS, *_folders(_BETWEEN))
    return str(cause) in str(error) and all(_is_in(each, hidden) for each in _frames(cause))


def _frames(error: BaseException) -> Iterator[TracebackType]:
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _chain(frames: Sequence[TracebackType]) -> TracebackType | None:
    chained = None
    for each in reversed(frames):
        chained = TracebackType(chained, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return chained


def _is_in(entry: TracebackType, places: tuple[str, ...]) -> bool:
    return entry.tb_frame.f_code.co_filename.startswith(places)


@lru_cache(maxsize=2)
def _folders(modules: tuple[str, ...]) -> tuple[str, ...]:
    specs = [spec for name in modules if (spec := find_spec(name)) is not None]
    folders = [f"{folder}{os.sep}" for spec in specs for folder in spec.submodule_search_locations or ()]
    return (*folders, *(spec.origin for spec in specs if spec.origin and not spec.submodule_search_locations))
