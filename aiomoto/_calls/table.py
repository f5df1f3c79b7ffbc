"""Tables of calls in plain text."""

from __future__ import annotations

from collections.abc import Sequence


def align(rows: list[tuple[str, ...]], right: Sequence[int] = ()) -> list[str]:
    """Format the lines of a table.

    Args:
        rows: the cells of each line.
        right: the columns whose cells are aligned to the right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = (
        (cell.rjust(width) if index in right else cell.ljust(width) for index, (cell, width) in enumerate(pairs))
        for pairs in (zip(row, widths, strict=True) for row in rows)
    )
    return ["  ".join(cells).rstrip() for cells in aligned]


def milliseconds(seconds: float | None) -> str:
    """Format a duration for a column of milliseconds; empty if there is none yet."""
    return "" if seconds is None else f"{seconds * 1000:.1f}"
