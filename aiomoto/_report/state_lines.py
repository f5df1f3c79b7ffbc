"""What exists, one line a service."""

from __future__ import annotations

from collections.abc import Sequence

from aiomoto._calls.call import printable
from aiomoto._moto.state import Existing
from aiomoto._report.lines import join

_MOST_SERVICES = 30


def state_lines(existing: Sequence[Existing], *, width: int) -> list[str]:
    """Format what exists. Regions and accounts are shown if there are several.

    Args:
        existing: the resources, by service.
        width: the greatest width of a line.
    """
    services: dict[str, list[Existing]] = {}
    for each in existing:
        services.setdefault(each.service, []).append(each)
    has_regions = len({each.region for each in existing if each.region}) > 1
    has_accounts = len({each.account for each in existing}) > 1
    lines = [
        join(f"{service}: ", (_item(each, has_regions, has_accounts) for each in found), width)
        for service, found in services.items()
    ]
    more = len(lines) - _MOST_SERVICES
    return [*lines[:_MOST_SERVICES], f"and {more:,} more services"] if more > 0 else lines


def _item(each: Existing, has_regions: bool, has_accounts: bool) -> str:
    place = (each.region if has_regions else "", each.account if has_accounts else "")
    details = ", ".join(filter(None, (*place, each.detail)))
    return printable(f"{each.name} ({details})" if details else each.name)
