"""The options of a mock: what they are, and what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from inspect import Parameter, Signature
from typing import Any, Literal, TypedDict, get_type_hints

from aiomoto._aws.names import suggestion
from aiomoto._errors import ArgumentError
from aiomoto._hints import unknown_option, wrong_switch
from aiomoto._moto.configuration import own_config
from aiomoto._moto.snapshot import Snapshot


class OptionArguments(TypedDict, total=False):
    """The options of :func:`aiomoto.mock_aws`, which documents them, beside ``config``."""

    reset: bool
    remove_data: bool
    record_bodies: bool
    share_models: bool
    sleep: Literal["real", "instant"]
    fsspec: bool
    endpoint: bool
    leaks: Literal["ignore", "warn", "error"]
    state: Snapshot | None
    isolated: bool
    time: datetime | str | None
    strict: bool | Mapping[str, bool]
    iam: bool


@dataclass(frozen=True)
class Options:
    """The options of one mock, checked. ``config`` is a copy of what was given."""

    config: dict[str, Any] | None = None
    reset: bool = True
    remove_data: bool = True
    record_bodies: bool = False
    share_models: bool = True
    sleep: Literal["real", "instant"] = "real"
    fsspec: bool = True
    endpoint: bool = False
    leaks: Literal["ignore", "warn", "error"] = "ignore"
    state: Snapshot | None = None
    isolated: bool = False
    time: datetime | str | None = None
    strict: bool | Mapping[str, bool] = False
    iam: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", own_config(self.config))
        if self.sleep not in ("real", "instant"):
            raise ArgumentError(f"sleep must be 'real' or 'instant', not {self.sleep!r}")
        if self.leaks not in LEAKS:
            raise ArgumentError(f"leaks must be {one_of(LEAKS)}, not {self.leaks!r}")
        for name in SWITCHES:
            if not isinstance(value := getattr(self, name), bool):
                raise ArgumentError(wrong_switch(name, value))
        if self.state is not None:
            check_snapshot("state", self.state)
        if self.time is not None:
            from aiomoto._time.moments import start_of  # tests without it do without its module

            start_of(self.time)
        if self.strict is not False and self.strict is not True:
            object.__setattr__(self, "strict", _own_strict(self.strict))

    @property
    def initial(self) -> Snapshot | None:
        """The state that the mock begins with, unless it keeps the current data."""
        return self.state if self.reset else None


LEAKS = ("ignore", "warn", "error")
SWITCHES = ("reset", "remove_data", "record_bodies", "share_models", "fsspec", "endpoint", "isolated", "iam")
NAMES = tuple(field.name for field in fields(Options))


# What ``strict`` switches off by name.
STRICT_CHECKS = (
    "anonymous",
    "checksums",
    "forms",
    "names",
    "operations",
    "parameters",
    "parts",
    "preconditions",
    "presigned",
    "signatures",
    "sizes",
)


def signature() -> Signature:
    """Write the signature of ``mock_aws`` with all options, their types and defaults, for ``help``."""
    types = get_type_hints(Options)
    options = [
        Parameter(each.name, Parameter.KEYWORD_ONLY, default=each.default, annotation=types[each.name])
        for each in fields(Options)
    ]
    return Signature([Parameter("func", Parameter.POSITIONAL_ONLY, default=None), *options])


def _own_strict(given: object) -> dict[str, bool]:
    if not isinstance(given, Mapping):
        raise ArgumentError(
            f"strict must be True, False or a mapping of checks to switch off, {{{STRICT_CHECKS[1]!r}: False}}, "
            f"not {given!r}"
        )
    for name, value in given.items():
        if name not in STRICT_CHECKS:
            raise ArgumentError(
                f"strict has no check {name!r}{suggestion(str(name), STRICT_CHECKS) or '.'} It has "
                f"{', '.join(map(repr, STRICT_CHECKS))}"
            )
        if not isinstance(value, bool):
            raise ArgumentError(f"strict={{{name!r}: ...}} must be True or False, not {value!r}")
    return dict(given)


def check_snapshot(name: str, given: object) -> None:
    """Check what was given where a snapshot is meant.

    Raises:
        ArgumentError: it is not a snapshot.
    """
    if not isinstance(given, Snapshot):
        raise ArgumentError(f"{name} must be a snapshot, which aws.snapshot() returns, not {given!r}")


def one_of(values: tuple[str, ...]) -> str:
    """List what a value may be, in a sentence."""
    *others, last = map(repr, values)
    return f"{', '.join(others)} or {last}"


def options_from(config: dict[str, Any] | None, others: OptionArguments) -> Options:
    """Put together the options of a mock.

    Raises:
        ArgumentError: there is no such option, or a value is none that the option may have.
    """
    for name in sorted(others.keys() - set(NAMES)):
        raise ArgumentError(unknown_option(name, NAMES))
    if others.get("state") is not None and others.get("reset") is False:
        raise ArgumentError(
            "state=... replaces all data, and reset=False keeps it: leave out one of them, or call "
            "aws.restore(snapshot) inside the mock"
        )
    for name in ("reset", "remove_data"):
        if others.get("isolated") is True and others.get(name) is False:
            raise ArgumentError(
                f"isolated=True begins with no data and leaves none, and {name}=False keeps it: leave out one of them, "
                "or begin with data by state=snapshot"
            )
    return Options(config, **others)
