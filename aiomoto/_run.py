"""One run of a mock, from its start to its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiomoto._errors import AiomotoError
from aiomoto._exchange import Exchange
from aiomoto._options import Options
from aiomoto._s3fs.closing import Closing

if TYPE_CHECKING:
    from aiomoto._endpoint.endpoint import Endpoint


@dataclass(eq=False)
class Run:
    """What one run of a mock was asked for, and what it has.

    Attributes:
        exchange: its way to Moto.
        options: its mock's, with which it was started.
        remove_data: whether it leaves no data behind.
        closing: what is left to wait for after its end, once no lock is held.
        steps: how many steps its start has taken, or begun to.
    """

    exchange: Exchange
    options: Options
    remove_data: bool = False
    closing: Closing = field(default_factory=Closing)
    steps: int = 0
    _endpoints: list[Endpoint] = field(default_factory=list)
    _is_over: bool = False

    def endpoint(self) -> Endpoint:
        """Its loopback endpoint, opened when it is first asked for.

        No lock is waited for: an event loop may ask while a handler runs in a thread.

        Raises:
            AiomotoError: the run is over.
            OSError: there is no port for it.
        """
        # Not before somebody wants it: aiohttp's server takes a while to load.
        from aiomoto._endpoint.endpoint import Endpoint

        if not self._endpoints:
            self._endpoints.append(Endpoint(self.exchange))
        endpoint = self._endpoints[0]  # of the thread that was first
        try:
            endpoint.open()
        except BaseException:
            self._endpoints.remove(endpoint)
            raise
        if self._is_over:
            endpoint.close()
            raise AiomotoError("mock_aws() has an endpoint only while it is live, and it has ended meanwhile")
        return endpoint

    def close_endpoint(self) -> None:
        """Close the endpoint, if there is one, and open none any more."""
        self._is_over = True
        for endpoint in self._endpoints:
            endpoint.close()
