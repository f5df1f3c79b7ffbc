"""vcrpy and pook beside a mock, in whichever order they start and stop: AWS is Moto's, and nothing leaves."""

from __future__ import annotations

import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from aiomoto import mock_aws
from tests.seams import SEAMS, url_of_buckets

pytestmark = pytest.mark.anyio

Ask = Callable[[str], Awaitable[bytes]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def over_urllib(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as response:  # noqa: ASYNC210  (that is what is tested)
        body: bytes = response.read()
    return body


WAYS: dict[str, Ask] = {str(seam): seam.ask for seam in SEAMS if seam.name != "create_endpoint"}
WAYS["urllib.request"] = over_urllib
each_way = pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)


def methods() -> list[object]:
    """What stands where a mock replaces something."""
    return [vars(seam.owner)[seam.name] for seam in SEAMS]


@contextmanager
def ours() -> Iterator[str]:
    with mock_aws():
        yield url_of_buckets()


@contextmanager
def with_pook() -> Iterator[None]:
    pook = pytest.importorskip("pook", reason="needs pook")
    pook.on()
    pook.enable_network()
    try:
        yield
    finally:
        pook.off()


@each_way
async def test_pook_may_end_inside_the_mock(ask: Ask) -> None:
    theirs = ExitStack()
    theirs.enter_context(with_pook())
    with ours() as url:
        theirs.close()

        assert b"reports" in await ask(url)


@each_way
async def test_pook_inside_the_mock_lets_aws_pass(ask: Ask) -> None:
    before = methods()
    with ours() as url, with_pook():
        assert b"reports" in await ask(url)
    assert methods() == before


def _cassette(folder: Path) -> AbstractContextManager[object]:
    vcr = pytest.importorskip("vcr", reason="needs vcrpy")
    cassette: AbstractContextManager[object] = vcr.use_cassette(str(folder / "cassette.yaml"))
    return cassette


@each_way
@pytest.mark.parametrize("inner", ["ours", "theirs"])
async def test_what_a_cassette_of_vcrpy_does_not_have_is_motos(ask: Ask, inner: str, tmp_path: Path) -> None:
    before = methods()
    with ExitStack() as stack:
        if inner == "ours":
            stack.enter_context(_cassette(tmp_path))
        url = stack.enter_context(ours())
        if inner == "theirs":
            stack.enter_context(_cassette(tmp_path))

        assert b"reports" in await ask(url)
    assert methods() == before
