"""What the fixture ``aiomoto_client`` gives: it creates clients, and closes them after the test."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from contextlib import AbstractAsyncContextManager, ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from aiobotocore.session import AioSession

    Arguments = ParamSpec("Arguments")

Client = TypeVar("Client")


class Opening(Coroutine[Any, Any, Client], AbstractAsyncContextManager[Client]):
    """A client that is not open yet: ``s3 = await opening``, or ``async with opening as s3``.

    It is a coroutine, so that ``asyncio.run`` accepts it too.
    """

    def __init__(self, open_client: Callable[[], Coroutine[Any, Any, Client]]) -> None:
        self._open = open_client
        self._started: Coroutine[Any, Any, Client] | None = None
        self._client: Any = None

    def _opening(self) -> Coroutine[Any, Any, Client]:
        # Created when it is awaited: if it never is, Python would warn, besides the error below.
        if self._started is None:
            self._started = self._open()
        return self._started

    def __await__(self) -> Generator[Any, Any, Client]:
        return self._opening().__await__()

    def send(self, value: Any) -> Any:
        """Resume the coroutine that opens the client."""
        return self._opening().send(value)

    def throw(self, *args: Any) -> Any:
        """Raise an error in the coroutine that opens the client."""
        return self._opening().throw(*args)

    def close(self) -> None:
        """Close the coroutine that opens the client."""
        self._opening().close()

    if not TYPE_CHECKING:  # type checkers report these mistakes themselves

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(f"the client has no {name!r} before it is open: {_HOW_TO_OPEN}")

        def __enter__(self) -> Any:
            raise TypeError(f"a client cannot be opened with a plain `with`: {_HOW_TO_OPEN}")

        def __exit__(self, *error: object) -> None:
            """Unreachable: ``__enter__`` raises."""

    async def __aenter__(self) -> Client:
        self._client = await self._opening()
        return self._client  # type: ignore[no-any-return]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.close()


_HOW_TO_OPEN = "write `client = await aiomoto_client(...)`, or `async with aiomoto_client(...) as client:`"


class ClientFactory:
    """Creates clients with the arguments of the session's ``create_client``, and closes them all."""

    def __init__(self, session: AioSession) -> None:
        self._session = session
        self._open = ExitStack()

    if TYPE_CHECKING:

        @staticmethod
        def _awaited(
            create: Callable[Concatenate[Any, Arguments], AbstractAsyncContextManager[Client]],
        ) -> Callable[Concatenate[Any, Arguments], Opening[Client]]: ...

        # Typed like this it has the overloads of types-aiobotocore, if that is installed.
        __call__ = _awaited(AioSession.create_client)
    else:

        def __call__(self, *args: Any, **kwargs: Any) -> Opening[Any]:
            """Create and open a client; the arguments are those of ``session.create_client``."""
            return Opening(lambda: self._create(*args, **kwargs))

        async def _create(self, *args: Any, **kwargs: Any) -> Any:
            context = self._session.create_client(*args, **kwargs)
            client = await context.__aenter__()
            self._open.callback(_close_without_loop, client)
            return client

    def close(self) -> None:
        """Close all clients. This needs no event loop, since mocked clients have no connections.

        Raises:
            RuntimeError: a client has connections, because some of its requests passed through.
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
        f"aiomoto_client cannot close a client of {service} that has connections, from requests that passed through: "
        "this needs their event loop. Close it in the test, with `await client.close()`"
    )
