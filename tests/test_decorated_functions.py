"""What ``mock_aws`` keeps of a function that it decorates: its kind, its name, its arguments, its errors."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from fractions import Fraction
from typing import Any, cast

import anyio
import anyio.lowlevel
import pytest

from aiomoto import mock_aws
from tests.buckets import bucket_names, create_bucket
from tests.conftest import ClientFactory
from tests.snapshot import nothing_left_behind

# ---------------------------------------------------------------- what stays of the function


def _plain(a: int, *, b: str = "x") -> str:
    """Say what it is for."""
    return f"{a}{b}"


async def _coroutine(a: int, *, b: str = "x") -> str:
    """Say what it is for."""
    return f"{a}{b}"


def _generator(a: int, *, b: str = "x") -> Iterator[str]:
    """Say what it is for."""
    yield f"{a}{b}"


async def _async_generator(a: int, *, b: str = "x") -> AsyncIterator[str]:
    """Say what it is for."""
    yield f"{a}{b}"


KINDS = [_plain, _coroutine, _generator, _async_generator]
every_kind = pytest.mark.parametrize("function", KINDS, ids=lambda function: function.__name__.strip("_"))


@every_kind
def test_name_and_signature_stay(function: Callable[..., Any]) -> None:
    decorated = mock_aws(function)

    assert decorated is not function
    assert (decorated.__name__, decorated.__doc__) == (function.__name__, "Say what it is for.")
    assert inspect.signature(decorated) == inspect.signature(function)
    assert inspect.unwrap(decorated) is function


@every_kind
@pytest.mark.parametrize(
    "is_kind", [inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction]
)
def test_the_kind_of_function_stays(function: Callable[..., Any], is_kind: Callable[[Any], bool]) -> None:
    assert is_kind(mock_aws(function)) is is_kind(function)


def test_arguments_and_return_value_pass_through() -> None:
    assert mock_aws(_plain)(7, b="y") == "7y"


@pytest.mark.anyio
async def test_arguments_and_return_value_of_a_coroutine_pass_through() -> None:
    assert await mock_aws(_coroutine)(7, b="y") == "7y"


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(lambda function: staticmethod(mock_aws(function)), id="below-staticmethod"),
        pytest.param(lambda function: mock_aws(staticmethod(function)), id="above-staticmethod"),
    ],
)
def test_a_static_method_is_decorated_in_either_order(order: Callable[[Any], Any]) -> None:
    holder: Any = type("Holder", (), {"create": order(create_bucket)})

    assert holder.create("photos") == holder().create("photos") == ["photos"]


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(lambda function: classmethod(mock_aws(function)), id="below-classmethod"),
        pytest.param(lambda function: mock_aws(cast(Any, classmethod(function))), id="above-classmethod"),
    ],
)
def test_a_class_method_is_decorated_in_either_order(order: Callable[[Any], Any]) -> None:
    holder: Any = type("Holder", (), {"create": order(lambda cls, name: (cls.__name__, create_bucket(name)))})

    assert holder.create("photos") == ("Holder", ["photos"])


@pytest.mark.anyio
async def test_a_coroutine_behind_a_plain_function_is_mocked_too(client: ClientFactory) -> None:
    async def create() -> list[str]:
        async with client("s3", region_name="us-east-1") as s3:
            await s3.create_bucket(Bucket="photos")
        return bucket_names()

    @functools.wraps(create)
    def hidden() -> Awaitable[list[str]]:
        return create()

    with nothing_left_behind():
        assert await mock_aws(hidden)() == ["photos"]


@pytest.mark.anyio
async def test_a_generator_behind_another_decorator_is_mocked_too() -> None:
    def create() -> Iterator[list[str]]:
        yield create_bucket("photos")

    async def create_async() -> AsyncIterator[list[str]]:
        yield create_bucket("photos")

    hidden = functools.wraps(create)(lambda: create())
    hidden_async = functools.wraps(create_async)(lambda: create_async())

    with nothing_left_behind():
        assert list(mock_aws(hidden)()) == [["photos"]]
        assert [names async for names in mock_aws(hidden_async)()] == [["photos"]]
        with mock_aws(contextmanager(create))() as names:
            assert (names, bucket_names()) == (["photos"], ["photos"])
        async with mock_aws(asynccontextmanager(create_async))() as names:
            assert (names, bucket_names()) == (["photos"], ["photos"])


def test_a_context_manager_behind_the_decorator_gets_the_error_of_its_body() -> None:
    seen: list[list[str]] = []

    @mock_aws
    @contextmanager
    def cleaning_up() -> Iterator[None]:
        try:
            yield
        except KeyError:
            seen.append(create_bucket("cleaned-up"))
            raise

    with nothing_left_behind(), pytest.raises(KeyError), cleaning_up():
        raise KeyError

    assert seen == [["cleaned-up"]]


# ---------------------------------------------------------------- generators in full


def _talk() -> Generator[Any, Any, str]:
    received: list[Any] = []
    try:
        received.append((yield "first"))
        try:
            received.append((yield "second"))
        except KeyError as error:
            received.append(error.args[0])
            received.append((yield "caught"))
        return f"returned {received}"
    finally:
        create_bucket("cleaned-up")


async def _talk_async(log: list[Any]) -> AsyncGenerator[Any, Any]:
    try:
        log.append((yield "first"))
        try:
            log.append((yield "second"))
        except KeyError as error:
            log.append(error.args[0])
            log.append((yield "caught"))
    finally:
        await anyio.lowlevel.checkpoint()
        log.append(create_bucket("cleaned-up"))


def test_send_throw_and_the_return_value_reach_through_a_generator() -> None:
    with nothing_left_behind():
        talk = mock_aws(_talk)()
        assert next(talk) == "first"
        assert talk.send("one") == "second"
        assert talk.throw(KeyError("two")) == "caught"
        with pytest.raises(StopIteration) as stop:
            talk.send("three")

    assert stop.value.value == "returned ['one', 'two', 'three']"


def test_close_runs_a_generators_clean_up_inside_the_mock() -> None:
    with nothing_left_behind():
        talk = mock_aws(_talk)()
        next(talk)
        talk.close()


def test_an_error_thrown_into_a_generator_and_not_caught_comes_out() -> None:
    with nothing_left_behind():
        talk = mock_aws(_talk)()
        next(talk)
        with pytest.raises(ValueError, match="mine"):
            talk.throw(ValueError("mine"))


def test_a_generator_is_not_mocked_before_its_first_step() -> None:
    with nothing_left_behind():
        mock_aws(_talk)()


@pytest.mark.anyio
async def test_asend_and_athrow_reach_through_an_async_generator() -> None:
    log: list[Any] = []
    with nothing_left_behind():
        talk = mock_aws(_talk_async)(log)
        assert await talk.__anext__() == "first"
        assert await talk.asend("one") == "second"
        assert await talk.athrow(KeyError("two")) == "caught"
        with pytest.raises(StopAsyncIteration):
            await talk.asend("three")

    assert log == ["one", "two", "three", ["cleaned-up"]]


@pytest.mark.anyio
async def test_aclose_runs_an_async_generators_clean_up_inside_the_mock() -> None:
    log: list[Any] = []
    with nothing_left_behind():
        talk = mock_aws(_talk_async)(log)
        await talk.__anext__()
        await talk.aclose()

    assert log == [["cleaned-up"]]


@pytest.mark.anyio
async def test_an_error_thrown_into_an_async_generator_and_not_caught_comes_out() -> None:
    log: list[Any] = []
    with nothing_left_behind():
        talk = mock_aws(_talk_async)(log)
        await talk.__anext__()
        with pytest.raises(ValueError, match="mine"):
            await talk.athrow(ValueError("mine"))

    assert log == [["cleaned-up"]]


@pytest.mark.anyio
async def test_a_loop_left_half_way_and_closed_ends_the_mock() -> None:
    log: list[Any] = []
    with nothing_left_behind():
        talk = mock_aws(_talk_async)(log)
        async for value in talk:
            assert value == "first"
            break
        await talk.aclose()


@pytest.mark.anyio
async def test_an_async_generator_that_yields_while_it_is_closed_is_told_so() -> None:
    @mock_aws
    async def stubborn() -> AsyncIterator[int]:
        try:
            yield 1
        except GeneratorExit:
            yield 2

    generator: Any = stubborn()
    with nothing_left_behind():
        await generator.__anext__()
        with pytest.raises(RuntimeError, match="ignored GeneratorExit"):
            await generator.aclose()


@pytest.mark.anyio
async def test_an_async_generator_is_not_mocked_before_its_first_step() -> None:
    with nothing_left_behind():
        mock_aws(_talk_async)([])


# ---------------------------------------------------------------- errors


def test_an_error_of_the_function_passes_through() -> None:
    def fail() -> None:
        raise KeyError("mine")

    with nothing_left_behind(), pytest.raises(KeyError, match="mine"):
        mock_aws(fail)()


@pytest.mark.anyio
async def test_an_error_of_the_coroutine_passes_through() -> None:
    async def fail() -> None:
        await anyio.lowlevel.checkpoint()
        raise KeyError("mine")

    with nothing_left_behind(), pytest.raises(KeyError, match="mine"):
        await mock_aws(fail)()


@pytest.mark.anyio
async def test_a_cancelled_call_ends_its_mock() -> None:
    with nothing_left_behind():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(mock_aws(anyio.sleep_forever))
            await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(None, id="None"),
        pytest.param(7, id="number"),
        pytest.param("name", id="text"),
        pytest.param(property(_plain), id="property"),
        pytest.param(pytest.fixture(lambda: None), id="fixture"),
        pytest.param(inspect, id="module"),
        pytest.param(_generator(1), id="generator-that-runs"),
    ],
)
def test_anything_else_is_a_type_error(target: Any) -> None:
    with nothing_left_behind(), pytest.raises(TypeError, match="mock_aws cannot decorate"):
        mock_aws()(target)


def test_a_type_error_names_the_type() -> None:
    with pytest.raises(TypeError, match=r"of type fractions\.Fraction"):
        mock_aws(Fraction(1, 2))  # type: ignore[call-overload]
