"""A transport for the SDK that is wired to Moto explicitly."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from weakref import WeakSet

try:
    from smithy_http.aio.aiohttp import AIOHTTPClient
    from smithy_http.aio.interfaces import HTTPClient
    from smithy_http.exceptions import SmithyHTTPError
except ModuleNotFoundError as error:
    if find_spec("smithy_http") is not None:  # it is the release that lacks something
        raise
    raise ImportError(
        "MotoHTTPClient needs the AWS SDK for Python v4, on Python 3.12 or later: pip install aws-sdk-sqs, or the "
        "package of another service"
    ) from error

from aiomoto import _live
from aiomoto._calls.left_open import OpenClient
from aiomoto._http import plain_requests
from aiomoto._http.smithy import exchanging, wiring
from aiomoto._http.smithy.exchanging import AIOHTTP
from aiomoto._http.smithy.mocked import hang_up
from aiomoto._http.smithy.request import head_of


class MotoHTTPClient(HTTPClient):  # type: ignore[misc]
    """A transport for clients of the AWS SDK for Python v4 that sends their requests to Moto instead of the network.

    Pass it as ``await AsyncSQSConfig.resolve(transport=MotoHTTPClient())``. It works with and without an active
    ``mock_aws``, and needs neither credentials nor a region: its configurations sign with Moto's fake keys, in
    us-east-1 if no region is configured. It sends and receives events at the same time, as the SDK's CRT transport
    does. Requests that Moto's ``passthrough`` names are sent through an ``AIOHTTPClient``.

    Args:
        client_config: the SDK's configuration of a transport; nothing in it makes a difference.

    Raises:
        AiomotoError: it is created inside Moto's own ``mock_aws``.
    """

    TIMEOUT_EXCEPTIONS = (TimeoutError,)
    SUPPORTS_DUPLEX_STREAMING = True
    open_client: OpenClient | None = None

    def __init__(self, *, client_config: Any = None) -> None:
        self.streaming: WeakSet[Any] = WeakSet()
        self._config = client_config
        self.created_in = _live.current()
        self._closed = False
        self._network: AIOHTTPClient | None = None
        _live.refuse_motos_own_mock()
        wiring.hold(self)

    async def send(self, request: Any, *, request_config: Any = None) -> Any:
        """Answer one request.

        Args:
            request: the SDK's ``HTTPRequest``.
            request_config: the SDK's configuration of the request.

        Returns:
            The SDK's ``HTTPResponse``.

        Raises:
            RequestBlockedError: no service of Moto answers the request. It is a ``SmithyError`` too.
        """
        if self._closed:
            raise SmithyHTTPError("Cannot send a request after the HTTP client has been closed.")
        head = head_of(request)
        exchange = _live.exchange_for(head, self, outlives_mock=True)
        response = await exchanging.respond(self, request, head, exchange, AIOHTTP)
        if response is not None:
            return response
        self._network = self._network or AIOHTTPClient()
        with plain_requests.passing_through(head):
            return await self._network.send(request, request_config=request_config)

    async def close(self) -> None:
        """Close it. Bodies that have not come in are lost."""
        self._closed = True
        hang_up(self)
        if self._network is not None:
            await self._network.close()

    async def __aenter__(self) -> MotoHTTPClient:
        if self._closed:
            raise SmithyHTTPError("Cannot enter an HTTP client that has been closed.")
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    def __deepcopy__(self, memo: Any) -> MotoHTTPClient:
        return self
