"""Without httpx: the package works, and the one name that needs httpx says what to install.

One program goes through all of it, in a process of its own, in which httpx cannot be imported, whether or not it is
installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.programs import ROOT

pytestmark = pytest.mark.thorough

# anyio comes with httpx, and may be missing too. ``None`` makes the import system say that there is no such module.
PROGRAM = """
import json, sys
sys.modules.update(dict.fromkeys(["httpx2", "httpx", "anyio", "trio"]))

import aiomoto
found = {"package": aiomoto.mock_aws.__name__}

from aiobotocore import httpxsession
found["httpx"] = httpxsession.httpx

names = {}
exec("from aiomoto import *", names)
found["star"] = sorted(name for name in names if name.startswith("Moto"))

errors = []
for _ in range(2):
    try:
        aiomoto.MotoHttpxSession
    except ImportError as error:
        errors.append(str(error))
try:
    from aiomoto import MotoHttpxSession
except ImportError as error:
    errors.append(str(error))
found["session"] = errors

try:
    aiomoto.MotoTornadoSession
except AttributeError as error:
    found["unknown"] = str(error)

import asyncio, boto3
from aiobotocore.session import get_session

async def use_clients():
    async with aiomoto.mock_aws(), get_session().create_client("s3") as s3:
        await s3.create_bucket(Bucket="reports")
        await s3.put_object(Bucket="reports", Key="a.txt", Body=b"hello")
        body = await (await s3.get_object(Bucket="reports", Key="a.txt"))["Body"].read()
        return body.decode(), [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]

async def use_a_wired_client():
    async with aiomoto.AioSession().create_client("s3") as s3:
        return (await s3.list_buckets())["Buckets"]

found["mocked"] = asyncio.run(use_clients())
found["wired"] = asyncio.run(use_a_wired_client())
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What the program finds; it must end well and complain of nothing."""
    command = [sys.executable, "-c", PROGRAM]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    values: dict[str, Any] = json.loads(result.stdout)
    return values


def test_aiobotocore_finds_no_httpx(found: dict[str, Any]) -> None:
    assert found["httpx"] is None


def test_the_package_imports(found: dict[str, Any]) -> None:
    assert found["package"] == "mock_aws"


def test_a_star_import_gives_all_but_the_httpx_session(found: dict[str, Any]) -> None:
    # The client of the AWS SDK v4 is there where that is installed, which needs no httpx.
    assert set(found["star"]) - {"MotoHTTPClient"} == {"MotoAIOHTTPSession"}


def test_the_httpx_session_names_the_extra_however_often_it_is_asked_for(found: dict[str, Any]) -> None:
    first, second, imported = found["session"]

    assert "needs httpx2 or httpx" in first
    assert "pip install httpx2" in first
    assert second == first
    assert "pip install httpx2" in imported


def test_a_name_that_does_not_exist_is_still_an_attribute_error(found: dict[str, Any]) -> None:
    assert found["unknown"].startswith("module 'aiomoto' has no attribute 'MotoTornadoSession'")
    assert "MotoHttpxSession" not in found["unknown"]


def test_clients_over_aiohttp_and_boto3_are_mocked(found: dict[str, Any]) -> None:
    assert found["mocked"] == ["hello", ["reports"]]


def test_a_client_over_aiohttp_can_be_wired_by_hand(found: dict[str, Any]) -> None:
    assert found["wired"] == []
