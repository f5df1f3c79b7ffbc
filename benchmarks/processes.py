"""CPU times of whole processes, and what they compare."""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path


def arguments(description: str | None, *, rounds: int, peer: str) -> argparse.Namespace:
    """Read ``--rounds`` and ``--peer`` from the command line.

    Args:
        description: what the program says of itself.
        rounds: how many rounds there are without the option.
        peer: what the environment of the peer has to have.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--peer", help=f"the Python of an environment that has {peer}")
    options = parser.parse_args()
    if options.peer:
        options.peer = os.path.abspath(options.peer)  # not resolved: it is a link in its environment
    return options


def cpu_time(python: str, arguments: tuple[str, ...], **variables: str) -> float:
    """Run a Python process that must succeed, and return the seconds that it and its children took.

    It finds what is installed in its environment, and not this checkout in the current folder.
    """
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables}
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH"):
        environment.pop(name, None)
    before = _of_children()
    subprocess.run([python, *arguments], cwd=Path(__file__).parent, env=environment, capture_output=True, check=True)
    return _of_children() - before


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def compare(runs: Mapping[tuple[str, str], Callable[[], float]], rounds: int, *, warm_up: bool) -> None:
    """Let all runs take their turn in each round, and print medians and how many times aiomoto's they are.

    Args:
        runs: what returns the seconds of a run, by the way it is done and the contender.
        rounds: how many times.
        warm_up: whether a round comes before that does not count.
    """
    taken: dict[tuple[str, str], list[float]] = {key: [] for key in runs}
    for number in range(rounds + warm_up):
        for key, run in runs.items():
            seconds = run()
            if number >= warm_up:
                taken[key].append(seconds)
    medians = {key: statistics.median(each) for key, each in taken.items()}
    for (way, name), median in medians.items():
        print(f"{way:12}{name:22}{median:8.2f} s  {median / medians[way, 'aiomoto']:6.2f}")
