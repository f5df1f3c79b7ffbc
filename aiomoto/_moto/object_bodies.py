"""The bytes of S3 objects, kept as they arrived: Moto copies them, those above 5 MiB into temporary files and back."""

from __future__ import annotations

import io
from tempfile import SpooledTemporaryFile
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from aiomoto._patching.replacements import Target

# Bytes of objects above Moto's limit that are held in memory at the same time. Further ones lie in files.
_MOST = 512 << 20


class _Kept(SpooledTemporaryFile[bytes]):
    """A temporary file that holds the very bytes that are written to it first."""

    _max_size: int
    _file: Any
    _rolled: bool

    def write(self, content: Any) -> int:
        if (
            type(content) is bytes
            and not self._rolled
            and self._file.seek(0, io.SEEK_END) == 0
            and self._has_room(content)
        ):
            self._file = io.BytesIO(content)  # shares them until something else is written
            return self._file.seek(0, io.SEEK_END)  # type: ignore[no-any-return]
        return super().write(content)  # type: ignore[no-any-return]

    def _has_room(self, content: bytes) -> bool:
        if len(content) <= self._max_size:
            return True
        held = sum(size for each, size in _large.items() if not each.closed and each is not self)
        if len(content) + held > _MOST:
            return False
        _large[self] = len(content)
        return True


_large: WeakKeyDictionary[_Kept, int] = WeakKeyDictionary()


def _tempfile(original: ModuleType) -> ModuleType:
    namespace = ModuleType(original.__name__)
    vars(namespace).update(vars(original), SpooledTemporaryFile=_Kept)
    return namespace


def _targets(models: ModuleType) -> tuple[Target, ...]:
    return ((models, "tempfile", _tempfile),)


TARGETS = {"moto.s3.models": _targets}
