"""The pytest plugin: the fixtures ``aiomoto``, ``aiomoto_session`` and ``aiomoto_client``, and the markers ``aiomoto``
and ``aiomoto_fault``.

pytest loads this module at each of its starts: the rest of the package is loaded by the first test that is mocked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack
from inspect import signature
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import pytest

if TYPE_CHECKING:
    from aiobotocore.session import AioSession

    from aiomoto._mock import MockAWS

    Arguments = ParamSpec("Arguments")

Client = TypeVar("Client")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    config.addinivalue_line(
        "markers", "aiomoto(region=None, **options): mock AWS in the test, with mock_aws's options and a default region"
    )
    config.addinivalue_line(
        "markers",
        "aiomoto_fault(service, operation, **rule): mock AWS in the test, with a rule as aws.faults.add takes it",
    )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Repair the environment after each test: its fixtures may have put back what they found inside a mock."""
    yield
    if installation := sys.modules.get("aiomoto._installation"):
        installation.repair_environment()


@pytest.fixture(autouse=True)
def _aiomoto_first(request: pytest.FixtureRequest) -> None:
    # The other fixtures of a mocked test must not reach AWS before the mock has started, whatever their order. Those
    # that plugins declare autouse come before all others of the function scope.
    is_marked = any(map(request.node.get_closest_marker, ("aiomoto", "aiomoto_fault")))
    if is_marked or "aiomoto" in request.fixturenames:
        request.getfixturevalue("aiomoto")


@pytest.fixture
def aiomoto(request: pytest.FixtureRequest) -> Iterator[MockAWS]:
    """AWS, mocked for one test: a live ``MockAWS``, with the options and rules of the markers."""
    options = _marked_options(request.node)
    with pytest.MonkeyPatch.context() as patch:
        if region := options.pop("region", None):
            # Python's clients read the first, most others the second.
            patch.setenv("AWS_DEFAULT_REGION", region)
            patch.setenv("AWS_REGION", region)
        with _mock_with(options) as aws:
            _add_marked_faults(request.node, aws)
            yield aws


@pytest.fixture
def aiomoto_session(aiomoto: MockAWS) -> AioSession:
    """A new session of aiobotocore's, inside the mock."""
    from aiobotocore.session import get_session

    return get_session()


@pytest.fixture
def aiomoto_client(aiomoto_session: AioSession) -> Iterator[ClientFactory]:
    """Make clients inside the mock, ``s3 = await aiomoto_client("s3")``; they are closed when the test has ended."""
    factory = ClientFactory(aiomoto_session)
    yield factory
    factory.close()


class Opening(Coroutine[Any, Any, Client], AbstractAsyncContextManager[Client]):
    """A client that is about to be opened: ``s3 = await opening``, or ``async with opening as s3``.

    A coroutine, so that ``asyncio.run`` takes it too.
    """

    def __init__(self, open_client: Callable[[], Coroutine[Any, Any, Client]]) -> None:
        self._open = open_client
        self._begun: Coroutine[Any, Any, Client] | None = None
        self._client: Any = None

    def _opening(self) -> Coroutine[Any, Any, Client]:
        # Not before somebody waits for it: one that is used without being opened has an error of its own, below.
        if self._begun is None:
            self._begun = self._open()
        return self._begun

    def __await__(self) -> Generator[Any, Any, Client]:
        return self._opening().__await__()

    def send(self, value: Any) -> Any:
        """Go on, as a coroutine does."""
        return self._opening().send(value)

    def throw(self, *args: Any) -> Any:
        """Go on with an error, as a coroutine does."""
        return self._opening().throw(*args)

    def close(self) -> None:
        """Open no client, as where a coroutine is closed."""
        self._opening().close()

    if not TYPE_CHECKING:  # type checkers say so by themselves

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(f"the client is not open yet, and so has no {name!r}: {_HOW_TO_OPEN}")

        def __enter__(self) -> Any:
            raise TypeError(f"the client is not open yet, and a plain `with` cannot open it: {_HOW_TO_OPEN}")

        def __exit__(self, *error: object) -> None:
            """Never come here."""

    async def __aenter__(self) -> Client:
        self._client = await self._opening()
        return self._client  # type: ignore[no-any-return]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.close()


_HOW_TO_OPEN = "write `client = await aiomoto_client(...)`, or `async with aiomoto_client(...) as client:`"


class ClientFactory:
    """Makes clients, each by one call with the arguments of the session's ``create_client``, and closes them."""

    def __init__(self, session: AioSession) -> None:
        self._session = session
        self._open = ExitStack()

    if TYPE_CHECKING:

        @staticmethod
        def _awaited(
            create: Callable[Concatenate[Any, Arguments], AbstractAsyncContextManager[Client]],
        ) -> Callable[Concatenate[Any, Arguments], Opening[Client]]: ...

        # So that it has the overloads of types-aiobotocore, where that is installed.
        __call__ = _awaited(AioSession.create_client)
    else:

        def __call__(self, *args: Any, **kwargs: Any) -> Opening[Any]:
            """Make a client, as ``session.create_client(*args, **kwargs)`` does, and open it."""
            return Opening(lambda: self._create(*args, **kwargs))

        async def _create(self, *args: Any, **kwargs: Any) -> Any:
            context = self._session.create_client(*args, **kwargs)
            client = await context.__aenter__()
            self._open.callback(_close_without_loop, client)
            return client

    def close(self) -> None:
        """Close all clients. No event loop has to be there: a mocked client has no connections.

        Raises:
            RuntimeError: a client has some, since ``passthrough`` let it out.
        """
        self._open.close()


def _close_without_loop(client: Any) -> None:
    closing = client.close()
    try:
        closing.send(None)
    except StopIteration:
        return
    except Exception as error:
        raise _needs_its_loop(client) from error
    closing.close()
    raise _needs_its_loop(client)


def _needs_its_loop(client: Any) -> RuntimeError:
    service = client.meta.service_model.service_name
    return RuntimeError(
        f"aiomoto_client cannot close a client of {service} that has connections, as passthrough gives it: those need "
        "their event loop. Close it in the test, with `await client.close()`"
    )


def _mock_with(options: dict[str, Any]) -> MockAWS:
    from aiomoto._errors import ArgumentError
    from aiomoto._mock import MockAWS

    mistake: Exception
    try:
        return MockAWS(**options)
    except (ArgumentError, TypeError) as error:
        mistake = error
    written = ", ".join(f"{name}={value!r}" for name, value in options.items())
    pytest.fail(f"@pytest.mark.aiomoto({written}): {mistake}", pytrace=False)


def _add_marked_faults(node: pytest.Item, aws: MockAWS) -> None:
    """Add the rules of all markers of a test: its own first, from top to bottom, then those of its class and module."""
    for place in reversed(node.listchain()):
        # Python applies decorators from the bottom to the top; a list in pytestmark is in its own order.
        markers = reversed(place.own_markers) if place is node else place.own_markers
        for marker in markers:
            if marker.name == "aiomoto_fault" and (mistake := _mistake_in(marker, aws)):
                pytest.fail(f"{_as_written(marker)}: {mistake}", pytrace=False)


def _mistake_in(marker: pytest.Mark, aws: MockAWS) -> Exception | None:
    """Add the rule of a marker; or else what is wrong with it, so that its test fails with nothing but that."""
    from aiomoto._aws.names import suggestion
    from aiomoto._errors import ArgumentError

    known = [name for name, each in signature(aws.faults.add).parameters.items() if each.kind is each.KEYWORD_ONLY]
    for name in marker.kwargs.keys() - signature(aws.faults.add).parameters.keys():
        return TypeError(f"it has no argument {name!r}{suggestion(name, known)}")
    try:
        aws.faults.add(*marker.args, **marker.kwargs)
    except (ArgumentError, TypeError) as error:
        return error
    return None


def _mistake_in_region(region: Any) -> str | None:
    from aiomoto._aws.regions import region_mistake

    return region_mistake(region) if isinstance(region, str) else f"region must be a str, not {region!r}"


def _as_written(marker: pytest.Mark) -> str:
    given = [*map(repr, marker.args), *(f"{name}={value!r}" for name, value in marker.kwargs.items())]
    return f"@pytest.mark.{marker.name}({', '.join(given)})"


def _marked_options(node: pytest.Item) -> dict[str, Any]:
    """The options of all markers of a test, those of the closest one winning."""
    from aiomoto._options import NAMES

    known = {"region", *NAMES}
    options: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("aiomoto"))):
        if marker.args or not marker.kwargs.keys() <= known:
            names = ", ".join(f"{name}=" for name in sorted(known))
            written = f". Write region={marker.args[0]!r}" if marker.args and isinstance(marker.args[0], str) else ""
            wrong = "takes no positional argument, but" if marker.args else "takes"
            pytest.fail(f"{_as_written(marker)}: it {wrong} {names}{written}", pytrace=False)
        if (region := marker.kwargs.get("region")) is not None and (mistake := _mistake_in_region(region)):
            pytest.fail(f"{_as_written(marker)}: {mistake}", pytrace=False)
        options.update(marker.kwargs)
    return options
