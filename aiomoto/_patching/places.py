"""Attributes of other packages as they are found: what stands there, how Python calls it, and where in it ours goes.

Instrumentation and other mocks put there what they like: wrapt's wrappers, ``Mock``, ``partial``, static methods. Some
bind to the instance on which they are looked up, as functions do, and some do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, update_wrapper, wraps
from types import FunctionType
from typing import Any, NamedTuple

_WRAPPED = "__wrapped__"


class Place(NamedTuple):
    """Where a value stands: in a class, module or instance by its name, or in a wrapper around it."""

    holder: Any
    name: str

    @property
    def value(self) -> Any:
        """What stands there; ``None`` where the name is gone."""
        return self.holder.__wrapped__ if self.name == _WRAPPED else vars(self.holder).get(self.name)

    def put(self, value: Any) -> None:
        """Have a value stand there."""
        setattr(self.holder, self.name, value)


def places(owner: Any, name: str) -> list[Place]:
    """The places where what is called by a name may stand: the name itself and each wrapper in it, outermost first."""
    found = [Place(owner, name)]
    while _is_wrapper(value := found[-1].value):
        found.append(Place(value, _WRAPPED))
    return found


def best_place(owner: Any, name: str) -> Place:
    """The place for a function of ours: below the wrappers that were there before, so that they see what it does.

    They stay in charge of themselves too: one that is taken off leaves ours behind. What is no such wrapper, as a
    ``Mock``, or a function around another, cannot be looked into.
    """
    top, *below = places(owner, name)
    binds = all(hasattr(type(place.holder), "__get__") for place in below) or not isinstance(owner, type)
    return below[-1] if below and binds and type(below[-1].value) is FunctionType else top


def subclass_places(owner: Any, name: str) -> Iterator[Place]:
    """The places of that name in the subclasses of a class: wrappers around what they inherit are put there."""
    subclasses: list[type] = type.__subclasses__(owner) if isinstance(owner, type) else []
    for subclass in subclasses:
        if name in vars(subclass):
            yield from places(subclass, name)
        yield from subclass_places(subclass, name)


def as_python_calls_it(owner: Any, value: Any) -> Callable[..., Any]:
    """Make what stands in a class be called like a function there: the instance first, whether or not it takes one.

    A property is called by its instance alone.
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
    """Look at one argument of a call, however it is given. The call goes on with its arguments as they came.

    Raises:
        TypeError: the call lacks it.
    """
    if len(args) > position:
        return args[position]
    if name not in kwargs:
        raise TypeError(f"missing a required argument: {name!r}")
    return kwargs[name]


def with_argument(
    args: tuple[Any, ...], kwargs: dict[str, Any], position: int, name: str, value: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call, one of them replaced where it stands, or added by name where it is not given."""
    if len(args) > position:
        return (*args[:position], value, *args[position + 1 :]), kwargs
    return args, {**kwargs, name: value}


def remembers(factory: Callable[[Any], Any], libraries: tuple[str, ...]) -> Callable[[Any], Any]:
    """A replacement that may call the original less often: only where that is a library's own function.

    What it remembers stays for the next mock: the same function gets the same replacement.
    """
    replacement = lru_cache(maxsize=8)(factory)

    @wraps(factory)
    def replace(original: Any) -> Any:
        library = str(getattr(original, "__module__", "")).partition(".")[0]
        is_own = type(original) is FunctionType and not hasattr(original, _WRAPPED) and library in libraries
        return replacement(original) if is_own else original

    return replace


def _is_wrapper(value: Any) -> bool:
    """Tell whether setting its ``__wrapped__`` changes what it calls, as with wrapt's, and copies of it in APM agents.

    These pretend to be of the class of what they wrap. A function by ``functools.wraps`` only names it there.
    """
    return value.__class__ is not type(value) and hasattr(value, _WRAPPED)
