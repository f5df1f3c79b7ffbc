"""One call of a client to AWS, in botocore's terms, which are computed on first use."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import cached_property
from reprlib import Repr
from types import MappingProxyType
from typing import Any

from botocore.model import OperationModel

from aiomoto._aws.names import check_names
from aiomoto._aws.parameters import error_code_of, in_body, parameters_of, protocol_of
from aiomoto._aws.scope import header
from aiomoto._aws.services import service_model, services
from aiomoto._aws.values import check_values, is_value
from aiomoto._calls.details import Details
from aiomoto._calls.record import Record
from aiomoto._errors import AiomotoError
from aiomoto._rules.answer import Answer
from aiomoto._rules.fault import Fault
from aiomoto._wire.message import ATTEMPT, INVOCATION_ID


class Call:
    """One attempt of a client to call AWS. A call that is retried has several attempts with one ``invocation_id``."""

    def __init__(self, record: Record) -> None:
        self._record = record

    @property
    def service(self) -> str | None:
        """botocore's name of the service: ``"s3"``; ``None`` if the request does not tell."""
        return self._record.identity.service

    @property
    def operation(self) -> str | None:
        """botocore's name of the operation: ``"PutObject"``; ``None`` if the request does not call one."""
        return self._record.identity.operation

    @property
    def region(self) -> str | None:
        """The region that the request is signed for, or that its client has; ``None`` if it does not tell."""
        return self._record.region

    @property
    def model(self) -> OperationModel | None:
        """botocore's model of the operation; ``None`` if it has none."""
        return self._record.identity.model

    @property
    def began(self) -> float:
        """When the request arrived, by a clock of seconds that nobody can set."""
        return self._record.began

    @property
    def details(self) -> Details | None:
        """Who has made the call, if that was noted."""
        return self._record.details

    @property
    def account(self) -> str:
        """The id of the account that the request acts in."""
        return self._record.account

    @cached_property
    def params(self) -> Mapping[str, Any]:
        """The parameters of the call by botocore's names, parsed from the request; those that parse.

        The body of an S3 object is among them only with ``mock_aws(record_bodies=True)``.

        Raises:
            AiomotoError: the parameters were in a body that was not recorded.
        """
        if self._unrecorded and not self._has_streaming_body:
            raise self._not_recorded_error()
        return _Parameters(self._found, self._unrecorded, str(self._not_recorded_error()))

    @property
    def method(self) -> str:
        """The HTTP method, in upper case."""
        return self._record.request.method

    @property
    def url(self) -> str:
        """The URL as it was sent."""
        return self._record.request.sent_url

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers as they were sent."""
        return MappingProxyType(self._record.request.headers)  # type: ignore[arg-type]

    @property
    def status(self) -> int | None:
        """The HTTP status of the response; ``None`` if there is none, or not yet."""
        return self._record.status

    @property
    def error_code(self) -> str | None:
        """The code of an error response, as the client parses it: ``"NoSuchKey"``; ``None`` without an error."""
        error = self._record.error
        return error_code_of(error, self._record.request, self._record.identity.model) if error else None

    @property
    def failure(self) -> str | None:
        """Why there is no response: how the connection failed (``"reset"``), or the name of an exception."""
        return self._record.failure

    @property
    def attempt(self) -> int:
        """The number of this attempt, as the client counts, from 1."""
        count = _ATTEMPT.search(header(self._record.request, "amz-sdk-request"))
        return int(count[1] if count else self._record.request.context.get(ATTEMPT, 1))

    @property
    def invocation_id(self) -> str | None:
        """The id that all attempts of one call share; ``None`` if it is not known.

        Clients of boto3 and aiobotocore send it; for those of the AWS SDK for Python v4 it is made up here.
        """
        request = self._record.request
        return header(request, "amz-sdk-invocation-id") or request.context.get(INVOCATION_ID)

    @property
    def duration(self) -> float | None:
        """Seconds until the response began, or until the call failed; ``None`` while it is pending."""
        return self._record.duration

    @property
    def backend(self) -> str:
        """What sent the request: ``"boto3"``, ``"aiohttp"``, ``"httpx"``, ``"aws-sdk"``, ``"endpoint"``, ..."""
        return self._record.backend

    @property
    def fault(self) -> Fault | None:
        """The rule of ``aws.faults`` that acted on the call; ``None`` if none did."""
        return self._record.fault

    @property
    def rule(self) -> Fault | Answer | None:
        """The rule of ``aws.faults`` or ``aws.answers`` that acted on the call; the fault if both did."""
        return self._record.fault or self._record.answer

    @property
    def protocol(self) -> str:
        """botocore's name of the protocol that the request uses: ``"rest-xml"``, ``"json"``."""
        if (model := self._record.identity.model) is not None:
            return protocol_of(self._record.request, model)
        return str(service_model(self.service).metadata["protocol"]) if self.service in services() else "rest-json"

    @property
    def request_body(self) -> bytes | None:
        """The body as it was sent; ``None`` without ``mock_aws(record_bodies=True)``."""
        return self._record.request_body

    @property
    def response_body(self) -> bytes | None:
        """The body of the response; ``None`` without ``mock_aws(record_bodies=True)``."""
        body = self._record.response_body
        return None if body is None else bytes(body)

    @property
    def error_body(self) -> bytes | None:
        """The body of the response if it is an error or a redirect, recorded or not."""
        return self._record.error.body if self._record.error is not None else None

    def matches(self, service: str | None = None, operation: str | None = None, /, **params: object) -> bool:
        """Tell whether the call is to a service and an operation, and has these parameters.

        Args:
            service: botocore's name of the service; ``None`` matches any.
            operation: botocore's name of the operation; ``None`` matches any.
            params: values of parameters. The call may have others as well.

        Raises:
            ArgumentError: botocore has no such service, operation or parameter, or a value has the wrong type.
            AiomotoError: the result depends on a body that was not recorded.
        """
        check_names(service, operation, params)
        check_values(service, operation, params)
        return self.is_to(service, operation) and self.has(params)

    def moto(self) -> Any:
        """Ask Moto for its answer, in the shape that the client returns, in a function of ``aws.answers``.

        An async function has to await it. Each call of it asks Moto once more.

        Raises:
            ClientError: Moto answers with an error.
            RequestBlockedError: Moto does not have the service.
            NotImplementedError: Moto does not have the operation.
            AiomotoError: the call was not given to a function of ``aws.answers``.
        """
        raise AiomotoError("moto() is for the functions of aws.answers: this call has been answered already")

    @property
    def events(self) -> AsyncIterator[dict[str, Any]]:
        """The events that the client sends, as they come: ``async for event in call.events``, for an async function.

        Each is a mapping of one member by botocore's names, ``{"AudioEvent": {"AudioChunk": b"..."}}``.

        Raises:
            AiomotoError: the operation takes no stream of events, or the call was not given to a function of
                ``aws.answers``.
        """
        raise AiomotoError("events is for the functions of aws.answers: the events of this call have been sent already")

    def is_to(self, service: str | None, operation: str | None) -> bool:
        """Tell whether the call is to a service and an operation; ``None`` matches any."""
        return service in (None, self.service) and operation in (None, self.operation)

    def has(self, params: Mapping[str, object]) -> bool:
        """Tell whether the call has these parameters. It may have others as well.

        Raises:
            AiomotoError: the result depends on a body that was not recorded.
        """
        if not all(self._has(name, value) for name, value in params.items() if name not in self._unrecorded):
            return False
        if not self._unrecorded.isdisjoint(params):
            raise self._not_recorded_error()
        return True

    def _has(self, name: str, value: object) -> bool:
        model = self._record.identity.model
        if model is None or name not in self._found:
            return False
        return is_value(model.input_shape.members[name], value, self._found[name])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Call) and self._record is other._record

    def __hash__(self) -> int:
        return id(self._record)

    def __str__(self) -> str:
        return f"{title(self.service, self.operation, self.shown_params)} {self.outcome}"

    def __repr__(self) -> str:
        return f"<Call {self}>"

    @property
    def outcome(self) -> str:
        """The outcome of the call in a word or two: ``"200"``, ``"503 SlowDown"``, ``"reset"``, ``"pending"``."""
        if self.status is None:
            return self.failure or "pending"
        return (
            f"{self.status} {self.error_code}" if self.error_code not in (None, str(self.status)) else f"{self.status}"
        )

    @property
    def has_failed(self) -> bool:
        """Whether there is no response and never will be, or the response is an error."""
        return self.failure is not None or (self.status or 0) >= 400

    @property
    def shown_params(self) -> str:
        """The parameters on one line, or the reason why they cannot be shown."""
        try:
            return arguments(self.params)
        except AiomotoError as error:
            return f"({error})"

    @cached_property
    def _found(self) -> dict[str, Any]:
        model = self._record.identity.model
        found = parameters_of(self._record.addressed, model) if model is not None else {}
        return {name: value for name, value in found.items() if name not in self._unrecorded}

    @cached_property
    def _unrecorded(self) -> frozenset[str]:
        """The parameters that the call may have had in a body that was not recorded."""
        record = self._record
        model = record.identity.model
        return in_body(record.request, model) if record.lacks_body and model is not None else frozenset()

    @property
    def _has_streaming_body(self) -> bool:
        """Whether the body is the value of one parameter, such as the content of an S3 object."""
        model = self._record.identity.model
        return bool(model is not None and model.has_streaming_input)

    def _not_recorded_error(self) -> AiomotoError:
        what = ", ".join(sorted(self._unrecorded)) if self._has_streaming_body else "the parameters"
        return AiomotoError(
            f"cannot tell {what} of this {self.service} {self.operation}: its body of {self._record.size} bytes was "
            "not recorded. To record all bodies, write mock_aws(record_bodies=True)"
        )


class _Parameters(dict[str, Any]):
    """The recorded parameters of a call. To look up one that was not recorded is an error."""

    def __init__(self, found: Mapping[str, object], unrecorded: frozenset[str], message: str) -> None:
        super().__init__(found)
        self._unrecorded = unrecorded
        self._message = message

    def __missing__(self, name: str) -> Any:
        raise AiomotoError(self._message) if name in self._unrecorded else KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a parameter, or ``default`` if the call does not have it."""
        return self[name] if name in self or name in self._unrecorded else default


def number_of_calls(attempts: Iterable[Call]) -> int:
    """The number of calls that these attempts belong to."""
    return len({call.invocation_id or id(call) for call in attempts})


def title(service: str | None, operation: str | None, parameters: str) -> str:
    """Format a call as Python code: ``s3.PutObject(Bucket='b')``."""
    return printable(f"{service or '?'}.{operation or '*'}({parameters})")


def printable(string: str) -> str:
    """Escape line breaks and other unprintable characters: a request may contain any."""
    if string.isprintable():
        return string
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in string)


def arguments(params: Mapping[str, object]) -> str:
    """Format parameters as Python keyword arguments, long values abbreviated."""
    return ", ".join(f"{name}={abbreviated(value)}" for name, value in params.items())


def abbreviated(value: object) -> str:
    """Format a value as Python does, long ones abbreviated."""
    return _SHORT.repr(value)


_ATTEMPT = re.compile(r"(?:^|[;\s])attempt=([0-9]{1,9})(?![0-9])")

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlevel = 3
