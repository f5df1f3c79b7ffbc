"""What is kept of a request and of what became of it: little, and no bodies but small ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from aiomoto import _clock
from aiomoto._calls.fault import Fault
from aiomoto._moto.router import Destination
from aiomoto._wire.failures import WireFailure
from aiomoto._wire.message import WireRequest, WireResponse
from aiomoto._wire.scope import header

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

    Attributes:
        request: the request, its body only where that may hold parameters.
        destination: where it goes.
        endpoint_hosts: hosts that clients were configured with, ports included.
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
        "account",
        "backend",
        "destination",
        "duration",
        "endpoint_hosts",
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
        endpoint_hosts: Collection[str],
        backend: str,
        account: str,
        *,
        keeps_bodies: bool,
    ) -> None:
        self._began = _clock.now()
        self.keeps_bodies = keeps_bodies
        self.request = request if keeps_bodies else _without_data(request, destination)
        self.destination = destination
        self.endpoint_hosts = endpoint_hosts
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

    def answered(self, reply: WireResponse) -> None:
        """Note the answer."""
        self.duration = _clock.now() - self._began
        self.status = reply.status
        if reply.status >= 300:
            self.error = reply
        if self.keeps_bodies:
            self.response_body = reply.body

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
        self.request = replace(self.request, body=None)


def _without_data(request: WireRequest, destination: Destination) -> WireRequest:
    context = request.context
    if context:
        # Not the parameters themselves, in which the client holds bodies.
        bucket = context.get("input_params", {}).get("Bucket")
        noted = {name: context[name] for name in ("client_region", "s3_redirect") if name in context}
        context = noted | ({"input_params": {"Bucket": bucket}} if bucket else {})
    body = request.body
    if body and (len(body) > _LONGEST or (destination.services[:1] == ("s3",) and not _is_xml(request))):
        body = None
    return WireRequest(request.method, request.url, request.headers, body, context)


def _is_xml(request: WireRequest) -> bool:
    # S3 takes its parameters as XML. An object may be XML too; that does no harm, it is not handed out.
    return (request.body or b"")[:1] == b"<" and not header(request, "x-amz-content-sha256").startswith("STREAMING-")
