"""What is kept of a request and of what became of it: little, and no bodies but small ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from aiomoto import _clock
from aiomoto._aws.scope import header, scope_of
from aiomoto._calls.identity import Identity, identify, in_path_style
from aiomoto._moto.router import Destination
from aiomoto._rules.fault import Fault
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, WireResponse

# The most of a body that is kept for its parameters, in bytes. DynamoDB, SQS and most others take no longer requests.
_LONGEST = 1024 * 1024


class Slept(NamedTuple):
    """A wait of a client that was over at once.

    Attributes:
        seconds: how long it would have been.
        why: what for: ``"retry"``, ``"waiter"``, ``"adaptive rate limit"`` or ``"credentials"``.
    """

    seconds: float
    why: str


class Record:
    """One attempt of a client to call AWS, as the exchange writes it down.

    What depends on anything but the request itself is settled when the record is created. It has all of the request
    until :meth:`keep_little`.

    Args:
        endpoint_hosts: the hosts that clients are configured with at that time.

    Attributes:
        request: the request; after ``keep_little`` its body only where that may hold parameters.
        destination: where it goes.
        backend: what sends it.
        account: the account that it acts in.
        size: bytes of its body.
        keeps_bodies: whether ``request_body`` and ``response_body`` are kept whatever they are.
        request_body: its body as it was sent.
        response_body: the body that answers it.
        status: the HTTP status of the answer; ``None`` where none has come.
        error: an answer that is an error.
        failure: the name of what ended it without an answer.
        fault: the rule that acted on it.
        duration: seconds until its answer began, or until it failed; ``None`` while it is under way.
    """

    __slots__ = (
        "_began",
        "_endpoint_hosts",
        "_settled",
        "account",
        "backend",
        "destination",
        "duration",
        "error",
        "failure",
        "fault",
        "keeps_bodies",
        "request",
        "request_body",
        "response_body",
        "size",
        "status",
    )

    def __init__(
        self,
        request: WireRequest,
        destination: Destination,
        endpoint_hosts: tuple[str, ...],
        backend: str,
        account: str,
        *,
        keeps_bodies: bool,
    ) -> None:
        self._began = _clock.now()
        self.keeps_bodies = keeps_bodies
        self.request = request
        self.destination = destination
        self._endpoint_hosts = endpoint_hosts
        self._settled: tuple[Identity, str | None] | None = None
        self.backend = backend
        self.account = account
        self.size = len(request.body or b"")
        self.request_body = request.body if keeps_bodies else None
        self.response_body: bytes | None = None
        self.status: int | None = None
        self.error: WireResponse | None = None
        self.failure: str | None = None
        self.fault: Fault | None = None
        self.duration: float | None = None

    @property
    def addressed(self) -> WireRequest:
        """The request, in path style where it is one to S3."""
        return in_path_style(self.request, self.destination, self._endpoint_hosts)

    @property
    def identity(self) -> Identity:
        """What it calls."""
        return self._settle()[0]

    @property
    def region(self) -> str | None:
        """The region that it is signed for, or that its client has."""
        return self._settle()[1]

    def _settle(self) -> tuple[Identity, str | None]:
        if self._settled is None:
            self._settled = identify(self.addressed, self.destination), _region_of(self.request)
        return self._settled

    def answered(self, response: WireResponse) -> None:
        """Note the answer."""
        self.duration = _clock.now() - self._began
        self.status = response.status
        if response.status >= 300:
            self.error = response
        if self.keeps_bodies:
            self.response_body = response.body

    def failed(self, error: BaseException) -> None:
        """Note that there will be no answer, and why."""
        self.duration = _clock.now() - self._began
        self.failure = error.kind if isinstance(error, WireFailure) else type(error).__name__

    @property
    def lacks_body(self) -> bool:
        """Whether the request had a body that has not been kept."""
        return self.request.body is None and self.size > 0

    def forget_body(self) -> None:
        """Let go of the request's body."""
        if self.request.operation is None:
            self._settle()  # a form names its operation in its body
        self.request = self.request.with_body(None)

    def keep_little(self) -> None:
        """Let go of what nobody is going to ask for: the notes of botocore, and bodies that hold no parameters."""
        if self.keeps_bodies:
            return
        request = self.request
        is_data = self._is_data()
        if is_data and request.operation is None:
            self._settle()
        if is_data or request.context:
            body = None if is_data else request.body
            context = _little_of(request.context)
            self.request = WireRequest(request.method, request.url, request.headers, body, context, request.operation)

    def _is_data(self) -> bool:
        """Whether the body is not to be kept: it is an object of S3, or a large one."""
        request = self.request
        if self.size == 0 or self.size > _LONGEST:
            return self.size > 0
        if self.destination.services[:1] != ("s3",) or header(request, "x-amz-decoded-content-length") == "0":
            return False
        if request.operation is None and (request.body or b"")[:1] != b"<":
            return True  # S3 takes its parameters as XML
        model = request.operation or self.identity.model
        return model is not None and model.has_streaming_input


def _little_of(context: Mapping[str, Any]) -> dict[str, Any]:
    # Not the parameters themselves, in which the client holds bodies.
    bucket = context.get("input_params", {}).get("Bucket")
    noted = {name: context[name] for name in ("client_region", "s3_redirect") if name in context}
    return noted | ({"input_params": {"Bucket": bucket}} if bucket else {})


def _region_of(request: WireRequest) -> str | None:
    if scope := scope_of(request):
        return scope.region
    region: str | None = request.context.get("client_region") if request.operation is not None else None
    return region
