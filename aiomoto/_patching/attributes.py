"""Set attributes of other packages' objects that nobody wraps, and restore them. They need not exist."""

from __future__ import annotations

from typing import Any, NamedTuple

_MISSING = object()


class _Attribute(NamedTuple):
    owner: Any
    name: str
    value: Any
    before: Any

    def put_back(self) -> None:
        if vars(self.owner).get(self.name) is not self.value:
            return  # somebody else has set it since
        if self.before is _MISSING:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, self.before)


class Attributes:
    """Attributes that have been set, and what was there before."""

    def __init__(self) -> None:
        self._set: list[_Attribute] = []

    def put(self, owner: Any, name: str, value: Any, *, before: Any = _MISSING) -> None:
        """Set an attribute.

        Args:
            owner: the object.
            name: the name of the attribute.
            value: what it is set to.
            before: what to restore, if that is not what is there now.
        """
        if before is _MISSING:
            before = vars(owner).get(name, _MISSING)
        # Appended before it is set: Ctrl-C may come in between.
        self._set.append(_Attribute(owner, name, value, before))
        setattr(owner, name, value)

    def put_back(self) -> None:
        """Restore all, the last one first. It does no harm to call this again."""
        while self._set:
            self._set[-1].put_back()
            self._set.pop()
