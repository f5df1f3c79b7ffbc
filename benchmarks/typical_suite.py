"""Compare what a suite of 300 typical tests costs: S3, DynamoDB, SQS, s3fs and an API of FastAPI.

python benchmarks/typical_suite.py [--rounds 3] [--peer PYTHON]

The tests are those in typical_suite/, under this aiomoto, Moto's server in a thread of the process, and the aiomoto of
the peer; in one process, and with ``-n 2``. In each round all take their turn. Times are CPU times of all processes,
which other load changes less than the clock, in seconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path

from first_test import cpu_time

FOLDER = Path(__file__).with_suffix("")
# Without the settings and plugins that happen to be there.
PYTEST = ("-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", "-p", "anyio", "-p", "xdist", str(FOLDER))
WAYS = {"one process": (), "-n 2": ("-n", "2")}


def main() -> None:
    """Print the medians, and how many times what aiomoto takes that is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--peer", help="the Python of an environment with the aiomoto on PyPI, and the suite's libraries"
    )
    options = parser.parse_args()
    contenders = {"aiomoto": ("aiomoto", sys.executable), "Moto's server": ("server", sys.executable)}
    if options.peer:
        contenders["aiomoto 0.5.8"] = ("aiomoto", options.peer)

    taken: dict[tuple[str, str], list[float]] = {}
    for _ in range(options.rounds):
        for way, arguments in WAYS.items():
            for name, (mock, python) in contenders.items():
                seconds = cpu_time(python, (*PYTEST, *arguments), MOCK=mock)
                taken.setdefault((way, name), []).append(seconds)
    medians = {key: statistics.median(each) for key, each in taken.items()}
    for (way, name), median in medians.items():
        print(f"{way:12}{name:16}{median:7.1f} s  {median / medians[way, 'aiomoto']:6.2f}")


if __name__ == "__main__":
    main()
