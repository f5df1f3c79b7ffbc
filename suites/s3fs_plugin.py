"""A pytest plugin for s3fs's own test suite: where it starts Moto's server, it gets a mock in this process.

``nox -s s3fs_suite`` downloads the source distribution of the s3fs that is installed, and runs its tests with this: all
of them.
"""

from __future__ import annotations

from typing import Any

import pytest
from moto.moto_server import threaded_moto_server

from aiomoto import mock_aws

_aws = mock_aws()


class InsteadOfServer:
    """Stands for ``ThreadedMotoServer``. The endpoint that the tests name is nobody's: no port is opened."""

    def __init__(self, **_: Any) -> None:
        pass

    def start(self) -> None:
        """Begin the mock."""
        _aws.start()

    def stop(self) -> None:
        """End the mock."""
        _aws.stop()


threaded_moto_server.ThreadedMotoServer = InsteadOfServer


@pytest.fixture(autouse=True)
def _no_data(request: pytest.FixtureRequest) -> None:
    """Do what the tests ask of the server by ``POST /moto-api/reset``, which the mock does not answer."""
    if "reset_s3_fixture" in request.fixturenames:
        _aws.reset()
