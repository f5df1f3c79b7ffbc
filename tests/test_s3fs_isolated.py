"""s3fs in isolated mocks: file systems, their clients and their listings belong to one mock each."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

pytest.importorskip("s3fs")

from s3fs import S3FileSystem

from aiomoto import mock_aws
from tests.snapshot import nothing_left_behind


def write_and_list(fs: Any, name: str) -> list[str]:
    fs.mkdir("reports")
    fs.pipe(f"reports/{name}", name.encode())
    assert fs.cat(f"reports/{name}") == name.encode()
    return [*fs.ls("reports", detail=False), *fs.ls("reports", detail=False)]  # asked, and from its cache


@pytest.mark.parametrize("is_shared", [False, True], ids=["own", "shared"])
def test_threads_do_not_see_each_others_files(is_shared: bool) -> None:
    barrier = threading.Barrier(3)

    def work(name: str) -> list[str]:
        with mock_aws(isolated=True):
            barrier.wait(60)
            return write_and_list(shared if is_shared else S3FileSystem(), name)

    shared = S3FileSystem()
    with nothing_left_behind(), mock_aws(), ThreadPoolExecutor(3) as threads:
        found = list(threads.map(work, "abc"))
        assert not shared.exists("reports")

    assert found == [[f"reports/{name}"] * 2 for name in "abc"]


def test_tasks_do_not_see_each_others_files() -> None:
    async def work(name: str) -> list[str]:
        async with mock_aws(isolated=True):
            fs = S3FileSystem(asynchronous=True)
            await fs._mkdir("reports")
            await fs._pipe_file(f"reports/{name}", b"")
            await asyncio.sleep(0)
            found: list[str] = await fs._ls("reports", detail=False)
            return found

    async def main() -> list[list[str]]:
        return list(await asyncio.gather(*map(work, "abc")))

    with nothing_left_behind():
        assert asyncio.run(main()) == [["reports/a"], ["reports/b"], ["reports/c"]]


def test_a_file_system_is_gone_with_its_mock() -> None:
    with mock_aws():
        outside = S3FileSystem()
        with mock_aws(isolated=True):
            inside = S3FileSystem()
            assert inside is not outside
            assert inside is S3FileSystem()
        assert S3FileSystem() is outside
        with mock_aws(isolated=True):
            assert S3FileSystem() is not inside


def test_a_reset_forgets_its_own_listings_only() -> None:
    with mock_aws() as outer:
        fs = S3FileSystem()
        write_and_list(fs, "outer")
        with mock_aws(isolated=True) as aws:
            write_and_list(fs, "inner")
            aws.reset()
            assert not fs.exists("reports")
        assert fs.ls("reports", detail=False) == ["reports/outer"]
        outer.reset()
        assert not fs.exists("reports")
