"""One call of a client to AWS, in the client's terms, which are worked out when they are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from reprlib import Repr
from typing import Any

from aiomoto._aws.names import check_names
from aiomoto._aws.parameters import error_code_of, in_body, parameters_of, protocol_of
from aiomoto._aws.scope import header
from aiomoto._aws.services import service_model, services
from aiomoto._aws.values import check_values, is_value
from aiomoto._calls.record import Record
from aiomoto._errors import AiomotoError
from aiomoto._rules.fault import Fault


class Call:
    """One attempt of a client to call AWS. A client that retries makes several, which share their ``invocation_id``."""

    def __init__(self, record: Record) -> None:
        self._record = record

    @property
    def service(self) -> str | None:
        """botocore's name of the service: ``"s3"``; ``None`` where the request does not tell."""
        return self._record.identity.service

    @property
    def operation(self) -> str | None:
        """botocore's name of the operation: ``"PutObject"``; ``None`` where the request is not one to an operation."""
        return self._record.identity.operation

    @property
    def region(self) -> str | None:
        """The region that the request is signed for."""
        return self._record.region

    @property
    def account(self) -> str:
        """The account that the request acts in."""
        return self._record.account

    @cached_property
    def params(self) -> Mapping[str, Any]:
        """The parameters of the call by botocore's names, as they were sent; those that can be read.

        The body of an S3 object is among them with ``mock_aws(record_bodies=True)`` only.

        Raises:
            AiomotoError: they were in a body that was not kept.
        """
        if self._unkept and not self._has_data:
            raise self._not_kept()
        return _Parameters(self._found, self._unkept, str(self._not_kept()))

    @property
    def method(self) -> str:
        """The HTTP method, in capitals."""
        return self._record.request.method

    @property
    def url(self) -> str:
        """The URL as it was sent."""
        return self._record.request.url

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers as they were sent."""
        return self._record.request.headers

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer; ``None`` where none has come."""
        return self._record.status

    @property
    def error_code(self) -> str | None:
        """The code of an answer that is an error, as the client reads it: ``"NoSuchKey"``."""
        error = self._record.error
        return error_code_of(error, self._record.request, self._record.identity.model) if error else None

    @property
    def failure(self) -> str | None:
        """What ended the call without an answer: a failed connection (``"reset"``) or the name of an exception."""
        return self._record.failure

    @property
    def attempt(self) -> int:
        """The client's count of its attempts, from 1."""
        count = _ATTEMPT.search(header(self._record.request, "amz-sdk-request"))
        return int(count[1]) if count else 1

    @property
    def invocation_id(self) -> str | None:
        """What the attempts of one call have in common; ``None`` where the client sends no such thing."""
        return header(self._record.request, "amz-sdk-invocation-id") or None

    @property
    def duration(self) -> float | None:
        """Seconds until the answer began, or until the call failed; ``None`` while it is under way."""
        return self._record.duration

    @property
    def backend(self) -> str:
        """What sent the request: ``"boto3"``, ``"aiohttp"``, ``"httpx"``, ``"requests"``, ``"endpoint"``."""
        return self._record.backend

    @property
    def fault(self) -> Fault | None:
        """The rule of ``aws.faults`` that acted on the call."""
        return self._record.fault

    @property
    def protocol(self) -> str:
        """botocore's name of the protocol that the request speaks: ``"rest-xml"``, ``"json"``."""
        if (model := self._record.identity.model) is not None:
            return protocol_of(self._record.request, model)
        return str(service_model(self.service).metadata["protocol"]) if self.service in services() else "rest-json"

    @property
    def request_body(self) -> bytes | None:
        """The body as it was sent, with ``mock_aws(record_bodies=True)``."""
        return self._record.request_body

    @property
    def response_body(self) -> bytes | None:
        """The body of the answer, with ``mock_aws(record_bodies=True)``."""
        return self._record.response_body

    def matches(self, service: str | None = None, operation: str | None = None, /, **params: Any) -> bool:
        """Tell whether the call is one to an operation, with these parameters among others.

        Raises:
            ArgumentError: botocore knows no such service, operation or parameter, or a value is not of its kind.
            AiomotoError: it depends on a parameter that was in a body that was not kept.
        """
        check_names(service, operation, params)
        check_values(service, operation, params)
        return self.is_to(service, operation) and self.has(params)

    def is_to(self, service: str | None, operation: str | None) -> bool:
        """Tell whether the call is one to a service and an operation; ``None`` stands for any."""
        return service in (None, self.service) and operation in (None, self.operation)

    def has(self, params: Mapping[str, Any]) -> bool:
        """Tell whether the call has these parameters, among others.

        Raises:
            AiomotoError: it depends on one that was in a body that was not kept.
        """
        if not all(self._has(name, value) for name, value in params.items() if name not in self._unkept):
            return False
        if not self._unkept.isdisjoint(params):
            raise self._not_kept()
        return True

    def _has(self, name: str, value: Any) -> bool:
        model = self._record.identity.model
        if model is None or name not in self._found:
            return False
        return is_value(model.input_shape.members[name], value, self._found[name])

    def __str__(self) -> str:
        return f"{title(self.service, self.operation, self.shown_params)} {self.outcome}"

    def __repr__(self) -> str:
        return f"<Call {self}>"

    @property
    def outcome(self) -> str:
        """What became of the call, in a word or two: ``"200"``, ``"503 SlowDown"``, ``"reset"``, ``"pending"``."""
        if self.status is None:
            return self.failure or "pending"
        return (
            f"{self.status} {self.error_code}" if self.error_code not in (None, str(self.status)) else f"{self.status}"
        )

    @property
    def shown_params(self) -> str:
        """The parameters on a line, or what keeps them from being shown."""
        try:
            return arguments(self.params)
        except AiomotoError as error:  # they were not kept: a table with a hole is better than none
            return f"({error})"

    @cached_property
    def _found(self) -> dict[str, Any]:
        model = self._record.identity.model
        found = parameters_of(self._record.addressed, model) if model is not None else {}
        return {name: value for name, value in found.items() if name not in self._unkept}

    @cached_property
    def _unkept(self) -> frozenset[str]:
        """The parameters that were in a body that was not kept, if the call had them."""
        record = self._record
        model = record.identity.model
        return in_body(record.request, model) if record.lacks_body and model is not None else frozenset()

    @property
    def _has_data(self) -> bool:
        """Whether the body is one parameter as it is, and not where the others are."""
        model = self._record.identity.model
        return bool(model is not None and model.has_streaming_input)

    def _not_kept(self) -> AiomotoError:
        what = ", ".join(sorted(self._unkept)) if self._has_data else "the parameters"
        return AiomotoError(
            f"cannot tell {what} of this {self.service} {self.operation}: its body of {self._record.size} bytes was "
            "not kept. mock_aws(record_bodies=True) keeps all bodies"
        )


class _Parameters(dict[str, Any]):
    """Parameters of a call, without those that were not kept: to ask for one of these is an error, not ``None``."""

    def __init__(self, found: Mapping[str, Any], unkept: frozenset[str], message: str) -> None:
        super().__init__(found)
        self._unkept = unkept
        self._message = message

    def __missing__(self, name: str) -> Any:
        raise AiomotoError(self._message) if name in self._unkept else KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a parameter, or a default where the call does not have it."""
        return self[name] if name in self or name in self._unkept else default


def title(service: str | None, operation: str | None, parameters: str) -> str:
    """A call as Python would write it: ``s3.PutObject(Bucket='b')``."""
    return on_a_line(f"{service or '?'}.{operation or '*'}({parameters})")


def on_a_line(text: str) -> str:
    """The text with all that would not show escaped: a request may have anything in the place of a name."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def arguments(params: Mapping[str, Any]) -> str:
    """Parameters as Python would write them, the long ones shortened."""
    return ", ".join(f"{name}={_SHORT.repr(value)}" for name, value in params.items())


_ATTEMPT = re.compile(r"(?:^|[;\s])attempt=([0-9]{1,9})(?![0-9])")

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlevel = 3
