"""The errors that aiomoto raises by itself.

    AiomotoError
    ├── ArgumentError (also a ValueError and a TypeError)
    ├── NoSuchPathError (also a NotImplementedError)
    └── RequestBlockedError

Everything else that a test sees is an error of the client it uses: botocore's, aiohttp's or Moto's own. There is one
warning, :class:`AiomotoLeakWarning`.
"""


class AiomotoError(Exception):
    """Base of every error that aiomoto raises by itself."""


class ArgumentError(AiomotoError, ValueError, TypeError):
    """An argument has a value that it cannot have, or cannot be combined with another."""


class NoSuchPathError(AiomotoError, NotImplementedError):
    """Moto has the service, but nothing at the path of the request."""


class RequestBlockedError(AiomotoError):
    """A request was about to leave the process, or was for a service that Moto does not have."""


class AiomotoLeakWarning(UserWarning):
    """A body, an event stream or a client was still open when its mock ended."""
