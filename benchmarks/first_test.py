"""Compare what the first test of a run costs: CPU times of whole processes, in seconds.

python benchmarks/first_test.py [--rounds 20] [--peer PYTHON]

Each process imports what it needs, starts its mock, creates a session and a client, and makes three calls to S3: once
as a script, and once under pytest. In each round all contenders take their turn; one more round comes before, which
writes bytecode. CPU times are those of a process and its children, which other load changes less than the clock.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from processes import arguments, compare, cpu_time

FOLDER = Path(__file__).with_name("first_tests")
FILES = {
    "aiomoto": "with_aiomoto.py",
    "Moto's mock, boto3": "with_moto.py",
    "Moto's server": "with_server.py",
    "imports alone": "with_nothing.py",
}
# Without the settings and plugins that happen to be there; aiomoto's own is loaded as a run with it would load it.
PYTEST = ("-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", "-p", "aiomoto.pytest_plugin")
WAYS: dict[str, tuple[str, ...]] = {"script": (), "pytest": PYTEST}


def main() -> None:
    """Compare all contenders, the peer as a script only."""
    options = arguments(__doc__, rounds=20, peer="the aiomoto on PyPI")
    runs = {
        (way, name): partial(cpu_time, sys.executable, (*prefix, str(FOLDER / file)))
        for way, prefix in WAYS.items()
        for name, file in FILES.items()
    }
    if options.peer:
        runs["script", "aiomoto 0.5.8"] = partial(cpu_time, options.peer, (str(FOLDER / FILES["aiomoto"]),))
    compare(runs, options.rounds, warm_up=True)


if __name__ == "__main__":
    main()
