"""What happens to a request while a mock is live: let out, or routed to Moto and answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from moto.core.exceptions import ServiceNotWhitelisted

from aiomoto._aws.endpoint_hosts import EndpointHosts
from aiomoto._calls.call import Call
from aiomoto._calls.identity import identify, in_path_style
from aiomoto._calls.log import CallLog
from aiomoto._calls.record import Record, Slept
from aiomoto._errors import RequestBlockedError
from aiomoto._moto import backends, invocation
from aiomoto._moto.configuration import config_place
from aiomoto._moto.explanations import explain_missing_package, explain_stage
from aiomoto._moto.router import Destination, Route, destination_of, find_route
from aiomoto._moto.s3_addressing import url_for_moto
from aiomoto._rules.fault_plan import NO_FAULT, FaultPlan, NoFault
from aiomoto._wire.message import WireRequest, WireResponse
from aiomoto.faults import Faults


class NoSuchPathError(NotImplementedError):
    """Moto has the service, but nothing at the request's path."""


class Exchange:
    """The way of a request to Moto and back.

    Attributes:
        calls: where it logs the calls; ``None`` for nowhere.
        record_bodies: whether it logs their bodies too.
        faults: the rules of what befalls them.
        slept: where it records the waits of clients, which are over at once then; ``None`` where they really wait.
        hosts: those that clients were configured with. All live mocks share them, as they do the clients.
        live: whether the mock that owns the exchange is on.
        around: the exchanges of the mocks in which its mock began. They log its calls too, and their faults act.
        successor: finds the exchange that goes on with what this one has under way when its mock ends, if there is one.
    """

    def __init__(
        self, calls: CallLog | None = None, faults: Faults | None = None, *, record_bodies: bool = False
    ) -> None:
        self.hosts = EndpointHosts()
        self.live = True
        self.around: tuple[Exchange, ...] = ()
        self.successor: Callable[[], Exchange | None] = lambda: None
        self.calls = calls
        self.faults = Faults() if faults is None else faults
        self.record_bodies = record_bodies
        self.slept: list[Slept] | None = None

    def lets_out(self, head: WireRequest) -> bool:
        """Tell whether Moto's ``passthrough`` names this request's URL or service."""
        passthrough = self._core_config("passthrough")
        if not passthrough:
            return False
        url = urlsplit(head.url)._replace(query="", fragment="").geturl()
        if any(re.match(pattern, url) for pattern in passthrough.get("urls") or ()):
            return True
        services = passthrough.get("services")
        return bool(services) and any(service in services for service in destination_of(head, self.hosts).services[:1])

    def has_route(self, head: WireRequest) -> bool:
        """Tell whether Moto has a service, and in it a path, for this request's URL."""
        destination = destination_of(head)
        return bool(destination.services) and find_route(head, destination) is not None

    def answer(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """Let Moto answer, once it is this thread's turn.

        Args:
            request: what to answer.
            backend: what sends it: ``"boto3"``, ``"endpoint"``, or the name of an HTTP library.
            read_timeout: the seconds that the client is ready to wait for an answer; ``None`` for any.

        Raises:
            RequestBlockedError: Moto has no service for the request, or all mocks ended while it was invocation.
            AiomotoError: Moto needs Docker for it, which is not there.
            NotImplementedError: Moto has the service, but not the operation.
            WireFailure: no answer arrives, as where a poll takes longer than the client waits.
        """
        request = self.hosts.below_root(request)
        with self._recorded(request, backend) as record:
            plan = self._plan(request, record)
            invocation.pause(plan.sending)
            invocation.pause(plan.delay, read_timeout)
            reply = plan.before()
            if reply is None:
                reply = invocation.answer(partial(self.prepare, request, record, []), read_timeout)
            invocation.pause(plan.lateness, read_timeout)
            reply = plan.after(reply)
            record.answered(reply)
            return reply

    async def answer_async(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """Let Moto answer, other tasks of the loop going on meanwhile. Cancelling stops the wait at once.

        Arguments and errors: as for :meth:`answer`.
        """
        request = self.hosts.below_root(request)
        with self._recorded(request, backend) as record:
            plan = self._plan(request, record)
            await invocation.pause_async(plan.sending)
            await invocation.pause_async(plan.delay, read_timeout)
            reply = plan.before()
            if reply is None:
                reply = await invocation.answer_async(partial(self.prepare, request, record, []), read_timeout)
            await invocation.pause_async(plan.lateness, read_timeout)
            reply = plan.after(reply)
            record.answered(reply)
            return reply

    @property
    def within(self) -> list[Exchange]:
        """The exchange itself and those around it, as far as they are live."""
        return [each for each in (self, *self.around) if each.live]

    @contextmanager
    def _recorded(self, request: WireRequest, backend: str) -> Iterator[Record]:
        exchanges = self.within
        record = self._record(request, backend, keeps_bodies=any(each.record_bodies for each in exchanges))
        for each in exchanges:
            if each.calls is not None:
                each.calls.add(record)
        try:
            yield record
        except BaseException as error:
            record.failed(error)
            if isinstance(error, ModuleNotFoundError):
                message = explain_missing_package(error, record.destination.services)
                raise ModuleNotFoundError(message, name=error.name, path=error.path) from error
            raise

    def _record(self, request: WireRequest, backend: str, *, keeps_bodies: bool) -> Record:
        destination = destination_of(request, self.hosts)
        account = backends.account_of(request)
        return Record(request, destination, self.hosts.known(), backend, account, keeps_bodies=keeps_bodies)

    def _plan(self, request: WireRequest, record: Record) -> NoFault:
        rules = [each.faults for each in self.within if len(each.faults)]
        if not rules:
            return NO_FAULT
        # With the whole request, of which the record may keep less.
        call = Call(self._record(request, record.backend, keeps_bodies=True))
        record.fault = next(filter(None, (faults.acting_on(call) for faults in rules)), None)
        return FaultPlan(record.fault.effect, call, request) if record.fault else NO_FAULT

    def prepare(self, request: WireRequest, record: Record, heirs: list[Exchange]) -> invocation.Invocation:
        """Get ready to run the handler, each time it is run: what went before may have been a wait.

        Args:
            request: the request.
            record: its record.
            heirs: those that log it too, since they go on with it.
        """
        if not self.live:
            return self._heir(request, record, heirs).prepare(request, record, heirs)
        config_place.lend(self)
        route = self._route(request, record.destination)
        url = request.url
        if route.service == "s3" and not route.aws_host:
            url = url_for_moto(request, self.hosts, backends.bucket_exists)
        return invocation.Invocation(route.service, route.handler, request, url)

    def _heir(self, request: WireRequest, record: Record, heirs: list[Exchange]) -> Exchange:
        heir = self.successor()
        if heir is None:
            raise RequestBlockedError(f"{describe(request)} was blocked: mock_aws() ended while it was waiting")
        for each in heir.within:
            if each not in (self, *self.around, *heirs):
                heirs.append(each)
                if each.calls is not None:
                    each.calls.add(record)
        return heir

    def _route(self, request: WireRequest, destination: Destination) -> Route:
        if not destination.services:
            raise RequestBlockedError(_nobody_answers(request))
        route = find_route(request, destination)
        service = route.service if route else destination.services[0]
        whitelist = self._core_config("service_whitelist")
        if whitelist is not None and service not in whitelist:
            raise ServiceNotWhitelisted(service)
        if route is None:
            lacks = explain_stage(request) or f"Moto's {service} has no such path."
            raise NoSuchPathError(f"{describe(request)} is not implemented: {lacks} {_way_out(request)}")
        return route

    def _core_config(self, name: str) -> Any:
        return config_place.read(self).get("core", {}).get(name)


def describe(request: WireRequest) -> str:
    """Name a request for a message: service and operation as far as they are known, method, URL without query."""
    destination = destination_of(request)
    service, operation, _ = identify(in_path_style(request, destination, ()), destination)
    label = " ".join(part for part in (service, operation) if part) or "a request"
    return f"{label} ({request.method} {urlsplit(request.url)._replace(query='', fragment='').geturl()})"


def _nobody_answers(request: WireRequest) -> str:
    return (
        f"{describe(request)} was blocked: Moto has no service that answers it, and while it is mocked nothing may "
        f"leave the process. {_way_out(request)}"
    )


def _way_out(request: WireRequest) -> str:
    split = urlsplit(request.url)
    return (
        "Replace this call in the test, or let it out on purpose with "
        f'mock_aws(config={{"core": {{"passthrough": {{"urls": ["{split.scheme}://{split.netloc}"]}}}}}})'
    )
