"""The calls of a report as JSON. What calls have in common, such as headers and lines of code, is there once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiomoto._aws.client_added import without_added
from aiomoto._calls.call import Call
from aiomoto._calls.log import Wait
from aiomoto._calls.place import Place
from aiomoto._errors import AiomotoError
from aiomoto._report.bodies import body_as_json
from aiomoto._report.masking import masked, masked_body, masked_headers, masked_url
from aiomoto._report.places import Places
from aiomoto._report.values import Room, as_json
from aiomoto._rules.fault import Fault

_MOST_OF_URL = 2_000


class CallData:
    """Turns calls into JSON.

    Args:
        calls: the calls, in the order in which they began.
        waits: the waits that were skipped.
        origin: the moment that times are counted from.
        secrets: whether to show secrets.
    """

    def __init__(self, calls: Sequence[Call], waits: Iterable[Wait], origin: float, *, secrets: bool) -> None:
        self._calls = calls
        self._origin = origin
        self._secrets = secrets
        self._numbers = {call: number for number, call in enumerate(calls)}
        self._first: dict[str, int] = {}
        self._texts: dict[str, int] = {}
        self._kinds: dict[tuple[tuple[str, Any], ...], int] = {}
        self._places = Places()
        self._params_room = Room(1_000_000, each=16_000, least=120)
        self._bodies_room = Room(1_500_000, each=64_000, least=0)
        self._waits: dict[int, list[dict[str, Any]]] = {}
        for wait in waits:
            if wait.after in self._numbers:
                number = self._numbers[wait.after]
                self._waits.setdefault(number, []).append({"seconds": wait.slept.seconds, "why": wait.slept.why})

    def as_json(self) -> dict[str, Any]:
        """All calls, and what they have in common."""
        calls = [self._call(number, call) for number, call in enumerate(self._calls)]
        kinds = [dict(kind) for kind in self._kinds]
        return {"calls": calls, "kinds": kinds, "texts": list(self._texts), "places": self._places.as_json()}

    def _call(self, number: int, call: Call) -> dict[str, Any]:
        own = {
            "at": round((call.began - self._origin) * 1000, 3),
            "kind": self._kind(call),
            "params": self._params(call),
            "first": self._first_attempt(number, call),
            "waits": self._waits.get(number, []),
        }
        details = {**self._outcome(call), **self._maker(call), **self._http(call), **self._bodies(call)}
        return own | {name: value for name, value in details.items() if value is not None}

    def _kind(self, call: Call) -> int:
        """The number of what the call has in common with others."""
        kind = {
            "service": call.service or "?",
            "operation": call.operation or f"{call.method} ?",
            "region": call.region,
            "account": call.account,
            "backend": call.backend,
            "method": call.method,
            "attempt": call.attempt,
            "outcome": call.outcome,
            **({"thread": call.details.maker.thread, "task": call.details.maker.task} if call.details else {}),
        }
        return self._kinds.setdefault(tuple(kind.items()), len(self._kinds))

    def _first_attempt(self, number: int, call: Call) -> int:
        """The number of the first attempt of the same call."""
        return self._first.setdefault(call.invocation_id, number) if call.invocation_id else number

    def _params(self, call: Call) -> dict[str, Any]:
        try:
            params: Mapping[str, Any] = call.params
        except AiomotoError as error:
            return {"missing": str(error)}
        own = without_added(params, call.model)
        shown = params if self._secrets else masked(params, call.model)
        added = [name for name in params if name not in own]
        return {"values": as_json(shown, self._params_room), **({"added": added} if added else {})}

    def _outcome(self, call: Call) -> dict[str, Any]:
        rule = call.rule
        kind = "fault" if isinstance(rule, Fault) else "answer"
        return {
            "ms": None if call.duration is None else round(call.duration * 1000, 3),
            "failed": call.has_failed or None,
            "rule": {"kind": kind, "words": str(rule.words), "text": repr(rule)} if rule else None,
        }

    def _maker(self, call: Call) -> dict[str, Any]:
        details = call.details
        if details is None:
            return {}
        places: tuple[Place, ...] = details.places
        return {
            "parent": self._numbers.get(Call(details.parent)) if details.parent is not None else None,
            "places": [self._places.number_of(place) for place in places] or None,
        }

    def _http(self, call: Call) -> dict[str, Any]:
        url = call.url if self._secrets else masked_url(call.url)
        received = dict(call.details.headers) if call.details is not None else {}
        return {
            "url": url if len(url) <= _MOST_OF_URL else f"{url[:_MOST_OF_URL]}…",
            "sent": self._headers(call.headers),
            "received": self._headers(received) or None,
        }

    def _headers(self, headers: Mapping[str, str]) -> list[int]:
        shown = headers if self._secrets else masked_headers(headers)
        lines = (f"{name}: {value}"[:_MOST_OF_URL] for name, value in shown.items())
        return [self._texts.setdefault(line, len(self._texts)) for line in lines]

    def _bodies(self, call: Call) -> dict[str, Any]:
        bodies = {"request": call.request_body, "response": call.response_body or call.error_body}
        return {
            name: body_as_json(self._shown(body, call, is_response=name == "response"), self._bodies_room)
            for name, body in bodies.items()
            if body is not None
        }

    def _shown(self, body: bytes, call: Call, *, is_response: bool) -> bytes:
        return body if self._secrets else masked_body(body, call.model, is_response=is_response)
