"""A pytest plugin that runs s3fs's own test suite against a mock in this process, in place of Moto's server.

``nox -s s3fs_suite`` downloads the source distribution of the installed s3fs, and runs all of its tests with
this plugin; with ``S3FS_STRICT=1`` in the environment in strict mode, but for the names of buckets: some have an
underscore.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from moto.moto_server import threaded_moto_server

from aiomoto import mock_aws

_aws = mock_aws(strict={"names": False} if os.environ.get("S3FS_STRICT") else False)


class InsteadOfServer:
    """Replaces ``ThreadedMotoServer``, and opens no port: the mock handles requests to the tests' endpoint."""

    def __init__(self, **_: Any) -> None:
        pass

    def start(self) -> None:
        """Start the mock."""
        _aws.start()

    def stop(self) -> None:
        """Stop the mock."""
        _aws.stop()


threaded_moto_server.ThreadedMotoServer = InsteadOfServer


@pytest.fixture(autouse=True)
def _no_data(request: pytest.FixtureRequest) -> None:
    """Reset the mock where a test sends ``POST /moto-api/reset`` to the server, which the mock does not handle."""
    if "reset_s3_fixture" in request.fixturenames:
        _aws.reset()
