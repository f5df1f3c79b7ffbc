"""A future release of a library that has moved what aiomoto builds on is named, with the part that is gone."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from platform import python_version

import pytest

from tests.programs import ROOT, run_source

pytestmark = pytest.mark.thorough

# What a release takes away, and what the error says is missing.
GONE = {
    "class": ("import aiobotocore.endpoint as e; del e.AioEndpointCreator", "aiobotocore.endpoint.AioEndpointCreator"),
    "module": ("import sys; sys.modules['moto.core.models'] = None", "moto.core.models"),
    "method": (
        "from aiobotocore.endpoint import AioEndpointCreator as c; del c.create_endpoint",
        "aiobotocore.endpoint.AioEndpointCreator.create_endpoint",
    ),
    "send": (
        "from botocore.httpsession import URLLib3Session as c; del c.send",
        "botocore.httpsession.URLLib3Session.send",
    ),
    "python": (
        "from asyncio import BaseEventLoop as c; del c.getaddrinfo",
        "asyncio.base_events.BaseEventLoop.getaddrinfo",
    ),
}
SLEEPS = {
    "parameter": (
        "import botocore.utils as u; u.ContainerMetadataFetcher.__init__ = lambda self, session=None: None; "
        "u.ContainerMetadataFetcher.__init__.__module__, u.ContainerMetadataFetcher.__init__.__qualname__ = "
        "'botocore.utils', 'ContainerMetadataFetcher.__init__'",
        "botocore.utils.ContainerMetadataFetcher.__init__(sleep)",
    ),
    "module": ("import botocore.endpoint as e; del e.time", "botocore.endpoint.time"),
    "class": (
        "import aiobotocore.retries.bucket as b; del b.AsyncTokenBucket.acquire",
        "aiobotocore.retries.bucket.AsyncTokenBucket.acquire",
    ),
}
PROGRAM = """
{change}
from aiomoto import AiomotoError
try:
    from aiomoto import mock_aws
    mock_aws({options}).start()
except AiomotoError as error:
    print(error)
"""


def library_of(part: str) -> tuple[str, str]:
    package = part.partition(".")[0]
    if package == "asyncio":
        return "Python", python_version()
    library = {"dateutil": "python-dateutil"}.get(package, package)
    return library, version(library)


@pytest.mark.parametrize(("change", "part"), GONE.values(), ids=GONE.keys())
def test_a_part_that_is_gone_is_named_with_the_version(change: str, part: str) -> None:
    check(change, part)


@pytest.mark.parametrize(("change", "part"), SLEEPS.values(), ids=SLEEPS.keys())
def test_a_sleep_that_could_not_be_skipped_is_an_error_at_the_start(change: str, part: str) -> None:
    check(change, part, options='sleep="instant"')


def test_a_library_is_named_by_what_it_is_installed_as() -> None:
    # Its part is missed when botocore is imported, which a warm process has done.
    program = PROGRAM.format(change="import dateutil.tz; del dateutil.tz.tzutc", options="")
    command = [sys.executable, "-c", program]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert result.stdout == expected("dateutil.tz.tzutc")


def check(change: str, part: str, options: str = "") -> None:
    result = run_source(PROGRAM.format(change=change, options=options))

    assert (result.returncode, result.stderr, result.stdout) == (0, "", expected(part))


def expected(part: str) -> str:
    library, installed = library_of(part)
    return (
        f"{library} {installed} has no {part}, which aiomoto builds on: upgrade aiomoto, or install a version "
        f"of {library} from the table in docs/versions.md\n"
    )
