"""Count the bytecodes that an operation runs, by package. The count does not depend on the load of the machine.

python benchmarks/bytecodes.py [--case NAME ...] [--contender NAME ...] [--import MODULE ...]
.venv-peer/bin/python benchmarks/bytecodes.py --contender peer
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import inspect
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any

from moto.core.config import default_user_config

from cases import COUNTED, SMALL_OPERATIONS, Operation
from contenders import Contender, perform
from plan import CONTENDERS, PLANS
from report import write_table
from worker import CONTENDERS as MAKERS
from worker import settle_environment

_REPEAT = 5
_START = "start_stop"
_OTHER = "Python's own"
# aiomoto's modules that memoise what botocore and Moto recompute on every call.
_IN_PLACE = "memoised"
_PACKAGES = ("aiomoto", _IN_PLACE, "aiobotocore", "boto3", "botocore", "aiohttp", "urllib3", "moto", "werkzeug")
_DEFAULT = ("aiomoto", "aiomoto_boto3", "moto", "client", "handler")


async def count(contender: Contender, operation: Operation) -> Counter[str]:
    """Count the bytecodes of one operation, by package, after some warm-up calls."""
    async with contender.aws():
        for step in operation.setup:
            async with contender.client(step.service) as client:
                await perform(client, step)
        async with contender.client(operation.step.service) as client:
            return await _count(lambda: contender.act(client, operation.step))


async def count_start(contender: Contender) -> Counter[str]:
    """Count the bytecodes of the start and the end of a mock, by package."""
    return await _count(contender.start_and_stop)


async def _count(act: Callable[[], Awaitable[None]]) -> Counter[str]:
    for _ in range(3):
        await act()
    files: Counter[str] = Counter()
    if frame := inspect.currentframe():
        frame.f_trace_opcodes = True  # Python 3.12 checks whether any frame has it when tracing starts
    sys.settrace(_counter(files))
    try:
        # In a task: only frames that start while the trace function is set are traced.
        await asyncio.ensure_future(_repeat(act))
    finally:
        sys.settrace(None)
    packages: Counter[str] = Counter()
    for file, number in files.items():
        packages[_package_of(file)] += number // _REPEAT
    return packages


async def _repeat(act: Callable[[], Awaitable[None]]) -> None:
    for _ in range(_REPEAT):
        await act()


def _counter(files: Counter[str]) -> Any:
    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode":
            files[frame.f_code.co_filename] += 1
        return trace

    return trace


def _package_of(file: str) -> str:
    parts = Path(file).parts
    if parts[-1] == "memo.py":
        return _IN_PLACE
    return next((package for package in _PACKAGES if package in parts[:-1]), _OTHER)


def main() -> None:
    """Count, and print a table for each case."""
    parser = argparse.ArgumentParser(description="Count the bytecodes of an operation, by package.")
    cases = (*COUNTED, _START)
    parser.add_argument("--case", action="append", choices=cases, help="run only this case; may be repeated")
    parser.add_argument("--contender", action="append", choices=MAKERS, help="run only this contender; may be repeated")
    parser.add_argument("--import", action="append", default=[], dest="imports", help="a module to import first")
    arguments = parser.parse_args()
    settle_environment()
    default_user_config["lambda"] = {"use_docker": False}
    for module in arguments.imports:
        importlib.import_module(module)
    for case in arguments.case or (*SMALL_OPERATIONS, _START):
        contenders = arguments.contender or (_DEFAULT if case != _START else ("aiomoto", "moto"))
        counted = {name: count_start(MAKERS[name]()) for name in contenders if case == _START}
        counted |= {name: count(MAKERS[name](), COUNTED[case]) for name in contenders if case != _START}
        counts = {name: asyncio.run(counting) for name, counting in counted.items()}
        print(f"\n{COUNTED[case].title if case in COUNTED else PLANS[case].title}, bytecodes\n")
        rows = [[CONTENDERS[name], f"{each.total():,}", *_columns(each)] for name, each in counts.items()]
        write_table(sys.stdout, ["", "all", *_PACKAGES, _OTHER], rows)


def _columns(counts: Counter[str]) -> list[str]:
    return [f"{counts[package]:,}" if counts[package] else "" for package in (*_PACKAGES, _OTHER)]


if __name__ == "__main__":
    main()
