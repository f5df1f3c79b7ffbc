"""Run functions, coroutines, generators, fixtures and test classes in a context, by Moto's rules."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncContextDecorator,
    ContextDecorator,
    asynccontextmanager,
    contextmanager,
)
from functools import partial, wraps
from types import FunctionType, MethodType
from typing import Any, Protocol

from aiomoto._errors import ArgumentError


class Context(Protocol):
    """A context manager, for ``with`` and for ``async with``."""

    def __enter__(self) -> Any: ...

    def __exit__(self, kind: Any, error: Any, traceback: Any, /) -> Any: ...

    async def __aenter__(self) -> Any: ...

    async def __aexit__(self, kind: Any, error: Any, traceback: Any, /) -> Any: ...


# Creates the context of one call. Its arguments: whether to start with no data, and whether to leave none behind.
# Methods that are no tests of their own say so, with ``is_test=False``; methods of test classes name their instance.
ContextFactory = Callable[..., Context]
# The same, by the arguments of the call.
Contexts = Callable[[tuple[Any, ...]], Context]


def decorate(target: Any, context: ContextFactory, *, reset: bool, remove_data: bool) -> Any:
    """Wrap any callable, or the methods of a class, so that each call runs in its own context.

    Raises:
        ArgumentError: the target is not callable, or is a fixture.
    """
    if inspect.isclass(target):
        return _decorate_class(target, context)
    if isinstance(target, (staticmethod, classmethod)):
        return type(target)(_decorate_function(target.__func__, lambda args: context(reset, remove_data)))
    # pytest's fixture definitions are callable, but only raise an error.
    if not callable(target) or type(target).__module__.startswith("_pytest."):
        raise ArgumentError(f"mock_aws cannot decorate {target!r}{_what_instead(target)}")
    return _decorate_function(target, lambda args: context(reset, remove_data))


def _what_instead(target: object) -> str:
    if isinstance(target, (str, list, tuple, set)):
        whitelist = [target] if isinstance(target, str) else list(target)
        return (
            ": it mocks all services, and takes no service names. Write mock_aws(), or to refuse all others "
            f'mock_aws(config={{"core": {{"service_whitelist": {whitelist!r}}}}})'
        )
    if isinstance(target, dict):
        return f": options are keyword arguments, as in mock_aws(config={target!r})"
    kind = f"{type(target).__module__}.{type(target).__qualname__}"
    return (
        f" of type {kind}: it takes functions, coroutine functions, generators, async generators, other callables and "
        "test classes. Put it directly above the function, below decorators such as @pytest.fixture"
    )


def _decorate_function(function: Any, context: Contexts) -> Any:
    called = _called_in_the_end(function)
    if _ends_too_early(called):
        raise ArgumentError(
            f"mock_aws cannot decorate {function!r}: Moto's decorator below it ends before the coroutine function "
            "runs, and would enforce nothing. Write mock_aws(iam=True), or inside the function "
            'with patch("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", count): as in docs/migrating.md'
        )
    if inspect.isasyncgenfunction(called):
        return _wrap_async_generator(function, context)
    # A callable object may be marked as a coroutine function itself.
    if inspect.iscoroutinefunction(called) or inspect.iscoroutinefunction(function):
        return _wrap_coroutine(function, context)
    if inspect.isgeneratorfunction(called):
        return _wrap_generator(function, context)
    return _wrap_plain(function, context)


def _ends_too_early(function: Any) -> bool:
    """Tell whether one of Moto's decorators, such as ``set_initial_no_auth_action_count``, wraps async code."""
    module = getattr(function, "__globals__", {}).get("__name__", "")
    inner = getattr(function, "__wrapped__", None)
    is_async = inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner)
    return is_async and str(module).startswith("moto.core.")


def _called_in_the_end(target: Any) -> Any:
    """The function behind partials, methods and callable objects, which tells their kind."""
    while True:
        if isinstance(target, partial):
            target = target.func
        elif isinstance(target, MethodType):
            target = target.__func__
        elif inspect.isclass(target) or not isinstance(call := type(target).__call__, FunctionType):
            return target
        else:
            target = call


def _wrap_plain(function: Any, context: Contexts) -> Any:
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with context(args):
            result = function(*args, **kwargs)
        return _inside(lambda _: context(args), result)

    return wrapper


def _inside(context: Contexts, result: Any) -> Any:
    """Run a body inside the context if another decorator hides a coroutine function or generator in a plain function.

    The body has not run yet: its coroutine, generator or context manager is still to be awaited, iterated or entered.
    """
    if inspect.iscoroutine(result):
        return _wrap_coroutine(lambda: result, context)()
    if inspect.isgenerator(result):
        return _wrap_generator(lambda: result, context)()
    if inspect.isasyncgen(result):
        return _wrap_async_generator(lambda: result, context)()
    # What contextlib's decorators return is both.
    if isinstance(result, ContextDecorator) and isinstance(result, AbstractContextManager):
        return _enter_inside(context, result)
    if isinstance(result, AsyncContextDecorator) and isinstance(result, AbstractAsyncContextManager):
        return _enter_inside_async(context, result)
    return result


@contextmanager
def _enter_inside(context: Contexts, manager: AbstractContextManager[Any]) -> Iterator[Any]:
    with context(()), manager as value:
        yield value


@asynccontextmanager
async def _enter_inside_async(context: Contexts, manager: AbstractAsyncContextManager[Any]) -> AsyncIterator[Any]:
    async with context(()), manager as value:
        yield value


def _wrap_coroutine(function: Any, context: Contexts) -> Any:
    @wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        async with context(args):
            return await function(*args, **kwargs)

    return wrapper


def _wrap_generator(function: Any, context: Contexts) -> Any:
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with context(args):
            return (yield from function(*args, **kwargs))

    return wrapper


def _wrap_async_generator(function: Any, context: Contexts) -> Any:
    @wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        async with context(args):
            generator = function(*args, **kwargs)
            try:
                value = await generator.__anext__()
                while True:
                    try:
                        sent = yield value
                    except GeneratorExit:
                        raise
                    except BaseException as error:
                        value = await generator.athrow(error)
                    else:
                        value = await generator.asend(sent)
            except StopAsyncIteration:
                return
            finally:
                await generator.aclose()

    return wrapper


# In the order in which they run.
_UNITTEST = ("setUp", "asyncSetUp")
_PYTEST = ("setup_method",)
_LIBRARY_CLASSES = (unittest.TestCase, unittest.IsolatedAsyncioTestCase, object)


def _decorate_class(cls: type, context: ContextFactory) -> type:
    """Wrap the class's own public methods, and those of classes in its body, as ``moto.core.models.MockAWS`` does.

    Classes that an attribute only refers to are left alone. Data lives from the set-up to the end of the test method,
    and is reset between tests.
    """
    inherited = {name for parent in cls.__mro__ if parent not in _LIBRARY_CLASSES for name in _own_methods(parent)}
    set_ups = [name for name in (_UNITTEST if issubclass(cls, unittest.TestCase) else _PYTEST) if name in inherited]
    nested = {name for name, value in vars(cls).items() if _is_in_body_of(cls, name, value)}
    for name in sorted(_own_methods(cls) | nested):
        value = vars(cls)[name]
        if name.startswith("_") or isinstance(value, (staticmethod, classmethod)):
            continue
        is_test = name.startswith(unittest.TestLoader.testMethodPrefix)
        reset = name == set_ups[0] if set_ups else is_test
        factory = context if is_test or name in nested else partial(context, is_test=False)
        remove_data = is_test and not set_ups
        if name in nested:
            decorated = _decorate_class(value, factory)
        else:
            decorated = _decorate_function(value, _of_instance(factory, reset=reset, remove_data=remove_data))
        setattr(cls, name, _with_self_alone(decorated) if _takes_self_alone(name, value) else decorated)
    return cls


def _of_instance(context: ContextFactory, *, reset: bool, remove_data: bool) -> Contexts:
    return lambda args: context(reset, remove_data, instance=args[0] if args else None)


def _is_in_body_of(cls: type, name: str, value: object) -> bool:
    place = (cls.__module__, name, f"{cls.__qualname__}.{name}")
    return isinstance(value, type) and (value.__module__, value.__name__, value.__qualname__) == place


def _takes_self_alone(name: str, method: Any) -> bool:
    return name in ("setup_method", "teardown_method") and len(inspect.signature(method).parameters) == 1


def _with_self_alone(method: Any) -> Any:
    # pytest looks at the signature, and passes the test method if the function accepts it.
    @wraps(method)
    def wrapper(self: Any) -> Any:
        return method(self)

    return wrapper


def _own_methods(cls: type) -> set[str]:
    # Leave fixtures and other descriptors alone.
    return {name for name, value in vars(cls).items() if isinstance(value, (FunctionType, staticmethod, classmethod))}
