"""Clean up several things, even if some of them fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def run_all(functions: Iterable[Callable[[], object]]) -> None:
    """Call every function, even after one fails, and raise the first error at the end.

    A function that Ctrl-C or an exit of the process interrupts is called once more, and that interruption is raised. It
    must do no harm to call a function twice.
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
    """Raise the first of some errors, with a note about each of the others. Do nothing if there are none."""
    if not errors:
        return
    first, *others = errors
    for other in others:
        if other is not first and hasattr(first, "add_note"):  # since Python 3.11
            first.add_note(f"Another error: {type(other).__name__}: {other}")
    raise first
