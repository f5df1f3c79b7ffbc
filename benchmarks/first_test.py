"""Compare what the first test of a run costs: CPU times of whole processes.

python benchmarks/first_test.py [--rounds 20] [--peer PYTHON]

Each process imports what it needs, starts its mock, creates a session and a client, and makes three calls to S3: once
as a script, and once under pytest. In each round all contenders take their turn; one more round comes before, which
writes bytecode. CPU times are those of a process and its children, which other load changes less than the clock.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path

FOLDER = Path(__file__).with_name("first_tests")
# Without the settings and plugins that happen to be there; aiomoto's own is loaded as a run with it would load it.
PYTEST = ("-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", "-p", "aiomoto.pytest_plugin")
WAYS: dict[str, tuple[str, ...]] = {"script": (), "pytest": PYTEST}


def contenders(peer: str | None) -> dict[str, tuple[str, Path]]:
    """List the interpreter and the file of each contender."""
    own = {
        "aiomoto": "with_aiomoto.py",
        "Moto's mock, boto3": "with_moto.py",
        "Moto's server": "with_server.py",
        "imports alone": "with_nothing.py",
    }
    found = {name: (sys.executable, FOLDER / file) for name, file in own.items()}
    return found | ({"aiomoto 0.5.8": (peer, FOLDER / own["aiomoto"])} if peer else {})


def cpu_time(python: str, arguments: tuple[str, ...], **variables: str) -> float:
    """Run a Python process that must succeed, and return the seconds that it and its children took."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    process = os.posix_spawn(python, (python, *arguments), environment, file_actions=silent)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join((python, *arguments))} failed")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print the medians, and how many times what aiomoto takes that is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument(
        "--peer", help="the Python of an environment that has the aiomoto on PyPI, run as a script only"
    )
    options = parser.parse_args()

    taken: dict[tuple[str, str], list[float]] = {}
    for number in range(options.rounds + 1):
        for way, prefix in WAYS.items():
            for name, (python, file) in contenders(None if prefix else options.peer).items():
                seconds = cpu_time(python, (*prefix, str(file)))
                if number:
                    taken.setdefault((way, name), []).append(seconds)
    medians = {key: statistics.median(each) for key, each in taken.items()}
    for (way, name), median in medians.items():
        print(f"{way:8}{name:22}{median * 1000:7.0f} ms  {median / medians[way, 'aiomoto']:5.2f}")


if __name__ == "__main__":
    main()
