"""Genuine responses of the SDK's transports, each around a genuine response of aiohttp."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from typing import Any

from aiohttp import ClientError, ClientResponse
from smithy_http import tuples_to_fields
from smithy_http.aio import HTTPResponse


def http_response(response: ClientResponse) -> HTTPResponse:
    """Create the response that ``AIOHTTPClient`` returns."""
    fields = tuples_to_fields(response.headers.items())
    return HTTPResponse(status=response.status, fields=fields, body=_Body(response), reason=response.reason or None)


def crt_response(response: ClientResponse) -> Any:
    """Create the response that ``AWSCRTHTTPClient`` returns."""
    from smithy_http.aio.crt import AWSCRTHTTPResponse

    stream: Any = _CRTStream(response)
    fields = tuples_to_fields(response.headers.items())
    return AWSCRTHTTPResponse(status=response.status, fields=fields, stream=stream)


class _Body(AsyncIterable[bytes]):
    """The chunks of a body as they arrive."""

    def __init__(self, response: ClientResponse) -> None:
        self._response = response

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._response.content.iter_any().__aiter__()

    async def close(self) -> None:
        """Drop the rest, and give the connection back."""
        self._response.release()


class _CRTStream:
    """The part of awscrt's ``AIOHttpClientStreamUnified`` that tells of a response."""

    def __init__(self, response: ClientResponse) -> None:
        self._response = response

    async def get_response_status_code(self) -> int:
        """The status."""
        return self._response.status

    async def get_response_headers(self) -> list[tuple[str, str]]:
        """The headers."""
        return list(self._response.headers.items())

    async def get_next_response_chunk(self) -> bytes:
        """The next chunk of the body; empty at its end, also where the connection has failed."""
        with suppress(ClientError):  # awscrt tells of that only in wait_for_completion()
            return await self._response.content.readany()
        return b""

    async def wait_for_completion(self) -> int:
        """Wait for the end of the body, and return the status."""
        await self._response.content.wait_eof()
        return self._response.status
