"""Asynchronous invocations: nobody waits for the result. Errors are retried, and destinations are told.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import uuid4

from aiomoto._functions.acting import act
from aiomoto._functions.attempts import deliver, destination, later, timestamp
from aiomoto._functions.chain import next_hop
from aiomoto._functions.places import Place
from aiomoto._functions.running import Cause, Outcome, Throttled, run
from aiomoto._functions.runtime import Runtime
from aiomoto._moto.lambdas import Target

_PAUSES = (60, 120)  # seconds before the second and the third attempt


@dataclass
class Event:
    """An event for a function.

    Attributes:
        target: the function.
        payload: the event, as JSON.
        source: what has sent it: ``"Invoke"``, an ARN, or a service.
        client_context: the client's context, as it was sent.
        attempts: how many have failed.
        hops: how many functions led to it.
        id: the id of the invocation, which is that of all attempts.
    """

    target: Target
    payload: bytes
    source: str
    client_context: str | None = None
    attempts: int = 0
    hops: int = field(default_factory=next_hop)
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def title(self) -> str:
        """What it is, for messages."""
        return f"the function {self.target.name!r}"

    async def carry_out(self, runtime: Runtime, place: Place) -> None:
        """Run the function."""
        handler = runtime.handler_of(self.target.name, self.target.region)
        if handler is None:
            return
        cause = Cause(self.source, self.client_context, (self.id,), self.id)
        outcome: Outcome | None = None
        with suppress(Throttled):
            outcome = await run(runtime, place, self.target, handler, self.payload, cause)
        if outcome is not None and outcome.error is None:
            runtime.own.delivered.add(self.id)
            await self._tell(runtime, place, outcome, "Success")
        elif self.attempts < self._most_retries and self.target.concurrency != 0:
            again = replace(self, attempts=self.attempts + 1, hops=1)
            later(runtime, self.id, self.title, _PAUSES[self.attempts], again)
        elif outcome is not None:
            await self._tell(runtime, place, outcome, "RetriesExhausted")

    @property
    def _most_retries(self) -> int:
        return int(self.target.on_event.get("MaximumRetryAttempts", len(_PAUSES)))

    async def _tell(self, runtime: Runtime, place: Place, outcome: Outcome, condition: str) -> None:
        """Tell the destination, if there is one."""
        succeeded = outcome.error is None
        arn = destination(self.target.on_event, "OnSuccess" if succeeded else "OnFailure")
        if arn is None:
            return
        context: dict[str, Any] = {"statusCode": 200, "executedVersion": self.target.version}
        record = {
            "version": "1.0",
            "timestamp": timestamp(),
            "requestContext": {
                "requestId": self.id,
                "functionArn": f"{self.target.arn}:{self.target.version}",
                "condition": condition,
                "approximateInvokeCount": self.attempts + 1,
            },
            "requestPayload": json.loads(self.payload),
            "responseContext": context if succeeded else context | {"functionError": "Unhandled"},
            "responsePayload": _json_or_text(outcome.payload),
        }
        await act(runtime, place, partial(deliver, arn, record, succeeded=succeeded))


def _json_or_text(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError:  # the chunks of a response stream
        return payload.decode(errors="replace")
