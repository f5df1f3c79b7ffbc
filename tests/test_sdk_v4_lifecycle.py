"""Clients of the AWS SDK for Python v4 from before a mock, from inside and from after it, and wired by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from aiobotocore.session import get_session

from aiomoto import AiomotoError, RequestBlockedError, mock_aws
from tests.programs import run_source
from tests.sdk_v4 import (
    MotoHTTPClient,
    aiohttp,
    chain,
    client,
    configured,
    each_transport,
    each_transport_class,
    models,
)
from tests.snapshot import nothing_left_behind

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_data_left")]


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    """A region for what happens outside of a mock."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")


async def queue_names(sqs: Any) -> list[str]:
    listed = await sqs.list_queues(models("sqs").ListQueuesInput())
    return [url.rpartition("/")[2] for url in listed.queue_urls or []]


async def create_queue(sqs: Any, name: str) -> None:
    await sqs.create_queue(models("sqs").CreateQueueInput(queue_name=name))


KEYS = {"aws_access_key_id": "AKIAMINE", "aws_secret_access_key": "mine"}


# ---------------------------------------------------------------- before, inside, after


@each_transport
@pytest.mark.usefixtures("region", "sockets_collected")
async def test_a_client_from_before_is_answered_inside_and_goes_to_aws_afterwards(transport: Callable[[], Any]) -> None:
    async with await configured("sqs", transport=transport(), endpoint_uri="http://127.0.0.1:9", **KEYS) as sqs:
        with mock_aws():
            await create_queue(sqs, "jobs")
            assert await queue_names(sqs) == ["jobs"]
        with pytest.raises(Exception) as raised:  # noqa: PT011  (each transport has its own error)
            await queue_names(sqs)
    assert RequestBlockedError not in chain(raised.value)
    assert "9" in str(raised.value) or "REFUSED" in str(raised.value)


@each_transport
async def test_a_client_from_inside_fails_afterwards_and_works_in_the_next_mock(transport: Callable[[], Any]) -> None:
    from smithy_core.exceptions import SmithyError

    with mock_aws():
        sqs = await configured("sqs", transport=transport())
        await create_queue(sqs, "jobs")
    with pytest.raises(SmithyError, match="this client was created inside mock_aws\\(\\), which has ended") as raised:
        await queue_names(sqs)
    assert RequestBlockedError in chain(raised.value)
    with mock_aws():
        assert await queue_names(sqs) == []
    await sqs.close()


@each_transport
@pytest.mark.usefixtures("region")
async def test_a_copy_of_a_transport_from_inside_fails_afterwards_too(transport: Callable[[], Any]) -> None:
    with mock_aws():
        inside = transport()
    async with await configured("sqs", transport=deepcopy(inside), **KEYS) as sqs:
        with pytest.raises(RequestBlockedError):
            await queue_names(sqs)
        with mock_aws():
            assert await queue_names(sqs) == []
    await inside.close()


async def test_a_client_that_is_used_for_the_first_time_inside_fails_afterwards() -> None:
    async with client("sqs") as sqs:  # it has no transport yet
        with mock_aws():
            assert await queue_names(sqs) == []
        with pytest.raises(RequestBlockedError):
            await queue_names(sqs)


@pytest.mark.usefixtures("region")
async def test_a_client_from_between_two_mocks_is_answered_by_the_second() -> None:
    with mock_aws():
        pass
    async with await configured("sqs", **KEYS) as sqs:
        with mock_aws() as aws:
            assert await queue_names(sqs) == []
            assert [call.operation for call in aws.calls] == ["ListQueues"]


@each_transport
async def test_a_mock_leaves_nothing_behind(transport: Callable[[], Any]) -> None:
    models("sqs")
    await transport().close()
    with nothing_left_behind(), mock_aws():
        async with await configured("sqs", transport=transport()) as sqs:
            assert await queue_names(sqs) == []


async def test_a_closed_client_cannot_be_used() -> None:
    with mock_aws():
        transport = aiohttp()
        sqs = await configured("sqs", transport=transport)
        await transport.close()
        with pytest.raises(Exception, match="after the HTTP client has been closed"):
            await queue_names(sqs)


@each_transport_class
async def test_a_transport_that_would_bypass_the_mock_is_refused(kind: Callable[[], Any]) -> None:
    class Own(kind()):  # type: ignore[misc, valid-type]
        async def send(self, request: Any, **kwargs: Any) -> Any:
            raise AssertionError("sent")

    with mock_aws(), pytest.raises(RequestBlockedError, match="Own' would bypass the mock"):
        Own()


@each_transport_class
async def test_a_transport_that_calls_super_is_answered(kind: Callable[[], Any]) -> None:
    sent = []

    class Own(kind()):  # type: ignore[misc, valid-type]
        async def send(self, request: Any, **kwargs: Any) -> Any:
            sent.append(request.method)
            return await super().send(request, **kwargs)

    before = Own()
    with mock_aws():
        inside = Own()
        for each in (before, inside):
            async with await configured("sqs", transport=each) as sqs:
                assert await queue_names(sqs) == []
    assert sent == ["POST", "POST"]
    assert isinstance(inside, Own)


async def test_a_fake_transport_of_the_sdks_own_is_left_alone() -> None:
    from smithy_http.testing import MockHTTPClient

    fake = MockHTTPClient()
    fake.add_response(body=b'{"QueueUrls": ["https://example.com/theirs"]}')
    with mock_aws() as aws:
        async with await configured("sqs", transport=fake) as sqs:
            assert await queue_names(sqs) == ["theirs"]
        assert len(aws.calls) == 0


@each_transport
@pytest.mark.usefixtures("sockets_collected")
async def test_a_request_that_is_not_for_aws_is_the_transports_own(transport: Callable[[], Any]) -> None:
    from smithy_core import URI
    from smithy_http import Fields
    from smithy_http.aio import HTTPRequest

    request = HTTPRequest(
        method="GET", destination=URI(scheme="http", host="127.0.0.1", port=9, path="/"), fields=Fields()
    )
    with mock_aws() as aws:
        sent = transport()
        with pytest.raises(Exception) as raised:  # noqa: PT011  (each transport has its own error)
            await sent.send(request)
        await sent.close()
        assert len(aws.calls) == 0
    assert "9" in str(raised.value) or "REFUSED" in str(raised.value)


async def test_what_passes_through_goes_to_the_real_transport() -> None:
    passed = {"core": {"passthrough": {"urls": ["http://127.0.0.1:9/"]}}}
    with mock_aws(config=passed) as aws:
        for transport in (aiohttp(), MotoHTTPClient()):
            async with await configured("sqs", transport=transport, endpoint_uri="http://127.0.0.1:9") as sqs:
                with pytest.raises(Exception, match="Cannot connect to host"):
                    await queue_names(sqs)
        assert len(aws.calls) == 0


# ---------------------------------------------------------------- wired by hand


async def test_a_wired_client_needs_no_mock_no_keys_and_no_region() -> None:
    with nothing_left_behind():
        sts = await configured("sts", transport=MotoHTTPClient())
        identity = await sts.get_caller_identity(models("sts").GetCallerIdentityInput())
        await sts.close()
        del sts
    assert identity.account == "123456789012"


async def test_a_wired_client_shares_its_data_with_a_wired_session() -> None:
    from aiomoto import AioSession

    async with await configured("sqs", transport=MotoHTTPClient()) as ours, AioSession().create_client("sqs") as theirs:
        await create_queue(ours, "jobs")
        assert len((await theirs.list_queues())["QueueUrls"]) == 1


async def test_a_wired_client_keeps_the_keys_and_the_region_that_it_is_given() -> None:
    from smithy_aws_core.identity import AWSCredentialsIdentity
    from smithy_aws_core.identity.static import StaticCredentialsResolver

    with mock_aws() as aws:
        async with await configured("sqs", transport=MotoHTTPClient(), region="eu-west-1", **KEYS) as sqs:
            await queue_names(sqs)
        resolver = StaticCredentialsResolver(AWSCredentialsIdentity(access_key_id="AKIAOWN", secret_access_key="own"))
        own = {"aws_credentials_identity_resolver": resolver}
        async with await configured("sqs", transport=MotoHTTPClient(), **own) as sqs:
            await queue_names(sqs)
        signed = [call.headers["Authorization"].partition("Credential=")[2].split("/")[:3:2] for call in aws.calls]
    assert signed == [["AKIAMINE", "eu-west-1"], ["AKIAOWN", "us-east-1"]]


async def test_another_client_without_a_region_fails_as_ever_beside_a_wired_one() -> None:
    from smithy_aws_core.config import ConfigValidationError

    wired = MotoHTTPClient()
    with pytest.raises(ConfigValidationError, match="Region is required"):
        await configured("sqs")
    await wired.close()


async def test_a_wired_client_is_logged_by_a_mock() -> None:
    async with await configured("sqs", transport=MotoHTTPClient()) as sqs:
        with mock_aws() as aws:
            await create_queue(sqs, "jobs")
            assert [(call.operation, call.backend) for call in aws.calls] == [("CreateQueue", "aws-sdk")]


async def test_a_closed_wired_transport_cannot_be_used() -> None:
    transport = MotoHTTPClient()
    async with transport:
        sqs = await configured("sqs", transport=transport)
    with pytest.raises(Exception, match="after the HTTP client has been closed"):
        await queue_names(sqs)
    with pytest.raises(Exception, match="Cannot enter an HTTP client"):
        async with transport:
            pass


def test_a_wired_transport_is_refused_inside_motos_own_mock() -> None:
    import moto

    with moto.mock_aws(), pytest.raises(AiomotoError, match="inside Moto's own mock_aws"):
        MotoHTTPClient()


# ---------------------------------------------------------------- custom endpoints, pools, leaks


@pytest.mark.parametrize("endpoint", ["http://localhost:4566", "https://proxy.example.com/aws/east"])
async def test_any_endpoint_is_aws(endpoint: str) -> None:
    with mock_aws() as aws:
        async with await configured("sqs", endpoint_uri=endpoint) as sqs:
            await create_queue(sqs, "jobs")
        async with await configured("bedrock_runtime", endpoint_uri=endpoint) as bedrock:
            aws.bedrock.reply("hi")
            inputs = models("bedrock_runtime")
            message = inputs.Message(role="user", content=[inputs.ContentBlockText(value="hello")])
            await bedrock.converse(inputs.ConverseInput(model_id="m", messages=[message]))
        assert [call.operation for call in aws.calls] == ["CreateQueue", "Converse"]
        assert aws.calls.last.url == f"{endpoint}/model/m/converse"


async def test_the_endpoint_of_a_mock_is_its_endpoint_too() -> None:
    with mock_aws(endpoint=True) as aws:
        async with client("sqs") as sqs, get_session().create_client("sqs") as theirs:
            await create_queue(sqs, "jobs")
            assert len((await theirs.list_queues())["QueueUrls"]) == 1
        assert [call.backend for call in aws.calls] == ["aws-sdk", "aiohttp"]


CHILD = """
import asyncio
from aws_sdk_sqs.client import AsyncSQSClient
from aws_sdk_sqs.models import CreateQueueInput

async def main():
    async with AsyncSQSClient() as sqs:
        print((await sqs.create_queue(CreateQueueInput(queue_name="jobs"))).queue_url)

asyncio.run(main())
"""


def test_a_child_process_reaches_the_endpoint() -> None:
    models("sqs")
    with mock_aws(endpoint=True) as aws:
        result = run_source(CHILD)
        assert result.stdout.endswith("/123456789012/jobs\n"), result.stderr
        assert [(call.operation, call.backend) for call in aws.calls] == [("CreateQueue", "endpoint")]


async def test_unread_bodies_and_open_clients_are_leaks() -> None:
    polly = models("polly")
    with mock_aws() as aws:
        aws.answers.add("polly", "SynthesizeSpeech", {"AudioStream": b"x" * 1_000_000})
        ours = client("polly")
        output = await ours.synthesize_speech(
            polly.SynthesizeSpeechInput(output_format="mp3", text="Hi", voice_id="Joanna")
        )
        assert [(leak.kind, leak.service, leak.operation) for leak in aws.leaks] == [
            ("body", "polly", "SynthesizeSpeech"),
            ("client", "polly", None),
        ]
        assert str(aws.leaks[1].where).startswith(f"{__file__}:")
        await output.audio_stream.close()
        await ours.close()
        assert list(aws.leaks) == []


async def test_a_body_that_has_not_come_in_is_lost_with_its_client() -> None:
    polly = models("polly")
    with mock_aws(leaks="ignore") as aws:
        aws.answers.add("polly", "SynthesizeSpeech", {"AudioStream": b"x" * 1_000_000})
        async with client("polly") as ours:
            output = await ours.synthesize_speech(
                polly.SynthesizeSpeechInput(output_format="mp3", text="Hi", voice_id="Joanna")
            )
        with pytest.raises(RuntimeError, match="Connection closed"):
            await output.audio_stream.read()


async def test_unread_bodies_hold_the_connections_of_a_client() -> None:
    from smithy_core.exceptions import ClientTimeoutError

    polly = models("polly")
    with mock_aws(sleep="instant") as aws:
        aws.answers.add("polly", "SynthesizeSpeech", {"AudioStream": b"x" * 1_000_000})
        async with await configured("polly", max_attempts=1) as ours:
            asked_for = polly.SynthesizeSpeechInput(output_format="mp3", text="Hi", voice_id="Joanna")
            unread = [await ours.synthesize_speech(asked_for) for _ in range(100)]
            with pytest.raises(ClientTimeoutError) as raised:
                await ours.synthesize_speech(asked_for)
            await asyncio.gather(*(each.audio_stream.close() for each in unread))
    assert "all 100 connections of the client are in use" in str(raised.value.__cause__)


@each_transport
async def test_no_connection_is_opened(transport: Callable[[], Any]) -> None:
    connections: list[object] = []
    server = await asyncio.start_server(lambda reader, writer: connections.append(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with mock_aws():
            settings = {"transport": transport(), "endpoint_uri": f"http://127.0.0.1:{port}"}
            async with await configured("sqs", **settings) as sqs:
                await create_queue(sqs, "jobs")
                assert await queue_names(sqs) == ["jobs"]
        with pytest.raises(RequestBlockedError):
            await queue_names(await configured("sqs", **settings, region="us-east-1", **KEYS))
    assert connections == []
