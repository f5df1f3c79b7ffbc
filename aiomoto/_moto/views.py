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


def in_accounts(name: str, original: Any) -> Callable[..., Any]:
    """Replace a method of ``BackendDict``, which is a dict of accounts."""
    of_dict = getattr(dict, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if (world := worlds.current()) is None:
            return original(self, *args, **kwargs)
        return of_dict(world.accounts_of(self), *args, **kwargs)

    return method


def account(original: Any) -> Callable[..., Any]:
    """Replace ``BackendDict.__getitem__``, which creates the account."""

    def __getitem__(self: Any, account: str) -> Any:
        if (world := worlds.current()) is None:
            return original(self, account)
        accounts = world.accounts_of(self)
        if account not in accounts:
            self._create_account_specific_backend(account)
        return accounts[account]

    return __getitem__


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
