"""A snapshot: what it says of itself, and where it can be restored."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field

import moto


def versions() -> str:
    """Name the versions that a snapshot depends on."""
    return f"Python {'.'.join(platform.python_version_tuple()[:2])} and Moto {moto.__version__}"


@dataclass(frozen=True, eq=False, repr=False)
class Snapshot:
    """The data of a mocked AWS at one moment, in all services, accounts and regions. Nothing changes it.

    ``aws.snapshot()`` takes it; ``aws.restore(snapshot)`` and ``mock_aws(state=snapshot)`` begin with it, any number of
    times. It can be pickled, for a process with the same versions of Python and Moto.
    """

    size: int
    """How many bytes it takes."""
    _counts: dict[str, int]
    _data: bytes
    _shared: tuple[bytes, ...]
    _modules: tuple[str, ...]
    _versions: str = field(default_factory=versions)

    def __repr__(self) -> str:
        services = ", ".join(f"{service} ({count})" for service, count in self._counts.items())
        return f"<Snapshot of {services or 'nothing'}: {self.size:,} bytes>"
