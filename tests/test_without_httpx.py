"""Without httpx: the package works, and the one name that needs httpx says what to install.

Each program runs in a process of its own, in which httpx cannot be imported, whether or not it is installed.
"""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

from tests.programs import ROOT

# anyio comes with httpx, and may be missing too. ``None`` makes the import system say that there is no such module.
_WITHOUT_HTTPX = "import sys; sys.modules.update(dict.fromkeys(['httpx2', 'httpx', 'anyio', 'trio']))"


def run(program: str) -> str:
    """What a program prints; it must end well and complain of nothing."""
    source = "\n".join([_WITHOUT_HTTPX, dedent(program)])
    result = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    return result.stdout


def test_aiobotocore_finds_no_httpx() -> None:
    assert run("from aiobotocore import httpxsession; print(httpxsession.httpx)") == "None\n"


def test_the_package_imports() -> None:
    assert run("import aiomoto; print(aiomoto.mock_aws.__name__)") == "mock_aws\n"


def test_a_star_import_gives_all_but_the_httpx_session() -> None:
    program = """
        from aiomoto import *
        print(sorted(name for name in globals() if name.startswith("Moto")), mock_aws.__name__)
    """

    assert run(program) == "['MotoAIOHTTPSession'] mock_aws\n"


def test_the_httpx_session_names_the_extra_each_time_it_is_asked_for() -> None:
    program = """
        import aiomoto
        for _ in range(2):
            try:
                aiomoto.MotoHttpxSession
            except ImportError as error:
                print(error)
    """
    first, second = run(program).splitlines()

    assert "needs httpx2 or httpx" in first
    assert "pip install httpx2" in first
    assert second == first


def test_importing_the_httpx_session_names_the_extra() -> None:
    program = """
        try:
            from aiomoto import MotoHttpxSession
        except ImportError as error:
            print(error)
    """

    assert "pip install httpx2" in run(program)


def test_a_name_that_does_not_exist_is_still_an_attribute_error() -> None:
    program = """
        import aiomoto
        try:
            aiomoto.MotoTornadoSession
        except AttributeError as error:
            print(error)
    """

    message = run(program)

    assert message.startswith("module 'aiomoto' has no attribute 'MotoTornadoSession'")
    assert "MotoHttpxSession" not in message


def test_clients_over_aiohttp_and_boto3_are_mocked() -> None:
    program = """
        import asyncio, boto3
        from aiobotocore.session import get_session
        from aiomoto import mock_aws

        async def main():
            async with mock_aws(), get_session().create_client("s3") as s3:
                await s3.create_bucket(Bucket="reports")
                await s3.put_object(Bucket="reports", Key="a.txt", Body=b"hello")
                print(await (await s3.get_object(Bucket="reports", Key="a.txt"))["Body"].read())
                print([bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]])

        asyncio.run(main())
    """

    assert run(program) == "b'hello'\n['reports']\n"


def test_a_client_over_aiohttp_can_be_wired_by_hand() -> None:
    program = """
        import asyncio
        from aiomoto import AioSession

        async def main():
            async with AioSession().create_client("s3") as s3:
                print((await s3.list_buckets())["Buckets"])

        asyncio.run(main())
    """

    assert run(program) == "[]\n"
