"""Compare what a suite of 300 typical tests costs: S3, DynamoDB, SQS, s3fs and an API of FastAPI.

python benchmarks/typical_suite.py [--rounds 3] [--peer PYTHON]

The tests are those in typical_suite/, under this aiomoto, Moto's server in a thread of the process, and the aiomoto of
the peer; in one process, and with ``-n 2``. In each round all take their turn. Times are CPU times of all processes,
which other load changes less than the clock, in seconds.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from processes import arguments, compare, cpu_time

FOLDER = Path(__file__).with_suffix("")
# Without the settings and plugins that happen to be there.
PYTEST = ("-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", "-p", "anyio", "-p", "xdist", str(FOLDER))
WAYS: dict[str, tuple[str, ...]] = {"one process": (), "-n 2": ("-n", "2")}


def main() -> None:
    """Compare all contenders."""
    options = arguments(__doc__, rounds=3, peer="the aiomoto on PyPI and the libraries of the suite")
    contenders = {"aiomoto": ("aiomoto", sys.executable), "Moto's server": ("server", sys.executable)}
    if options.peer:
        contenders["aiomoto 0.5.8"] = ("aiomoto", options.peer)
    runs = {
        (way, name): partial(cpu_time, python, (*PYTEST, *more), MOCK=mock)
        for way, more in WAYS.items()
        for name, (mock, python) in contenders.items()
    }
    compare(runs, options.rounds, warm_up=False)


if __name__ == "__main__":
    main()
