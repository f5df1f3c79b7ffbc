"""Moto's handlers that wait or do I/O, and so must not run on an event loop.

Each runs in a new thread, and most without the lock: what they wait for may itself need another request to complete.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import NamedTuple

from aiomoto._aws.scope import action_of
from aiomoto._moto import containers
from aiomoto._moto.loaded import loaded_backends
from aiomoto._wire.message import WireRequest


class Slow(NamedTuple):
    """Calls of a service whose handlers may wait.

    Attributes:
        service: Moto's name of the service.
        calls: matches the operation, or method and path if the protocol does not name the operation.
        reason: what the handlers wait for.
        when: tells whether they may wait at present.
    """

    service: str
    calls: re.Pattern[str]
    reason: str
    when: Callable[[], bool]


# These services keep the lock: their handlers read and then write, and two conditional writes must not interleave.
# The functions that they invoke need no response from this process.
_LOCKED = frozenset({"dynamodb", "kinesis", "logs", "secretsmanager", "sqs"})


def keeps_lock(service: str) -> bool:
    """Tell whether the slow handlers of a service run with the lock held."""
    return service in _LOCKED


def is_slow(service: str, request: WireRequest) -> bool:
    """Tell whether Moto's handler for this request may wait."""
    rules = [rule for rule in _SLOW.get(service, ()) if rule.when()]
    if not rules:
        return False
    call = action_of(request) or f"{request.method} {request.split.path}"
    return any(rule.calls.fullmatch(call) for rule in rules)


def _always() -> bool:
    return True


def _functions_exist() -> bool:
    # Without a function nothing can be invoked. Queues and streams run one even with use_docker=False.
    if "moto.awslambda.models" not in sys.modules:  # in most tests; this runs for each request
        return False
    found = loaded_backends("awslambda", "lambda_backends")
    found += loaded_backends("awslambda_simple", "lambda_simple_backends")
    collector = containers.collector.get()
    if collector is None:
        return any(backend.list_functions() for backend in found)
    return any(not collector.runs(function) for backend in found for function in backend.list_functions())


def _topics_call_out() -> bool:
    if not (found := loaded_backends("sns", "sns_backends")):
        return False
    protocols = {each.protocol for backend in found for each in list(backend.subscriptions.values())}
    return not protocols.isdisjoint(("http", "https")) or ("lambda" in protocols and _functions_exist())


def something_calls_out() -> bool:
    """Tell whether an event may lead to a request over HTTP, or to a function."""
    # EventBridge reads the same variable (moto.settings.events_invoke_http).
    events_call_out = os.environ.get("MOTO_EVENTS_INVOKE_HTTP", "false").lower() == "true"
    return events_call_out or _functions_exist() or _topics_call_out()


def _simple_jobs_sleep() -> bool:
    return "MOTO_SIMPLE_BATCH_FAIL_AFTER" in os.environ


# Found by searching Moto's source for sleep(), requests., docker, wait() and invoke().
_TABLE: tuple[tuple[str, str, str, Callable[[], bool]], ...] = (
    (
        "awslambda",
        r"POST .*/(invocations|invoke-async|response-streaming-invocations)/?",
        "runs the function in a container",
        _always,
    ),
    ("batch", "POST /v1/submitjob", "sleeps before a job fails (batch_simple)", _simple_jobs_sleep),
    (
        "cloudformation",
        "(Create|Update|Delete)Stack|ExecuteChangeSet|(Create|Update|Delete)StackInstances",
        "custom resources invoke functions and publish to topics",
        something_calls_out,
    ),
    (
        "dynamodb",
        "(Put|Update|Delete|BatchWrite|TransactWrite)Items?|(Batch)?ExecuteStatement|ExecuteTransaction",
        "a stream's event source mapping invokes a function",
        _functions_exist,
    ),
    ("events", "PutEvents", "targets are HTTP destinations, topics and functions", something_calls_out),
    ("firehose", "PutRecord(Batch)?", "delivers to an HTTP endpoint", _always),
    ("kinesis", "PutRecords?", "a stream's event source mapping invokes a function", _functions_exist),
    ("logs", "PutLogEvents", "a subscription filter invokes a function", _functions_exist),
    ("s3", "(PUT|POST|DELETE) .*", "notifications go to functions, topics and EventBridge", something_calls_out),
    ("secretsmanager", "RotateSecret", "rotation invokes a function", _functions_exist),
    ("sns", "Publish(Batch)?", "delivers to HTTP endpoints and functions", _topics_call_out),
    ("sqs", "SendMessage(Batch)?", "an event source mapping invokes a function", _functions_exist),
    ("stepfunctions", "GetActivityTask", "waits for a task, for up to a minute", _always),
    ("stepfunctions", "StartSyncExecution|TestState", "waits until the execution ends", _always),
    ("swf", "PollFor(Activity|Decision)Task", "sleeps for a second where there is no task", _always),
)
_SLOW: dict[str, list[Slow]] = {}
for _service, _calls, _reason, _when in _TABLE:
    _SLOW.setdefault(_service, []).append(Slow(_service, re.compile(_calls), _reason, _when))
