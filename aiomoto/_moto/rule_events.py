"""What a rule of EventBridge sends to a target: the event, or what the target makes of it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from uuid import uuid4

_VARIABLE = re.compile(r"<([A-Za-z0-9_.-]+)>")
_STEP = re.compile(r"\.([^.\[\]]+)|\['([^']+)'\]|\[(\d+)\]")


def complete(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as EventBridge sends it, from what Moto has of it."""
    moment = event.get("time")
    if isinstance(moment, (int, float)):
        moment = datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "version": "0",
        "id": event.get("id") or str(uuid4()),
        "detail-type": event.get("detail-type"),
        "source": event.get("source"),
        "account": event.get("account"),
        "time": moment,
        "region": event.get("region"),
        "resources": event.get("resources", []),
        "detail": event.get("detail", {}),
    }


def function_input_of(target: Mapping[str, Any], event: Mapping[str, Any], rule: str) -> bytes | None:
    """The payload for a function; ``None``, and a warning, if the target makes of the event what is not JSON."""
    payload = input_of(target, event, rule)
    try:
        parsed(payload)
    except ValueError as error:
        warnings.warn(f"{rule} could not deliver to {target['Arn']}: {error}", RuntimeWarning, stacklevel=2)
        return None
    return payload.encode()


def parsed(payload: str) -> Any:
    """Parse what a function is to be given.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return json.loads(payload)
    except ValueError:
        raise ValueError(
            f"the input is not JSON: {payload!r}. In an InputTemplate, a string needs quotation marks of its own"
        ) from None


def input_of(target: Mapping[str, Any], event: Mapping[str, Any], rule: str) -> str:
    """What a target gets.

    Args:
        target: the target, as PutTargets has it.
        event: Moto's event.
        rule: the ARN of the rule.
    """
    whole = complete(event)
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_at(whole, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(whole)
    values = {name: _at(whole, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    values |= {
        "aws.events.rule-arn": rule,
        "aws.events.rule-name": rule.rpartition("/")[2],
        "aws.events.event.ingestion-time": whole["time"],
        "aws.events.event": whole,
        "aws.events.event.json": whole,
    }
    return _filled(transformer["InputTemplate"], values)


def _at(event: Any, path: str) -> Any:
    for name, quoted, index in _STEP.findall(path):
        try:
            event = event[int(index)] if index else event[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
    return event


def _filled(template: str, values: Mapping[str, Any]) -> str:
    def value(found: re.Match[str]) -> str:
        known = values.get(found[1], "")
        inside = template[: found.start()].replace('\\"', "").count('"') % 2 == 1
        if isinstance(known, str):
            return json.dumps(known)[1:-1] if inside else json.dumps(known)
        return json.dumps(json.dumps(known))[1:-1] if inside else json.dumps(known)

    return _VARIABLE.sub(value, template)
