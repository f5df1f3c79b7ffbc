"""All that may fall due."""

from __future__ import annotations

from aiomoto._time import expiry, lifecycle, refusals, schedules
from aiomoto._time.due import Sweeper
from aiomoto._time.polls import due_polls
from aiomoto._time.waits import due_waits

# Where several things fall due at the same moment, these come first.
SWEEPERS: tuple[Sweeper, ...] = (
    due_polls,
    due_waits,
    schedules.due_rules,
    schedules.due_schedules,
    schedules.due_rotations,
    expiry.expired_items,
    expiry.expired_messages,
    expiry.expired_records,
    expiry.expired_events,
    expiry.deleted_secrets,
    expiry.deleted_keys,
    lifecycle.due_in_buckets,
    refusals.expired_refresh_tokens,
)
