"""One call of a client to AWS, in the client's terms, which are worked out when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from reprlib import Repr
from typing import Any

from botocore.model import OperationModel

from aiomoto._calls.fault import Fault
from aiomoto._calls.identity import Identity, identify, in_path_style
from aiomoto._calls.record import Record
from aiomoto._errors import AiomotoError
from aiomoto._wire.message import WireRequest
from aiomoto._wire.operations import service_model, services
from aiomoto._wire.parameters import error_code_of, parameters_of, protocol_of
from aiomoto._wire.scope import header, scope_of


class Call:
    """One attempt of a client to call AWS. A client that retries makes several, which share their ``invocation_id``."""

    def __init__(self, record: Record) -> None:
        self._record = record

    @property
    def service(self) -> str | None:
        """botocore's name of the service: ``"s3"``; ``None`` where the request does not tell."""
        return self._identity.service

    @property
    def operation(self) -> str | None:
        """botocore's name of the operation: ``"PutObject"``; ``None`` where the request is not one to an operation."""
        return self._identity.operation

    @property
    def region(self) -> str | None:
        """The region that the request is signed for."""
        scope = scope_of(self._record.request)
        return scope.region if scope else None

    @property
    def account(self) -> str:
        """The account that the request acts in."""
        return self._record.account

    @cached_property
    def params(self) -> Mapping[str, Any]:
        """The parameters of the call by botocore's names, as they were sent.

        The body of an S3 object is among them with ``mock_aws(record_bodies=True)`` only.

        Raises:
            AiomotoError: they were in a body that was not kept.
        """
        model = self._model
        if model is None:
            return {}
        if self._record.lacks_body and not model.has_streaming_input:
            raise AiomotoError(
                f"the parameters of this {self.service} {self.operation} were in its body of {self._record.size} "
                "bytes, which was not kept: mock_aws(record_bodies=True) keeps all bodies"
            )
        return parameters_of(self._request, model, with_stream=self._record.keeps_bodies or self.service != "s3")

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
        return error_code_of(error, self._request, self._model) if error else None

    @property
    def failure(self) -> str | None:
        """What ended the call without an answer: a failed connection (``"reset"``) or the name of an exception."""
        return self._record.failure

    @property
    def attempt(self) -> int:
        """The client's count of its attempts, from 1."""
        fields = header(self._record.request, "amz-sdk-request").split(";")
        counts = [field.partition("=")[2] for field in fields if field.strip().startswith("attempt=")]
        return int(counts[0]) if counts else 1

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
        if self._model is not None:
            return protocol_of(self._request, self._model)
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
        """Tell whether the call is one to an operation, with these parameters among others."""
        if (service is not None and service != self.service) or (operation is not None and operation != self.operation):
            return False
        return all(name in self.params and self.params[name] == value for name, value in params.items())

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
        except Exception as error:  # of whatever kind: a table with a hole is better than none
            return f"({error})"

    @cached_property
    def _request(self) -> WireRequest:
        return in_path_style(self._record.request, self._record.destination, self._record.endpoint_hosts)

    @cached_property
    def _identity(self) -> Identity:
        return identify(self._request, self._record.destination)

    @cached_property
    def _model(self) -> OperationModel | None:
        service, operation = self._identity
        is_modelled = service in services() and operation in service_model(service).operation_names
        return service_model(service).operation_model(operation) if is_modelled else None


def title(service: str | None, operation: str | None, parameters: str) -> str:
    """A call as Python would write it: ``s3.PutObject(Bucket='b')``."""
    return f"{service or '?'}.{operation or '*'}({parameters})"


def arguments(params: Mapping[str, Any]) -> str:
    """Parameters as Python would write them, the long ones shortened."""
    return ", ".join(f"{name}={_SHORT.repr(value)}" for name, value in params.items())


_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlevel = 3
