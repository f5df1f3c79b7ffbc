"""Check the names that users pass: services, operations and parameters, as botocore spells them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from botocore.model import ServiceModel

from aiomoto._aws.services import service_model, services
from aiomoto._errors import ArgumentError


def check_names(service: str | None, operation: str | None, parameters: Iterable[str] = ()) -> None:
    """Check that botocore has the service, the operation and its parameters.

    Raises:
        ArgumentError: botocore does not have one of them, or an operation is given without its service.
    """
    if service is None:
        if misplaced := [name for name in parameters if name in ("service", "operation", "region")]:
            raise ArgumentError(
                f"{misplaced[0]}= is taken for a parameter of the call. Service and operation come first, without names"
            )
        if operation is not None:
            raise ArgumentError(f"operation {operation!r} requires a service: several services share operation names")
        return
    check_name("botocore", "service", service, services())
    model = service_model(service)
    if operation is not None:
        _check_operation(service, operation)
    owner = f"{service} {operation}" if operation else service
    for name in parameters:
        check_name(owner, "parameter", name, _parameters(model, operation))


def _check_operation(service: str, operation: str) -> None:
    names = service_model(service).operation_names
    if operation not in names and (sibling := _sibling_with(service, operation)):
        raise ArgumentError(f"{service} has no operation {operation!r}: it is an operation of {sibling!r}")
    check_name(service, "operation", operation, names)


def _sibling_with(service: str, operation: str) -> str | None:
    """The service of a similar name that has an operation: ``"bedrock-runtime"`` for ``"bedrock"``."""
    siblings = [name for name in services() if name.startswith(service) or service.startswith(name)]
    return next((name for name in siblings if operation in service_model(name).operation_names), None)


def check_name(owner: str, kind: str, name: str, known: Iterable[str]) -> None:
    """Check that an owner has a name of a kind: a service an operation, a section a key.

    Raises:
        ArgumentError: it does not; the message suggests similar names.
    """
    options = list(known)
    if name not in options:
        raise ArgumentError(f"{owner} has no {kind} {name!r}{suggestion(name, options)}")


def check_choice(argument: str, value: str, choices: Iterable[str]) -> None:
    """Check that an argument is one of a few choices.

    Raises:
        ArgumentError: it is not; the message lists the choices.
    """
    options = list(choices)
    if value not in options:
        *others, last = map(repr, options)
        listed = f"{', '.join(others)} or {last}"
        raise ArgumentError(f"{argument} must be {'one of ' if len(others) > 1 else ''}{listed}, not {value!r}")


def check_switch(name: str, value: object, *, may_be_none: bool = False) -> None:
    """Check that an on/off option is a bool; with ``may_be_none`` it may be ``None`` too.

    Raises:
        ArgumentError: it is not.
    """
    if not (isinstance(value, bool) or (value is None and may_be_none)):
        allowed = "True, False or None" if may_be_none else "True or False"
        raise ArgumentError(f"{name} must be {allowed}, not {value!r}")


def suggestion(name: str, options: Iterable[str]) -> str:
    """End the message about a wrong name: suggest similar names, or list all if there are only a few.

    Returns an empty string if there are many names and none is similar.
    """
    by_letters = {_letters(option): option for option in options}
    if 0 < len(by_letters) <= 10:
        return f"; it has {', '.join(sorted(by_letters.values()))}"
    wanted = _letters(name)
    # Short names share few letters even with what was meant.
    close = get_close_matches(wanted, by_letters, n=3, cutoff=0.7 if len(wanted) > 3 else 0.5)
    similar = [wanted] if wanted in by_letters else close
    return f"; did you mean {' or '.join(repr(by_letters[match]) for match in similar)}?" if similar else ""


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, str(name))).lower()


def _parameters(service: ServiceModel, operation: str | None) -> list[str]:
    """The names of the parameters of an operation, or of all operations of the service."""
    names = service.operation_names if operation is None else [operation]
    shapes = (service.operation_model(name).input_shape for name in names)
    return list(dict.fromkeys(member for shape in shapes if shape for member in shape.members))
