"""Parameters outside of the limits that AWS's models state."""

from __future__ import annotations

import json
from typing import Any

from aiomoto._aws.limits import limits_of, mistakes_in
from aiomoto._aws.parameters import protocol_of
from aiomoto._strict.check import Refusal, Rows, StrictCall

# What each of these services calls it. Others say it in words of their own.
_CODES = {
    "dynamodb": "ValidationException",
    "events": "ValidationException",
    "iam": "ValidationError",
    "kinesis": "ValidationException",
    "kms": "ValidationException",
    "lambda": "ValidationException",
    "logs": "InvalidParameterException",
    "secretsmanager": "ValidationException",
    "ssm": "ValidationException",
    "sts": "ValidationError",
}


def refuse_parameters(call: StrictCall) -> Refusal | None:
    """Refuse a length, a number or a name that is not what the model of the operation allows.

    Enumerations are left out, to which AWS adds values, and so are patterns of all but names.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html and those of other services:
    ValidationError, ValidationException. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
    names InvalidParameterException.
    """
    is_json = protocol_of(call.request, call.model) == "json"
    limits = limits_of(call.model, by_wire_name=is_json)
    if limits is None:
        return None
    mistakes = mistakes_in(_raw(call.request.body) if is_json else call.params, limits)
    if not mistakes:
        return None
    count = f"{len(mistakes)} validation error{'' if len(mistakes) == 1 else 's'} detected"
    return Refusal(_CODES[call.service], f"{count}: {'; '.join(mistakes)}")


def _raw(body: bytes | None) -> Any:
    """The parameters as they are on the wire, which takes less time than to parse them by the model."""
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return None


ROWS: Rows = {(service, ""): (refuse_parameters,) for service in _CODES}
