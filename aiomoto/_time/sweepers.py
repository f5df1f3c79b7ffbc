"""All that may fall due."""

from __future__ import annotations

from aiomoto._time.due import Sweeper
from aiomoto._time.polls import due_polls

# Where several things fall due at the same moment, these come first.
SWEEPERS: tuple[Sweeper, ...] = (due_polls,)
