"""What a handler that ends in an error of Python should have answered."""

from __future__ import annotations

from traceback import walk_tb
from typing import Protocol

from botocore.model import OperationModel

from aiomoto._aws.documented_errors import documented_error, without_what_is_ignored
from aiomoto._aws.parameters import protocol_of
from aiomoto._errors import AiomotoError
from aiomoto._rules.answer_line import how_to_answer
from aiomoto._wire.message import WireRequest, WireResponse


class Identity(Protocol):
    """botocore's model of an operation; ``None`` if the request calls none."""

    @property
    def model(self) -> OperationModel | None:
        """The model."""


class Called(Protocol):
    """What a request calls, and the request; for S3, in path style."""

    @property
    def identity(self) -> Identity:
        """What it calls."""

    @property
    def addressed(self) -> WireRequest:
        """The request."""


def replaced(error: Exception, request: WireRequest, called: Called) -> WireResponse | WireRequest:
    """Find what AWS documents for a request: a response, or the request that the handler is to run instead.

    Args:
        error: the error that the handler ended in.
        request: the request.
        called: what it calls.

    Raises:
        Exception: the error itself, with a note of the operation if it is Moto's and nothing documents one.
    """
    model = called.identity.model
    if model is None or isinstance(error, _MEANT) or not _is_of_moto(error):
        raise error
    if (instead := without_what_is_ignored(error, request, model)) is not None:
        return instead
    if (documented := documented_error(error, called.addressed, model)) is not None:
        return documented.response(request, model.service_model.service_name, protocol_of(request, model))
    _add_note(error, model)
    raise error


# Errors that say what to do, and warnings that a test turns into errors.
_MEANT = (AiomotoError, ImportError, NotImplementedError, Warning)


def _is_of_moto(error: Exception) -> bool:
    """Tell whether an error came through Moto: what runs before a handler, and after it, has faults of its own."""
    frames = (frame for frame, _ in walk_tb(error.__traceback__))
    return any(str(frame.f_globals.get("__name__")).startswith("moto.") for frame in frames)


def _add_note(error: Exception, model: OperationModel) -> None:
    if hasattr(error, "add_note"):  # Python 3.11
        name = f"{model.service_model.service_name} {model.name}"
        error.add_note(f"Moto ended in this error in {name}. {how_to_answer(model)}")
