"""Which contenders run which cases, in which rounds, and the targets for the ratios."""

from __future__ import annotations

from typing import NamedTuple

from cases import OPERATIONS, SMALL_OPERATIONS

# In the order of the tables. The package on PyPI runs in its own environment.
CONTENDERS = {
    "aiomoto": "aiomoto",
    "isolated": "aiomoto, isolated",
    "aiomoto_boto3": "aiomoto, boto3",
    "moto": "Moto's mock, boto3",
    "server": "Moto's server",
    "peer": "aiomoto 0.5.8",
    "client": "client alone",
    "handler": "handler alone",
}
_MOCKS = ("aiomoto", "aiomoto_boto3", "moto", "server", "peer")
_FLOOR = ("client", "handler")


class Plan(NamedTuple):
    """One case.

    Attributes:
        title: its name in the tables.
        contenders: which contenders run it.
        every: run it in every n-th round only; slow cases run in fewer rounds.
    """

    title: str
    contenders: tuple[str, ...]
    every: int = 1


PLANS = {
    **{name: Plan(OPERATIONS[name].title, _MOCKS + _FLOOR) for name in OPERATIONS if "64_mib" not in name},
    **{name: Plan(OPERATIONS[name].title, _MOCKS, 3) for name in OPERATIONS if "64_mib" in name},
    "stream_reader": Plan("64 MiB from a bare StreamReader", ("aiomoto",), 3),
    "concurrent_puts": Plan("500 S3 puts at once", ("aiomoto", "server", "peer"), 5),
    "start_stop": Plan("start and stop", _MOCKS),
    "typical_test": Plan("a typical test", _MOCKS),
    "import": Plan("import", ("aiomoto", "parents"), 2),
    "thousand_tests": Plan("100 of 1,000 typical tests", ("aiomoto",), 20),
    "peak_memory": Plan("peak memory", ("aiomoto",), 20),
}


class Measured(NamedTuple):
    """The geometric mean of one contender's medians over some cases."""

    cases: tuple[str, ...]
    contender: str


class Target(NamedTuple):
    """An upper limit for the ratio of two measured times."""

    title: str
    ours: Measured
    other: Measured
    limit: float


def _between(title: str, cases: tuple[str, ...], ours: str, other: str, limit: float) -> Target:
    title = f"{title}: {CONTENDERS[ours]} / {CONTENDERS[other]}"
    return Target(title, Measured(cases, ours), Measured(cases, other), limit)


TARGETS = (
    _between("S3 and DynamoDB put/get", SMALL_OPERATIONS, "aiomoto", "moto", 0.75),
    _between("S3 and DynamoDB put/get", SMALL_OPERATIONS, "aiomoto", "server", 0.3),
    _between("S3 and DynamoDB put/get", SMALL_OPERATIONS, "aiomoto", "peer", 0.5),
    _between("S3 and DynamoDB put/get", SMALL_OPERATIONS, "aiomoto_boto3", "moto", 0.8),
    _between("typical test", ("typical_test",), "aiomoto", "server", 0.15),
    _between("typical test", ("typical_test",), "aiomoto", "peer", 0.25),
    _between("start and stop", ("start_stop",), "aiomoto", "moto", 0.2),
    _between("S3 put, 64 MiB", ("s3_put_64_mib",), "aiomoto", "peer", 0.3),
    _between("S3 streamed get, 64 MiB", ("s3_get_64_mib",), "aiomoto", "peer", 0.8),
    Target(
        "S3 streamed get, 64 MiB: aiomoto / bare StreamReader",
        Measured(("s3_get_64_mib",), "aiomoto"),
        Measured(("stream_reader",), "aiomoto"),
        1.3,
    ),
    Target(
        "from aiomoto import mock_aws / import moto.core, aiobotocore.session",
        Measured(("import",), "aiomoto"),
        Measured(("import",), "parents"),
        1.05,
    ),
)

# Upper limits: case, what is measured, title, limit.
LIMITS = (
    ("thousand_tests", "last_by_first", "1,000 typical tests: last hundred / first hundred", 1.1),
    ("thousand_tests", "growth_mib", "1,000 typical tests: growth of memory, MiB", 5.0),
    ("peak_memory", "put_sizes", "peak memory of a put of 64 MiB, in sizes of the object, beyond Moto's copy", 3.5),
    ("peak_memory", "get_sizes", "peak memory of a get of 64 MiB, in sizes of the object, beyond Moto's copy", 3.5),
)
