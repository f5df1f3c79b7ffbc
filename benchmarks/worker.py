"""Run one contender in its own process: read the name of a case from each line, and print its measurements."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from cases import MIB, OPERATIONS, PUT_LARGE, TYPICAL_TEST, Operation, Step
from contenders import Aiomoto, AiomotoBoto3, Contender, Isolated, Moto, Server, perform
from floor import ClientAlone, HandlerAlone

CONTENDERS: dict[str, Callable[[], Contender]] = {
    "aiomoto": Aiomoto,
    "isolated": Isolated,
    "aiomoto_boto3": AiomotoBoto3,
    "moto": Moto,
    "server": Server,
    "peer": Aiomoto,
    "client": ClientAlone,
    "handler": HandlerAlone,
}

# The result of a case: lists of numbers by name, in milliseconds unless the name says otherwise.
Numbers = dict[str, list[float]]


class Watch:
    """Measures wall time and CPU time of actions; other processes barely affect the latter."""

    def __init__(self) -> None:
        self.numbers: Numbers = {"wall": [], "cpu": []}

    async def take(self, action: Callable[[], Awaitable[Any]]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        await action()
        self.numbers["cpu"].append((time.process_time() - cpu) * 1000)
        self.numbers["wall"].append((time.perf_counter() - wall) * 1000)


async def time_operation(contender: Contender, operation: Operation) -> Numbers:
    """Time an operation repeatedly, with one client in one mock."""
    watch = Watch()
    async with contender.aws(), contender.client(operation.step.service) as client:
        for step in operation.setup:
            await perform(client, step)
        for _ in range(min(operation.repeat, 3)):  # warm-up: fills caches
            await contender.act(client, operation.step)
        for _ in range(operation.repeat):
            await watch.take(lambda: contender.act(client, operation.step))
    return watch.numbers


async def time_start_and_stop(contender: Contender, repeat: int = 10) -> Numbers:
    """Time the start and stop of the mock alone."""
    watch = Watch()
    await contender.start_and_stop()
    for _ in range(repeat):
        await watch.take(contender.start_and_stop)
    return watch.numbers


async def typical_test(contender: Contender) -> None:
    """Do what a typical test does: start a mock, create a session and a client, make three calls."""
    async with contender.aws(), contender.client("s3") as client:
        for step in TYPICAL_TEST:
            await perform(client, step)


async def time_typical_test(contender: Contender, repeat: int = 5) -> Numbers:
    """Time a typical test."""
    watch = Watch()
    await typical_test(contender)
    for _ in range(repeat):
        await watch.take(lambda: typical_test(contender))
    return watch.numbers


async def time_thousand_tests(contender: Contender) -> Numbers:
    """Run a thousand typical tests; compare the last hundred with the first, and measure the growth of memory."""
    for _ in range(10):
        await typical_test(contender)
    hundreds = Watch()
    before = _resident()
    for _ in range(10):
        await hundreds.take(lambda: _typical_tests(contender, 100))
    return {
        **hundreds.numbers,
        "last_by_first": [hundreds.numbers["cpu"][-1] / hundreds.numbers["cpu"][0]],
        "growth_mib": [(_resident() - before) / MIB],
    }


async def _typical_tests(contender: Contender, number: int) -> None:
    for _ in range(number):
        await typical_test(contender)


def _resident() -> int:
    """Return the resident memory of the process, in bytes."""
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def time_concurrent_puts(contender: Contender, number: int = 500) -> Numbers:
    """Put many objects concurrently; measure the time, and the longest stall of another task on the event loop."""
    watch, stalls = Watch(), [0.0]
    async with contender.aws(), contender.client("s3") as client:
        for step in TYPICAL_TEST:
            await perform(client, step)
        puts = [Step("s3", "put_object", {"Bucket": "reports", "Key": str(key), "Body": b""}) for key in range(number)]
        heart = asyncio.ensure_future(_beat(stalls))
        await watch.take(lambda: asyncio.gather(*(perform(client, put) for put in puts)))
        heart.cancel()
    return {**watch.numbers, "stall": [max(stalls) * 1000]}


async def _beat(stalls: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0)
        stalls.append(time.perf_counter() - began)


async def measure_peak(contender: Contender) -> Numbers:
    """Put and get 64 MiB; measure the peak memory beyond Moto's own copy, in multiples of the object's size."""
    size = len(PUT_LARGE.arguments["Body"])
    peaks: Numbers = {}
    async with contender.aws(), contender.client("s3") as client:
        await perform(client, TYPICAL_TEST[0])
        tracemalloc.start()
        for name in ("s3_put_64_mib", "s3_get_64_mib"):
            gc.collect()
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            await perform(client, OPERATIONS[name].step)
            peaks[f"{name[3:6]}_sizes"] = [(tracemalloc.get_traced_memory()[1] - before) / size]
        tracemalloc.stop()
    return peaks


async def read_from_stream(contender: Contender) -> Numbers:
    """Read the same bytes from a bare ``aiohttp.StreamReader``: the lower bound of a streamed get."""
    from stream_reader import read_all

    watch = Watch()
    body = PUT_LARGE.arguments["Body"]
    for _ in range(2):
        await watch.take(lambda: read_all(body))
    return watch.numbers


CASES: dict[str, Callable[[Contender], Coroutine[Any, Any, Numbers]]] = {
    **{name: partial(time_operation, operation=operation) for name, operation in OPERATIONS.items()},
    "concurrent_puts": time_concurrent_puts,
    "start_stop": time_start_and_stop,
    "typical_test": time_typical_test,
    "thousand_tests": time_thousand_tests,
    "peak_memory": measure_peak,
    "stream_reader": read_from_stream,
}


def settle_environment() -> None:
    """Hide the files and variables of the current user from the clients."""
    os.environ.update(AWS_ACCESS_KEY_ID="FOOBARKEY", AWS_SECRET_ACCESS_KEY="FOOBARSECRET")
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)


def main(name: str) -> None:
    """Run the cases for one contender until the input ends."""
    settle_environment()
    contender = CONTENDERS[name]()
    for line in sys.stdin:
        numbers = asyncio.run(CASES[line.strip()](contender))
        gc.collect()  # before printing: the next contender starts right after that
        print(json.dumps(numbers), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
