"""Whatever order a mock and a change of the environment end in, the machine's own values are back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest

from aiomoto import mock_aws
from tests.inner_runs import run_folder

pytest_plugins = ["pytester"]

MACHINES = {
    "AWS_ACCESS_KEY_ID": "AKIAMINE",
    "AWS_SECRET_ACCESS_KEY": "mine",
    "AWS_PROFILE": "work",
    "AWS_CONFIG_FILE": "/nonexistent/of/the/machine",
}


@pytest.fixture(params=[True, False], ids=["set-up", "bare"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str | None]]:
    """The AWS variables of a machine, and what they have to be again."""
    for name, value in MACHINES.items():
        if request.param:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name, raising=False)
    return iter([{name: os.environ.get(name) for name in MACHINES}])


def own(names: dict[str, str | None]) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in names}


def by_monkeypatch(name: str) -> Callable[[], None]:
    change = pytest.MonkeyPatch()
    change.setenv(name, "of-the-test")
    return change.undo


def by_removing(name: str) -> Callable[[], None]:
    change = pytest.MonkeyPatch()
    change.delenv(name, raising=False)
    return change.undo


def by_patch(name: str) -> Callable[[], None]:
    change = patch.dict(os.environ, {name: "of-the-test"})
    change.start()
    return lambda: (change.stop(), None)[1]


def by_clearing(name: str) -> Callable[[], None]:
    change = patch.dict(os.environ, {"STAGE": "test"}, clear=True)
    change.start()
    return lambda: (change.stop(), None)[1]


def by_hand(name: str) -> Callable[[], None]:
    before = os.environ.get(name)
    os.environ[name] = "of-the-test"

    def undo() -> None:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before

    return undo


CHANGES = (by_monkeypatch, by_removing, by_patch, by_clearing, by_hand)


@pytest.mark.parametrize("endpoint", [False, True], ids=["plain", "endpoint"])
@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_what_is_undone_after_the_mock_is_right_at_the_next_one(
    change: Callable[[str], Callable[[], None]], name: str, endpoint: bool, machine: Iterator[dict[str, str | None]]
) -> None:
    before = next(machine)
    first = mock_aws(endpoint=endpoint)
    first.start()
    undo = change(name)
    first.stop()
    undo()

    with mock_aws():
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
    assert own(before) == before


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_what_is_undone_after_the_mock_is_right_at_once(
    change: Callable[[str], Callable[[], None]], name: str, machine: Iterator[dict[str, str | None]]
) -> None:
    before, kind = next(machine), type(os.environ)

    @mock_aws
    def changed() -> Callable[[], None]:
        return change(name)

    changed()()

    assert own(before) == before
    assert type(os.environ) is kind


@pytest.mark.parametrize("endpoint", [False, True], ids=["plain", "endpoint"])
def test_several_changes_are_right_at_once(endpoint: bool, machine: Iterator[dict[str, str | None]]) -> None:
    before = next(machine)
    changes = pytest.MonkeyPatch()
    with mock_aws(endpoint=endpoint):
        for name in MACHINES:
            changes.setenv(name, "of-the-test")
        changes.delenv("AWS_SECRET_ACCESS_KEY")

    changes.undo()

    assert own(before) == before


def test_motos_own_mock_may_set_its_keys_after_a_change(machine: Iterator[dict[str, str | None]]) -> None:
    import moto

    before = next(machine)
    change = pytest.MonkeyPatch()
    with mock_aws():
        change.setenv("AWS_ACCESS_KEY_ID", "of-the-test")

    with moto.mock_aws():
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
    change.undo()

    assert own(before) == before


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_what_is_undone_inside_the_mock_is_right_after_it(
    change: Callable[[str], Callable[[], None]], machine: Iterator[dict[str, str | None]]
) -> None:
    before = next(machine)
    for name in MACHINES:
        with mock_aws():
            change(name)()
            assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
        assert own(before) == before


INNER = """
import os
import unittest
from unittest.mock import patch

import pytest

from aiomoto import mock_aws

MACHINES = {"AWS_ACCESS_KEY_ID": "AKIAMINE", "AWS_SECRET_ACCESS_KEY": "mine", "AWS_PROFILE": "work"}


def test_the_machine_is_what_it_was():
    assert {name: os.environ.get(name) for name in MACHINES} == MACHINES
    assert os.environ.get("AWS_CONFIG_FILE") == "/nonexistent/aws/config"
    assert not any("ENDPOINT" in name for name in os.environ if name.startswith("AWS_"))


@mock_aws(endpoint=True)
def test_with_monkeypatch(monkeypatch):
    for name in (*MACHINES, "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.setenv(name, "of-the-test")


test_after_monkeypatch = test_the_machine_is_what_it_was


class TestUnit(unittest.TestCase):
    @mock_aws
    def test_with_a_clean_up(self):
        change = patch.dict(os.environ, dict.fromkeys(MACHINES, "of-the-test"))
        change.start()
        self.addCleanup(change.stop)


test_after_a_clean_up = test_the_machine_is_what_it_was


@mock_aws
def test_with_everything_cleared(request):
    change = patch.dict(os.environ, {"STAGE": "test"}, clear=True)
    change.start()
    request.addfinalizer(change.stop)


test_after_everything_cleared = test_the_machine_is_what_it_was
"""


def test_the_next_test_finds_the_machines_own(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in MACHINES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/aws/config")
    pytester.makepyfile(INNER)

    run_folder(pytester).assert_outcomes(passed=7)


def test_keys_of_motos_own_mock_are_left_to_it(machine: Iterator[dict[str, str | None]]) -> None:
    import moto

    before = next(machine)
    with mock_aws():
        pass
    with moto.mock_aws():
        with mock_aws():
            assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
    assert own(before) == before
