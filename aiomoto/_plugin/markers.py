"""The markers of the pytest plugin: the options and rules that they give to a test's mock, and rules without use."""

from __future__ import annotations

from inspect import isasyncgen, iscoroutine, signature
from typing import Any

import pytest

from aiomoto._aws.names import suggestion
from aiomoto._aws.regions import region_mistake
from aiomoto._calls.log import list_calls
from aiomoto._errors import ArgumentError
from aiomoto._mock import MockAWS
from aiomoto._moto.snapshot import Snapshot
from aiomoto._observers import functions_of
from aiomoto._options import LEAKS, NAMES, one_of
from aiomoto._rules.rule import Rule


def mock_with(options: dict[str, Any], defaults: dict[str, Any]) -> MockAWS:
    """Create the mock of a test, which fails if the marker's options are wrong.

    Args:
        options: the marker's.
        defaults: the settings for tests whose marker does not say it.
    """
    if (leaks := defaults["leaks"]) not in LEAKS:
        pytest.fail(f"aiomoto_leaks must be {one_of(LEAKS)}, not {leaks!r}", pytrace=False)
    mistake: Exception
    try:
        return MockAWS(**{**defaults, **options})
    except (ArgumentError, TypeError) as error:
        mistake = error
    written = ", ".join(f"{name}={value!r}" for name, value in options.items())
    pytest.fail(f"@pytest.mark.aiomoto({written}): {mistake}", pytrace=False)


_HOW_TO_AWAIT = (
    "Write @pytest_asyncio.fixture(scope='session', loop_scope='session') above it, or what the plugin for your event "
    "loop needs"
)


def with_state(options: dict[str, Any], state: object) -> dict[str, Any]:
    """Have a test begin with what ``aiomoto_state`` returned, unless its marker says otherwise."""
    if state is None or "state" in options:
        return options
    if not isinstance(state, Snapshot):
        is_unawaited = iscoroutine(state) or isasyncgen(state)
        hint = f". {_HOW_TO_AWAIT}" if is_unawaited else ""
        pytest.fail(f"aiomoto_state must return a snapshot or None, not {state!r}{hint}", pytrace=False)
    return {**options, "state": state}


def add_marked_rules(node: pytest.Item, aws: MockAWS) -> None:
    """Add the rules of all markers of a test: its own from top to bottom, then those of its class, then its module."""
    adding = {"aiomoto_fault": aws.faults.add, "aiomoto_answer": aws.answers.add}
    for each in reversed(node.listchain()):
        # Decorators are applied from bottom to top; a list in pytestmark keeps its order.
        markers = reversed(each.own_markers) if each is node else each.own_markers
        for marker in markers:
            if marker.name in adding and (mistake := _mistake_in(marker, adding[marker.name])):
                pytest.fail(f"{_as_written(marker)}: {mistake}", pytrace=False)


def _mistake_in(marker: pytest.Mark, add: Any) -> Exception | None:
    """Add the rule of a marker, or return what is wrong with it, so that the test fails with this message only."""
    parameters = signature(add).parameters
    known = [name for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY]
    for name in marker.kwargs.keys() - parameters.keys():
        return TypeError(f"it has no argument {name!r}{suggestion(name, known)}")
    try:
        add(*marker.args, **marker.kwargs)
    except (ArgumentError, TypeError) as error:
        return error
    return None


def unused_rules(aws: MockAWS) -> str | None:
    """Describe the rules that have acted on no call; ``None`` if there are none."""
    unused: list[Rule] = [*aws.faults.unused, *aws.answers.unused]
    if not unused:
        return None
    lines = [f"{rule.owner}: {rule!r} has acted on no call." for rule in unused]
    return "\n".join(
        [
            *lines,
            list_calls(aws.calls, unused[0].target),
            "Correct the rule, remove it, or add it with optional=True. `aiomoto_unused = ignore` in pytest's "
            "configuration switches this check off",
        ]
    )


def failed_functions(aws: MockAWS) -> str | None:
    """Describe the functions whose errors nobody has seen, and their endless chains; ``None`` if there are none."""
    functions = functions_of(aws)
    if functions is None or not (functions.errors or functions.unhandled):
        return None
    lines = [f"aws.functions: {error}" for error in functions.errors]
    lines += [
        f"aws.functions: {each.name!r}, invoked by {each.trigger}, has failed, and no further attempt has made up for "
        f"it:\n{each.traceback or each.log}"
        for each in functions.unhandled
    ]
    return "\n".join(
        [
            *lines,
            "Correct the function, or add it with may_fail=True. `aiomoto_functions = ignore` in pytest's "
            "configuration switches this check off",
        ]
    )


def _mistake_in_region(region: Any) -> str | None:
    if not isinstance(region, str):
        return f"region must be a str, not {region!r}"
    return region_mistake(region) if region else "region must not be empty"


def _as_written(marker: pytest.Mark) -> str:
    given = [*map(repr, marker.args), *(f"{name}={value!r}" for name, value in marker.kwargs.items())]
    return f"@pytest.mark.{marker.name}({', '.join(given)})"


def marked_options(node: pytest.Item) -> dict[str, Any]:
    """Merge the options of all markers of a test; the closest one wins."""
    known = {"region", *NAMES}
    options: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("aiomoto"))):
        if marker.args or not marker.kwargs.keys() <= known:
            names = ", ".join(f"{name}=" for name in sorted(known))
            written = f". Write region={marker.args[0]!r}" if marker.args and isinstance(marker.args[0], str) else ""
            wrong = "takes no positional argument, but" if marker.args else "takes"
            pytest.fail(f"{_as_written(marker)}: it {wrong} {names}{written}", pytrace=False)
        if (region := marker.kwargs.get("region")) is not None and (mistake := _mistake_in_region(region)):
            pytest.fail(f"{_as_written(marker)}: {mistake}", pytrace=False)
        options.update(marker.kwargs)
    return options
