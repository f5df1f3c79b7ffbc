"""``mock_aws`` on whatever else can be called: each call runs in a mock, and its kind stays, as with Moto."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import pytest
from moto.core.models import botocore_stubber

from aiomoto import mock_aws
from tests.buckets import create_bucket
from tests.mocks import both


def is_mocked(*_: Any) -> bool:
    """Tell whether a mock is active, of either kind."""
    return bool(botocore_stubber.enabled)


async def is_mocked_async(*_: Any) -> bool:
    return is_mocked()


def yields_whether_mocked(*_: Any) -> Iterator[bool]:
    yield is_mocked()


async def yields_whether_mocked_async(*_: Any) -> AsyncIterator[bool]:
    yield is_mocked()


class Job:
    """A callable object. Its class is what Python looks at for a way to call it."""

    def __call__(self, *_: Any) -> bool:
        return is_mocked()

    def method(self, *_: Any) -> bool:
        return is_mocked()

    async def async_method(self, *_: Any) -> bool:
        return is_mocked()


class SlottedJob(Job):
    __slots__ = ()


class AsyncJob:
    async def __call__(self, *_: Any) -> bool:
        return is_mocked()


class GeneratorJob:
    def __call__(self, *_: Any) -> Iterator[bool]:
        yield is_mocked()


class AsyncGeneratorJob:
    async def __call__(self, *_: Any) -> AsyncIterator[bool]:
        yield is_mocked()


class JobOfAPartial:
    """Called by what is no function."""

    __call__ = partial(is_mocked)


PLAIN: dict[str, Callable[..., Any]] = {
    "object": Job(),
    "object-with-slots": SlottedJob(),
    "object-called-by-a-partial": JobOfAPartial(),
    "partial": partial(is_mocked, 1),
    "partial-of-partial": partial(partial(is_mocked, 1), 2),
    "partial-of-object": partial(Job(), 1),
    "cached": lru_cache(is_mocked),
    "method": Job().method,
    "partial-of-method": partial(Job().method, 1),
    "function-of-c": map(is_mocked, iter([1, 2])).__next__,
}
COROUTINES: dict[str, Callable[..., Any]] = {
    "object": AsyncJob(),
    "partial": partial(is_mocked_async, 1),
    "partial-of-object": partial(AsyncJob(), 1),
    "partial-of-partial": partial(partial(AsyncJob(), 1), 2),
    "method": Job().async_method,
    "partial-of-method": partial(Job().async_method, 1),
}
GENERATORS: dict[str, Callable[..., Any]] = {"object": GeneratorJob(), "partial": partial(yields_whether_mocked, 1)}
ASYNC_GENERATORS: dict[str, Callable[..., Any]] = {
    "object": AsyncGeneratorJob(),
    "partial": partial(yields_whether_mocked_async, 1),
}


@pytest.mark.parametrize("target", PLAIN.values(), ids=PLAIN)
def test_a_callable_runs_in_a_mock(target: Callable[..., Any]) -> None:
    assert mock_aws(target)() is True
    assert not is_mocked()


@pytest.mark.anyio
@pytest.mark.parametrize("target", COROUTINES.values(), ids=COROUTINES)
async def test_a_callable_that_gives_a_coroutine_is_a_coroutine_function(target: Callable[..., Any]) -> None:
    decorated = mock_aws(target)

    assert inspect.iscoroutinefunction(decorated)
    assert await decorated() is True
    assert not is_mocked()


@pytest.mark.parametrize("target", GENERATORS.values(), ids=GENERATORS)
def test_a_callable_that_gives_a_generator_is_a_generator_function(target: Callable[..., Any]) -> None:
    decorated = mock_aws(target)

    assert inspect.isgeneratorfunction(decorated)
    assert list(decorated()) == [True]
    assert not is_mocked()


@pytest.mark.anyio
@pytest.mark.parametrize("target", ASYNC_GENERATORS.values(), ids=ASYNC_GENERATORS)
async def test_a_callable_that_gives_an_async_generator_is_an_async_generator_function(
    target: Callable[..., Any],
) -> None:
    decorated = mock_aws(target)

    assert inspect.isasyncgenfunction(decorated)
    assert [each async for each in decorated()] == [True]
    assert not is_mocked()


@pytest.mark.anyio
@pytest.mark.skipif(not hasattr(inspect, "markcoroutinefunction"), reason="since Python 3.12")
async def test_an_object_that_is_marked_as_a_coroutine_function_is_one() -> None:
    class Marked:
        def __call__(self) -> Any:
            return is_mocked_async()

    marked = inspect.markcoroutinefunction(Marked())  # type: ignore[attr-defined,unused-ignore]
    decorated = mock_aws(marked)

    assert inspect.iscoroutinefunction(decorated)
    assert await decorated() is True


@both
@pytest.mark.parametrize(
    "make", [Job, lambda: partial(is_mocked, 1), lambda: lru_cache(is_mocked)], ids=["object", "partial", "cached"]
)
def test_moto_decorates_them_too(mock: Callable[[Any], Any], make: Callable[[], Any]) -> None:
    assert mock(make())() is True


def test_arguments_and_the_signature_pass_through() -> None:
    class Upload:
        def __call__(self, bucket: str, *, key: str = "a") -> str:
            return f"{create_bucket(bucket)} {key}"

    decorated = mock_aws(Upload())

    assert decorated("photos", key="b") == "['photos'] b"
    assert str(inspect.signature(decorated)) == "(bucket: 'str', *, key: 'str' = 'a') -> 'str'"
    assert decorated("others") == "['others'] a"


def test_a_cache_still_answers_the_second_time() -> None:
    calls: list[str] = []

    @mock_aws
    @lru_cache
    def count(name: str) -> list[str]:
        calls.append(name)
        return create_bucket(name)

    assert count("photos") == ["photos"]
    assert count("photos") == ["photos"]
    assert calls == ["photos"]


@pytest.mark.parametrize("target", [mock_aws(), partial], ids=["mock", "class"])
def test_a_mock_is_refused_and_a_class_is_taken_for_one(target: Any) -> None:
    if target is partial:
        assert mock_aws(target) is partial
    else:
        with pytest.raises(TypeError, match="cannot decorate a mock"):
            mock_aws(target)
