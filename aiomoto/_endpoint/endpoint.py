"""The loopback endpoint of a mock: its URL, and the settings that clients need to reach it."""

from __future__ import annotations

import os
from functools import partial

from aiomoto import _live
from aiomoto._copies import ExchangeCopy
from aiomoto._endpoint.handler import EndpointHandler
from aiomoto._endpoint.server import EndpointServer
from aiomoto._environment.variables import environment, keys, region, variables_for_endpoint
from aiomoto._errors import AiomotoError
from aiomoto._exchange import Exchange


class Endpoint:
    """A mock's AWS over HTTP on the loopback interface, for clients in other languages and other processes.

    It listens on its own port of 127.0.0.1 until its mock ends. Keys and region come from the environment at the time
    of a call; the defaults are Moto's fake keys and ``us-east-1``.
    """

    url: str
    """Its URL, such as ``"http://127.0.0.1:54321"``."""

    def __init__(self, exchange: Exchange) -> None:
        self.url = ""
        self._exchange = exchange
        self._server = EndpointServer()

    def open(self) -> None:
        """Open the port and start the server, once. The mock does this when a test first uses the endpoint.

        Raises:
            AiomotoError: the mock has ended.
            OSError: no port could be opened.
        """
        try:
            with self._server.lock:
                if not self.url:
                    self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        if self._server.is_stopped:
            raise AiomotoError("the mock has ended: use its endpoint while the mock is active")
        if isinstance(self._exchange, ExchangeCopy):
            raise AiomotoError(
                "this process was forked inside mock_aws(), before the endpoint was open. Write "
                "mock_aws(endpoint=True), or read aws.endpoint before the fork"
            )
        port = self._server.listen()
        self._server.start(EndpointHandler(self._exchange, port), partial(_live.enter, self._exchange))
        self._exchange.port = port
        self.url = f"http://127.0.0.1:{port}"

    def __str__(self) -> str:
        return self.url

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    def environ(self) -> dict[str, str]:
        """Return an environment for a child process that uses this endpoint: ``subprocess.run(..., env=...)``.

        It is this process's environment with the variables that ``mock_aws(endpoint=True)`` sets.
        """
        changed = os.environ | variables_for_endpoint(self.url, hide=environment.hides is not None)
        return {name: value for name, value in changed.items() if value is not None}

    def storage_options(self) -> dict[str, str]:
        """Return the S3 options of polars, deltalake and obstore."""
        access_key, secret_key, token = keys()
        options = {
            "aws_endpoint_url": self.url,
            "aws_allow_http": "true",
            "aws_region": region(),
            "aws_access_key_id": access_key,
            "aws_secret_access_key": secret_key,
        }
        return options | ({"aws_session_token": token} if token else {})

    def pyarrow(self) -> dict[str, str]:
        """Return arguments for ``pyarrow.fs.S3FileSystem``, which reads no endpoint from the environment."""
        access_key, secret_key, token = keys()
        arguments = {
            "endpoint_override": self.url,
            "region": region(),
            "access_key": access_key,
            "secret_key": secret_key,
        }
        return arguments | ({"session_token": token} if token else {})

    def duckdb_secret(self, name: str = "aiomoto") -> str:
        """Return an SQL statement for duckdb, which reads nothing from the environment: ``connection.execute(...)``.

        It creates or replaces a secret for all ``s3://`` URLs. The connection needs the httpfs extension.

        Args:
            name: the name of the secret.
        """
        access_key, secret_key, token = keys()
        options = {"KEY_ID": access_key, "SECRET": secret_key, "REGION": region(), "URL_STYLE": "path"}
        options["ENDPOINT"] = self.url.removeprefix("http://")
        if token:
            options["SESSION_TOKEN"] = token
        settings = [f"{option} {_sql(value)}" for option, value in options.items()]
        quoted = name.replace('"', '""')
        return f'CREATE OR REPLACE SECRET "{quoted}" (TYPE s3, {", ".join(settings)}, USE_SSL false)'

    def close(self) -> None:
        """Close the port and all its connections, once. The mock does this when it ends."""
        self._server.stop()


def _sql(value: str) -> str:
    escaped = value.replace("'", "''")
    return f"'{escaped}'"
