"""Lower bounds for any mock: the client with a canned response, and Moto's handler called directly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cases import REGION, Step
from contenders import Client, Contender, perform


class Response(NamedTuple):
    """The response of a handler."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Floor(Contender):
    """A client whose HTTP session calls Moto's handler by name: no router, no lock, no stream."""

    def __init__(self) -> None:
        self.last: tuple[str, Any, bytes | None] | None = None
        self.canned: Response | None = None

    @asynccontextmanager
    async def aws(self) -> AsyncIterator[Any]:
        from moto.core.base_backend import BackendDict

        BackendDict.reset()
        self.last = self.canned = None
        yield self
        BackendDict.reset()

    def client(self, service: str) -> AbstractAsyncContextManager[Client]:
        from aiobotocore.config import AioConfig
        from aiobotocore.httpsession import AIOHTTPSession
        from aiobotocore.session import get_session

        floor = self

        class DirectSession(AIOHTTPSession):  # type: ignore[misc]
            async def send(self, request: Any) -> Any:
                return await floor.respond(service, request)

        config = AioConfig(http_session_cls=DirectSession)
        context: AbstractAsyncContextManager[Client] = get_session().create_client(
            service, region_name=REGION, config=config
        )
        return context

    async def respond(self, service: str, request: Any) -> Any:
        """Return the canned response, or else the handler's."""
        from aiobotocore.awsrequest import AioAWSResponse

        given = self.canned
        if given is None:
            self.last = service, request, await _read(request.body)
            given = self.replay()
        response = AioAWSResponse(request.url, given.status, given.headers, _Raw(given.body))
        if not request.stream_output:
            await response.content
        return response

    def replay(self) -> Response:
        """Call Moto's handler with the last request."""
        from botocore.awsrequest import AWSPreparedRequest, HeadersDict

        assert self.last is not None
        service, request, body = self.last
        prepared, url = _as_moto_wants(
            AWSPreparedRequest(request.method, request.url, HeadersDict(request.headers), body, False)
        )
        status, headers, content = _handler(service, request.url)(prepared, url, prepared.headers)
        fields = {str(name).lower(): str(value) for name, value in headers.items()}
        return Response(status, fields, content.encode() if isinstance(content, str) else content)


class ClientAlone(_Floor):
    """The client alone: it gets the same response every time."""

    async def act(self, client: Client, step: Step) -> None:
        """Make the call; the first one records the response."""
        await perform(client, step)
        if self.canned is None:
            self.canned = self.replay()


class HandlerAlone(_Floor):
    """Moto's handler alone: it is called with the same request every time."""

    async def act(self, client: Client, step: Step) -> None:
        """Call the handler; the first time through the client, which creates the request."""
        if self.canned is None:
            await perform(client, step)
            self.canned = self.replay()
        else:
            self.replay()


def _as_moto_wants(prepared: Any) -> tuple[Any, str]:
    # Since 5.2.4, Moto's handlers take Moto's own request class.
    try:
        from moto.core.request import normalize_request

        request: Any = normalize_request(prepared)
        return request, request.raw_url
    except (ImportError, AttributeError):
        return prepared, prepared.url


def _handler(service: str, url: str) -> Any:
    if service == "s3":
        # The host names the bucket.
        method = "bucket_dispatch" if urlsplit(url).path == "/" else "ambiguous_dispatch"
        return getattr(import_module("moto.s3.responses").S3Response, method)
    module, name = _RESPONSES[service]
    return getattr(import_module(f"moto.{module}.responses"), name).dispatch


# Moto's module and class of each service.
_RESPONSES = {
    "dynamodb": ("dynamodb", "DynamoHandler"),
    "iam": ("iam", "IamResponse"),
    "lambda": ("awslambda", "LambdaResponse"),
    "secretsmanager": ("secretsmanager", "SecretsManagerResponse"),
    "sns": ("sns", "SNSResponse"),
    "sqs": ("sqs", "SQSResponse"),
}


async def _read(body: Any) -> bytes | None:
    if not hasattr(body, "read"):
        return body  # type: ignore[no-any-return]
    data = body.read()
    return data if isinstance(data, bytes) else await data  # type: ignore[no-any-return]


class _Raw:
    """The part of a raw response that a client reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.content = self

    async def read(self, size: int = -1) -> bytes:
        """Return the body, the first time."""
        body, self._body = self._body, b""
        return body
