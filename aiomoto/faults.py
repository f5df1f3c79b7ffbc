"""``aws.faults``: what a network and a service do to a client on a bad day, as rules."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from aiomoto._calls.call import Call
from aiomoto._lock import state_lock
from aiomoto._rules.arguments import (
    check_kinds,
    check_numbers,
    check_odds,
    effect_of,
    error_response_of,
    plain,
    selection_of,
)
from aiomoto._rules.fault import Fault
from aiomoto._wire.failures import FailureKind

__all__ = ["Fault", "Faults"]


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
            where: parameters that the call has, among others, or a function that is given the :class:`Call`, with all
                of the request's parameters. An error that the function raises ends the call in an ``AiomotoError``.
            times: how many calls to act on; ``None`` for all.
            after: how many calls that match to let go by first.
            probability: the share of the calls that match to act on.
            seed: makes the choice by probability the same in each run.

            error: an error to answer with: the name of one in botocore's model (``"NoSuchKey"``), one that every
                service has (``"Throttling"``, ``"InternalError"``), or any other together with its ``status``.
            status: the HTTP status, in place of the error's own, or alone for an answer without a body.
            code: the error's code, in place of its own.
            message: the error's message.
            headers: headers of the error, as ``Retry-After``, in place of its own by these names.
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
        check_kinds(
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
        choice = selection_of(service, operation, region, where)
        check_numbers(times=times, after=after, cut_after=cut_after, stall_after=stall_after, latency=latency)
        check_odds(probability, seed, bandwidth)
        response = error_response_of(service, error, status, code, message, headers)
        effect = effect_of(response, raises, when, cut_after, stall_after, plain(latency), bandwidth)
        rule = Fault(
            choice,
            effect,
            times=None if times is None else int(times),
            after=int(after),
            probability=float(probability),
            seed=random.SystemRandom().randrange(2**32) if seed is None else int(seed),
            remove=self._remove,
        )
        with state_lock:
            self._rules = (*self._rules, rule)
        return rule

    def clear(self) -> None:
        """Remove all rules."""
        with state_lock:
            self._rules = ()

    def acting_on(self, call: Call) -> Fault | None:
        """The rule that acts on a call, counted; ``None`` where none does."""
        return next((rule for rule in self._rules if rule.acts_on(call)), None)

    def _remove(self, rule: Fault) -> None:
        with state_lock:
            self._rules = tuple(each for each in self._rules if each is not rule)

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._rules)

    def __repr__(self) -> str:
        return f"<Faults {list(self._rules)}>"
