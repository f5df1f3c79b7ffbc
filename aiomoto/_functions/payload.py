"""Payloads: events and results as JSON, errors as the Python runtime of AWS describes them.

https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
https://github.com/aws/aws-lambda-python-runtime-interface-client/blob/main/awslambdaric/bootstrap.py
"""

from __future__ import annotations

import base64
import json
import traceback
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

LARGEST_RESULT = 6291556  # bytes, as AWS's error message has it
TIMED_OUT = "Sandbox.Timedout"
_OURS = str(Path(__file__).parent.parent)


class FunctionError(NamedTuple):
    """How an invocation has failed.

    Attributes:
        kind: the ``errorType``.
        message: the ``errorMessage``.
        request_id: the id of the invocation; ``None`` if AWS leaves it out.
        stack: the ``stackTrace``; ``None`` if there is none.
    """

    kind: str
    message: str
    request_id: str | None = None
    stack: list[str] | None = None

    @property
    def payload(self) -> bytes:
        """The payload of the response."""
        fields: dict[str, Any] = {"errorMessage": self.message, "errorType": self.kind}
        if self.request_id is not None:
            fields["requestId"] = self.request_id
        if self.stack is not None:
            fields["stackTrace"] = self.stack
        return json.dumps(fields, ensure_ascii=False).encode()

    @property
    def log(self) -> str:
        """What the runtime writes to the log."""
        title = f"[ERROR] {self.kind}: {self.message}" if self.kind else f"[ERROR] {self.message}"
        return f"{title}\nTraceback (most recent call last):\n{''.join(self.stack)}" if self.stack else title


def error_of(error: BaseException, request_id: str) -> FunctionError:
    """Describe what a handler has raised."""
    if isinstance(error, SystemExit):
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
        message = f"RequestId: {request_id} Error: Runtime exited with error: exit status {status}"
        return FunctionError("Runtime.ExitError", message)
    return FunctionError(type(error).__name__, str(error), request_id, stack_of(error.__traceback__))


def timeout_error(request_id: str, seconds: float) -> FunctionError:
    """Say that a function has taken too long."""
    message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    return FunctionError(TIMED_OUT, message)


def result_of(value: Any, request_id: str) -> bytes | FunctionError:
    """Encode what a handler has returned."""
    try:
        payload = json.dumps(value, ensure_ascii=False, default=_number).encode()
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        return FunctionError("Runtime.MarshalError", message, request_id, [])
    return checked_size(payload)


def checked_size(payload: bytes) -> bytes | FunctionError:
    """Return a result, or the error that it is too large."""
    if len(payload) <= LARGEST_RESULT:
        return payload
    message = (
        f"Response payload size ({len(payload)} bytes) exceeded maximum allowed payload size ({LARGEST_RESULT} bytes)."
    )
    return FunctionError("Function.ResponseSizeTooLarge", message)


def tail_of(log: str) -> str:
    """The last 4 KB of a log, as ``LogResult`` has them."""
    return base64.b64encode(log.encode()[-4096:]).decode()


def stack_of(trace: TracebackType | None) -> list[str]:
    """Format a traceback from the handler on, as strings of two lines."""
    frames = traceback.extract_tb(trace)
    while frames and _is_ours(frames[0].filename):
        del frames[0]
    return traceback.format_list(frames)


def _is_ours(file: str) -> bool:
    return file.startswith(_OURS) or "/asyncio/" in file.replace("\\", "/")


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
