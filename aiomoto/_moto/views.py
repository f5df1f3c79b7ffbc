"""What stands in the place of Moto's containers while there are isolated mocks: each world sees its own content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from aiomoto._moto import worlds

# The methods that see what a dict holds.
OF_DICTS = (
    *("__contains__", "__delitem__", "__iter__", "__len__", "__setitem__", "__reversed__", "__repr__"),
    *("clear", "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"),
)
_OF_LISTS = ("__contains__", "__iter__", "__len__", "__getitem__", "__repr__", "append", "clear", "index", "remove")


class Accounts:
    """The accounts of services outside of worlds, while there are worlds: then a ``BackendDict`` itself holds nothing.

    So its own ``__getitem__`` finds nothing and asks ``__missing__``. It is not replaced, since Python 3.13 goes on
    calling what it has replaced once a class has been changed a thousand times:
    https://github.com/python/cpython/pull/114900
    """

    def __init__(self) -> None:
        # By the id() of the service's dict.
        self._shared: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}

    def of(self, backends: dict[str, Any]) -> dict[str, Any]:
        """The accounts of a service in the current world, or outside of worlds."""
        if id(backends) not in self._shared:
            self.take(backends)
        world = worlds.current()
        return self._shared[id(backends)][1] if world is None else world.accounts_of(backends)

    def take(self, backends: dict[str, Any]) -> None:
        """Take over what a service's dict holds, unless that was done: older Moto lists a service more than once."""
        if id(backends) not in self._shared:
            self._shared[id(backends)] = (backends, dict(dict.items(backends)))
            dict.clear(backends)

    def give_back(self) -> None:
        """Let the dicts hold it again. It does no harm to call this again."""
        for backends, accounts in self._shared.values():
            dict.update(backends, accounts)

    def method(self, name: str) -> Callable[..., Any]:
        """Create a replacement for a method of ``BackendDict``, which is a dict of accounts."""
        of_dict = getattr(dict, name)

        def method(backends: Any, *args: Any, **kwargs: Any) -> Any:
            return of_dict(self.of(backends), *args, **kwargs)

        return method

    def creating(self, original: Callable[..., None]) -> Callable[..., None]:
        """Create a replacement for what ``__getitem__`` calls each time, which takes long where the account exists."""

        def _create_account_specific_backend(backends: Any, account: str) -> None:
            if account not in self.of(backends):
                original(backends, account)

        return _create_account_specific_backend

    def missing(self) -> Callable[..., Any]:
        """Create ``BackendDict.__missing__``."""

        def __missing__(backends: Any, account: str) -> Any:
            return self.of(backends)[account]

        return __missing__


def _in_content(kind: type, names: Iterable[str]) -> Any:
    """A subclass of a container, whose methods work on what its own method ``_content`` returns."""

    def method_named(name: str) -> Callable[..., Any]:
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return getattr(self._content(), name)(*args, **kwargs)

        return method

    return type(kind.__name__, (kind,), {name: method_named(name) for name in names})


class View(_in_content(dict, ("__getitem__", *OF_DICTS))):  # type: ignore[misc]
    """A dict in whose place each world has its own. It holds nothing itself.

    Attributes:
        shared: the dict outside of worlds.

    Args:
        new: creates what a world begins with.
    """

    def __init__(self, shared: Any, new: Callable[[], Any]) -> None:
        super().__init__()
        self.shared = shared
        self._new = new

    def _content(self) -> Any:
        world = worlds.current()
        return self.shared if world is None else world.content_of(self.shared, self._new)


class Used(_in_content(list, _OF_LISTS)):  # type: ignore[misc]
    """The services that have backends: those of the world, or of all mocks without one.

    Args:
        shared: the list outside of worlds.
    """

    def __init__(self, shared: list[Any]) -> None:
        super().__init__()
        self._shared = shared

    def _content(self) -> list[Any]:
        world = worlds.current()
        return self._shared if world is None else world.used
