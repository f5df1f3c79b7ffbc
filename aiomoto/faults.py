"""``aws.faults``: what a network and a service do to a client on a bad day, as rules."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import inf
from numbers import Integral, Real
from threading import RLock
from typing import Any, Literal, get_args

from aiomoto._calls.call import Call
from aiomoto._calls.fault import Effect, Fault, Selection
from aiomoto._errors import ArgumentError
from aiomoto._lock import surviving_fork
from aiomoto._wire.delivery import Delivery
from aiomoto._wire.error_answers import ErrorAnswer
from aiomoto._wire.failures import FailureKind
from aiomoto._wire.names import check_names, check_one
from aiomoto._wire.regions import signing_region

__all__ = ["Fault", "Faults"]

# Failures that can come after a server has done its work, or in the middle of its answer.
_ON_ANSWERING = ("disconnect", "read_timeout", "reset")

# One for the rules of all mocks, and re-entrant, for the reasons that ``_calls.log`` has.
_lock = surviving_fork(RLock())


class Faults:
    """The rules of one mock, in the order in which they were added.

    Each call is compared with one after the other; the first that matches and is not used up acts on it, and no other.
    Calls in nested mocks are compared with the rules of the innermost mock first, and then with those around it.
    """

    def __init__(self) -> None:
        self._rules: tuple[Fault, ...] = ()

    def add(
        self,
        service: str | None = None,
        operation: str | None = None,
        /,
        *,
        region: str | None = None,
        where: Mapping[str, Any] | Callable[[Call], bool] | None = None,
        times: int | None = None,
        after: int = 0,
        probability: float = 1,
        seed: int | None = None,
        error: str | None = None,
        status: int | None = None,
        code: str | None = None,
        message: str | None = None,
        headers: Mapping[str, str] | None = None,
        raises: FailureKind | None = None,
        when: Literal["before", "after"] = "before",
        cut_after: int | None = None,
        stall_after: int | None = None,
        latency: float = 0,
        bandwidth: float | None = None,
    ) -> Fault:
        """Add a rule. The arguments of the first group choose the calls that it acts on, and the others what it does.

        Args:
            service: botocore's name of a service; ``None`` for all.
            operation: botocore's name of an operation (``"PutObject"``); ``None`` for all.
            region: the region that the call is signed for; ``None`` for all.
            where: parameters that the call has, among others, or a function that is given the :class:`Call`.
            times: how many calls to act on; ``None`` for all.
            after: how many calls that match to let go by first.
            probability: the share of the calls that match to act on.
            seed: makes the choice by probability the same in each run.

            error: an error to answer with: the name of one in botocore's model (``"NoSuchKey"``), one that every
                service has (``"Throttling"``, ``"InternalError"``), or any other together with its ``status``.
            status: the HTTP status, in place of the error's own, or alone for an answer without a body.
            code: the error's code, in place of its own.
            message: the error's message.
            headers: headers to add to the error, as ``Retry-After``.
            raises: how the connection fails: ``"connect_timeout"``, ``"connect_error"``, ``"dns"``, ``"tls"``,
                ``"disconnect"``, ``"reset"`` or ``"read_timeout"``, at once.
            when: ``"after"`` lets the service do its work before the error, the failure or the latency: its answer is
                lost, or late.
            cut_after: the bytes of the answer's body after which the connection fails, as ``raises`` says (by default
                it is closed).
            stall_after: the bytes of the answer's body after which nothing comes any more; the client's
                ``read_timeout`` ends that.
            latency: seconds that the answer takes more. Past the client's ``read_timeout`` there is none.
            bandwidth: bytes per second, of the request's body and of the answer's.

        Raises:
            ArgumentError: there is no such service, operation, region, parameter, error or failure, or the arguments
                make no sense together.
        """
        _check_kinds(
            region=region,
            times=times,
            after=after,
            probability=probability,
            seed=seed,
            error=error,
            status=status,
            code=code,
            message=message,
            headers=headers,
            cut_after=cut_after,
            stall_after=stall_after,
            latency=latency,
            bandwidth=bandwidth,
        )
        choice = _selection(service, operation, region, where)
        _check_numbers(times=times, after=after, cut_after=cut_after, stall_after=stall_after, latency=latency)
        _check_odds(probability, seed, bandwidth)
        answer = _answer(service, error, status, code, message, headers)
        effect = _effect(answer, raises, when, cut_after, stall_after, latency, bandwidth)
        rule = Fault(
            choice,
            effect,
            times=times,
            after=after,
            probability=probability,
            seed=random.SystemRandom().randrange(2**32) if seed is None else seed,
            remove=self._remove,
        )
        with _lock:
            self._rules = (*self._rules, rule)
        return rule

    def clear(self) -> None:
        """Remove all rules."""
        with _lock:
            self._rules = ()

    def acting_on(self, call: Call) -> Fault | None:
        """The rule that acts on a call, counted; ``None`` where none does."""
        return next((rule for rule in self._rules if rule.acts_on(call)), None)

    def _remove(self, rule: Fault) -> None:
        with _lock:
            self._rules = tuple(each for each in self._rules if each is not rule)

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._rules)

    def __repr__(self) -> str:
        return f"<Faults {list(self._rules)}>"


# ---------------------------------------------------------------- the arguments of a rule


def _selection(
    service: str | None,
    operation: str | None,
    region: str | None,
    where: Mapping[str, Any] | Callable[[Call], bool] | None,
) -> Selection:
    check_names(service, operation, where if isinstance(where, Mapping) else ())
    if isinstance(where, Mapping):
        where = partial(_has, dict(where))
    elif where is not None and not _takes_one(where):
        raise ArgumentError(f"where must be a mapping of parameters, or a function that is given a Call, not {where!r}")
    return Selection(service, operation, None if region is None else signing_region(region), where)


def _takes_one(function: Any) -> bool:
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        return False
    except ValueError:  # a built-in one, which does not tell
        pass
    return True


def _has(parameters: dict[str, Any], call: Call) -> bool:
    return call.matches(None, None, **parameters)


def _check_kinds(**arguments: Any) -> None:
    for name, value in arguments.items():
        kind, words, may_be_empty = _KINDS[name]
        is_kind = isinstance(value, kind) and not isinstance(value, bool) and (may_be_empty or bool(value))
        if not (is_kind or (value is None and name not in _NEVER_NONE)):
            raise ArgumentError(f"{name} must be {words}, not {value!r}")
    for name, value in dict(arguments["headers"] or {}).items():
        if not (isinstance(name, str) and isinstance(value, str)):
            raise ArgumentError(f"headers must be texts by name, not {name!r}: {value!r}")


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


def _check_numbers(**numbers: float | None) -> None:
    for name, number in numbers.items():
        least = 1 if name == "times" else 0
        if number is not None and not number >= least:
            raise ArgumentError(f"{name} must be at least {least}, not {number!r}")


def _check_odds(probability: float, seed: int | None, bandwidth: float | None) -> None:
    if not 0 < probability <= 1:
        raise ArgumentError(f"probability must be more than 0 and at most 1, not {probability!r}")
    if seed is not None and probability == 1:
        raise ArgumentError("seed makes no sense without a probability below 1")
    if bandwidth is not None and not 0 < bandwidth < inf:
        raise ArgumentError(f"bandwidth must be more than 0 bytes per second, and finite, not {bandwidth!r}")


def _answer(
    service: str | None,
    error: str | None,
    status: int | None,
    code: str | None,
    message: str | None,
    headers: Mapping[str, str] | None,
) -> ErrorAnswer | None:
    if error is None and status is None:
        given = {"code": code, "message": message, "headers": headers}
        if lonely := [name for name, value in given.items() if value is not None]:
            raise ArgumentError(f"{lonely[0]} makes no sense without error or status")
        return None
    if status is not None and not 200 <= status <= 599:
        raise ArgumentError(f"status must be an HTTP status from 200 to 599, not {status!r}")
    answer = ErrorAnswer(error or code, status, code, message, dict(headers or {}))
    answer.check(service)
    return answer


def _effect(
    answer: ErrorAnswer | None,
    raises: FailureKind | None,
    when: str,
    cut_after: int | None,
    stall_after: int | None,
    latency: float,
    bandwidth: float | None,
) -> Effect:
    if raises is not None:
        check_one("way to fail", raises, get_args(FailureKind))
    check_one("time to act", when, ("before", "after"))
    _check_together(answer, raises, when, cut_after, stall_after, latency)
    is_cut = cut_after is not None
    ending: FailureKind | None = (raises or "disconnect") if is_cut else None
    length = cut_after if is_cut else stall_after
    delivery = None if length is None and bandwidth is None else Delivery(bandwidth, length, ending)
    if answer is None and raises is None and delivery is None and not latency:
        ways = "error, status, raises, cut_after, stall_after, latency or bandwidth"
        raise ArgumentError(f"the rule does nothing: give it {ways}")
    return Effect(answer, None if is_cut else raises, delivery, latency, when == "after")


def _check_together(
    answer: ErrorAnswer | None,
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
