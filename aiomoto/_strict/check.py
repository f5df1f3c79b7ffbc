"""A check of strict mode: which calls it looks at, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from botocore.model import OperationModel

from aiomoto._aws.error_responses import ErrorResponse
from aiomoto._aws.parameters import parameters_of, protocol_of
from aiomoto._aws.scope import header
from aiomoto._calls.record import Record
from aiomoto._wire.aws_chunked import Chunked, parse_chunks
from aiomoto._wire.message import WireRequest, WireResponse


class Refusal(NamedTuple):
    """What AWS says to what it refuses.

    Attributes:
        code: the error's code.
        message: the message.
        status: the status; ``None`` for the error's.
        details: further elements of an error of S3.
    """

    code: str
    message: str
    status: int | None = 400
    details: Mapping[str, str] = MappingProxyType({})


class StrictCall:
    """A call that is about to reach Moto's handler.

    Args:
        request: the request, with all of its body.
        record: its record.
        model: botocore's model of the operation.
        now: reads the time of the mock, in seconds since 1970.
    """

    def __init__(self, request: WireRequest, record: Record, model: OperationModel, now: Callable[[], float]) -> None:
        self.now = now
        self.request = request
        self.record = record
        self.model = model
        self.service: str = model.service_model.service_name
        self.headers = request.lower_headers

    @cached_property
    def addressed(self) -> WireRequest:
        """The request; for S3, in path style."""
        path = self.record.addressed.path
        return self.request if path == self.request.path else self.request.with_path(path)

    @cached_property
    def params(self) -> Mapping[str, Any]:
        """The parameters by botocore's names."""
        return parameters_of(self.addressed, self.model)

    @cached_property
    def chunked(self) -> Chunked | None:
        """The body, if it is in S3's chunks."""
        if not header(self.request, "x-amz-content-sha256").startswith("STREAMING-"):
            return None
        try:
            return parse_chunks([self.request.body or b""])
        except ValueError:
            return None

    @cached_property
    def content(self) -> bytes:
        """The body without S3's chunks."""
        return self.chunked.data if self.chunked is not None else self.request.body or b""

    def refused(self, refusal: Refusal, group: str) -> WireResponse:
        """The response to what is refused, which says how to switch the check off."""
        message = (
            f"{refusal.message} (Refused by aiomoto's strict mode, as AWS does. "
            f'mock_aws(strict={{"{group}": False}}) switches off this check)'
        )
        error = ErrorResponse(refusal.code, refusal.status, message=message, details=refusal.details)
        return error.response(self.request, self.service, protocol_of(self.request, self.model))


class Check(NamedTuple):
    """A check.

    Attributes:
        group: the name that ``strict={...}`` switches it off by.
        refuse: says why AWS refuses a call; ``None`` if it does not.
    """

    group: str
    refuse: Callable[[StrictCall], Refusal | None]


Rows = Mapping[tuple[str, str], tuple[Callable[[StrictCall], Refusal | None], ...]]
