"""What queues and streams want to know of an event source mapping. All of this needs the lock."""

from __future__ import annotations

import json
from typing import Any

from aiomoto._aws import event_patterns
from aiomoto._functions.handler import Registered
from aiomoto._functions.runtime import Runtime
from aiomoto._moto import lambdas
from aiomoto._moto.lambdas import Target


def function_of(runtime: Runtime, mapping: Any) -> tuple[Target, Registered] | None:
    """The function of a mapping and its handler; ``None`` if it has none, or there is no mapping."""
    function = None if mapping is None else lambdas.function_of(mapping.function_arn)
    handler = None if function is None else runtime.handler_of(function.function_name, function.region)
    if handler is None:
        return None
    return lambdas.target_of(function, lambdas.qualifier_of(mapping.function_arn)), handler


def reports_items(mapping: Any) -> bool:
    """Tell whether the function reports which items of a batch have failed."""
    return "ReportBatchItemFailures" in (mapping.function_response_types or ())


def matches(mapping: Any, event: dict[str, Any], member: str | None) -> bool:
    """Tell whether a mapping's filter criteria let an event through.

    Args:
        mapping: the mapping.
        event: the event that the patterns are for.
        member: the name of its member that may be JSON; ``None`` if there is none.
    """
    patterns = [json.loads(each["Pattern"]) for each in (mapping.filter_criteria or {}).get("Filters", ())]
    if not patterns:
        return True
    parsed = [(each, event if member is None else event_patterns.with_parsed(event, member, each)) for each in patterns]
    return any(found is not None and event_patterns.matches(each, found) for each, found in parsed)
