"""Detectors of blocking calls do not accuse a test of what Moto does in place of a service.

In the first call of an operation Moto reads models, and it keeps large bodies in files: on the event loop's thread, as
it runs in this process. blockbuster refuses such calls wherever a loop runs in their thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from inspect import currentframe
from pathlib import Path
from types import ModuleType
from typing import Any

from aiomoto._patching.replacements import Target

_ROOT = Path(__file__).parent
# Where nothing of the test's own is called, such as the body of a request or the function of a rule.
_OURS = (*(f"{_ROOT / room}/" for room in ("_aws", "_environment", "_moto")), str(_ROOT / "_installation.py"))


class _Asyncio:
    """asyncio, as blockbuster sees it: no event loop runs while one of our frames is on the stack."""

    def get_running_loop(self) -> asyncio.AbstractEventLoop:
        """Return the running event loop, if it is the test's own code that runs.

        Raises:
            RuntimeError: no event loop is running.
        """
        frame = currentframe()
        while frame is not None:
            if frame.f_code.co_filename.startswith(_OURS):
                raise RuntimeError("no running event loop")
            frame = frame.f_back
        return asyncio.get_running_loop()

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)


_asyncio = _Asyncio()


def _targets(blockbuster: ModuleType) -> tuple[Target, ...]:
    # blockbuster's own exceptions belong to the object of whoever has activated it, perhaps before the mock.
    return ((blockbuster, "asyncio", lambda original: _asyncio),) if "asyncio" in vars(blockbuster) else ()


TARGETS: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {"blockbuster.blockbuster": _targets}
