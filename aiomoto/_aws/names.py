"""Names of botocore's that a user gives: services, operations, parameters. A wrong one is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from botocore.model import ServiceModel

from aiomoto._aws.services import service_model, services
from aiomoto._errors import ArgumentError


def check_names(service: str | None, operation: str | None, parameters: Iterable[str] = ()) -> None:
    """Make sure that there are such a service, such an operation of it, and such parameters of that.

    Raises:
        ArgumentError: there are not.
    """
    if service is None:
        if operation is not None:
            raise ArgumentError(f"the operation {operation!r} needs its service: operations of several have one name")
        return
    check_one("service", service, services())
    model = service_model(service)
    if operation is not None:
        check_one(f"operation of {service}", operation, model.operation_names)
    called = f"{service} {operation}" if operation else service
    for name in parameters:
        check_one(f"parameter of {called}", name, _parameters(model, operation))


def check_one(kind: str, name: str, known: Iterable[str]) -> None:
    """Make sure that a name is among those that are known.

    Raises:
        ArgumentError: it is not; the message has those that are like it.
    """
    options = list(known)
    if name in options:
        return
    raise ArgumentError(f"there is no {kind} {name!r}{suggestion(name, options)}")


def check_switch(name: str, value: object, *, may_be_none: bool = False) -> None:
    """Make sure that what is on or off is one of them.

    Raises:
        ArgumentError: it is neither.
    """
    if not (isinstance(value, bool) or (value is None and may_be_none)):
        allowed = "True, False or None" if may_be_none else "True or False"
        raise ArgumentError(f"{name} must be {allowed}, not {value!r}")


def suggestion(name: str, options: Iterable[str]) -> str:
    """The end of a message that a name is wrong: those that are like it, or all where they are few."""
    by_letters = {_letters(option): option for option in options}
    if 0 < len(by_letters) <= 10:
        return f": there are {', '.join(sorted(by_letters.values()))}"
    wanted = _letters(name)
    # Short names have few letters to be alike in.
    close = get_close_matches(wanted, by_letters, n=3, cutoff=0.7 if len(wanted) > 3 else 0.5)
    alike = [wanted] if wanted in by_letters else close
    return f": did you mean {' or '.join(repr(by_letters[match]) for match in alike)}?" if alike else ""


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, str(name))).lower()


def _parameters(service: ServiceModel, operation: str | None) -> list[str]:
    """The names of the parameters of an operation, or of all of a service's."""
    names = service.operation_names if operation is None else [operation]
    shapes = (service.operation_model(name).input_shape for name in names)
    return list(dict.fromkeys(member for shape in shapes if shape for member in shape.members))
