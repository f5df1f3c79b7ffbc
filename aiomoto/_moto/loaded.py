"""Find the backends of services whose modules are imported: others are slow to import, or lack packages."""

from __future__ import annotations

import sys
from typing import Any


def loaded_backends(service: str, name: str) -> list[Any]:
    """The backends of a service, in all accounts and regions; none if the service has not been used.

    Args:
        service: Moto's name of the service.
        name: the name of the backends in its module ``models``.
    """
    # Another thread may be importing the module right now.
    backends = getattr(sys.modules.get(f"moto.{service}.models"), name, None)
    return [] if backends is None else [backend for _, _, backend in list(backends.iter_backends())]
