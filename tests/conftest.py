"""What every test has: no way out of the machine, a bare environment, and clients over each HTTP library."""

from __future__ import annotations

import gc
import re
import sys
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import boto3
import moto
import pytest
from aiobotocore import httpxsession
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import get_session

from tests import guard, warm_process
from tests.http_clients import http as http  # a fixture

# The version of Moto that is installed, for what it has no feature to tell it by.
MOTO = tuple(map(int, re.findall(r"\d+", version("moto"))[:3]))

ClientFactory = Callable[..., AbstractAsyncContextManager[Any]]


def pytest_configure(config: pytest.Config) -> None:
    """Note attempts to reach another machine in a file of this run's own; end what the run has started."""
    folder = TemporaryDirectory(prefix="attempts-")
    config.add_cleanup(folder.cleanup)
    guard.note_attempts(Path(folder.name, "attempts"))
    config.add_cleanup(warm_process.end)
    import_module("hypothesis")  # it looks for what refers to trio's random numbers: not among what is frozen
    # Each file of tests collects what it leaves. In between, looking again and again takes a tenth of all time.
    gc.set_threshold(100_000, 20, 100)


def pytest_unconfigure() -> None:
    """Close the socket that the X-Ray SDK opens where Moto imports it, and that nothing closes.

    What is still there is left to the end of the process: pytest would look through it ten times.
    """
    gc.freeze()
    if "aws_xray_sdk.core" in sys.modules:
        vars(sys.modules["aws_xray_sdk.core"].xray_recorder.emitter)["_socket"].close()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None, None, None]:
    """Fail a test if anything tried to reach another machine, in whatever process, and whoever caught the error."""
    try:
        yield
    finally:
        if attempts := guard.take_attempts():
            pytest.fail(f"tried to reach another machine: {attempts}", pytrace=False)


@pytest.fixture(scope="module", autouse=True)
def _collected() -> Iterator[None]:
    """Collect what a file of tests leaves: what it left open is its fault, and not that of the next one.

    What is there before, libraries and the models of services, no collection looks at again. It takes most of the time.
    """
    gc.freeze()
    yield
    gc.collect()
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin each test as on a machine on which AWS was never set up."""
    import os

    for name in os.environ:
        if name.startswith(("AWS_", "MOTO_", "BOTO_")):
            monkeypatch.delenv(name)
    # Not those of the developer who runs the tests.
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/aws/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/aws/credentials")
    # One that an earlier test left has the credentials that it found then.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture(autouse=True)
def _modules_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """Bring back the modules that pytester lets go of when its fixture ends, which is before this one does."""
    yield
    if "pytester" in request.fixturenames and (inner_runs := sys.modules.get("tests.inner_runs")):
        inner_runs.bring_back_modules()


@pytest.fixture
def no_data_left() -> Iterator[None]:
    """Forget afterwards what a test leaves in Moto: on purpose, by a mock of Moto's own, or with no mock at all."""
    yield
    moto.mock_aws().reset()


@pytest.fixture
def sockets_collected() -> Iterator[None]:
    """Collect what clients of real servers leave open where their requests break off: no fault of a later test's."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have something for a mock to put back: keys, and boto3's default session."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(region_name="eu-west-1"))


class Stack(NamedTuple):
    """An HTTP library of aiobotocore's, and the event loop to run it on."""

    name: str
    session_class: type
    loop: str


STACKS = [Stack("aiohttp", AIOHTTPSession, "asyncio")]
if httpxsession.httpx is not None:
    STACKS.append(Stack("httpx", httpxsession.HttpxSession, "asyncio"))
    # aiobotocore runs on trio since it chooses its primitives by the session class (3.9).
    if hasattr(httpxsession, "is_httpx_session_cls"):
        STACKS.append(Stack("httpx", httpxsession.HttpxSession, "trio"))


_THOROUGH = {"trio": [pytest.mark.thorough]}


@pytest.fixture(
    params=[pytest.param(each, marks=_THOROUGH.get(each.loop, ()), id=f"{each.name}-{each.loop}") for each in STACKS]
)
def stack(request: pytest.FixtureRequest) -> Stack:
    """Each way to run aiobotocore. A test that asks for it, or for ``client``, runs once for each."""
    found: Stack = request.param
    return found


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The event loop of tests marked ``anyio``: that of its stack or its HTTP library, else asyncio."""
    for name in ("stack", "http"):
        if name in request.fixturenames:
            loop: str = request.getfixturevalue(name).loop
            return loop
    return "asyncio"


@pytest.fixture
def client(stack: Stack) -> ClientFactory:
    """``async with client("s3", region_name=...) as s3``: a client of aiobotocore's own session over the stack."""

    def create(service: str, *, config: AioConfig | None = None, **kwargs: Any) -> AbstractAsyncContextManager[Any]:
        own = AioConfig(http_session_cls=stack.session_class)
        context: AbstractAsyncContextManager[Any] = get_session().create_client(
            service, config=own if config is None else config.merge(own), **kwargs
        )
        return context

    return create
