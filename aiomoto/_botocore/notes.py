"""Remember the state of objects while a mock hides credentials, in the objects themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar
from weakref import ref


class Note(Protocol):
    """What is remembered of one object."""

    def end(self, owner: Any) -> None:
        """Restore the object to the state that it had when the note was created."""


AnyNote = TypeVar("AnyNote", bound=Note)


class Notes(Generic[AnyNote]):
    """Notes of one kind. They need no lock: each step is one operation of a dict, and an object keeps its first note.

    A note is an attribute of its object. Since a note may refer to the object, keeping it anywhere else would keep the
    object alive until the mock ends.

    Args:
        kind: the name of the attribute that holds the note.
        create: creates the note of an object.
    """

    def __init__(self, kind: str, create: Callable[[Any], AnyNote]) -> None:
        self._attribute = f"_aiomoto_{kind}"
        self._create = create
        self._noted: dict[int, ref[Any]] = {}

    def of(self, owner: Any, mock: object) -> AnyNote:
        """Return the note that this mock has of an object; create it if there is none yet."""
        attributes: dict[str, Any] = vars(owner)
        held = attributes.get(self._attribute)
        if held is None or held[0] is not mock:
            held = self._note(owner, attributes, held, mock)
        note: AnyNote = held[1]
        return note

    def _note(self, owner: Any, attributes: dict[str, Any], held: Any, mock: object) -> Any:
        created = (mock, self._create(owner))
        if held is None:
            held = attributes.setdefault(self._attribute, created)
        else:  # left by a thread that created it after an earlier mock had ended
            held = attributes[self._attribute] = created
        noted, key = self._noted, id(owner)
        noted[key] = ref(owner, lambda _: noted.pop(key, None))
        return held

    def end(self) -> None:
        """Restore each object and remove its note. If this is interrupted, it can be repeated."""
        for key, reference in list(self._noted.items()):
            owner = reference()
            if owner is not None and (held := vars(owner).get(self._attribute)) is not None:
                held[1].end(owner)
                vars(owner).pop(self._attribute, None)
            self._noted.pop(key, None)
