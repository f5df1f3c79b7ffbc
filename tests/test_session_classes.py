"""HTTP session classes of the user's own: respected where they lead to a real session, refused where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partialmethod
from typing import Any, ClassVar

import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.endpoint import EndpointCreator
from botocore.httpsession import URLLib3Session

from aiomoto import MotoAIOHTTPSession, RequestBlockedError, mock_aws
from tests.buckets import bucket_names, create_bucket
from tests.conftest import Stack
from tests.loopback import Answer, LoopbackServer, loopback_server

pytestmark = pytest.mark.anyio

REGION = "us-east-1"


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as server:
        server.answer = Answer(200, body=b"from outside")
        yield server


def client_over(session_class: Any, service: str = "s3", **kwargs: Any) -> Any:
    return get_session().create_client(
        service, region_name=REGION, config=AioConfig(http_session_cls=session_class), **kwargs
    )


def logging_session(base: Any) -> Any:
    """A subclass that notes what it sends, and passes it on."""

    class LoggingSession(base):  # type: ignore[misc]
        sent: ClassVar[list[Any]] = []

        async def send(self, request: Any) -> Any:
            response = await super().send(request)
            self.sent.append((type(self).__name__, isinstance(self, base), request.method, response.status_code))
            return response

    return LoggingSession


def deaf_session(base: Any) -> Any:
    """A subclass that sends by itself."""

    class DeafSession(base):  # type: ignore[misc]
        async def send(self, request: Any) -> Any:
            raise AssertionError("sent past the mock")

    return DeafSession


def plain_session(base: Any) -> Any:
    class PlainSession(base):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["timeout"] = 5
            super().__init__(*args, **kwargs)

    return PlainSession


def mixed_session(base: Any) -> Any:
    class Logging:
        sent: ClassVar[list[str]] = []

        async def send(self, request: Any) -> Any:
            self.sent.append(request.method)
            return await super().send(request)  # type: ignore[misc]

    return type("MixedSession", (Logging, plain_session(base)), {})


async def test_a_subclass_is_used_and_mocked(stack: Stack) -> None:
    session_class = logging_session(stack.session_class)
    async with mock_aws(), client_over(session_class) as s3:
        await s3.create_bucket(Bucket="photos")
        assert bucket_names() == ["photos"]

    assert session_class.sent == [("LoggingSession", True, "PUT", 200)]


@pytest.mark.parametrize("make", [plain_session, mixed_session, lambda base: logging_session(logging_session(base))])
async def test_subclasses_of_any_shape_are_mocked(stack: Stack, make: Any) -> None:
    async with mock_aws(), client_over(make(stack.session_class)) as s3:
        await s3.create_bucket(Bucket="photos")
        assert bucket_names() == ["photos"]


async def test_a_client_of_a_subclass_is_blocked_after_the_mock(stack: Stack, server: LoopbackServer) -> None:
    mock = mock_aws()
    mock.start()
    async with client_over(logging_session(stack.session_class), endpoint_url=server.url) as s3:
        await s3.list_buckets()
        mock.stop()
        with pytest.raises(RequestBlockedError, match=r"created inside mock_aws\(\), which has ended"):
            await s3.list_buckets()

    assert server.received == []


async def test_a_subclass_from_before_the_mock_is_mocked_and_real_after(stack: Stack, server: LoopbackServer) -> None:
    keys = {"aws_access_key_id": "AKIAMINE", "aws_secret_access_key": "mine"}
    async with client_over(logging_session(stack.session_class), endpoint_url=server.url, **keys) as s3:
        async with mock_aws():
            create_bucket("photos")
            await s3.head_bucket(Bucket="photos")
            assert server.received == []
        await s3.head_bucket(Bucket="photos")

    assert len(server.received) == 1


async def test_a_subclass_that_is_let_out_sends_for_real(stack: Stack, server: LoopbackServer) -> None:
    config = {"core": {"passthrough": {"urls": [f"{server.url}/.*"]}}}
    async with (
        mock_aws(config=config),
        client_over(logging_session(stack.session_class), endpoint_url=server.url) as s3,
    ):
        answer = await s3.get_object(Bucket="photos", Key="thing")
        assert await answer["Body"].read() == b"from outside"


async def test_a_subclass_that_sends_by_itself_is_refused_when_the_client_is_made(stack: Stack) -> None:
    async with mock_aws():
        with pytest.raises(RequestBlockedError) as refused:
            async with client_over(deaf_session(stack.session_class)):
                pass

    for part in ("DeafSession", stack.session_class.__name__, "super().send(request)", "passthrough"):
        assert part in str(refused.value)


@pytest.mark.parametrize("pattern", ["{url}", "{url}/", "{url}/.*", "http://127.*"])
async def test_a_subclass_that_sends_by_itself_may_go_where_passthrough_leads(
    stack: Stack, server: LoopbackServer, pattern: str
) -> None:
    config = {"core": {"passthrough": {"urls": [pattern.format(url=server.url)]}}}
    async with mock_aws(config=config), client_over(deaf_session(stack.session_class), endpoint_url=server.url) as s3:
        with pytest.raises(Exception, match="sent past the mock"):
            await s3.list_buckets()


async def test_passthrough_of_another_endpoint_does_not_help(stack: Stack, server: LoopbackServer) -> None:
    async with mock_aws(config={"core": {"passthrough": {"urls": [server.url]}}}):
        with pytest.raises(RequestBlockedError, match="DeafSession"):
            async with client_over(deaf_session(stack.session_class), endpoint_url="http://127.0.0.1:1"):
                pass


class Unrelated:
    """Looks like a session, and is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    async def __aenter__(self) -> Unrelated:
        return self

    async def __aexit__(self, *args: object) -> None: ...

    async def send(self, request: Any) -> Any:
        raise AssertionError("sent past the mock")


async def test_an_unrelated_class_is_refused() -> None:
    async with mock_aws():
        with pytest.raises(RequestBlockedError, match="'Unrelated' would bypass the mock"):
            async with client_over(Unrelated):
                pass


async def test_a_client_wired_by_hand_inside_a_mock_goes_on_working_after_it() -> None:
    mock = mock_aws()
    mock.start()
    async with client_over(MotoAIOHTTPSession) as s3:
        mock.stop()
        assert (await s3.list_buckets())["Buckets"] == []


# ---------------------------------------------------------------- boto3


class LoggingURLLib3Session(URLLib3Session):  # type: ignore[misc]
    sent: ClassVar[list[str]] = []

    def send(self, request: Any) -> Any:
        self.sent.append(request.method)
        return super().send(request)


class DeafURLLib3Session(URLLib3Session):  # type: ignore[misc]
    def send(self, request: Any) -> Any:
        raise AssertionError("sent past the mock")


def boto3_client_over(session_class: type, patch: pytest.MonkeyPatch, **kwargs: Any) -> Any:
    """boto3 has no option for it: its users derive the creator of endpoints, or do this."""
    with patch.context() as inner:
        create_endpoint = partialmethod(EndpointCreator.create_endpoint, http_session_cls=session_class)
        inner.setattr(EndpointCreator, "create_endpoint", create_endpoint)
        return boto3.client("s3", region_name=REGION, **kwargs)


def test_a_subclass_of_boto3s_session_is_used_mocked_and_blocked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        s3 = boto3_client_over(LoggingURLLib3Session, monkeypatch)
        s3.create_bucket(Bucket="photos")
        assert bucket_names() == ["photos"]
        assert LoggingURLLib3Session.sent == ["PUT"]

    with pytest.raises(RequestBlockedError, match="which has ended"):
        s3.list_buckets()


@pytest.mark.parametrize("session_class", [DeafURLLib3Session, Unrelated])
def test_a_class_that_does_not_lead_to_boto3s_session_is_refused(
    session_class: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mock_aws(), pytest.raises(RequestBlockedError, match=r"would bypass the mock"):
        boto3_client_over(session_class, monkeypatch)


def test_a_class_that_sends_by_itself_may_go_where_passthrough_leads(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mock_aws(config={"core": {"passthrough": {"urls": [server.url]}}}):
        s3 = boto3_client_over(DeafURLLib3Session, monkeypatch, endpoint_url=server.url)
        with pytest.raises(AssertionError, match="sent past the mock"):
            s3.list_buckets()
