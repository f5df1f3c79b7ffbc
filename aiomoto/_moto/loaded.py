"""Moto's services that somebody has used. The others have not been imported, and may not be possible to import."""

from __future__ import annotations

import sys
from typing import Any


def loaded_backends(service: str, name: str) -> list[Any]:
    """The backends of a service, in all accounts and regions; none where nobody has used it.

    Args:
        service: Moto's name of the service.
        name: what its module of models calls the backends.
    """
    # Another thread may be half way through importing it.
    backends = getattr(sys.modules.get(f"moto.{service}.models"), name, None)
    return [] if backends is None else [backend for _, _, backend in list(backends.iter_backends())]
