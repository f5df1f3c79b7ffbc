"""Where an attribute of another package can be replaced: in its owner, or inside the wrappers around it.

Instrumentation libraries and other mocks may have replaced it already: by wrapt's wrappers, a ``Mock``, a ``partial``,
a static method. Some of these bind to the instance on which they are looked up, as functions do, and some do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, update_wrapper, wraps
from types import FunctionType
from typing import Any, NamedTuple

_WRAPPED = "__wrapped__"


class Place(NamedTuple):
    """A place that holds a value: an attribute of a class, module or instance, or the inside of a wrapper."""

    holder: Any
    name: str

    @property
    def value(self) -> Any:
        """The value; ``None`` if the attribute is gone."""
        return self.holder.__wrapped__ if self.name == _WRAPPED else vars(self.holder).get(self.name)

    def put(self, value: Any) -> None:
        """Set the value."""
        setattr(self.holder, self.name, value)


def places(owner: Any, name: str) -> list[Place]:
    """List the places of an attribute: the attribute itself, then the inside of each wrapper, outermost first."""
    found = [Place(owner, name)]
    value = vars(owner).get(name)
    while _is_wrapper(value):
        found.append(Place(value, _WRAPPED))
        value = value.__wrapped__
    return found


def best_place(owner: Any, name: str) -> Place:
    """Choose the place for our function: inside the wrappers that were there before, so that they see its calls.

    A wrapper can still be removed by whoever put it there, and leaves our function in place. A ``Mock``, or a function
    around another one, is no such wrapper: nothing can be put inside.
    """
    top, *below = places(owner, name)
    if not below:
        return top
    binds = all(hasattr(type(place.holder), "__get__") for place in below) or not isinstance(owner, type)
    return below[-1] if binds and type(below[-1].value) is FunctionType else top


def subclasses(owner: Any) -> list[type]:
    """List all subclasses of a class, also indirect ones; a module has none."""
    found: list[type] = type.__subclasses__(owner) if isinstance(owner, type) else []
    for subclass in found:
        found += type.__subclasses__(subclass)
    return found


def subclass_places(among: Iterable[type], name: str) -> list[Place]:
    """List the places of an attribute in subclasses: instrumentation also wraps inherited methods there."""
    found: list[Place] = []
    for subclass in among:
        if name in subclass.__dict__:
            found += places(subclass, name)
    return found


def as_python_calls_it(owner: Any, value: Any) -> Callable[..., Any]:
    """Turn any attribute of a class into a callable that takes the instance first, whether or not it binds to one.

    For a property, that calls its getter.
    """
    if type(value) is FunctionType or not isinstance(owner, type):
        return value  # type: ignore[no-any-return]
    bind = getattr(type(value), "__get__", None)
    if isinstance(value, property):
        return lambda self: value.__get__(self, type(self))

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        bound = value if bind is None else bind(value, self, type(self))
        return bound(*args, **kwargs)

    return update_wrapper(call, value, updated=())


def argument(args: tuple[Any, ...], kwargs: dict[str, Any], position: int, name: str) -> Any:
    """Return one argument of a call, which may be given by position or by name.

    Raises:
        TypeError: the argument is missing.
    """
    if len(args) > position:
        return args[position]
    if name not in kwargs:
        raise TypeError(f"missing a required argument: {name!r}")
    return kwargs[name]


def with_argument(
    args: tuple[Any, ...], kwargs: dict[str, Any], position: int, name: str, value: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call with one of them replaced, or added by name if it is missing."""
    if len(args) > position:
        return (*args[:position], value, *args[position + 1 :]), kwargs
    return args, {**kwargs, name: value}


def memoising(factory: Callable[[Any], Any], libraries: tuple[str, ...]) -> Callable[[Any], Any]:
    """Build a replacement that calls the original less often, if the original is a library's own function.

    If somebody has replaced or wrapped the original, nothing is replaced. The same original gets the same replacement
    in the next mock, with all that it has remembered.
    """
    replacement = lru_cache(maxsize=8)(factory)

    @wraps(factory)
    def replace(original: Any) -> Any:
        return replacement(original) if is_function_of(original, libraries) else original

    return replace


def is_function_of(value: Any, libraries: Iterable[str]) -> bool:
    """Tell whether a value is a function of one of these libraries, which nobody has replaced or wrapped."""
    library = str(getattr(value, "__module__", "")).partition(".")[0]
    return type(value) is FunctionType and not hasattr(value, _WRAPPED) and library in libraries


def _is_wrapper(value: Any) -> bool:
    """Tell whether setting ``__wrapped__`` changes what a value calls: true of wrapt's proxies, which APM agents copy.

    They pretend to have the class of what they wrap. For a function with ``functools.wraps`` it is only a note.
    """
    return value.__class__ is not type(value) and hasattr(value, _WRAPPED)
