"""One way to run aiobotocore for each kind of event loop, for tests of what waits, is cancelled or runs beside others.

A file that imports ``stack`` has this fixture in the place of the one that goes through all of them.
"""

from __future__ import annotations

import pytest

from tests.conftest import STACKS, Stack


@pytest.fixture(params={stack.loop: stack for stack in reversed(STACKS)}.values(), ids=lambda stack: stack.loop)
def stack(request: pytest.FixtureRequest) -> Stack:
    """On asyncio over aiohttp, on trio over httpx."""
    found: Stack = request.param
    return found
