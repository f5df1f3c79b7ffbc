"""What is noted of an object for as long as a mock hides credentials, in the object itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar
from weakref import ref


class Note(Protocol):
    """What was noted of one object."""

    def end(self, owner: Any) -> None:
        """Make the object what it was when it was noted."""


AnyNote = TypeVar("AnyNote", bound=Note)


class Notes(Generic[AnyNote]):
    """Notes of one kind. They need no lock: each step is one operation of a dict, and an object keeps its first note.

    A note is kept in its object, to which it may refer: anywhere else it would keep the object alive as long as the
    mock.

    Args:
        kind: the name of the attribute that holds the note.
        make: notes an object.
    """

    def __init__(self, kind: str, make: Callable[[Any], AnyNote]) -> None:
        self._attribute = f"_aiomoto_{kind}"
        self._make = make
        self._noted: dict[int, ref[Any]] = {}

    def of(self, owner: Any, mock: object) -> AnyNote:
        """The note of an object, made now if this mock has none."""
        attributes: dict[str, Any] = vars(owner)
        held = attributes.get(self._attribute)
        if held is None or held[0] is not mock:
            held = self._note(owner, attributes, held, mock)
        note: AnyNote = held[1]
        return note

    def _note(self, owner: Any, attributes: dict[str, Any], held: Any, mock: object) -> Any:
        made = (mock, self._make(owner))
        if held is None:
            held = attributes.setdefault(self._attribute, made)
        else:  # a thread was late in an earlier mock
            held = attributes[self._attribute] = made
        noted, key = self._noted, id(owner)
        noted[key] = ref(owner, lambda _: noted.pop(key, None))
        return held

    def end(self) -> None:
        """Make each object what it was, and forget the notes. What was interrupted can be done again."""
        for key, reference in list(self._noted.items()):
            owner = reference()
            if owner is not None and (held := vars(owner).get(self._attribute)) is not None:
                held[1].end(owner)
                vars(owner).pop(self._attribute, None)
            self._noted.pop(key, None)
