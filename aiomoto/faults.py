"""``aws.faults``: inject errors, failing connections and slow networks, by rules."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Literal

from aiomoto._aws.names import check_switch
from aiomoto._calls.call import Call
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
from aiomoto._rules.rule_set import RuleSet
from aiomoto._wire.failures import FailureKind

__all__ = ["Fault", "Faults"]


class Faults(RuleSet[Fault]):
    """The fault rules of one mock, in the order in which they were added.

    Only the first matching rule that is not used up applies to a call. In nested mocks the rules of the innermost mock
    are tried first, then those of the mocks around it.
    """

    def add(
        self,
        service: str | None = None,
        operation: str | None = None,
        /,
        *,
        region: str | None = None,
        where: Mapping[str, object] | Callable[[Call], bool] | None = None,
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
        optional: bool = False,
    ) -> Fault:
        """Add a rule. The first group of arguments selects the calls that it acts on, the second says what it does.

        Args:
            service: botocore's name of a service; ``None`` matches any.
            operation: botocore's name of an operation (``"PutObject"``); ``None`` matches any.
            region: the region that the call is signed for; ``None`` matches any.
            where: parameters that the call must have, or a function that takes the :class:`Call`, including all its
                parameters. If the function raises an error, the call fails with an :class:`AiomotoError`.
            times: how many calls to act on; ``None`` for all.
            after: how many matching calls to skip first.
            probability: the share of the matching calls to act on: more than 0, at most 1.
            seed: makes the choice by ``probability`` reproducible; drawn at random by default.

            error: an error response: the name of an error in botocore's model (``"NoSuchKey"``), an error common to
                all services (``"Throttling"``, ``"InternalError"``), or any other code together with ``status``.
            status: the HTTP status, from 200 to 599, in place of the error's own; without ``error`` and ``code``
                the response has no body.
            code: the error code, in place of the error's own.
            message: the error message.
            headers: headers of the error response, such as ``Retry-After``; they replace those of the same name.
            raises: how the connection fails, at once: ``"connect_timeout"``, ``"connect_error"``, ``"dns"``,
                ``"tls"``, ``"disconnect"``, ``"reset"`` or ``"read_timeout"``.
            when: ``"before"``: an error or a failure keeps the operation from running. ``"after"``: the operation
                runs, and its response is then replaced, lost or delayed.
            cut_after: bytes of the response's body after which the connection fails, as ``raises`` says; by default
                it is closed.
            stall_after: bytes of the response's body after which nothing more arrives, until the client's
                ``read_timeout``.
            latency: seconds by which the response is delayed. If the client's ``read_timeout`` is shorter, the call
                times out.
            bandwidth: bytes per second, for the request's body and for the response's.
            optional: whether the rule may act on no call without being listed in :attr:`unused`.

        Returns:
            The rule. It counts its hits, and as a context manager it removes itself at the end of the block.

        Raises:
            ArgumentError: an argument has a wrong value, or cannot be combined with another.
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
        selection = selection_of(service, operation, region, where)
        check_numbers(times=times, after=after, cut_after=cut_after, stall_after=stall_after, latency=latency)
        check_odds(probability, seed, bandwidth)
        response = error_response_of(service, error, status, code, message, headers)
        effect = effect_of(response, raises, when, cut_after, stall_after, plain(latency), bandwidth)
        check_switch("optional", optional)
        return self.append(
            Fault(
                selection,
                effect,
                times=None if times is None else int(times),
                after=int(after),
                probability=float(probability),
                seed=random.SystemRandom().randrange(2**32) if seed is None else int(seed),
                optional=optional,
                remove=self.discard,
            )
        )

    def acting_on(self, call: Call) -> Fault | None:
        """Find the rule that acts on a call, and count the call; ``None`` if no rule does."""
        return next((rule for rule in self.rules if rule.acts_on(call)), None)
