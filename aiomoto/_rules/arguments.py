"""The arguments of ``aws.faults.add``: validated, and turned into the parts of a rule."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from math import inf
from numbers import Integral, Real
from typing import Any, get_args

from aiomoto._aws.error_responses import ErrorResponse
from aiomoto._aws.names import check_choice, check_names
from aiomoto._aws.regions import signing_region
from aiomoto._aws.values import check_values
from aiomoto._errors import ArgumentError
from aiomoto._rules.fault import Effect
from aiomoto._rules.selection import SelectableCall, Selection
from aiomoto._wire.delivery import Delivery
from aiomoto._wire.failures import FailureKind

# Failures that are possible once a connection is open, so also after the service has done its work.
_OF_OPEN_CONNECTIONS = ("disconnect", "read_timeout", "reset")


def selection_of(
    service: str | None,
    operation: str | None,
    region: str | None,
    where: Mapping[str, object] | Callable[[Any], bool] | None,
) -> Selection:
    """Build the selection of a rule.

    Raises:
        ArgumentError: botocore has no such service, operation or parameter, AWS has no such region, or ``where`` is
            neither a mapping nor a function.
    """
    if isinstance(where, Mapping):
        where = _has_parameters(service, operation, where)
    elif where is not None and not takes_one_argument(where):
        raise ArgumentError(f"where must be a mapping of parameters or a function that takes a Call, not {where!r}")
    elif inspect.iscoroutinefunction(where) or inspect.iscoroutinefunction(type(where).__call__):
        raise ArgumentError(f"where must be a plain function, not the coroutine function {where!r}")
    else:
        check_names(service, operation)
    return Selection(service, operation, None if region is None else signing_region(region), where)


def _has_parameters(service: str | None, operation: str | None, where: Mapping[str, object]) -> Callable[[Any], bool]:
    """Turn a mapping into a condition on a call."""
    if wrong := [name for name in where if not isinstance(name, str)]:
        raise ArgumentError(f"where must map parameter names to values, not {wrong[0]!r}")
    check_names(service, operation, where)
    check_values(service, operation, where)
    try:
        return partial(_has, copy.deepcopy(dict(where)))  # the user may change the original
    except Exception as error:  # a value's own __deepcopy__ may raise anything
        raise ArgumentError(f"where must have values that copy.deepcopy can copy: {error}") from error


def takes_one_argument(function: object) -> bool:
    """Tell whether an object can be called with one argument, as far as that can be told."""
    if not callable(function):
        return False
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        return False
    except ValueError:  # built-in functions have no signature
        pass
    return True


def _has(parameters: dict[str, object], call: SelectableCall) -> bool:
    return call.has(parameters)


def check_kinds(**arguments: Any) -> None:
    """Check the types of the arguments.

    Raises:
        ArgumentError: an argument has another type, is an empty name, or contains control characters.
    """
    for name, value in arguments.items():
        kind, words, may_be_empty = _KINDS[name]
        is_kind = isinstance(value, kind) and not isinstance(value, bool) and (may_be_empty or bool(value))
        if not (is_kind or (value is None and name not in _NEVER_NONE)):
            raise ArgumentError(f"{name} must be {words}, not {value!r}")
    for name, forbidden in (("error", _NOT_IN_HEADERS), ("code", _NOT_IN_HEADERS), ("message", _NOT_IN_XML)):
        if forbidden.search(arguments.get(name) or ""):
            raise ArgumentError(f"{name} must have no control characters, not {arguments[name]!r}")
    _check_headers(arguments.get("headers") or {})


# https://www.w3.org/TR/xml/#charsets, and what UTF-8 cannot encode
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# https://www.rfc-editor.org/rfc/rfc9110#name-fields. Some protocols send an error's code in a header.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NOT_IN_HEADERS = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_FRAMING = ("content-length", "transfer-encoding")


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not (isinstance(name, str) and isinstance(value, str)):
            raise ArgumentError(f"headers must map str to str, not {name!r}: {value!r}")
        if not _HEADER_NAME.fullmatch(name):
            raise ArgumentError(f"headers must have valid HTTP header names, not {name!r}")
        if _NOT_IN_HEADERS.search(value):
            raise ArgumentError(f"headers must have values without line breaks and control characters, not {value!r}")
        if name.lower() in _FRAMING:
            raise ArgumentError(
                f"headers cannot set {name!r}: it is derived from the body. To truncate the body use cut_after="
            )
    names = sorted(name.lower() for name in headers)
    if twice := [name for name, next_name in pairwise(names) if name == next_name]:
        raise ArgumentError(f"headers must have each name once, not {twice[0]!r} in several spellings")


_INTEGER = (Integral, "an integer", True)
_NUMBER = (Real, "a number", True)
_NAME = (str, "a non-empty string", False)
_KINDS: dict[str, tuple[type, str, bool]] = {
    **dict.fromkeys(("times", "after", "seed", "status", "cut_after", "stall_after"), _INTEGER),
    **dict.fromkeys(("probability", "latency", "delay", "bandwidth"), _NUMBER),
    **dict.fromkeys(("region", "error", "code"), _NAME),
    "message": (str, "a string", True),
    "headers": (Mapping, "a mapping of str to str", True),
}
_NEVER_NONE = ("after", "probability", "latency", "delay")


def check_numbers(**numbers: float | None) -> None:
    """Check that ``times`` is at least 1, the other numbers at least 0, and waits not too long.

    Raises:
        ArgumentError: a number is out of range.
    """
    for name, number in numbers.items():
        least = 1 if name == "times" else 0
        if number is not None and not number >= least:
            raise ArgumentError(f"{name} must be at least {least}, not {number!r}")
    for name in ("latency", "delay"):
        if (numbers.get(name) or 0) > _MAX_LATENCY:
            raise ArgumentError(
                f"{name} must be at most {_MAX_LATENCY} seconds, not {numbers[name]!r}. For a response that never "
                "arrives use aws.faults.add(..., raises='read_timeout')"
            )


# Seconds, some thirty years: timers overflow not far above.
_MAX_LATENCY = 1_000_000_000


def check_odds(probability: float, seed: int | None, bandwidth: float | None) -> None:
    """Check the ranges of a probability and a bandwidth, and that a seed has a use.

    Raises:
        ArgumentError: a number is out of range, or ``seed`` is given with ``probability=1``.
    """
    if not 0 < probability <= 1:
        raise ArgumentError(f"probability must be more than 0 and at most 1, not {probability!r}")
    if seed is not None and probability == 1:
        raise ArgumentError("seed requires probability < 1")
    if bandwidth is not None and not 0 < bandwidth < inf:
        raise ArgumentError(f"bandwidth must be finite and more than 0 bytes per second, not {bandwidth!r}")
    if bandwidth is not None and not _MIN_BANDWIDTH <= bandwidth <= _MAX_BANDWIDTH:
        raise ArgumentError(
            f"bandwidth must be from {_MIN_BANDWIDTH} to {_MAX_BANDWIDTH} bytes per second, not {bandwidth!r}"
        )


def plain(number: float) -> float:
    """Convert any real number to an int or a float: timers do not accept ``Fraction`` and the like."""
    return number if type(number) in (int, float) else float(number)


_MIN_BANDWIDTH, _MAX_BANDWIDTH = 0.001, 10**15


def error_response_of(
    service: str | None,
    error: str | None,
    status: int | None,
    code: str | None,
    message: str | None,
    headers: Mapping[str, str] | None,
) -> ErrorResponse | None:
    """Build the error response of a rule; ``None`` if the rule has none.

    Raises:
        ArgumentError: the service has no such error, the status is out of range, or an argument requires another.
    """
    if error is None and status is None:
        given = {"code": code, "message": message, "headers": headers}
        if unused := [name for name, value in given.items() if value is not None]:
            raise ArgumentError(f"{unused[0]} requires error or status")
        return None
    if status is not None and not 200 <= status <= 599:
        raise ArgumentError(f"status must be an HTTP status from 200 to 599, not {status!r}")
    response = ErrorResponse(error or code, None if status is None else int(status), code, message, dict(headers or {}))
    response.check(service)
    return response


def effect_of(
    response: ErrorResponse | None,
    raises: FailureKind | None,
    when: str,
    cut_after: int | None,
    stall_after: int | None,
    latency: float,
    bandwidth: float | None,
) -> Effect:
    """Build the effect of a rule.

    Raises:
        ArgumentError: ``raises`` or ``when`` has another value, arguments cannot be combined, or there is no effect.
    """
    if raises is not None:
        check_choice("raises", raises, get_args(FailureKind))
    check_choice("when", when, ("before", "after"))
    _check_combination(response, raises, when, cut_after, stall_after, latency)
    is_cut = cut_after is not None
    ending: FailureKind | None = (raises or "disconnect") if is_cut else None
    length = cut_after if is_cut else stall_after
    rate = None if bandwidth is None else plain(bandwidth)
    delivery = (
        None if length is None and rate is None else Delivery(rate, None if length is None else int(length), ending)
    )
    if response is None and raises is None and delivery is None and not latency:
        effects = "error, status, raises, cut_after, stall_after, latency or bandwidth"
        raise ArgumentError(f"the rule has no effect: pass {effects}")
    return Effect(response, None if is_cut else raises, delivery, latency, when == "after")


def _check_combination(
    response: ErrorResponse | None,
    raises: str | None,
    when: str,
    cut_after: int | None,
    stall_after: int | None,
    latency: float,
) -> None:
    given = {"error": response, "raises": raises, "cut_after": cut_after, "stall_after": stall_after}
    outcomes = [name for name, value in given.items() if value is not None]
    if len(outcomes) > 1 and outcomes != ["raises", "cut_after"]:
        raise ArgumentError(f"{' and '.join(outcomes)} cannot be combined")
    is_late_or_cut = when == "after" or cut_after is not None
    if raises is not None and is_late_or_cut:
        check_choice("with when='after' or cut_after, raises", raises, _OF_OPEN_CONNECTIONS)
    if when == "after" and response is None and raises is None and not latency:
        raise ArgumentError("when='after' requires error, raises or latency")
