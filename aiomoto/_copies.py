"""Mocks in a forked child: copies, whose data no other process sees."""

from __future__ import annotations

from aiomoto._aws.reads import is_read
from aiomoto._calls.identity import identify, in_path_style
from aiomoto._endpoint import client
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import Exchange, describe
from aiomoto._moto.hosts import is_aws, is_in_aws_domain
from aiomoto._moto.router import destination_of
from aiomoto._wire.message import ALTERED_HEADER, WireRequest, WireResponse


class ExchangeCopy(Exchange):
    """What an exchange becomes in a forked child.

    With an endpoint, it sends requests there, to the parent. Without one, it answers those that only read, from its
    copy of the data, and refuses all others.
    """

    def answer(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """Let the parent's endpoint answer, or else the copy. Arguments and errors are those of the exchange."""
        port = self._port_for(request, backend)
        if port is None:
            return super().answer(request, backend, read_timeout)
        try:
            return client.send(_marked(self._for_endpoint(request)), port, read_timeout)
        except ConnectionRefusedError:
            raise _closed_error(request) from None

    async def answer_async(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """The same, without blocking the event loop."""
        port = self._port_for(request, backend)
        if port is None:
            return await super().answer_async(request, backend, read_timeout)
        try:
            return await client.send_async(_marked(self._for_endpoint(request)), port, read_timeout)
        except ConnectionRefusedError:
            raise _closed_error(request) from None

    def _port_for(self, request: WireRequest, backend: str) -> int | None:
        """The port of the endpoint that answers a request; ``None`` if the copy does."""
        if self.port is None:
            self._refuse_write(request, backend)
        # The hosts of metadata are AWS's, and the endpoint does not serve them.
        return self.port if is_in_aws_domain(request.host) or not is_aws(request.host) else None

    def _for_endpoint(self, request: WireRequest) -> WireRequest:
        """Address a request so that the endpoint accepts it: to a host of AWS, or else to the endpoint's own."""
        if is_in_aws_domain(request.host):
            return request
        request = self.hosts.below_root(request)
        request = in_path_style(request, destination_of(request, self.hosts), self.hosts.known())
        return request.with_origin(f"http://127.0.0.1:{self.port}")

    def _refuse_write(self, request: WireRequest, backend: str) -> None:
        below_root = self.hosts.below_root(request)
        destination = destination_of(below_root, self.hosts)
        # A service that Moto does not have has no data.
        if not destination.services or is_read(request.method, *identify(below_root, destination)):
            return
        error = RequestBlockedError(
            f"{describe(request)} was blocked: this process was forked inside mock_aws(), and would write to a copy of "
            "its data that ends with it. For forked processes that write, use mock_aws(endpoint=True) in the parent. "
            "To write to the copy on purpose, start a mock_aws() in the forked process"
        )
        self.log_broken(request, backend, error)
        raise error


def become_copies(exchanges: tuple[Exchange, ...]) -> None:
    """Make the active exchanges copies, in a child that has just been forked."""
    # Those that are copies already belong to a parent's parent.
    own = [each for each in exchanges if not isinstance(each, ExchangeCopy)]
    for each in own:
        # The class, and not the methods, as all that know an exchange keep it.
        each.__class__ = ExchangeCopy if type(each) is Exchange else _copy_of(type(each))
        ports = [other.port for other in own if other.port is not None and other.world is each.world]
        if each.port is None and ports:
            each.port = ports[-1]


def _copy_of(isolated: type[Exchange]) -> type[ExchangeCopy]:
    return type(isolated.__name__, (isolated, ExchangeCopy), {})


def _marked(request: WireRequest) -> WireRequest:
    """Say that a request is passed on: the host and the path may be others than those that were signed."""
    return WireRequest(request.method, request.url, {**request.headers, ALTERED_HEADER: "all"}, request.body)


def _closed_error(request: WireRequest) -> RequestBlockedError:
    return RequestBlockedError(
        f"{describe(request)} was blocked: the mock_aws() that this process was forked in has ended in the parent "
        "process. Wait for the forked process before the mock ends"
    )
