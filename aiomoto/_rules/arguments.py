"""What a rule of ``aws.faults`` is given: checked, and put together."""

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
from aiomoto._aws.names import check_names, check_one
from aiomoto._aws.regions import signing_region
from aiomoto._aws.values import check_values
from aiomoto._errors import ArgumentError
from aiomoto._rules.fault import Effect
from aiomoto._rules.selection import SelectableCall, Selection
from aiomoto._wire.delivery import Delivery
from aiomoto._wire.failures import FailureKind

# Failures that can come after a server has done its work, or in the middle of its answer.
_ON_ANSWERING = ("disconnect", "read_timeout", "reset")


def selection_of(
    service: str | None,
    operation: str | None,
    region: str | None,
    where: Mapping[str, Any] | Callable[[Any], bool] | None,
) -> Selection:
    """The calls that a rule is for."""
    if isinstance(where, Mapping):
        where = _having(service, operation, where)
    elif where is not None and not _takes_one(where):
        raise ArgumentError(f"where must be a mapping of parameters, or a function that is given a Call, not {where!r}")
    elif inspect.iscoroutinefunction(where) or inspect.iscoroutinefunction(type(where).__call__):
        raise ArgumentError(f"where must be a plain function, not a coroutine function like {where!r}")
    else:
        check_names(service, operation)
    return Selection(service, operation, None if region is None else signing_region(region), where)


def _having(service: str | None, operation: str | None, where: Mapping[str, Any]) -> Callable[[Any], bool]:
    if strangers := [name for name in where if not isinstance(name, str)]:
        raise ArgumentError(f"where must map names of parameters to values, not {strangers[0]!r}")
    check_names(service, operation, where)
    check_values(service, operation, where)
    try:
        return partial(_has, copy.deepcopy(dict(where)))  # the user's own may change
    except Exception as error:  # whatever its values raise
        raise ArgumentError(f"where must have plain values, which can be copied: {error}") from error


def _takes_one(function: Any) -> bool:
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        return False
    except ValueError:  # a built-in one, which does not tell
        pass
    return True


def _has(parameters: dict[str, Any], call: SelectableCall) -> bool:
    return call.has(parameters)


def check_kinds(**arguments: Any) -> None:
    """Make sure that each argument is of its kind."""
    for name, value in arguments.items():
        kind, words, may_be_empty = _KINDS[name]
        is_kind = isinstance(value, kind) and not isinstance(value, bool) and (may_be_empty or bool(value))
        if not (is_kind or (value is None and name not in _NEVER_NONE)):
            raise ArgumentError(f"{name} must be {words}, not {value!r}")
    for name, unwritable in (("error", _NO_HEADER_VALUE), ("code", _NO_HEADER_VALUE), ("message", _UNWRITABLE)):
        if unwritable.search(arguments[name] or ""):
            raise ArgumentError(f"{name} must have no control characters, not {arguments[name]!r}")
    _check_headers(arguments["headers"] or {})


# What neither XML nor UTF-8 has: https://www.w3.org/TR/xml/#charsets
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# https://www.rfc-editor.org/rfc/rfc9110#name-fields: an error's code goes into one too.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NO_HEADER_VALUE = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_OF_THE_BODY = ("content-length", "transfer-encoding")


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not (isinstance(name, str) and isinstance(value, str)):
            raise ArgumentError(f"headers must be texts by name, not {name!r}: {value!r}")
        if not _HEADER_NAME.fullmatch(name):
            raise ArgumentError(f"headers must have names of HTTP, not {name!r}")
        if _NO_HEADER_VALUE.search(value):
            raise ArgumentError(f"headers must have values on one line, without control characters, not {value!r}")
        if name.lower() in _OF_THE_BODY:
            raise ArgumentError(f"headers cannot have {name!r}, which follows from the body: cut_after breaks it off")
    names = sorted(name.lower() for name in headers)
    if twice := [name for name, next_name in pairwise(names) if name == next_name]:
        raise ArgumentError(f"headers must have each name once, not {twice[0]!r} in several spellings")


_WHOLE = (Integral, "a whole number", True)
_NUMBER = (Real, "a number", True)
_NAME = (str, "a text that is not empty", False)
_KINDS: dict[str, tuple[type, str, bool]] = {
    **dict.fromkeys(("times", "after", "seed", "status", "cut_after", "stall_after"), _WHOLE),
    **dict.fromkeys(("probability", "latency", "bandwidth"), _NUMBER),
    **dict.fromkeys(("region", "error", "code"), _NAME),
    "message": (str, "a text", True),
    "headers": (Mapping, "a mapping of texts by name", True),
}
_NEVER_NONE = ("after", "probability", "latency")


def check_numbers(**numbers: float | None) -> None:
    """Make sure that numbers are not too small, and seconds not too many."""
    for name, number in numbers.items():
        least = 1 if name == "times" else 0
        if number is not None and not number >= least:
            raise ArgumentError(f"{name} must be at least {least}, not {number!r}")
    latency = numbers["latency"] or 0
    if latency > _LONGEST:
        raise ArgumentError(
            f"latency must be at most {_LONGEST} seconds, not {latency!r}: for an answer that never comes "
            "use raises='read_timeout'"
        )


# Some thirty years: no clock counts much further, and no test does.
_LONGEST = 1_000_000_000


def check_odds(probability: float, seed: int | None, bandwidth: float | None) -> None:
    """Make sure that a probability and a bandwidth are such."""
    if not 0 < probability <= 1:
        raise ArgumentError(f"probability must be more than 0 and at most 1, not {probability!r}")
    if seed is not None and probability == 1:
        raise ArgumentError("seed makes no sense without a probability below 1")
    if bandwidth is not None and not 0 < bandwidth < inf:
        raise ArgumentError(f"bandwidth must be more than 0 bytes per second, and finite, not {bandwidth!r}")
    if bandwidth is not None and not _LEAST_BANDWIDTH <= bandwidth <= _MOST_BANDWIDTH:
        raise ArgumentError(
            f"bandwidth must be from {_LEAST_BANDWIDTH} to {_MOST_BANDWIDTH} bytes per second, not {bandwidth!r}"
        )


def plain(number: float) -> float:
    """A number as clocks take it, which know no fractions of other kinds."""
    return number if type(number) in (int, float) else float(number)


_LEAST_BANDWIDTH, _MOST_BANDWIDTH = 0.001, 10**15


def error_response_of(
    service: str | None,
    error: str | None,
    status: int | None,
    code: str | None,
    message: str | None,
    headers: Mapping[str, str] | None,
) -> ErrorResponse | None:
    """The error that a rule answers with, if it does."""
    if error is None and status is None:
        given = {"code": code, "message": message, "headers": headers}
        if lonely := [name for name, value in given.items() if value is not None]:
            raise ArgumentError(f"{lonely[0]} makes no sense without error or status")
        return None
    if status is not None and not 200 <= status <= 599:
        raise ArgumentError(f"status must be an HTTP status from 200 to 599, not {status!r}")
    answer = ErrorResponse(error or code, None if status is None else int(status), code, message, dict(headers or {}))
    answer.check(service)
    return answer


def effect_of(
    answer: ErrorResponse | None,
    raises: FailureKind | None,
    when: str,
    cut_after: int | None,
    stall_after: int | None,
    latency: float,
    bandwidth: float | None,
) -> Effect:
    """What a rule does."""
    if raises is not None:
        check_one("way to fail", raises, get_args(FailureKind))
    check_one("time to act", when, ("before", "after"))
    _check_together(answer, raises, when, cut_after, stall_after, latency)
    is_cut = cut_after is not None
    ending: FailureKind | None = (raises or "disconnect") if is_cut else None
    length = cut_after if is_cut else stall_after
    rate = None if bandwidth is None else plain(bandwidth)
    delivery = (
        None if length is None and rate is None else Delivery(rate, None if length is None else int(length), ending)
    )
    if answer is None and raises is None and delivery is None and not latency:
        ways = "error, status, raises, cut_after, stall_after, latency or bandwidth"
        raise ArgumentError(f"the rule does nothing: give it {ways}")
    return Effect(answer, None if is_cut else raises, delivery, latency, when == "after")


def _check_together(
    answer: ErrorResponse | None,
    raises: str | None,
    when: str,
    cut_after: int | None,
    stall_after: int | None,
    latency: float,
) -> None:
    given = {"error": answer, "raises": raises, "cut_after": cut_after, "stall_after": stall_after}
    ends = [name for name, value in given.items() if value is not None]
    if len(ends) > 1 and ends != ["raises", "cut_after"]:
        raise ArgumentError(f"{' and '.join(ends)} make no sense together: a call ends in one way")
    is_late_or_cut = when == "after" or cut_after is not None
    if raises is not None and is_late_or_cut and raises not in _ON_ANSWERING:
        ways = " or ".join(map(repr, _ON_ANSWERING))
        raise ArgumentError(f"raises={raises!r} is before any answer: with when='after' or cut_after give {ways}")
    if when == "after" and answer is None and raises is None and not latency:
        raise ArgumentError("when='after' makes no sense without error, raises or latency")
