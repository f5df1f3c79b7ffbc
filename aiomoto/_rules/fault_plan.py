"""What happens to one request, on its way there and back, where a fault acts on it or none does."""

from __future__ import annotations

from aiomoto._rules.fault import Effect
from aiomoto._rules.selection import SelectableCall
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, WireResponse

# Some thirty years, in seconds: no clock counts much further.
_LONGEST = 1e9


class NoFault:
    """The plan for a request that no fault acts on.

    Attributes:
        sending: seconds until the whole request has been sent.
        delay: seconds until Moto is asked.
        lateness: seconds that its response takes longer.
    """

    sending = delay = lateness = 0.0

    def before(self) -> WireResponse | None:
        """The response in place of Moto's; ``None`` where Moto is asked.

        Raises:
            WireFailure: the request does not arrive.
        """
        return None

    def after(self, response: WireResponse) -> WireResponse:
        """What arrives of a response.

        Raises:
            WireFailure: nothing does.
        """
        return response


NO_FAULT = NoFault()


class FaultPlan(NoFault):
    """The plan for a request that a fault acts on."""

    def __init__(self, effect: Effect, call: SelectableCall, request: WireRequest) -> None:
        bandwidth = effect.delivery.bandwidth if effect.delivery else None
        self.sending = min(len(request.body or b"") / bandwidth, _LONGEST) if bandwidth else 0
        self.delay, self.lateness = (0.0, effect.latency) if effect.is_late else (effect.latency, 0.0)
        self._effect = effect
        self._call = call
        self._request = request

    def before(self) -> WireResponse | None:
        return None if self._effect.is_late else self._outcome()

    def after(self, response: WireResponse) -> WireResponse:
        if self._effect.is_late:
            response = self._outcome() or response
        return response._replace(delivery=self._effect.delivery)

    def _outcome(self) -> WireResponse | None:
        if self._effect.failure:
            raise WireFailure(self._effect.failure)
        error = self._effect.error
        return error.response(self._request, self._call.service, self._call.protocol) if error else None
