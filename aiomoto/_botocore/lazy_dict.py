"""A dict whose values are copied from a shared compact form when they are first read."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any


class Compact(bytes):
    """A value in compact form: marshalled."""


def compact(values: Mapping[str, Any]) -> dict[str, Compact]:
    """Marshal each value; all must be of JSON's types."""
    return {name: Compact(marshal.dumps(value)) for name, value in values.items()}


# Typed as Any, since mypy finds that dict and MutableMapping have conflicting signatures.
_Dict: Any = dict


class LazyDict(MutableMapping[str, Any], _Dict):  # type: ignore[misc]
    """A dict that is created from compact values and copies each one on its first use, so that changes stay local.

    It is a ``dict``, since botocore's callers may check for one. The methods of ``MutableMapping`` read all values
    through ``__getitem__``, so that nobody sees a compact one. Copies of it are plain dicts.

    Args:
        source: the compact values, which several instances may share.
        file: the file that they come from.
    """

    def __init__(self, source: Mapping[str, Compact], file: str | None = None) -> None:
        dict.__init__(self, source)
        self._source = source
        self._file = file

    @property
    def unchanged_file(self) -> str | None:
        """The file that the values come from; ``None`` once a value has been read or anything has changed."""
        return self._file if dict.__eq__(self, self._source) else None

    def __getitem__(self, name: str) -> Any:
        value: Any = dict.__getitem__(self, name)
        if type(value) is Compact:
            value = marshal.loads(value)
            dict.__setitem__(self, name, value)
        return value

    # These read no values, so dict's own methods do.
    __setitem__ = _Dict.__setitem__
    __delitem__ = _Dict.__delitem__
    __len__ = _Dict.__len__
    __contains__ = _Dict.__contains__

    def __iter__(self) -> Iterator[str]:
        # If a subclass of dict has its own __iter__, CPython copies it, as in {**model}, through __getitem__.
        return dict.__iter__(self)

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def copy(self) -> dict[str, Any]:
        """Return a plain dict with the same values."""
        return dict(self)

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)
