"""The loopback endpoint of a mock: where it is, and what the clients that need it want to be told."""

from __future__ import annotations

import os
from functools import partial

from aiomoto import _active
from aiomoto._endpoint.handler import EndpointHandler
from aiomoto._endpoint.server import EndpointServer
from aiomoto._environment.variables import environment, keys, region, variables_for_endpoint
from aiomoto._errors import AiomotoError
from aiomoto._exchange import Exchange


class Endpoint:
    """A mock's AWS over HTTP on the loopback interface: for clients that are not Python's, and for other processes.

    It listens on 127.0.0.1, on a port of its own, until its mock ends. Keys and region are those of the environment
    at the time of a call, and Moto's fake ones and us-east-1 where it has none.

    Attributes:
        url: where it is, such as ``"http://127.0.0.1:54321"``.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.url = ""
        self._exchange = exchange
        self._server = EndpointServer()

    def open(self) -> None:
        """Open the port and begin to answer, once. The mock does so when the endpoint is first asked for.

        Raises:
            AiomotoError: it has been closed, since the mock has ended.
            OSError: there is no port to be had.
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
            raise AiomotoError("mock_aws() has an endpoint only while it is live, and it has ended")
        port = self._server.listen()
        self._server.start(EndpointHandler(self._exchange, port), partial(_active.enter, self._exchange))
        self.url = f"http://127.0.0.1:{port}"

    def __str__(self) -> str:
        return self.url

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    def environ(self) -> dict[str, str]:
        """The environment of a child process whose AWS clients shall come here: ``subprocess.run(..., env=...)``.

        It is this process's, with the variables that ``mock_aws(endpoint=True)`` sets.
        """
        changed = os.environ | variables_for_endpoint(self.url, hide=environment.hides is not None)
        return {name: value for name, value in changed.items() if value is not None}

    def storage_options(self) -> dict[str, str]:
        """The options that polars, deltalake and obstore take for S3."""
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
        """The arguments of ``pyarrow.fs.S3FileSystem``, whose constructor reads no endpoint from the environment."""
        access_key, secret_key, token = keys()
        arguments = {
            "endpoint_override": self.url,
            "region": region(),
            "access_key": access_key,
            "secret_key": secret_key,
        }
        return arguments | ({"session_token": token} if token else {})

    def duckdb_secret(self, name: str = "aiomoto") -> str:
        """A statement for duckdb, which reads nothing from the environment: ``connection.execute(...)``.

        It creates, or replaces, a secret for all ``s3://`` URLs. The connection needs the httpfs extension.

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
        """Close the port and all connections to it, if that has not been done. The mock does so when it ends."""
        self._server.stop()


def _sql(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
