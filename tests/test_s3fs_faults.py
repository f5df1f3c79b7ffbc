"""s3fs on a bad network: what it reads is whole in the end, or it says that it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from aiomoto import MockAWS, mock_aws

s3fs = pytest.importorskip("s3fs", reason="needs s3fs")

DATA = bytes(range(256)) * 400


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    with mock_aws(sleep="instant") as aws:
        yield aws


@pytest.fixture
def fs(aws: MockAWS) -> Any:
    """A file system with a film, which reads with one attempt of the client's and its own retries."""
    fs = s3fs.S3FileSystem(config_kwargs={"read_timeout": 0.1, "retries": {"total_max_attempts": 1}})
    fs.mkdir("films")
    fs.pipe("films/a.mp4", DATA)
    return fs


@pytest.mark.parametrize(
    "rule",
    [{"cut_after": 50_000}, {"cut_after": 0}, {"cut_after": 50_000, "raises": "reset"}, {"raises": "disconnect"}],
    ids=str,
)
def test_a_body_that_breaks_off_is_read_again(rule: dict[str, Any], aws: MockAWS, fs: Any) -> None:
    fault = aws.faults.add("s3", "GetObject", times=1, **rule)

    assert fs.cat("films/a.mp4") == DATA
    assert fault.hits == 1
    assert len(aws.calls.filter("s3", "GetObject")) == 2


def test_a_range_that_breaks_off_is_read_again(aws: MockAWS, fs: Any) -> None:
    fault = aws.faults.add("s3", "GetObject", cut_after=100, times=1)

    with fs.open("films/a.mp4") as file:
        file.seek(1_000)
        assert file.read(5_000) == DATA[1_000:6_000]
    assert fault.hits == 1


def test_a_body_that_breaks_off_each_time_is_an_error(aws: MockAWS, fs: Any) -> None:
    fs.retries = 2
    fault = aws.faults.add("s3", "GetObject", cut_after=100)

    with pytest.raises(Exception, match=r"not completed|reading from response stream|broken"):
        fs.cat("films/a.mp4")
    assert fault.hits == 2
    fault.remove()
    assert fs.cat("films/a.mp4") == DATA
