"""Run the benchmarks: every contender in a process of its own, by turns, round after round.

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
# A name of aiomoto's, since the package alone loads nothing.
_IMPORTED = {"aiomoto": "from aiomoto import mock_aws", "parents": "import moto.core, aiobotocore.session"}
_WITH_BYTECODE = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_IMPORT = """
import json, time
wall, cpu = time.perf_counter(), time.process_time()
{statement}
print(json.dumps({{"cpu": [(time.process_time() - cpu) * 1000], "wall": [(time.perf_counter() - wall) * 1000]}}))
"""


class Workers:
    """The contenders' processes, each begun when it is first asked."""

    def __init__(self, contenders: Iterable[str], peer: str | None) -> None:
        self._pythons = {name: sys.executable if name != "peer" else peer for name in contenders}
        self._running: dict[str, subprocess.Popen[str]] = {}

    def has(self, contender: str) -> bool:
        """Tell whether a contender takes part."""
        return bool(self._pythons.get(contender)) or contender in _IMPORTED

    def measure(self, case: str, contender: str) -> dict[str, list[float]]:
        """Let one contender do its part of a case, while the others rest."""
        if case == "import":
            command = [sys.executable, "-c", _IMPORT.format(statement=_IMPORTED[contender])]
            answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=_WITH_BYTECODE).stdout
        else:
            answer = self._ask(contender, case)
        numbers: dict[str, list[float]] = json.loads(answer)
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
        if answer := worker.stdout.readline():
            return answer
        raise SystemExit(f"{contender} failed in the case {case}; what it wrote is above")

    def end(self) -> None:
        """End all processes."""
        for worker in self._running.values():
            worker.communicate()


def schedule(cases: list[str], rounds: int, workers: Workers) -> Iterator[tuple[str, str]]:
    """Cases and contenders in the order of their turns: the first of a round is the last of the next."""
    for number in range(rounds):
        for case in cases:
            plan = PLANS[case]
            # What runs in few rounds runs in the first one in any case.
            if number % plan.every == 0:
                contenders = [name for name in plan.contenders if workers.has(name)]
                turn = number // plan.every % len(contenders)
                yield from ((case, contender) for contender in contenders[turn:] + contenders[:turn])


def run(cases: list[str], rounds: int, workers: Workers) -> Samples:
    """Measure, and show how far it is."""
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
    # On a terminal in place; in a log, where every line stays, nothing.
    if sys.stderr.isatty():
        print(f"\r\033[K[{'█' * full}{'·' * (width - full)}] {part:4.0%}  {what}", end="", file=sys.stderr, flush=True)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description="Compare aiomoto with its alternatives.")
    parser.add_argument("--rounds", type=int, default=20, help="how often each contender has its turn (20)")
    parser.add_argument("--case", action="append", choices=PLANS, help="run this case only; may be repeated")
    parser.add_argument("--contender", action="append", choices=CONTENDERS, help="ask this one only; may be repeated")
    parser.add_argument("--peer", help="the Python of the environment that has the published aiomoto")
    parser.add_argument("--output", type=Path, help="where to write results.json and results.svg; else nowhere")
    return parser.parse_args()


def main() -> None:
    """Measure, print the tables, write the results."""
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
