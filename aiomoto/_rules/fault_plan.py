"""The plan for one request: what a fault, if any, does to it on its way to Moto and back."""

from __future__ import annotations

from aiomoto._rules.fault import Effect
from aiomoto._rules.selection import SelectableCall
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, WireResponse

# Seconds, some thirty years: timers overflow not far above.
_MAX_SECONDS = 1e9


class NoFault:
    """The plan for a request that no fault acts on.

    Attributes:
        sending: seconds that it takes to send the request.
        delay: seconds of latency before Moto runs the operation.
        lateness: seconds of latency after Moto has responded.
    """

    sending = delay = lateness = 0.0

    def before(self) -> WireResponse | None:
        """Return the response in place of Moto's; ``None`` if Moto is to run the operation.

        Raises:
            WireFailure: the connection fails before Moto is called.
        """
        return None

    def after(self, response: WireResponse) -> WireResponse:
        """Return what the client receives in place of Moto's ``response``.

        Raises:
            WireFailure: the connection fails, and the response is lost.
        """
        return response


NO_FAULT = NoFault()


class FaultPlan(NoFault):
    """The plan for a request that a fault acts on."""

    def __init__(self, effect: Effect, call: SelectableCall, request: WireRequest) -> None:
        bandwidth = effect.delivery.bandwidth if effect.delivery else None
        self.sending = min(len(request.body or b"") / bandwidth, _MAX_SECONDS) if bandwidth else 0
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
