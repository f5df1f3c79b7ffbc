"""The errors of the SDK's transports for connections that fail."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

from smithy_core.exceptions import SmithyError

from aiomoto._wire.failures import FailureKind

# By the names that awscrt gives them. Their numbers are awscrt's own affair.
_CRT_NAMES: dict[FailureKind, str] = {
    "connect_error": "AWS_IO_SOCKET_CONNECTION_REFUSED",
    "connect_timeout": "AWS_IO_SOCKET_TIMEOUT",
    "disconnect": "AWS_ERROR_HTTP_CONNECTION_CLOSED",
    "dns": "AWS_IO_DNS_INVALID_NAME",
    "read_timeout": "AWS_IO_SOCKET_TIMEOUT",
    "reset": "AWS_IO_SOCKET_CLOSED",
    "tls": "AWS_IO_TLS_ERROR_NEGOTIATION_FAILURE",
}
# What ``AWSCRTHTTPClient.send`` takes for a timeout.
_CRT_TIMEOUTS = ("connect_timeout", "read_timeout", "reset")


def crt_error(kind: FailureKind, client: Any) -> Exception:
    """Return the error that ``AWSCRTHTTPClient`` raises for a failed request."""
    from awscrt.exceptions import AwsCrtError

    name = _CRT_NAMES[kind]
    code, message = _crt_codes()[name]
    error: Exception = AwsCrtError(code, name, message)
    if kind not in _CRT_TIMEOUTS:
        return error
    timeout: Exception = client.TIMEOUT_EXCEPTIONS[0](f"CRT {error}")
    timeout.__cause__ = error
    return timeout


@lru_cache(maxsize=1)
def _crt_codes() -> dict[str, tuple[int, str]]:
    """awscrt's errors by name. It has no list of them: there are a few hundred among the first numbers."""
    from awscrt.exceptions import from_code

    errors: list[Any] = [from_code(code) for code in range(_MOST_CODES)]
    found = {each.name: (each.code, each.message) for each in errors if hasattr(each, "name")}
    return {name: found.get(name, (0, name)) for name in _CRT_NAMES.values()}


_MOST_CODES = 4096

Error = TypeVar("Error", bound=Exception)


def sdk_error(error: Error) -> Error:
    """Return an error that is what it is, and a ``SmithyError`` as well.

    The SDK raises a ``SmithyError`` around any other error, which hides what it is.
    """
    kind = type(error)
    both: Any = type(kind.__name__, (SmithyError, kind), {"__module__": kind.__module__})
    made: Error = both.__new__(both)
    made.args = error.args
    vars(made).update(vars(error))
    return made
