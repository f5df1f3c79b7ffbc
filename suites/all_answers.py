"""Script a random output of every operation, and every modelled error, and call them with real clients.

python suites/all_answers.py [service ...]
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the tests' random outputs

from tests.every_answer import UNEXPLAINED, Found, compare, reason_of
from tests.every_service import session

REQUIRED = 99.5  # per cent


def main() -> None:
    """Print a summary, and exit with 1 if too many answers differ."""
    names = sys.argv[1:] or session().get_available_services()
    # Started anew, and not forked, since each is to have nothing of this process's.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        found = list(pool.map(_compare, names, chunksize=4))
    outputs = _report("outputs", [line for each in found for line in each.outputs])
    errors = _report("errors", [line for each in found for line in each.errors])
    sys.exit(min(outputs, errors) < REQUIRED)


def _compare(service: str) -> Found:
    return compare(service)


def _report(kind: str, lines: list[str]) -> float:
    different = [line for line in lines if line]
    equal = len(lines) - len(different)
    share = 100 * equal / (len(lines) or 1)
    print(f"{equal} of {len(lines)} {kind} come back the same: {share:.2f} %")
    for reason, count in Counter(map(reason_of, different)).most_common():
        print(f"{count:8} {reason}")
    for line in different:
        if reason_of(line) == UNEXPLAINED:
            print(f"         {line}")
    return share


if __name__ == "__main__":
    main()
