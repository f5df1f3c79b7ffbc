"""Files, by the names that fsspec gives to what is asynchronous."""

# ruff: noqa: SLF001

from __future__ import annotations

from typing import Any

import pytest
import s3fs

pytestmark = pytest.mark.anyio


@pytest.fixture
async def files(s3: Any) -> Any:
    return s3fs.S3FileSystem(asynchronous=True, skip_instance_cache=True)


async def test_file_is_read_back(files: Any, number: int) -> None:
    await files._pipe_file("lake/k", b"%d" % number)
    assert await files._cat_file("lake/k") == b"%d" % number


async def test_files_are_listed(files: Any, number: int) -> None:
    for name in "ab":
        await files._pipe_file(f"lake/{number}/{name}", b"")
    assert await files._ls(f"lake/{number}", detail=False) == [f"lake/{number}/a", f"lake/{number}/b"]


async def test_file_is_copied(files: Any, number: int) -> None:
    await files._pipe_file("lake/k", b"%d" % number)
    await files._cp_file("lake/k", "lake/copy")
    assert await files._cat_file("lake/copy") == b"%d" % number


async def test_file_is_removed(files: Any, number: int) -> None:
    await files._pipe_file(f"lake/{number}", b"")
    await files._rm_file(f"lake/{number}")
    assert not await files._exists(f"lake/{number}")
