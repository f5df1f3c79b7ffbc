"""One way to run aiobotocore, for tests of what lies behind its HTTP session, such as what Moto answers.

A file that imports ``stack`` has this fixture in the place of the one that goes through all of them.
"""

from __future__ import annotations

import pytest

from tests.conftest import STACKS, Stack


@pytest.fixture
def stack() -> Stack:
    """The first one."""
    return STACKS[0]
