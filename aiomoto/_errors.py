"""The errors that aiomoto raises by itself.

    AiomotoError
    ├── ArgumentError (also a ValueError)
    └── RequestBlockedError

Everything else that a test sees is an error of the client it uses: botocore's, aiohttp's or Moto's own.
"""


class AiomotoError(Exception):
    """Base of every error that aiomoto raises by itself."""


class ArgumentError(AiomotoError, ValueError):
    """An argument names what does not exist, or makes no sense beside another."""


class RequestBlockedError(AiomotoError):
    """A request was about to leave the process, or to a service that Moto does not have."""
