"""Deliver the events of schedules to their targets, by Moto's own backends."""

from __future__ import annotations

import json
import warnings
from base64 import b64encode
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import copy_context
from functools import partial
from importlib import import_module
from threading import Thread
from typing import Any
from uuid import uuid4

import boto3
from botocore import xform_name
from moto.core.utils import unix_time_millis

from aiomoto._moto import backends, containers
from aiomoto._moto.slow_handlers import keeps_lock, something_calls_out
from aiomoto._time.due import Wait


def deliver(name: str, target: dict[str, Any], body: str) -> Wait | None:
    """Deliver an event to a target.

    Args:
        name: what delivers it, for a warning.
        target: the target, as EventBridge and its Scheduler have it.
        body: the event as the target gets it.

    Returns:
        What to wait for, with the lock released; ``None`` if the event has been delivered.
    """
    _, _, service, region, account, resource = target["Arn"].split(":", 5)
    send = partial(_send, name, target, body, service=service, region=region, account=account, resource=resource)
    # A function that runs in this process is told once the lock is free.
    is_slow = service == "scheduler" or (service == "lambda" and containers.collector.get() is None)
    if is_slow or something_calls_out():
        return in_thread(send, keeps_lock=keeps_lock(service))
    send()
    return None


def in_thread(step: Callable[[], object], *, keeps_lock: bool = False) -> Wait:
    """Do something that may wait for functions, which may call AWS. Return what tells whether it is over."""

    def work() -> None:
        with backends.lock.for_thread() if keeps_lock else nullcontext():
            step()

    thread = Thread(target=copy_context().run, args=(work,), name="aiomoto time", daemon=True)
    thread.start()
    return lambda: not thread.is_alive()


def _send(
    name: str, target: dict[str, Any], body: str, *, service: str, region: str, account: str, resource: str
) -> None:
    send = _SENDERS.get(service)
    try:
        if send is None:
            raise NotImplementedError(f"targets of {service} are not delivered to")
        send(target, body, region, account, resource)
    except Exception as error:  # on AWS nobody is told either
        warnings.warn(
            f"{name} could not deliver to {target['Arn']}: {type(error).__name__}: {error}",
            RuntimeWarning,
            stacklevel=2,
        )


def _backend(module: str, name: str, account: str, region: str) -> Any:
    return getattr(import_module(f"moto.{module}.models"), name)[account][region]


def _to_sqs(target: dict[str, Any], body: str, region: str, account: str, resource: str) -> None:
    group = (target.get("SqsParameters") or {}).get("MessageGroupId")
    queues = _backend("sqs", "sqs_backends", account, region)
    queues.send_message(queue_name=resource, message_body=body, group_id=group)


def _to_sns(target: dict[str, Any], body: str, region: str, account: str, resource: str) -> None:
    _backend("sns", "sns_backends", account, region).publish(message=body, arn=target["Arn"], message_attributes={})


def _to_lambda(target: dict[str, Any], body: str, region: str, account: str, resource: str) -> None:
    from moto.awslambda.utils import get_backend

    get_backend(account, region).get_function(target["Arn"]).invoke(body, {}, {})


def _to_states(target: dict[str, Any], body: str, region: str, account: str, resource: str) -> None:
    from moto.stepfunctions.responses import StepFunctionResponse

    machines: Any = StepFunctionResponse()
    machines.current_account, machines.region = account, region
    machines.stepfunction_backend.start_execution(target["Arn"], str(uuid4()), body)


def _to_kinesis(target: dict[str, Any], body: str, region: str, account: str, resource: str) -> None:
    key = (target.get("KinesisParameters") or {}).get("PartitionKey") or str(uuid4())
    streams = _backend("kinesis", "kinesis_backends", account, region)
    streams.put_record(target["Arn"], resource.partition("/")[2], key, None, b64encode(body.encode()).decode())


def _to_logs(target: dict[str, Any], body: str, region: str, account: str, resource: str) -> None:
    group, stream = resource.split(":")[1], str(uuid4())
    logs = _backend("logs", "logs_backends", account, region)
    logs.create_log_stream(group, stream)
    logs.put_log_events(group, stream, [{"timestamp": int(unix_time_millis()), "message": body}])


def _to_events(target: dict[str, Any], body: str, region: str, account: str, resource: str) -> None:
    given = target.get("EventBridgeParameters") or {}
    event = json.loads(body)
    source, kind = event.get("source", ""), event.get("detail-type", "")
    detail = event if given else event.get("detail", {})
    entry = {
        "Source": given.get("Source", source),
        "DetailType": given.get("DetailType", kind),
        "Detail": json.dumps(detail),
        "EventBusName": target["Arn"],
    }
    _backend("events", "events_backends", account, region).put_events([entry])


def _to_any_operation(target: dict[str, Any], body: str, region: str, account: str, resource: str) -> None:
    # arn:aws:scheduler:::aws-sdk:sqs:sendMessage
    _, service, operation = resource.split(":")
    client: Any = boto3.client(service)  # type: ignore[call-overload]
    getattr(client, xform_name(operation[0].upper() + operation[1:]))(**json.loads(body))


_SENDERS = {
    "sqs": _to_sqs,
    "sns": _to_sns,
    "lambda": _to_lambda,
    "states": _to_states,
    "kinesis": _to_kinesis,
    "logs": _to_logs,
    "events": _to_events,
    "scheduler": _to_any_operation,
}
