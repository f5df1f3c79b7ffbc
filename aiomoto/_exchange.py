"""What happens to a request while a mock is active: it passes through to AWS, or Moto answers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any, Literal

from moto.core.exceptions import ServiceNotWhitelisted

from aiomoto._aws.endpoint_hosts import EndpointHosts
from aiomoto._calls.call import Call
from aiomoto._calls.identity import Identity, identify, in_path_style
from aiomoto._calls.left_open import Leak, LeftOpen, OpenBody
from aiomoto._calls.record import Record, Slept
from aiomoto._calls.recorder import Recorder
from aiomoto._errors import NoSuchPathError, RequestBlockedError
from aiomoto._moto import backends, invocation
from aiomoto._moto.configuration import configurations
from aiomoto._moto.explanations import explain_missing_package, explain_stage
from aiomoto._moto.router import Destination, Route, destination_of, find_route
from aiomoto._moto.s3_addressing import url_for_moto
from aiomoto._moto.worlds import World
from aiomoto._rules.answer_line import how_to_answer
from aiomoto._rules.fault_plan import NO_FAULT, FaultPlan, NoFault
from aiomoto._scripting import Between, Moto, Script
from aiomoto._wire.message import WireRequest, WireResponse
from aiomoto.answers import Answers
from aiomoto.faults import Faults


class Exchange:
    """Passes requests to Moto, and its responses back.

    Attributes:
        calls: the log of its calls; ``None`` for no log.
        record_bodies: whether the log keeps their bodies.
        notes_details: whether the log notes who makes them, as it does if it keeps bodies.
        faults: the rules that make them fail.
        answers: the rules that answer them in Moto's place.
        functions: the Lambda functions that run here; ``None`` if there never were any.
        left_open: what they have opened and nobody has closed.
        slept: where it records the waits that clients skip; ``None`` if they really wait.
        hosts: the hosts that clients are configured with. All active mocks share them.
        timeline: the time of its mock's data, once a test has moved it.
        is_active: whether its mock is active.
        around: the exchanges of the mocks that its mock is nested in. They log its calls too, and their faults apply.
        port: the port of its mock's endpoint; ``None`` while that is not open.
        successor: finds the exchange, if any, that continues the pending requests of this one when its mock ends.
        world: what Moto holds for its mock, if that is isolated.
        configurations: those of the mocks that share its world, or of all that are not isolated.
    """

    world: World | None = None
    configurations = configurations

    def __init__(
        self,
        calls: Recorder | None = None,
        faults: Faults | None = None,
        answers: Answers | None = None,
        *,
        record_bodies: bool = False,
        notes_details: bool = False,
    ) -> None:
        self.hosts = EndpointHosts()
        self.timeline: invocation.MockTime | None = None
        self.is_active = True
        self.around: tuple[Exchange, ...] = ()
        self.port: int | None = None
        self.successor: Callable[[], Exchange | None] = lambda: None
        self.calls = calls
        self.faults = Faults() if faults is None else faults
        self.answers = Answers() if answers is None else answers
        self.functions: Between | None = None
        self.record_bodies = record_bodies
        self.notes_details = record_bodies or notes_details
        self.left_open = LeftOpen()
        self.slept: list[Slept] | None = None

    def passes_through(self, head: WireRequest) -> bool:
        """Tell whether Moto's ``passthrough`` option names this request's URL or service."""
        passthrough = self._core_config("passthrough")
        if not passthrough:
            return False
        url = head.bare_url
        if any(re.match(pattern, url) for pattern in passthrough.get("urls") or ()):
            return True
        services = passthrough.get("services")
        return bool(services) and any(service in services for service in destination_of(head, self.hosts).services[:1])

    def has_route(self, head: WireRequest) -> bool:
        """Tell whether Moto has a service for this request, and a handler for its path."""
        destination = destination_of(head)
        return bool(destination.services) and find_route(head, destination) is not None

    def answer(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """Let Moto answer a request, when it is this thread's turn.

        Args:
            request: the request.
            backend: what sends it: ``"boto3"``, ``"endpoint"``, or the name of an HTTP library.
            read_timeout: the client's read timeout in seconds; ``None`` for no timeout.

        Raises:
            RequestBlockedError: Moto has no service for the request, or all mocks ended while it was waiting.
            AiomotoError: Moto needs Docker for it, which does not run.
            NotImplementedError: Moto has the service, but not the operation.
            WireFailure: no response arrives, for instance because a poll takes longer than the client waits.
        """
        request = self.hosts.below_root(request)
        record, plan, script = self._begin(request, backend, read_timeout)
        try:
            invocation.pause(plan.sending)
            invocation.pause(plan.delay, read_timeout)
            response = plan.before()
            if response is None:
                if script is None:
                    response = invocation.answer(partial(self.prepare, request, record, []), read_timeout)
                else:
                    response = script.respond()
                    record.answer = script.rule
            invocation.pause(plan.lateness, read_timeout)
            response = plan.after(response)
        except BaseException as error:
            _note_failure(record, error, script)
            raise
        record.answered(response)
        return response

    async def answer_async(self, request: WireRequest, backend: str, read_timeout: float | None = None) -> WireResponse:
        """Let Moto answer a request without blocking the event loop. Cancelling the task stops the wait at once.

        Arguments and errors are those of :meth:`answer`.
        """
        request = self.hosts.below_root(request)
        record, plan, script = self._begin(request, backend, read_timeout)
        try:
            await invocation.pause_async(plan.sending)
            await invocation.pause_async(plan.delay, read_timeout)
            response = plan.before()
            if response is None:
                if script is None:
                    response = await invocation.answer_async(partial(self.prepare, request, record, []), read_timeout)
                else:
                    response = await script.respond_async()
                    record.answer = script.rule
            await invocation.pause_async(plan.lateness, read_timeout)
            response = plan.after(response)
        except BaseException as error:
            _note_failure(record, error, script)
            raise
        record.answered(response)
        return response

    @property
    def within(self) -> list[Exchange]:
        """The exchange and those around it, if they are active."""
        return [each for each in (self, *self.around) if each.is_active]

    def _begin(
        self, request: WireRequest, backend: str, read_timeout: float | None
    ) -> tuple[Record, NoFault, Script | None]:
        """Log a request, and find what the rules do to it, if there are any."""
        exchanges = self.within
        record = self._record(request, backend)
        for each in exchanges:
            if each.notes_details:
                record.note_details(keeps_bodies=any(each.record_bodies for each in exchanges))
                break
        try:
            with_rules = [each for each in exchanges if each.faults.rules or each.answers.rules or each.functions]
            if not with_rules:
                return record, NO_FAULT, None
            # Before the record lets go of what the logs do not keep.
            return record, _plan_for(record, with_rules), self._script(record, with_rules, read_timeout)
        except BaseException as error:
            record.failed(error)
            raise
        finally:
            _log(record, exchanges)

    def log_broken(self, head: WireRequest, backend: str, error: BaseException) -> None:
        """Log a request whose body raised an error before all of it was sent."""
        exchanges = self.within
        record = self._record(self.hosts.below_root(head), backend)
        record.failed(error)
        _log(record, exchanges)

    def note_slept(self, slept: Slept) -> None:
        """Note a wait that was skipped in this mock."""
        if self.slept is not None:
            self.slept.append(slept)
        if self.calls is not None:
            self.calls.add_wait(slept)

    def note_body(self, body: OpenBody) -> None:
        """Note a body in this mock, and in those around it, as the log does with calls."""
        for each in self.within:
            each.left_open.add_body(body)

    def note_abandoned(self, body: OpenBody) -> None:
        """Note a body that was never read and can no longer be, in the same mocks.

        The garbage collector may call this at any moment, so it does nothing else.
        """
        for each in self.within:
            each.left_open.add_abandoned(body)

    def leak_of(self, request: WireRequest, where: str | None) -> Leak:
        """Describe the open body of the response to a request, whose call was made at this place."""
        record = self._record(request, "")
        call, model = Call(record), record.identity.model
        kind: Literal["body", "event stream"] = (
            "event stream" if model is not None and model.has_event_stream_output else "body"
        )
        return Leak(kind, call.service, call.operation, call.params, where)

    def _record(self, request: WireRequest, backend: str) -> Record:
        destination = destination_of(request, self.hosts)
        account = backends.account_of(request)
        return Record(request, destination, self.hosts.known(), backend, account)

    def _script(self, record: Record, exchanges: list[Exchange], read_timeout: float | None) -> Script | None:
        rules = [each.answers for each in exchanges if each.answers.rules]
        functions = [each.functions for each in exchanges if each.functions]
        if not rules and not functions:
            return None
        # A copy, since the record lets go of bodies, which the functions may ask for.
        whole = copy(record)
        prepare = partial(self.prepare, whole.request, record, [])
        moto = Moto(
            partial(invocation.answer, prepare, read_timeout), partial(invocation.answer_async, prepare, read_timeout)
        )
        if functions:
            moto = functions[0].around(moto, whole, functions, self, read_timeout)
        return Script(rules, whole, moto, read_timeout)

    def prepare(self, request: WireRequest, record: Record, heirs: list[Exchange]) -> invocation.Invocation:
        """Prepare to run the handler. This is called before each run, since mocks may have ended during a wait.

        Args:
            request: the request.
            record: its record.
            heirs: the exchanges that have taken it over so far, and log it too.
        """
        if not self.is_active:
            return self._heir(request, record, heirs).prepare(request, record, heirs)
        self.configurations.activate(self)
        route = self._route(request, record.destination)
        url = request.url
        if route.service == "s3" and not route.aws_host:
            url = url_for_moto(request, self.hosts, backends.bucket_exists)
        handler = route.handler
        if self.timeline is not None:
            handler = self.timeline.handler(route.service, handler, request)
        return invocation.Invocation(route.service, handler, request, url, record)

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
            raise RequestBlockedError(_no_service_message(request))
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
        return self.configurations.section(self, "core").get(name)


def _log(record: Record, exchanges: list[Exchange]) -> None:
    record.trim()
    for each in exchanges:
        if each.calls is not None:
            each.calls.add(record)


def _plan_for(record: Record, exchanges: list[Exchange]) -> NoFault:
    """Find the fault that acts on a request, and what it does. The faults of the innermost mock come first."""
    call = Call(record)
    record.fault = next(filter(None, (each.faults.acting_on(call) for each in exchanges)), None)
    return FaultPlan(record.fault.effect, call, record.request) if record.fault else NO_FAULT


def _note_failure(record: Record, error: BaseException, script: Script | None) -> None:
    """Record that a request failed.

    Raises:
        ModuleNotFoundError: Moto needs a package for it. The message says which extra to install.
        NotImplementedError: Moto does not have the operation. The message says how to answer it in the test.
        RequestBlockedError: Moto does not have the service, and the rules for it did not answer.
    """
    record.failed(error)
    if isinstance(error, ModuleNotFoundError):
        message = explain_missing_package(error, record.destination.services)
        raise ModuleNotFoundError(message, name=error.name, path=error.path) from error
    idle = script.idle if script is not None else ""
    if type(error) is NotImplementedError and (model := record.identity.model) is not None:
        name = f"{model.service_model.service_name} {model.name}"
        said = str(error) or "it is not implemented"
        raise NotImplementedError(f"{idle}Moto does not answer {name}: {said}. {how_to_answer(model)}") from error
    if idle and isinstance(error, (NoSuchPathError, RequestBlockedError)):
        raise type(error)(f"{idle}{error}") from error


def describe(request: WireRequest) -> str:
    """Describe a request in a message: service and operation if known, method, and URL without query."""
    service, operation, _ = _identify(request)
    label = " ".join(part for part in (service, operation) if part) or "a request"
    return f"{label} ({request.method} {request.bare_url})"


def _identify(request: WireRequest) -> Identity:
    destination = destination_of(request)
    return identify(in_path_style(request, destination, ()), destination)


def _no_service_message(request: WireRequest) -> str:
    return (
        f"{describe(request)} was blocked: Moto has no service that answers it, and while a mock is active nothing may "
        f"leave the process. {_way_out(request)}"
    )


def _way_out(request: WireRequest) -> str:
    split, model = request.split, _identify(request).model
    passthrough = f'mock_aws(config={{"core": {{"passthrough": {{"urls": ["{split.scheme}://{split.netloc}"]}}}}}})'
    if model is None:
        return f"Replace this call in the test, or let it pass through on purpose with {passthrough}"
    return f"Let it pass through on purpose with {passthrough}, or answer it. {how_to_answer(model)}"
