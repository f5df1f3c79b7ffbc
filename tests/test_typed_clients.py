"""The overloads of types-aiobotocore and types-aioboto3 apply: each client has the type of its service."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.programs import ROOT

AIOBOTOCORE = """
from aiobotocore.session import AioSession as PlainSession
from types_aiobotocore_s3 import S3Client
from types_aiobotocore_sqs import SQSClient
from typing_extensions import assert_type

from aiomoto import AioSession, MotoAIOHTTPSession
from aiomoto.pytest_plugin import ClientFactory


async def test_fixtures(aiomoto_client: ClientFactory, aiomoto_session: PlainSession) -> None:
    assert_type(await aiomoto_client("s3"), S3Client)
    assert_type(await aiomoto_client("sqs", region_name="eu-west-1"), SQSClient)
    await aiomoto_client("s3", region="eu-west-1")  # type: ignore[call-overload]
    await aiomoto_client()  # type: ignore[call-overload]
    async with aiomoto_session.create_client("s3") as s3:
        assert_type(s3, S3Client)


async def wired_by_hand() -> None:
    async with AioSession(http_session_cls=MotoAIOHTTPSession).create_client("s3") as s3:
        assert_type(s3, S3Client)
        await s3.put_object(Bucket=3, Key="a.txt")  # type: ignore[arg-type]
"""
AIOBOTO3 = """
from types_aiobotocore_s3 import S3Client
from typing_extensions import assert_type

from aiomoto import aioboto3_session


async def wired_by_hand() -> None:
    async with aioboto3_session(region_name="eu-west-1").client("s3") as s3:
        assert_type(s3, S3Client)
"""
PROGRAMS = {
    "aiobotocore": (AIOBOTOCORE, ["types_aiobotocore_s3", "types_aiobotocore_sqs"]),
    "aioboto3": (AIOBOTO3, ["aioboto3", "aioboto3-stubs", "types_aiobotocore_s3"]),
}
# As for a user: what is wrong inside an installed package is not reported.
AS_INSTALLED = """
[mypy]
strict = True

[mypy-aiomoto.*]
ignore_errors = True

[mypy-moto.*,boto3.*,httpx.*,httpx2.*,responses.*]
follow_imports = skip
ignore_missing_imports = True
"""


@pytest.mark.parametrize("library", PROGRAMS)
def test_a_client_has_the_type_of_its_service(library: str, tmp_path: Path) -> None:
    program, needs = PROGRAMS[library]
    if missing := [name for name in ("mypy", *needs) if find_spec(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    (tmp_path / "test_clients.py").write_text(program, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(AS_INSTALLED, encoding="utf-8")
    options = ["--config-file", str(tmp_path / "mypy.ini"), "--cache-dir", str(tmp_path / "cache")]
    command = [sys.executable, "-m", "mypy", *options, str(tmp_path / "test_clients.py")]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.stdout.startswith("Success: no issues found in 1 source file"), result.stdout + result.stderr
