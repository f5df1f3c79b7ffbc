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
    """One run of a mock, from its start to its end.

    Attributes:
        exchange: passes its requests to Moto.
        options: the mock's options at this start.
        remove_data: whether its end deletes the data.
        closing: what to wait for after its end, when no lock is held.
        steps: how many steps of its start have been begun.
    """

    exchange: Exchange
    options: Options
    remove_data: bool = False
    closing: Closing = field(default_factory=Closing)
    steps: int = 0
    _endpoints: list[Endpoint] = field(default_factory=list)
    _is_over: bool = False

    def endpoint(self) -> Endpoint:
        """Its loopback endpoint, opened on first use.

        It takes no lock, since an event loop may ask for it while a handler runs in a thread.

        Raises:
            AiomotoError: the run is over.
            OSError: no port is free for it.
        """
        # Imported late, since aiohttp's server takes a while to load.
        from aiomoto._endpoint.endpoint import Endpoint

        if not self._endpoints:
            self._endpoints.append(Endpoint(self.exchange))
        endpoint = self._endpoints[0]  # of the thread that came first
        try:
            endpoint.open()
        except BaseException:
            self._endpoints.remove(endpoint)
            raise
        if self._is_over:
            endpoint.close()
            raise AiomotoError("aws.endpoint exists only while the mock is active, and the mock has just ended")
        return endpoint

    @property
    def open_url(self) -> str | None:
        """The URL of its endpoint; ``None`` while that is not open."""
        return self._endpoints[0].url if self._endpoints and self.exchange.port is not None else None

    def close_endpoint(self) -> None:
        """Close the endpoint, if there is one, and never open another."""
        self._is_over = True
        for endpoint in self._endpoints:
            endpoint.close()
