"""The errors that AWS documents for requests at which Moto's handlers end in an error of Python.

No test can want a ``KeyError`` from a client. A row says which error of Python stands for which error of AWS: as
narrowly as the two can be told from the exception and the request, so that a fault of Moto's own is not taken for a
mistake of the request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore.model import OperationModel

from aiomoto._aws.error_responses import ErrorResponse
from aiomoto._aws.parameters import parameters_of
from aiomoto._aws.scope import header
from aiomoto._wire.message import WireRequest


class Failed(NamedTuple):
    """A request whose handler ended in an error of Python.

    Attributes:
        error: the error.
        request: the request.
        params: its parameters by botocore's names.
    """

    error: Exception
    request: WireRequest
    params: Mapping[str, Any]


class Documented(NamedTuple):
    """An error of AWS, and when an error of Python stands for it."""

    code: str
    status: int
    message: str
    when: Callable[[Failed], bool]


def documented_error(error: Exception, request: WireRequest, model: OperationModel) -> ErrorResponse | None:
    """Find the error that AWS documents for a request; ``None`` if nothing documents one.

    Args:
        error: the error of Python that the handler ended in.
        request: the request; for S3, in path style.
        model: the operation that it calls.
    """
    service = model.service_model.service_name
    rows = (*_ROWS.get((service, model.name), ()), *_ROWS.get((service, ""), ()))
    if not rows:
        return None
    failed = Failed(error, request, parameters_of(request, model))
    row = next((row for row in rows if row.when(failed)), None)
    return ErrorResponse(row.code, row.status, message=row.message) if row is not None else None


def without_what_is_ignored(error: Exception, request: WireRequest, model: OperationModel) -> WireRequest | None:
    """Leave out what AWS ignores and Moto ends in an error of Python for: a range that is none.

    S3 ignores what it cannot parse, as HTTP allows: https://www.rfc-editor.org/rfc/rfc9110#section-14.2
    """
    name = (model.service_model.service_name, model.name)
    given = header(request, "range")
    if name not in _RANGED or type(error) is not ValueError or not given or given.count("=") == 1:
        return None
    headers = {name: value for name, value in request.headers.items() if name.lower() != "range"}
    return WireRequest(
        request.method, request.url, headers, request.body, request.context, request.operation, request.is_plain
    )


_RANGED = (("s3", "GetObject"), ("s3", "HeadObject"))


def _is_missing(*names: str) -> Callable[[Failed], bool]:
    """Tell whether what was looked up in vain is the value of one of these parameters."""

    def is_missing(failed: Failed) -> bool:
        error = failed.error
        return isinstance(error, KeyError) and error.args in [(failed.params.get(name, failed),) for name in names]

    return is_missing


def _is_malformed(failed: Failed) -> bool:
    """Tell whether an XML body does not parse. Moto's parsers, expat's and ElementTree's, name their errors so."""
    return type(failed.error).__name__ in ("ExpatError", "ParseError")


def _has_no_body(failed: Failed) -> bool:
    return _is_malformed(failed) and not failed.request.body


def _lacks_part_or_member(failed: Failed) -> bool:
    """Tell whether a part lacks its number or its ETag, or no part parses."""
    parts = (failed.params.get("MultipartUpload") or {}).get("Parts") or [{}]
    is_complete = all(isinstance(part.get("PartNumber"), int) and part.get("ETag") for part in parts)
    return isinstance(failed.error, (AttributeError, IndexError, ValueError)) and not is_complete


def _is_missing_key(failed: Failed) -> bool:
    """Tell whether a key of KMS is missing. Some of Moto's operations do not find those that there are by their ARN."""
    return not str(failed.params.get("KeyId")).startswith("arn:") and _is_missing("KeyId")(failed)


def _has(name: str, kind: type[Exception]) -> Callable[[Failed], bool]:
    return lambda failed: isinstance(failed.error, kind) and name in failed.params


def _begins(kind: type[Exception], text: str, parameter: str = "") -> Callable[[Failed], bool]:
    """Tell whether an error of this kind says this, and the request has the parameter, if one is named."""

    def begins(failed: Failed) -> bool:
        given = not parameter or parameter in failed.params
        return given and isinstance(failed.error, kind) and str(failed.error).startswith(text)

    return begins


# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html lists all of S3's.
_NO_SUCH_UPLOAD = Documented(
    "NoSuchUpload",
    404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
    "completed.",
    _is_missing("UploadId"),
)
_NOT_WELL_FORMED = "The XML you provided was not well-formed or did not validate against our published schema"
_COPY_SOURCE = Documented(
    "InvalidArgument",
    400,
    "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
    lambda failed: isinstance(failed.error, ValueError) and "/" not in str(failed.params.get("CopySource")).strip("/"),
)

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
_STATEMENT: re.Pattern[str] = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|EXISTS)\b", re.IGNORECASE)
_NO_STATEMENT = Documented(
    "ValidationException",
    400,
    "Statement wasn't well formed, can't be processed",
    lambda failed: isinstance(failed.error, TypeError) and not all(map(_STATEMENT.match, _statements(failed.params))),
)
# What Moto's parser says of conditions that are none. It refuses some that DynamoDB accepts, too: on several lines,
# with an index above 9, or with NOT before NOT.
_NO_CONDITION = re.compile(
    r"Cannot use|Cannot parse condition starting at:(?!\s|\[\d+\])|Bad (?!NOT expression NOT NOT)|Wrong |"
    "Failed to close|Unmatched |Unexpected expression|Incomplete condition"
)


def _expression(name: str) -> Documented:
    return Documented(
        "ValidationException",
        400,
        f"Invalid {name}: Syntax error",
        lambda failed: isinstance(failed.error, ValueError) and bool(_NO_CONDITION.match(str(failed.error))),
    )


def _statements(params: Mapping[str, Any]) -> list[str]:
    entries = params.get("TransactStatements", [params])
    return [str(each.get("Statement", "")) for each in entries]


_ATTRIBUTES = (
    Documented(
        "InvalidAttributeValue",
        400,
        "A queue attribute value is invalid.",
        _begins(ValueError, "invalid literal for int"),
    ),
    Documented(
        "InvalidAttributeName",
        400,
        "Unknown Attribute.",
        lambda failed: (
            isinstance(failed.error, AttributeError)
            and "has no setter" in str(failed.error).replace("can't set attribute", "has no setter")
        ),
    ),
)

_ROWS: dict[tuple[str, str], tuple[Documented, ...]] = {
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html and its neighbours
    ("s3", "UploadPart"): (_NO_SUCH_UPLOAD,),
    ("s3", "UploadPartCopy"): (_NO_SUCH_UPLOAD, _COPY_SOURCE),
    ("s3", "CopyObject"): (_COPY_SOURCE,),
    ("s3", "CompleteMultipartUpload"): (
        _NO_SUCH_UPLOAD,
        Documented("InvalidRequest", 400, "You must specify at least one part", _has_no_body),
        Documented("MalformedXML", 400, _NOT_WELL_FORMED, _lacks_part_or_member),
    ),
    ("s3", "ListObjectsV2"): (
        Documented(
            "InvalidArgument", 400, "The continuation token provided is incorrect", _has("ContinuationToken", TypeError)
        ),
    ),
    # Any other operation
    ("s3", ""): (
        Documented("MissingRequestBodyError", 400, "Request Body is empty", _has_no_body),
        Documented("MalformedXML", 400, _NOT_WELL_FORMED, _is_malformed),
        Documented(
            "InvalidArgument",
            400,
            "Argument format not recognized",
            lambda failed: (
                isinstance(failed.error, AttributeError)
                and "groups" in str(failed.error)
                and any(name.startswith("Grant") for name in failed.params)
            ),
        ),
    ),
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
    ("dynamodb", "ExecuteStatement"): (_NO_STATEMENT,),
    ("dynamodb", "ExecuteTransaction"): (_NO_STATEMENT,),
    ("dynamodb", "DescribeExport"): (
        Documented("ExportNotFoundException", 400, "The specified export was not found.", _is_missing("ExportArn")),
    ),
    ("dynamodb", "DescribeImport"): (
        Documented("ImportNotFoundException", 400, "The specified import was not found.", _is_missing("ImportArn")),
    ),
    **{
        ("dynamodb", operation): (_expression("ConditionExpression"),)
        for operation in ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
    },
    **{("dynamodb", operation): (_expression("FilterExpression"),) for operation in ("Query", "Scan")},
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html#API_SetQueueAttributes_Errors
    ("sqs", "CreateQueue"): _ATTRIBUTES,
    ("sqs", "SetQueueAttributes"): _ATTRIBUTES,
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventSource.html
    ("events", "DescribeEventSource"): (
        Documented("ResourceNotFoundException", 400, "The event source does not exist.", _is_missing("Name")),
    ),
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html and its neighbours
    ("ssm", ""): (
        Documented(
            "InvalidNextToken",
            400,
            "The specified token is not valid.",
            _begins(ValueError, "invalid literal for int", "NextToken"),
        ),
    ),
    ("ssm", "CreateDocument"): (
        Documented(
            "InvalidDocumentContent",
            400,
            "The content for the document is not valid.",
            _begins(TypeError, "string indices must be integers", "Content"),
        ),
    ),
    # https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html and its neighbours
    ("kms", ""): (Documented("NotFoundException", 400, "The specified key does not exist.", _is_missing_key),),
    # https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
    ("kinesis", "GetRecords"): (
        Documented(
            "InvalidArgumentException",
            400,
            "Invalid ShardIterator.",
            lambda failed: isinstance(failed.error, ValueError),
        ),
    ),
    ("kinesis", "CreateStream"): (
        Documented(
            "InvalidArgumentException",
            400,
            "ShardCount is required for a stream in provisioned mode.",
            lambda failed: isinstance(failed.error, TypeError) and "ShardCount" not in failed.params,
        ),
    ),
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
    ("sts", "AssumeRoleWithSAML"): (
        Documented(
            "InvalidIdentityToken",
            400,
            "The SAML assertion is not valid.",
            lambda failed: isinstance(failed.error, UnicodeDecodeError) or _is_malformed(failed),
        ),
    ),
}
