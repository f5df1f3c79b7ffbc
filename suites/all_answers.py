"""Script a random output of every operation, and every modelled error, and call them with real clients.

python suites/all_answers.py [service ...]
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the tests' random outputs

from tests.every_answer import EXCEPTIONS, Found, compare
from tests.every_service import session
from tests.reporting import report

REQUIRED = 99.5  # per cent


def main() -> None:
    """Print a summary, and exit with 1 if too many answers differ."""
    names = sys.argv[1:] or session().get_available_services()
    # Started anew, and not forked, since each is to have nothing of this process's.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        found = list(pool.map(_compare, names, chunksize=4))
    outputs = report("outputs", [line for each in found for line in each.outputs], EXCEPTIONS)
    errors = report("errors", [line for each in found for line in each.errors], EXCEPTIONS)
    sys.exit(min(outputs, errors) < REQUIRED)


def _compare(service: str) -> Found:
    return compare(service)


if __name__ == "__main__":
    main()
