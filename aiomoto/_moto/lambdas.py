"""Moto's Lambda functions: create those that only have a handler, find what is to run, and write their logs.

All of this needs the lock, and runs no code of a test.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from moto.awslambda import models
from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.utils import get_backend
from moto.core.utils import unix_time_millis, utcnow
from moto.logs.models import logs_backends

from aiomoto._aws.regions import partition_of
from aiomoto._patching.required_names import check_instance

# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (FunctionName)
_NAME = re.compile(
    r"(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?"
    r"(?:function:)?(?P<name>[a-zA-Z0-9_-]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9_-]+))?"
)
_EMPTY_ZIP = base64.b64encode(b"PK\x05\x06" + bytes(18)).decode()


class FunctionName(NamedTuple):
    """What a name or an ARN, whole or in part, says of a function."""

    name: str
    qualifier: str | None
    region: str | None
    account: str | None


class Target(NamedTuple):
    """A version of a function, as it is at one moment.

    Attributes:
        name: its name.
        version: ``"$LATEST"``, or a number.
        arn: its ARN without a version.
        invoked_arn: its ARN as it was invoked, with the version or alias, if there was one.
        account: the id of its account.
        region: its region.
        timeout: its timeout in seconds.
        memory: its memory in MB.
        environment: its environment variables.
        log_group: the name of its log group.
        concurrency: how many of its invocations may run at once; ``None`` for no limit.
        on_event: its configuration for asynchronous invocations.
    """

    name: str
    version: str
    arn: str
    invoked_arn: str
    account: str
    region: str
    timeout: float
    memory: int
    environment: Mapping[str, str]
    log_group: str
    concurrency: int | None
    on_event: Mapping[str, Any]


def parse_name(name: str) -> FunctionName | None:
    """Take apart a function's name, partial ARN or ARN; ``None`` if it is neither."""
    parts = _NAME.fullmatch(name)
    return FunctionName(parts["name"], parts["qualifier"], parts["region"], parts["account"]) if parts else None


def arn_of(account: str, region: str, name: str, qualifier: str | None) -> str:
    """The ARN of a function, or of a version or alias of it."""
    arn = f"arn:{partition_of(region)}:lambda:{region}:{account}:function:{name}"
    return f"{arn}:{qualifier}" if qualifier else arn


def find(account: str, region: str, name: str, qualifier: str | None) -> Target | None:
    """Find a version of a function; ``None`` if there is none."""
    found = _get(account, region, name, qualifier)
    return None if found is None else target_of(found, qualifier)


def function_of(arn: str) -> Any:
    """Moto's function of an ARN; ``None`` if there is none."""
    named = parse_name(arn)
    if named is None or named.region is None or named.account is None:
        return None
    return _get(named.account, named.region, named.name, named.qualifier)


def qualifier_of(arn: str) -> str | None:
    """The version or alias that an ARN names."""
    named = parse_name(arn)
    return named.qualifier if named is not None else None


def _get(account: str, region: str, name: str, qualifier: str | None) -> Any:
    try:
        return get_backend(account, region).get_function(name, qualifier)
    except UnknownFunctionException:
        return None


def target_of(found: Any, qualifier: str | None = None) -> Target:
    """Describe one of Moto's functions, which was found by this version or alias."""
    concurrency = found.reserved_concurrency
    return Target(
        found.function_name,
        str(found.version),
        arn_of(found.account_id, found.region, found.function_name, None),
        arn_of(found.account_id, found.region, found.function_name, qualifier),
        found.account_id,
        found.region,
        found.timeout,
        int(found.memory_size),
        dict(found.environment_vars),
        found.logs_group_name,
        None if concurrency is None else int(concurrency),
        found.event_invoke_config[-1].config if found.event_invoke_config else {},
    )


# ---------------------------------------------------------------- functions that have only a handler


def holder_of(account: str, region: str) -> object:
    """The object that holds the functions of a region. A reset creates another one."""
    return _holder(get_backend(account, region))


def _holder(backend: Any) -> Any:
    check_instance(backend, "moto.awslambda.models", "LambdaBackend")
    check_instance(backend._lambdas, "moto.awslambda.models", "LambdaStorage")
    return backend._lambdas


def create(
    account: str, region: str, name: str, *, timeout: float, memory: int, environment: Mapping[str, str], handler: str
) -> None:
    """Create a function without code, unless there is one of that name that has some."""
    holder = _holder(get_backend(account, region))
    known = holder._functions.get(name)
    if known is not None and not needs_no_code(known["latest"]):
        return
    spec = {
        "FunctionName": name,
        "Role": f"arn:{partition_of(region)}:iam::{account}:role/aiomoto",
        "Runtime": "python3.13",
        "Handler": handler,
        "Code": {"ZipFile": _EMPTY_ZIP},
        "Timeout": timeout,
        "MemorySize": memory,
        "Environment": {"Variables": dict(environment)},
    }
    function: Any = models.LambdaFunction(account, spec, region, "$LATEST")
    function.aiomoto_needs_no_code = True
    # Not by put_function(), which looks for the role.
    holder._functions[name] = {"latest": function, "versions": known["versions"] if known else []}
    holder._arns[function.function_arn] = function


def hide(backend: Any, name: str) -> Any:
    """Take away a function that was created for a handler, and return it; ``None`` if there is none of that name."""
    holder = _holder(backend)
    known = holder._functions.get(name)
    return holder._functions.pop(name) if known is not None and needs_no_code(known["latest"]) else None


def show(backend: Any, name: str, hidden: Any) -> None:
    """Undo :func:`hide`."""
    _holder(backend)._functions[name] = hidden


def needs_no_code(function: Any) -> bool:
    """Tell whether a function was created for a handler."""
    return hasattr(function, "aiomoto_needs_no_code")


def delete(account: str, region: str, name: str) -> None:
    """Delete a function, if it exists."""
    backend = get_backend(account, region)
    if find(account, region, name, None) is not None:
        backend.delete_function(name)


# ---------------------------------------------------------------- logs


def today() -> str:
    """The date as the names of log streams have it."""
    return f"{utcnow():%Y/%m/%d}"


def write_logs(target: Target, stream: str, lines: Iterable[str]) -> None:
    """Write to a log stream of a function, which is created if it does not exist."""
    backend = logs_backends[target.account][target.region]
    backend.ensure_log_group(target.log_group)
    backend.ensure_log_stream(target.log_group, stream)
    now = int(unix_time_millis())
    backend.put_log_events(target.log_group, stream, [{"timestamp": now, "message": line} for line in lines])
