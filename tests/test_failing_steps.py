"""A start or an end that fails at any of its steps puts everything back, and raises what failed."""

from __future__ import annotations

import atexit
import copy
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

import aiobotocore.endpoint
import moto.core.model_instances
import pytest
from botocore.httpsession import URLLib3Session
from moto.core.base_backend import BackendDict
from moto.core.models import responses_mock

from aiomoto import AiomotoError, mock_aws
from tests.buckets import bucket_names, create_bucket
from tests.snapshot import nothing_left_behind

pytestmark = [pytest.mark.usefixtures("own_keys"), pytest.mark.thorough]


class Boom(Exception):
    """What fails."""


def fail(*_: Any, **__: Any) -> Any:
    raise Boom("something of another package's")


def fails_once(original: Callable[..., Any]) -> Callable[..., Any]:
    """Fail the first time: what fails for good cannot be put back, by anybody."""
    failures = [Boom("for once")]

    def function(*args: Any, **kwargs: Any) -> Any:
        if failures:
            raise failures.pop()
        return original(*args, **kwargs)

    return function


class BrokenModels(dict[str, Any]):
    def values(self) -> Any:
        raise Boom

    def items(self) -> Any:
        raise Boom

    def __iter__(self) -> Any:
        raise Boom


def break_data(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BackendDict, "reset", fail)


def break_models(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(moto.core.model_instances, "model_data", BrokenModels())


def break_responses_stop(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(responses_mock, "stop", fail)


def break_responses_reset(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(responses_mock, "reset", fail)


def break_setting_variables(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(os, "putenv", fails_once(os.putenv))


def break_removing_variables(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(os, "unsetenv", fails_once(os.unsetenv))


def break_configuration(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(copy, "deepcopy", fails_once(copy.deepcopy))


def break_ports(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(socket, "create_server", fail)


def break_closing_ports(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(atexit, "unregister", fails_once(atexit.unregister))


def break_name(patch: pytest.MonkeyPatch) -> None:
    patch.delattr(aiobotocore.endpoint.AioEndpointCreator, "create_endpoint")


# What each needs of the mock, and whether it can fail at the start and at the end.
BREAKS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, str]] = {
    "data": (break_data, "", "start stop"),
    "models": (break_models, "", "stop"),
    "responses-stop": (break_responses_stop, "", "start stop"),
    "responses-reset": (break_responses_reset, "", "start stop"),
    "setting-variables": (break_setting_variables, "", "start stop"),
    "removing-variables": (break_removing_variables, "endpoint", "start stop"),
    "configuration": (break_configuration, "", "start"),
    "port": (break_ports, "endpoint", "start"),
    "closing-the-port": (break_closing_ports, "endpoint", "stop"),
    "name": (break_name, "", "start"),
}


@pytest.mark.parametrize(("break_it", "needs", "fails_at"), BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("within", [False, True], ids=["alone", "inside-another-mock"])
def test_whatever_fails_all_is_put_back(
    break_it: Callable[[pytest.MonkeyPatch], None],
    needs: str,
    fails_at: str,
    within: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(*, at_start: bool, at_stop: bool) -> list[str]:
        errors: list[str] = []
        aws = mock_aws(endpoint=needs == "endpoint")
        with monkeypatch.context() as patch:
            if at_start:
                break_it(patch)
            try:
                aws.start()
            except (Boom, AiomotoError):
                errors.append("start")
        if errors:
            return errors
        with monkeypatch.context() as patch:
            if at_stop:
                break_it(patch)
            try:
                aws.stop()
            except (Boom, AiomotoError):
                errors.append("stop")
        return errors

    with nothing_left_behind():
        if within:
            with mock_aws():
                create_bucket("photos")
                with nothing_left_behind():
                    run(at_start=True, at_stop=False)
                    run(at_start=False, at_stop="stop" in fails_at)
                assert bucket_names() == ["photos"]
        else:
            send = URLLib3Session.send
            assert run(at_start=True, at_stop=False) == (["start"] if "start" in fails_at else [])
            if "stop" in fails_at:
                assert run(at_start=False, at_stop=True) == ["stop"]
                assert run(at_start=True, at_stop=True) == [fails_at.split()[0]]
            assert URLLib3Session.send is send
            assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAMINE"
    with mock_aws():
        assert create_bucket("photos") == ["photos"]


def test_the_first_error_is_raised_with_a_note_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_left_behind():
        aws = mock_aws()
        aws.start()
        with monkeypatch.context() as patch:
            break_responses_stop(patch)
            break_data(patch)
            with pytest.raises(Boom, match="something of another package's") as raised:
                aws.stop()
    if sys.version_info >= (3, 11):
        assert raised.value.__notes__ == ["Another error: Boom: something of another package's"]


def test_an_end_that_fails_is_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_left_behind():
        aws = mock_aws()
        aws.start()
        with monkeypatch.context() as patch:
            break_data(patch)
            with pytest.raises(Boom):
                aws.stop()
        with pytest.raises(RuntimeError, match="before start"):
            aws.stop()
        with aws:
            assert bucket_names() == []
