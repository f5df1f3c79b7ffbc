"""Patterns of events, as rules of EventBridge and filters of event source mappings have them.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable, Mapping
from typing import Any

_ABSENT = object()


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Tell whether an event has all that a pattern asks for."""
    for name, wanted in pattern.items():
        if name == "$or":
            if not any(matches(each, event) for each in wanted):
                return False
            continue
        value = event.get(name, _ABSENT) if isinstance(event, Mapping) else _ABSENT
        if isinstance(wanted, Mapping):
            if not matches(wanted, value if isinstance(value, Mapping) else {}):
                return False
        elif not any(_is(rule, value) for rule in wanted):
            return False
    return True


def with_parsed(event: Mapping[str, Any], name: str, pattern: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The event with a member as JSON, if the pattern asks for what is in it; ``None`` if it is not JSON."""
    if not isinstance(pattern.get(name), Mapping):
        return event
    try:
        return {**event, name: json.loads(event[name])}
    except (ValueError, TypeError):
        return None


def _is(rule: Any, value: Any) -> bool:
    if isinstance(value, list):
        return any(_is(rule, each) for each in value)
    if not isinstance(rule, Mapping):
        return value is not _ABSENT and _same(rule, value)
    [(kind, operand)] = rule.items()
    if kind == "exists":
        return (value is not _ABSENT) is bool(operand)
    if value is _ABSENT:
        return False
    if kind == "numeric":
        pairs = zip(operand[::2], operand[1::2], strict=True)
        return _is_number(value) and all(_COMPARED[sign](value, number) for sign, number in pairs)
    if kind == "anything-but":
        unwanted = operand if isinstance(operand, list) else [operand]
        return not any(_is(each, value) for each in unwanted)
    return isinstance(value, str) and _has(kind, operand, value)


def _has(kind: str, operand: Any, value: str) -> bool:
    if isinstance(operand, Mapping):  # {"prefix": {"equals-ignore-case": "a"}}
        [operand] = operand.values()
        operand, value = operand.lower(), value.lower()
    if kind == "prefix":
        return value.startswith(operand)
    if kind == "suffix":
        return value.endswith(operand)
    if kind == "equals-ignore-case":
        return value.lower() == str(operand).lower()
    return kind == "wildcard" and fnmatch.fnmatchcase(value, operand.replace("[", "[[]").replace("?", "[?]"))


def _same(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    return bool(wanted == value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, number: value == number,
    "<": lambda value, number: value < number,
    "<=": lambda value, number: value <= number,
    ">": lambda value, number: value > number,
    ">=": lambda value, number: value >= number,
}
