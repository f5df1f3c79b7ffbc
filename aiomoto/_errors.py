"""The errors that aiomoto raises by itself.

    AiomotoError
    ├── ArgumentError (also a ValueError and a TypeError)
    ├── NoSuchPathError (also a NotImplementedError)
    └── RequestBlockedError

Everything else that a test sees is an error of the client it uses: botocore's, aiohttp's or Moto's own. There is one
warning, :class:`AiomotoLeakWarning`. In messages and tracebacks they have the names that a user imports.
"""


class AiomotoError(Exception):
    """Base of every error that aiomoto raises by itself."""

    __module__ = "aiomoto"


class ArgumentError(AiomotoError, ValueError, TypeError):
    """An argument has a value that it cannot have, or cannot be combined with another."""

    __module__ = "aiomoto"


class NoSuchPathError(AiomotoError, NotImplementedError):
    """Moto has the service, but nothing at the path of the request."""

    __module__ = "aiomoto"


class RequestBlockedError(AiomotoError):
    """A request was about to leave the process, or was for a service that Moto does not have."""

    __module__ = "aiomoto"


class AiomotoLeakWarning(UserWarning):
    """A body, an event stream or a client was still open when its mock ended."""

    __module__ = "aiomoto"
