"""Libraries that are imported while a mock is live, and what a mock itself imports: none that is optional."""

from __future__ import annotations

from importlib.util import find_spec
from textwrap import dedent

import pytest

from tests.programs import run_source

pytestmark = pytest.mark.thorough

SETUP = """
import sys, warnings
warnings.simplefilter("error")
import boto3
from botocore.config import Config
from aiomoto import mock_aws

def presigned():
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="photos")
    return s3.generate_presigned_url("list_objects_v2", Params={"Bucket": "photos"})
"""


def run(program: str, *, after_a_mock: bool = False) -> str:
    """What a program prints, in a process of its own, which has imported none of what the tests ask for.

    Args:
        program: what follows the setup.
        after_a_mock: do not care what is imported (see ``warm_process.run``).
    """
    result = run_source(SETUP + dedent(program), after_a_mock=after_a_mock)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_a_mock_imports_no_library_that_is_optional() -> None:
    # aiobotocore imports one of the two httpx.
    found = run("""
        before = set(sys.modules)
        with mock_aws():
            pass
        print(sorted({"awscrt", "httpx", "httpx2", "respx"} & (sys.modules.keys() - before)))
    """)

    assert found == "[]"


def test_a_mock_imports_no_service_of_motos_that_nobody_asks_for() -> None:
    found = run("""
        with mock_aws():
            boto3.client("sts", region_name="us-east-1").get_caller_identity()
        print(sorted(name for name in sys.modules if name in ("moto.s3.responses", "moto.sqs.models")))
    """)

    assert found == "[]"


def test_a_service_of_motos_that_is_imported_in_a_mock_is_as_before_after_it() -> None:
    found = run("""
        finders = list(sys.meta_path)
        with mock_aws():
            boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="jobs")
            presigned()
            from moto.s3.responses import S3Response
            from moto.sqs.models import SQSBackend
            print(SQSBackend.receive_message.__code__.co_filename.split("/")[-3:])
        functions = [SQSBackend.receive_message, S3Response.subdomain_based_buckets]
        print([function.__code__.co_filename.split("/")[-3:] for function in functions], sys.meta_path == finders)
    """)

    files = [["moto", "sqs", "models.py"], ["moto", "s3", "responses.py"]]
    assert found == f"['aiomoto', '_moto', 'long_polls.py']\n{files} True"


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_library_that_is_imported_in_a_mock_is_answered(library: str) -> None:
    if find_spec(library) is None:
        pytest.skip(f"needs {library}")
    found = run(f"""
        for name in [name for name in sys.modules if name.partition(".")[0] == "{library}"]:
            del sys.modules[name]
        finders = list(sys.meta_path)
        with mock_aws():
            import {library} as httpx
            ours = vars(httpx.HTTPTransport)["handle_request"]
            status = httpx.get(presigned()).status_code
        print(status, vars(httpx.HTTPTransport)["handle_request"] is ours, sys.meta_path == finders)
        print(httpx.__spec__.loader.exec_module.__qualname__)
    """)

    assert found == "200 False True\n_LoaderBasics.exec_module"


ANEW = {
    "reload": "import importlib; importlib.reload({library})",
    "package": "del sys.modules['{library}']; import {library} as httpx",
    "all": "[sys.modules.pop(name) for name in list(sys.modules) if name.split('.')[0] == '{library}']; "
    "import {library} as httpx",
}


@pytest.mark.parametrize("how", ANEW)
@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_library_that_is_imported_anew_in_a_mock_is_answered(library: str, how: str) -> None:
    if find_spec(library) is None:
        pytest.skip(f"needs {library}")
    found = run(
        f"""
        import {library}, asyncio
        httpx = old = {library}
        def sends_by_itself(httpx):
            classes = (httpx.HTTPTransport, "handle_request"), (httpx.AsyncHTTPTransport, "handle_async_request")
            return [vars(owner)[name].__code__.co_filename.split("/")[-3] for owner, name in classes]
        async def ask_async(httpx):
            async with httpx.AsyncClient(verify=False) as client:
                return (await client.get(url)).status_code
        with mock_aws():
            url = presigned()
            for _ in range(2):
                {ANEW[how].format(library=library)}
                print(httpx.get(url, verify=False).status_code, asyncio.run(ask_async(httpx)))
            print(old.get(url, verify=False).status_code)
        print(sends_by_itself(httpx), sends_by_itself(old))
    """,
        after_a_mock=True,
    )

    theirs = [library, library]
    assert found == f"200 200\n200 200\n200\n{theirs} {theirs}"


def test_a_library_is_answered_that_one_thread_imports_while_others_start_mocks() -> None:
    if find_spec("httpx") is None:
        pytest.skip("needs httpx")
    found = run("""
        import threading
        def start_and_stop():
            for _ in range(20):
                with mock_aws():
                    pass
        threads = [threading.Thread(target=start_and_stop) for _ in range(3)]
        with mock_aws():
            for thread in threads:
                thread.start()
            import httpx
            print(httpx.get(presigned()).status_code)
            for thread in threads:
                thread.join()
        print(vars(httpx.HTTPTransport)["handle_request"].__code__.co_filename.endswith("httpx/_transports/default.py"))
    """)

    assert found == "200\nTrue"
