"""The record of one request and its outcome. To save memory, it keeps only small bodies by default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from aiomoto import _clock
from aiomoto._aws.scope import header, scope_of
from aiomoto._calls.details import Details
from aiomoto._calls.identity import Identity, identify, in_path_style
from aiomoto._moto.router import Destination
from aiomoto._rules.answer import Answer
from aiomoto._rules.fault import Fault
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import ATTEMPT, INVOCATION_ID, WireRequest, WireResponse

# The largest body kept for its parameters, in bytes: the limit of DynamoDB, SQS and most other services.
_MAX_BODY = 1024 * 1024


class Slept(NamedTuple):
    """A wait of a client that ``sleep="instant"`` skipped."""

    seconds: float
    """How long the client would have waited."""
    why: str
    """The reason: ``"retry"``, ``"waiter"``, ``"adaptive rate limit"`` or ``"credentials"``."""


class Record:
    """One attempt of a client to call AWS, as the exchange records it.

    The record captures whatever else its identity depends on when it is created, so that later changes have no
    effect. It has the whole request until :meth:`trim`.

    Args:
        endpoint_hosts: the hosts that clients are configured with at the time of the request.

    Attributes:
        began: when the request arrived, by ``_clock.now``.
        details: who has made the call, if that is noted.
        request: the request; after ``trim`` without a body that contains no parameters.
        destination: the request's destination.
        backend: what sends the request.
        account: the id of the account that it acts in.
        size: the size of the request's body in bytes.
        keeps_bodies: whether ``request_body`` and ``response_body`` are kept, which needs details to be noted.
        request_body: the request's body as sent, if bodies are kept.
        response_body: the response's body, as far as it has been sent, if bodies are kept.
        status: the HTTP status of the response; ``None`` if there is none, or not yet.
        error: the response, if it is an error or a redirect.
        failure: why there is no response: how the connection failed, or the name of an exception.
        fault: the rule of ``aws.faults`` that acted on the request.
        duration: seconds until the response began, or until the request failed; ``None`` while it is pending.
    """

    __slots__ = (
        "_endpoint_hosts",
        "_identified",
        "account",
        "answer",
        "backend",
        "began",
        "destination",
        "details",
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
    ) -> None:
        self.began = _clock.now()
        self.keeps_bodies = False
        self.request = request
        self.destination = destination
        self._endpoint_hosts = endpoint_hosts
        self._identified: tuple[Identity, str | None] | None = None
        self.backend = backend
        self.account = account
        self.size = len(request.body or b"")
        self.request_body: bytes | None = None
        self.response_body: bytes | bytearray | None = None
        self.status: int | None = None
        self.error: WireResponse | None = None
        self.failure: str | None = None
        self.fault: Fault | None = None
        self.answer: Answer | None = None
        self.duration: float | None = None
        self.details: Details | None = None

    def note_details(self, *, keeps_bodies: bool) -> None:
        """Note who makes the call. What the running code calls from now on until the call is over is inside of it."""
        self.details = Details(self)
        self.keeps_bodies = keeps_bodies
        self.request_body = self.request.body if keeps_bodies else None

    @property
    def addressed(self) -> WireRequest:
        """The request; for S3, in path style."""
        return in_path_style(self.request, self.destination, self._endpoint_hosts)

    @property
    def identity(self) -> Identity:
        """What the request calls."""
        return self._identify()[0]

    @property
    def region(self) -> str | None:
        """The region that the request is signed for, or that its client has."""
        return self._identify()[1]

    def _identify(self) -> tuple[Identity, str | None]:
        if self._identified is None:
            self._identified = identify(self.addressed, self.destination), _region_of(self.request)
        return self._identified

    def answered(self, response: WireResponse) -> None:
        """Record the response."""
        self.duration = _clock.now() - self.began
        self.status = response.status
        if response.status >= 300:
            self.error = response
        if self.details is not None:
            self.details.headers = response.headers
            self.details.end()
            if self.keeps_bodies:
                self.response_body = response.body
                if response.source is not None:
                    self.response_body = response.source.sent = bytearray()

    def failed(self, error: BaseException) -> None:
        """Record that there is no response, and why."""
        self.duration = _clock.now() - self.began
        self.failure = error.kind if isinstance(error, WireFailure) else type(error).__name__
        if self.details is not None:
            self.details.end()

    @property
    def lacks_body(self) -> bool:
        """Whether the request had a body that is no longer here."""
        return self.request.body is None and self.size > 0

    def forget_body(self) -> None:
        """Drop the request's body."""
        if self.request.operation is None:
            self._identify()  # a form names the operation in its body
        self.request = self.request.with_body(None)

    def trim(self) -> None:
        """Drop botocore's context and a body that is large or contains no parameters, unless all bodies are kept."""
        if self.keeps_bodies:
            return
        request = self.request
        drops_body = self._has_data_body()
        if drops_body and request.operation is None:
            self._identify()
        if drops_body or request.context:
            body = None if drops_body else request.body
            context = _trimmed_context(request.context)
            self.request = request.reduced(body, context)

    def _has_data_body(self) -> bool:
        """Whether the body is an S3 object or larger than the limit."""
        request = self.request
        if self.size == 0 or self.size > _MAX_BODY:
            return self.size > 0
        if self.destination.services[:1] != ("s3",) or header(request, "x-amz-decoded-content-length") == "0":
            return False
        if request.operation is None and (request.body or b"")[:1] != b"<":
            return True  # S3's parameters are XML
        model = request.operation or self.identity.model
        return model is not None and model.has_streaming_input


def _trimmed_context(context: Mapping[str, Any]) -> dict[str, Any]:
    # input_params would keep bodies alive.
    bucket = context.get("input_params", {}).get("Bucket")
    kept = {name: context[name] for name in _KEPT & context.keys()}
    return kept | ({"input_params": {"Bucket": bucket}} if bucket else {})


_KEPT = frozenset({"client_region", "s3_redirect", ATTEMPT, INVOCATION_ID})


def _region_of(request: WireRequest) -> str | None:
    if scope := scope_of(request):
        return scope.region
    region: str | None = request.context.get("client_region") if request.operation is not None else None
    return region
