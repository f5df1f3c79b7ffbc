"""A dict of one's own whose values are copied from a shared compact form when they are first asked for."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any


class Compact(bytes):
    """A value in compact form."""


def compact(values: Mapping[str, Any]) -> dict[str, Compact]:
    """Put each of some values of JSON's types into compact form."""
    return {name: Compact(marshal.dumps(value)) for name, value in values.items()}


# Under this name, since mypy finds the signatures of the two in conflict.
_Dict: Any = dict


class LazyDict(MutableMapping[str, Any], _Dict):  # type: ignore[misc]
    """A dict that begins as a set of compact values. What is changed in it changes nothing elsewhere.

    It is a ``dict``, since that is what botocore's callers may ask for; all that looks at values goes through
    ``__getitem__``, by the methods of ``MutableMapping``, so that nobody finds a compact one. Its copies are plain.

    Args:
        source: the compact values, which many may share.
        file: where they are from.
    """

    def __init__(self, source: Mapping[str, Compact], file: str | None = None) -> None:
        dict.__init__(self, source)
        self._source = source
        self._file = file

    @property
    def unchanged_file(self) -> str | None:
        """Where the values are from, as long as nobody has looked at one or changed anything."""
        return self._file if dict.__eq__(self, self._source) else None

    def __getitem__(self, name: str) -> Any:
        value: Any = dict.__getitem__(self, name)
        if type(value) is Compact:
            value = marshal.loads(value)
            dict.__setitem__(self, name, value)
        return value

    # These look at no value.
    __setitem__ = _Dict.__setitem__
    __delitem__ = _Dict.__delitem__
    __len__ = _Dict.__len__
    __contains__ = _Dict.__contains__

    def __iter__(self) -> Iterator[str]:
        # With an __iter__ that is not dict's own, CPython copies a dict's subclass, as in {**model}, by __getitem__.
        return dict.__iter__(self)

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def copy(self) -> dict[str, Any]:
        """A plain dict of the same values."""
        return dict(self)

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)
