"""Turn samples into medians, ratios and tables."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from statistics import geometric_mean, median
from typing import Any, TextIO

from cases import OPERATIONS
from plan import CONTENDERS, LIMITS, PLANS, TARGETS, Measured

# case → contender → quantity → all numbers
Samples = dict[str, dict[str, dict[str, list[float]]]]
# case → contender → quantity → median
Medians = dict[str, dict[str, dict[str, float]]]
Results = dict[str, Any]

CLOCKS = ("wall", "cpu")


def summarise(samples: Samples) -> Results:
    """Compute medians and ratios, and add the machine and the versions."""
    medians: Medians = {
        case: {name: {what: round(median(numbers), 4) for what, numbers in each.items()} for name, each in row.items()}
        for case, row in samples.items()
    }
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "versions": {name: version(name) for name in ("aiomoto", "aiobotocore", "aiohttp", "boto3", "moto")},
        "medians": medians,
        "samples": {
            case: {name: max(map(len, each.values())) for name, each in row.items()} for case, row in samples.items()
        },
        "ratios": list(_ratios(medians)),
        "own_share": _own_share(medians),
    }


def _ratios(medians: Medians) -> Iterator[dict[str, Any]]:
    for target in TARGETS:
        if _is_there(medians, target.ours) and _is_there(medians, target.other):
            ratios = {
                clock: round(_mean(medians, target.ours, clock) / _mean(medians, target.other, clock), 3)
                for clock in CLOCKS
            }
            yield {"title": target.title, **ratios, "limit": target.limit}
    for case, what, title, limit in LIMITS:
        if case in medians:
            yield {"title": title, "value": round(medians[case]["aiomoto"][what], 3), "limit": limit}


def _is_there(medians: Medians, measured: Measured) -> bool:
    return all(measured.contender in medians.get(case, {}) for case in measured.cases)


def _mean(medians: Medians, measured: Measured, clock: str) -> float:
    return geometric_mean(medians[case][measured.contender][clock] for case in measured.cases)


def _own_share(medians: Medians) -> dict[str, dict[str, float]]:
    """Return aiomoto's own share of each operation: what is left without the client and Moto's handler."""
    shares = {}
    for case in OPERATIONS:
        row = medians.get(case, {})
        if row.keys() >= {"aiomoto", "client", "handler"}:
            shares[case] = {
                clock: round(1 - (row["client"][clock] + row["handler"][clock]) / row["aiomoto"][clock], 3)
                for clock in CLOCKS
            }
    return shares


# ---------------------------------------------------------------- tables


def write_tables(results: Results, out: TextIO) -> None:
    """Write the medians, aiomoto's own share and the ratios as Markdown tables."""
    present = [name for name in CONTENDERS if any(name in row for row in results["medians"].values())]
    out.write("\nMedians in milliseconds: wall time, and CPU time in brackets.\n\n")
    write_table(out, ["case", *(CONTENDERS[name] for name in present)], _median_rows(results["medians"], present))
    if results["own_share"]:
        out.write("\naiomoto's own share of an operation: all but the client alone and the handler alone.\n\n")
        rows = ([PLANS[case].title, *map(_percent, share.values())] for case, share in results["own_share"].items())
        write_table(out, ["case", "wall", "CPU"], rows)
    out.write("\nRatios of medians.\n\n")
    write_table(out, ["ratio", "target", "wall", "CPU", ""], map(_ratio_row, results["ratios"]))


def _median_rows(medians: Medians, present: list[str]) -> Iterator[list[str]]:
    for case, row in medians.items():
        cells = [row.get(name, {}) for name in present]
        if any("wall" in cell for cell in cells):
            yield [PLANS[case].title, *(_times(cell) for cell in cells)]
        if any("stall" in cell for cell in cells):
            yield ["- longest stall of the loop", *(f"{cell['stall']:.1f}" if cell else "" for cell in cells)]


def _times(cell: dict[str, float]) -> str:
    return f"{cell['wall']:.2f} ({cell['cpu']:.2f})" if cell else ""


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _ratio_row(ratio: dict[str, Any]) -> list[str]:
    values = [ratio[name] for name in ("wall", "cpu", "value") if name in ratio]
    verdict = "" if values[0] <= ratio["limit"] else "missed"
    cells = [f"{value:.2f}" for value in values]
    return [ratio["title"], f"{ratio['limit']:g}", *cells, *[""] * (2 - len(cells)), verdict]


def write_table(out: TextIO, head: list[str], rows: Iterable[list[str]]) -> None:
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    lines.insert(1, " | ".join("-" * width for width in widths))
    out.writelines(f"| {line} |\n" for line in lines)
