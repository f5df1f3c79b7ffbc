"""Run the benchmarks: each contender in its own process, taking turns, round after round.

python benchmarks/run.py [--rounds N] [--case NAME ...] [--contender NAME ...] [--peer PYTHON] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from chart import draw
from plan import CONTENDERS, PLANS
from report import Samples, summarise, write_tables

HERE = Path(__file__).parent
# Import a name: importing the package alone loads nothing.
_IMPORTED = {"aiomoto": "from aiomoto import mock_aws", "parents": "import moto.core, aiobotocore.session"}
_WITH_BYTECODE = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_IMPORT = """
import json, time
wall, cpu = time.perf_counter(), time.process_time()
{statement}
print(json.dumps({{"cpu": [(time.process_time() - cpu) * 1000], "wall": [(time.perf_counter() - wall) * 1000]}}))
"""


class Workers:
    """The contenders' processes, each started when it is first needed."""

    def __init__(self, contenders: Iterable[str], peer: str | None) -> None:
        self._pythons = {name: sys.executable if name != "peer" else peer for name in contenders}
        self._running: dict[str, subprocess.Popen[str]] = {}

    def has(self, contender: str) -> bool:
        """Return whether a contender takes part."""
        return bool(self._pythons.get(contender)) or contender in _IMPORTED

    def measure(self, case: str, contender: str) -> dict[str, list[float]]:
        """Run a case in one contender's process while the others are idle."""
        if case == "import":
            command = [sys.executable, "-c", _IMPORT.format(statement=_IMPORTED[contender])]
            printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=_WITH_BYTECODE).stdout
        else:
            printed = self._ask(contender, case)
        numbers: dict[str, list[float]] = json.loads(printed)
        return numbers

    def _begin(self, contender: str) -> subprocess.Popen[str]:
        command = [str(self._pythons[contender]), str(HERE / "worker.py"), contender]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._running[contender] = worker
        return worker

    def _ask(self, contender: str, case: str) -> str:
        worker = self._running.get(contender) or self._begin(contender)
        assert worker.stdin is not None
        assert worker.stdout is not None
        print(case, file=worker.stdin, flush=True)
        if printed := worker.stdout.readline():
            return printed
        raise SystemExit(f"{contender} failed in the case {case}: see its output above")

    def end(self) -> None:
        """End all processes."""
        for worker in self._running.values():
            worker.communicate()


def schedule(cases: list[str], rounds: int, workers: Workers) -> Iterator[tuple[str, str]]:
    """Yield cases and contenders in the order of their turns: the first of a round is the last of the next."""
    for number in range(rounds):
        for case in cases:
            plan = PLANS[case]
            # Every case runs in the first round.
            if number % plan.every == 0:
                contenders = [name for name in plan.contenders if workers.has(name)]
                turn = number // plan.every % len(contenders)
                yield from ((case, contender) for contender in contenders[turn:] + contenders[:turn])


def run(cases: list[str], rounds: int, workers: Workers) -> Samples:
    """Measure everything, and show the progress."""
    turns = list(schedule(cases, rounds, workers))
    samples: Samples = {}
    for number, (case, contender) in enumerate(turns):
        _show(number / len(turns), f"{PLANS[case].title} · {CONTENDERS.get(contender, contender)}")
        collected = samples.setdefault(case, {}).setdefault(contender, {})
        for name, values in workers.measure(case, contender).items():
            collected.setdefault(name, []).extend(values)
    _show(1, "done\n")
    return samples


def _show(part: float, what: str) -> None:
    width = 30
    full = round(part * width)
    # On a terminal only: a log would keep every line.
    if sys.stderr.isatty():
        print(f"\r\033[K[{'█' * full}{'·' * (width - full)}] {part:4.0%}  {what}", end="", file=sys.stderr, flush=True)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description="Compare aiomoto with its alternatives.")
    parser.add_argument("--rounds", type=int, default=20, help="number of rounds (20)")
    parser.add_argument("--case", action="append", choices=PLANS, help="run only this case; may be repeated")
    parser.add_argument("--contender", action="append", choices=CONTENDERS, help="run only this one; may be repeated")
    parser.add_argument("--peer", help="the Python of an environment with the aiomoto on PyPI")
    parser.add_argument("--output", type=Path, help="folder for results.json and results.svg (default: none)")
    return parser.parse_args()


def main() -> None:
    """Measure, print the tables and write the results."""
    arguments = _arguments()
    workers = Workers(arguments.contender or CONTENDERS, arguments.peer)
    try:
        samples = run(arguments.case or list(PLANS), arguments.rounds, workers)
    finally:
        workers.end()
    results = summarise(samples)
    write_tables(results, sys.stdout)
    if arguments.output:
        (arguments.output / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        (arguments.output / "results.svg").write_text(draw(results), encoding="utf-8")


if __name__ == "__main__":
    main()
