"""Tracebacks of failing tests, which end where the user's code ends: without aiomoto's frames.

For errors of aiomoto itself, the frames of the SDKs are left out as well: what they do does not matter to the error.
For all other errors, such as a client's, those frames may matter, and stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType

from aiomoto._calls.place import is_of_library, is_of_runner, root_of
from aiomoto._errors import AiomotoError

# The errors that aiomoto raises: its own, and those of Moto and Python with another message.
_ERRORS = (AiomotoError, ImportError, NotImplementedError)


def trim(error: BaseException) -> None:
    """Leave frames out of the traceback of an error, of its causes and contexts, and of the errors of a group."""
    for each in _with_causes(error):
        if _is_ours(each) and each.__cause__ is not None and _says_what(each, each.__cause__):
            each.__cause__, each.__suppress_context__ = None, True
        each.with_traceback(_trimmed(each))  # an error may not allow to set its attributes


def _with_causes(error: BaseException) -> list[BaseException]:
    found: dict[int, BaseException] = {}
    left: list[BaseException | None] = [error]
    while left:
        each = left.pop()
        if each is not None and id(each) not in found:
            found[id(each)] = each
            left += [each.__cause__, each.__context__, *_members(each)]
    return list(found.values())


def _members(error: BaseException) -> list[BaseException]:
    """The errors of a group. An error of the user's own may have any attribute of this name."""
    try:
        members = getattr(error, "exceptions", ())
    except Exception:
        return []
    return [each for each in members if isinstance(each, BaseException)] if isinstance(members, (list, tuple)) else []


def _trimmed(error: BaseException) -> TracebackType | None:
    frames = list(_frames(error))
    if not any(map(_is_of_aiomoto, frames)):
        return error.__traceback__
    is_hidden = _is_of_library if _is_ours(error) else _is_of_aiomoto
    kept = [each for each in frames if not is_hidden(each)]
    if all(is_of_runner(each.tb_frame) for each in kept):
        kept.append(frames[-1])  # none of the user's: pytest shows all of its own rather than none
    return _chain(kept)


def _is_ours(error: BaseException) -> bool:
    *_, last = [None, *_frames(error)]
    return isinstance(error, _ERRORS) and last is not None and _is_of_aiomoto(last)


def _says_what(error: BaseException, cause: BaseException) -> bool:
    """Tell whether one of our errors repeats what its cause says, and the user's code has no part in the cause."""
    return str(cause) in str(error) and all(map(_is_of_library, _frames(cause)))


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


def _is_of_aiomoto(entry: TracebackType) -> bool:
    return root_of(entry.tb_frame) == "aiomoto"


def _is_of_library(entry: TracebackType) -> bool:
    return is_of_library(entry.tb_frame)
