"""Error responses as AWS sends them, in each of its protocols, from botocore's model of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from botocore.model import Shape

from aiomoto._aws.names import suggestion
from aiomoto._aws.output_cbor import cbor_document, cbor_map, cbor_members
from aiomoto._aws.output_check import check_members
from aiomoto._aws.output_headers import headers_of
from aiomoto._aws.output_json import json_bytes, json_members
from aiomoto._aws.output_xml import escaped, members_xml
from aiomoto._aws.services import service_model, services
from aiomoto._errors import ArgumentError
from aiomoto._wire.message import WireRequest, WireResponse

# Errors that services return without listing them in their models, by status:
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
# and the errors that botocore retries: botocore/data/_retry.json, botocore/retries/standard.py
_GENERIC: dict[str, int] = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "AuthFailure": 401,
    "BandwidthLimitExceeded": 509,
    "EC2ThrottledException": 503,
    "ExpiredToken": 400,
    "ExpiredTokenException": 403,
    "IncompleteSignature": 403,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidClientTokenId": 403,
    "InvalidToken": 400,
    "LimitExceededException": 400,
    "MissingAuthenticationToken": 403,
    "OptInRequired": 403,
    "PriorRequestNotComplete": 400,
    "ProvisionedThroughputExceededException": 400,
    "RequestExpired": 400,
    "RequestLimitExceeded": 503,
    "RequestThrottled": 400,
    "RequestThrottledException": 400,
    "RequestTimeTooSkewed": 403,
    "RequestTimeout": 400,
    "RequestTimeoutException": 400,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "SignatureDoesNotMatch": 403,
    "SlowDown": 503,
    "ThrottledException": 400,
    "Throttling": 400,
    "ThrottlingException": 400,
    "TooManyRequestsException": 429,
    "TransactionInProgressException": 400,
    "UnauthorizedOperation": 403,
    "UnrecognizedClientException": 403,
    "ValidationError": 400,
    "ValidationException": 400,
}
_MESSAGES = {
    "AccessDenied": "Access Denied",
    "ExpiredToken": "The provided token has expired.",
    "InternalError": "We encountered an internal error. Please try again.",
    "RequestTimeout": (
        "Your socket connection to the server was not read from or written to within the timeout period. "
        "Idle connections will be closed."
    ),
    "ServiceUnavailable": "Service is unable to handle request.",
    "SlowDown": "Please reduce your request rate.",
    "Throttling": "Rate exceeded",
    "ThrottlingException": "Rate exceeded",
}


@dataclass(frozen=True)
class ErrorResponse:
    """An error response of a service.

    Attributes:
        name: botocore's name of the error (``client.exceptions.NoSuchKey``), or a code that is in no model; ``None``
            for a response with a status only.
        status: the HTTP status; ``None`` for the error's own.
        code: the code on the wire; ``None`` for the error's own.
        message: the message; ``None`` for AWS's, or else for one that names aiomoto as its source.
        headers: headers in addition to the usual ones; they replace those of the same name.
        members: members that the model gives the error besides its message, in the shape that clients return.
        details: elements that S3 adds to an error without stating them in its model.
    """

    name: str | None
    status: int | None = None
    code: str | None = None
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)

    def check(self, service: str | None) -> None:
        """Check that the service has the error, or that its status is given, and that the error has the members.

        Raises:
            ArgumentError: the error is unknown and has no status, or a member is wrong.
        """
        if self.name is not None and self.members:
            check_members(f"{service} {self.name}", _shape(service, self.name), self.members)
        if self.name is None or self.status is not None or self.name in _GENERIC or _shape(service, self.name):
            return
        known = {name for shape in _shapes(service) for name in (shape.name, shape.error_code)}
        name = repr(self.name)
        mistake = f"{service} has no error {name}" if service else f"{name} is not an error common to all services"
        raise ArgumentError(
            f"{mistake}{suggestion(self.name, known | _GENERIC.keys()) or '.'} "
            "For a code that is in no model, pass status= too"
        )

    def response(self, request: WireRequest, service: str | None, protocol: str) -> WireResponse:
        """Create the response to a request.

        Args:
            request: the request.
            service: botocore's name of the service.
            protocol: botocore's name of the protocol that the request uses.
        """
        request_id = str(uuid4())
        if self.name is None:
            return WireResponse(self.status or 500, tuple(self.headers.items()), b"")
        shape = _shape(service, self.name)
        error = _Error(
            self.code or (shape.name if shape else self.name),
            self.code or (_code(service, shape) if shape else self.name),
            _message_of(self.name, self.members) if self.message is None else self.message,
            _status(self.name, shape, protocol) if self.status is None else self.status,
            shape,
            self.members if shape is not None else {},
            self.details,
        )
        headers, body = _serialize(error, service, protocol, request_id)
        length = {"content-length": str(len(body))}
        given = {name.lower() for name in self.headers}
        own = {name: value for name, value in (headers | length).items() if name not in given}
        pairs = tuple((own | dict(self.headers)).items())
        return WireResponse(error.status, pairs, b"" if request.method == "HEAD" else body)


@dataclass(frozen=True)
class _Error:
    """The content of an error response: the name of the error's shape, its code, its message, and so on."""

    name: str
    code: str
    message: str
    status: int
    shape: Shape | None
    members: Mapping[str, Any]
    details: Mapping[str, str]

    @property
    def sender(self) -> str:
        return "Receiver" if self.status >= 500 else "Sender"


def _shapes(service: str | None) -> list[Shape]:
    return list(service_model(service).error_shapes) if service in services() else []


def _shape(service: str | None, name: str) -> Shape | None:
    by_name = [shape for shape in _shapes(service) if name == shape.name]
    by_code = [shape for shape in _shapes(service) if name in (shape.error_code, _code(service, shape))]
    return next(iter([*by_name, *by_code]), None)


# Codes of the query protocol that SQS still sends, though they are no longer in its model.
# https://github.com/aws/api-models-aws/tree/main/models/sqs (the trait aws.protocols#awsQueryError)
_OLD_SQS_CODES = {
    "KmsAccessDenied": "KMS.AccessDeniedException",
    "KmsDisabled": "KMS.DisabledException",
    "KmsInvalidKeyUsage": "KMS.InvalidKeyUsageException",
    "KmsInvalidState": "KMS.InvalidStateException",
    "KmsNotFound": "KMS.NotFoundException",
    "KmsOptInRequired": "KMS.OptInRequired",
    "KmsThrottled": "KMS.ThrottlingException",
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
} | {
    name: f"AWS.SimpleQueueService.{name}"
    for name in (
        "BatchEntryIdsNotDistinct",
        "BatchRequestTooLong",
        "EmptyBatchRequest",
        "InvalidBatchEntryId",
        "MessageNotInflight",
        "PurgeQueueInProgress",
        "QueueDeletedRecently",
        "TooManyEntriesInBatchRequest",
        "UnsupportedOperation",
    )
}


def _code(service: str | None, shape: Shape) -> str:
    old = _OLD_SQS_CODES.get(shape.name) if service == "sqs" else None
    return old or str(shape.error_code)


def _message_of(name: str, members: Mapping[str, Any]) -> str:
    modelled = members.get("message", members.get("Message"))
    return str(_MESSAGES.get(name, f"{name}, from a rule of aiomoto") if modelled is None else modelled)


def _status(name: str, shape: Shape | None, protocol: str) -> int:
    trait = shape.metadata.get("error", {}) if shape is not None else {}
    if status := trait.get("httpStatusCode"):
        return int(status)
    if shape is not None and name not in _GENERIC:
        return 500 if shape.metadata.get("fault") else 400
    status = _GENERIC[name]
    # These protocols use 400 for all client errors: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
    return 400 if status < 500 and protocol in ("json", "smithy-rpc-v2-cbor") else status


# ---------------------------------------------------------------- the protocols


def _serialize(error: _Error, service: str | None, protocol: str, request_id: str) -> tuple[dict[str, str], bytes]:
    usual, body = _usual(error, service, protocol, request_id)
    modelled = headers_of(error.shape, error.members) if protocol.startswith("rest-") else {}
    # Some models have as a member what all services of the protocol send: the error's name.
    return usual | {name: value for name, value in modelled.items() if name.lower() not in usual}, body


def _usual(error: _Error, service: str | None, protocol: str, request_id: str) -> tuple[dict[str, str], bytes]:
    if protocol == "rest-xml" and service == "s3":
        return _s3(error, request_id)
    if protocol in ("rest-xml", "query"):
        details = f"<Error><Type>{error.sender}</Type>{_code_and_message(error)}</Error>"
        body = f"<ErrorResponse>{details}<RequestId>{request_id}</RequestId></ErrorResponse>"
        return {"content-type": "text/xml", "x-amzn-requestid": request_id}, body.encode()
    if protocol == "ec2":
        errors = f"<Errors><Error>{_code_and_message(error)}</Error></Errors>"
        body = f"<Response>{errors}<RequestID>{request_id}</RequestID></Response>"
        return {"content-type": "text/xml;charset=UTF-8"}, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()
    return _json_or_cbor(error, protocol, request_id)


def _s3(error: _Error, request_id: str) -> tuple[dict[str, str], bytes]:
    request_id = request_id.replace("-", "")[:16].upper()
    ids = f"<RequestId>{request_id}</RequestId><HostId>aiomoto</HostId>"
    details = "".join(f"<{name}>{escaped(value)}</{name}>" for name, value in error.details.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{_code_and_message(error)}{details}{ids}</Error>'
    headers = {"content-type": "application/xml", "x-amz-request-id": request_id, "x-amz-id-2": "aiomoto"}
    return headers, body.encode()


def _code_and_message(error: _Error) -> str:
    others = {name: value for name, value in error.members.items() if name not in ("Code", "Message")}
    members = members_xml(error.shape, others) if error.shape is not None else ""
    return f"<Code>{escaped(error.code)}</Code><Message>{escaped(error.message)}</Message>{members}"


def _json_or_cbor(error: _Error, protocol: str, request_id: str) -> tuple[dict[str, str], bytes]:
    headers = {"x-amzn-requestid": request_id}
    if error.code != error.name:
        # Services that once used the query protocol send their old codes like this (awsQueryCompatible).
        headers["x-amzn-query-error"] = f"{error.code};{error.sender}"
    # Models differ in the case of this name.
    message = "Message" if error.shape is not None and "Message" in error.shape.members else "message"
    if protocol == "smithy-rpc-v2-cbor":
        headers |= {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        encoded = {"__type": cbor_document(error.name), message: cbor_document(error.message)}
        return headers, cbor_map(encoded | (cbor_members(error.shape, error.members) if error.shape else {}))
    members = json_members(error.shape, error.members, is_rest=protocol == "rest-json") if error.shape else {}
    if protocol == "rest-json":
        headers |= {"content-type": "application/json", "x-amzn-errortype": error.name}
        return headers, json_bytes({message: error.message} | members)
    fields = {"__type": error.name, message: error.message}
    return headers | {"content-type": "application/x-amz-json-1.0"}, json_bytes(fields | members)
