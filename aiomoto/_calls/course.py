"""The course that one request takes there and back where a fault acts on it."""

from __future__ import annotations

from aiomoto._calls.call import Call
from aiomoto._calls.fault import Effect
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, WireResponse

# Some thirty years, in seconds: no clock counts much further.
_LONGEST = 1e9


class Unhindered:
    """The course of a request that no fault acts on.

    Attributes:
        sending: seconds until all of the request has been sent.
        delay: seconds until it is taken up.
        lateness: seconds that its answer takes more.
    """

    sending = delay = lateness = 0.0

    def before(self) -> WireResponse | None:
        """The answer that the request gets instead of Moto's; ``None`` where Moto is to answer.

        Raises:
            WireFailure: the request does not arrive.
        """
        return None

    def after(self, reply: WireResponse) -> WireResponse:
        """What arrives of an answer.

        Raises:
            WireFailure: nothing does.
        """
        return reply


class Hindered(Unhindered):
    """The course of one that a fault acts on."""

    def __init__(self, effect: Effect, call: Call, request: WireRequest) -> None:
        bandwidth = effect.delivery.bandwidth if effect.delivery else None
        self.sending = min(len(request.body or b"") / bandwidth, _LONGEST) if bandwidth else 0
        self.delay, self.lateness = (0.0, effect.latency) if effect.is_late else (effect.latency, 0.0)
        self._effect = effect
        self._call = call
        self._request = request

    def before(self) -> WireResponse | None:
        return None if self._effect.is_late else self._outcome()

    def after(self, reply: WireResponse) -> WireResponse:
        if self._effect.is_late:
            reply = self._outcome() or reply
        return reply._replace(delivery=self._effect.delivery)

    def _outcome(self) -> WireResponse | None:
        if self._effect.failure:
            raise WireFailure(self._effect.failure)
        error = self._effect.error
        return error.response(self._request, self._call.service, self._call.protocol) if error else None
