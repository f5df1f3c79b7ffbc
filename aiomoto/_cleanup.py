"""Undoing several things, each of them whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def run_all(functions: Iterable[Callable[[], object]]) -> None:
    """Call every function, also those after one that fails, and raise the first error at the end.

    What Ctrl-C or an exit of the process has stopped half way is called once more, and is what is raised then. Calling
    any of them again must do no harm.
    """
    errors: list[BaseException] = []
    for function in functions:
        try:
            function()
        except Exception as error:
            errors.append(error)
        except BaseException as error:
            errors.insert(0, error)
            try:
                function()
            except BaseException as again:
                errors.append(again)
    raise_first(errors)


def raise_first(errors: list[BaseException]) -> None:
    """Raise the first of some errors, with a note of the others; nothing happens where there is none."""
    if not errors:
        return
    first, *others = errors
    for other in others:
        if other is not first and hasattr(first, "add_note"):  # since Python 3.11
            first.add_note(f"What failed besides: {type(other).__name__}: {other}")
    raise first
