"""Rules of EventBridge with a schedule, schedules of EventBridge Scheduler, and rotations of secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import partial
from typing import Any
from uuid import uuid4

from aiomoto._moto.loaded import loaded_backends
from aiomoto._moto.rule_events import input_of
from aiomoto._time.due import Due, Wait
from aiomoto._time.expiry import DAY
from aiomoto._time.expressions import next_after
from aiomoto._time.targets import deliver, in_thread
from aiomoto._time.timeline import Timeline

# ---------------------------------------------------------------- EventBridge


def due_rules(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the rules whose schedule is due. A rate counts from when its rule was created or enabled."""
    for backend in loaded_backends("events", "events_backends"):
        for bus in list(backend.event_buses.values()):
            for rule in list(bus.rules.values()):
                if not rule.scheduled_expression or rule.state == "DISABLED":
                    timeline.since.pop(rule, None)
                    continue
                at = next_after(rule.scheduled_expression, timeline.since.setdefault(rule, timeline.first_seen))
                if at is not None and at <= until:
                    yield Due(at, partial(_fire_rule, timeline, rule, at), leads_on=True)


def _fire_rule(timeline: Timeline, rule: Any, at: float) -> Wait | None:
    timeline.since[rule] = at
    event = _event("aws.events", rule.arn, rule.account_id, rule.region_name, at, {})
    deliver_event = partial(deliver, f"the rule {rule.name}")
    waits = [deliver_event(target, input_of(target, event, rule.arn)) for target in list(rule.targets)]
    return _all_of(waits)


def _event(source: str, arn: str, account: str, region: str, at: float, detail: object) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": source,
        "account": account,
        "time": _iso(at),
        "region": region,
        "resources": [arn],
        "detail": detail,
    }


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _all_of(waits: list[Wait | None]) -> Wait | None:
    found = [wait for wait in waits if wait is not None]
    return (lambda: all(wait() for wait in found)) if found else None


# ---------------------------------------------------------------- EventBridge Scheduler


def due_schedules(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the schedules that are due. A rate counts from the creation, or the last change, or the start date."""
    for backend in loaded_backends("scheduler", "scheduler_backends"):
        for group in list(backend.schedule_groups.values()):
            for schedule in list(group.schedules.values()):
                if schedule.state == "ENABLED":
                    at = _next(schedule, timeline)
                    if at is not None and at <= until:
                        yield Due(at, partial(_fire_schedule, timeline, backend, group, schedule, at), leads_on=True)


def _next(schedule: Any, timeline: Timeline) -> float | None:
    changed, start, end = schedule.last_modified_date, _moment(schedule.start_date), _moment(schedule.end_date)
    since = timeline.since.get(schedule, 0)
    expression, zone = schedule.schedule_expression, schedule.schedule_expression_timezone
    if expression.startswith("rate") and start is not None and start >= changed and since < start:
        at: float | None = start
    else:
        at = next_after(expression, max(since, changed, (start or 0) - 1), zone)
    return None if at is None or (end is not None and at > end) else at


def _moment(given: Any) -> float | None:
    return None if given is None else float(given)


def _fire_schedule(timeline: Timeline, backend: Any, group: Any, schedule: Any, at: float) -> Wait | None:
    timeline.since[schedule] = at
    if schedule.action_after_completion == "DELETE" and _next(schedule, timeline) is None:
        group.schedules.pop(schedule.name, None)
    event = _event("aws.scheduler", schedule.arn, backend.account_id, backend.region_name, at, "{}")
    body = schedule.target.get("Input")
    return deliver(
        f"the schedule {schedule.name}",
        schedule.target,
        json.dumps(event) if body is None else _with_attributes(body, schedule.arn, at),
    )


def _with_attributes(body: str, arn: str, at: float) -> str:
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    values = {"schedule-arn": arn, "scheduled-time": _iso(at), "execution-id": str(uuid4()), "attempt-number": "1"}
    for name, value in values.items():
        body = body.replace(f"<aws.scheduler.{name}>", value)
    return body


# ---------------------------------------------------------------- Secrets Manager


def due_rotations(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the secrets that are to be rotated."""
    for backend in loaded_backends("secretsmanager", "secretsmanager_backends"):
        for secret in list(dict.values(backend.secrets)):
            days = getattr(secret, "auto_rotate_after_days", 0)  # a replica has none
            if days and secret.rotation_enabled and not secret.is_deleted():
                at = float(secret.next_rotation_date or secret.last_rotation_date + days * DAY)
                if at <= until:
                    yield Due(at, partial(_rotate, backend, secret, days, at), leads_on=True)


def _rotate(backend: Any, secret: Any, days: int, at: float) -> Wait | None:
    rules = {"AutomaticallyAfterDays": days}
    secret.next_rotation_date = int(at) + days * DAY  # also if the function fails
    rotate = partial(
        backend.rotate_secret, secret.name, rotation_lambda_arn=secret.rotation_lambda_arn, rotation_rules=rules
    )
    if secret.rotation_lambda_arn:
        return in_thread(rotate)
    rotate()
    return None
