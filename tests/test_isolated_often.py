"""Isolated mocks by the hundred in one process, in turns with others."""

from __future__ import annotations

from typing import Any

import pytest
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID

from aiomoto import mock_aws


def backends() -> list[Any]:
    """What one line finds a few times: CPython remembers what it calls there."""
    services = get_backend("sqs")
    return [services[DEFAULT_ACCOUNT_ID]["us-east-1"] for _ in range(4)]


@pytest.mark.thorough
def test_motos_backends_are_still_those_of_each_mock() -> None:
    """Python 3.13 stops noticing changes of a class after a thousand of them."""
    for number in range(600):
        with mock_aws(isolated=True):
            inside = backends()
        with mock_aws():
            outside = backends()
        assert len({id(each) for each in inside}) == 1, number
        assert not {id(each) for each in inside} & {id(each) for each in outside}, number
