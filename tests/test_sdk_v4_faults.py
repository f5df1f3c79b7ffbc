"""Faults, scripted answers, attempts and skipped waits for clients of the AWS SDK for Python v4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aiomoto import AiomotoError, RequestBlockedError, mock_aws
from tests.sdk_v4 import NOVA, asked, chain, client, configured, each_transport, models

pytestmark = pytest.mark.anyio


def list_queues() -> Any:
    return models("sqs").ListQueuesInput()


def speech() -> Any:
    return models("polly").SynthesizeSpeechInput(output_format="mp3", text="Hi", voice_id="Joanna")


# ---------------------------------------------------------------- attempts and waits


@each_transport
async def test_attempts_of_a_call_are_counted_and_their_waits_skipped(transport: Callable[[], Any]) -> None:
    with mock_aws(sleep="instant") as aws:
        aws.faults.add("sqs", "ListQueues", raises="connect_timeout", times=2)
        async with await configured("sqs", transport=transport()) as sqs:
            await sqs.list_queues(list_queues())
            await sqs.list_queues(list_queues())
        calls = list(aws.calls)
        assert [(call.attempt, call.outcome) for call in calls] == [
            (1, "connect_timeout"),
            (2, "connect_timeout"),
            (3, "200"),
            (1, "200"),
        ]
        assert len({call.invocation_id for call in calls[:3]}) == 1
        assert calls[3].invocation_id not in (None, calls[0].invocation_id)
        assert [wait.why for wait in aws.slept] == ["retry", "retry"]


@each_transport
async def test_a_request_for_credentials_is_no_attempt_of_its_call(transport: Callable[[], Any]) -> None:
    from smithy_aws_core.identity import AWSCredentialsIdentity
    from smithy_core import URI
    from smithy_http import Fields
    from smithy_http.aio import HTTPRequest

    class OfInstance:
        async def get_identity(self, *, properties: Any) -> Any:
            token = URI(scheme="http", host="169.254.169.254", path="/latest/api/token")
            await (await sent.send(HTTPRequest(method="PUT", destination=token, fields=Fields()))).consume_body_async()
            return AWSCredentialsIdentity(access_key_id="AKIAOWN", secret_access_key="own")

    with mock_aws() as aws:
        sent = transport()
        async with await configured("sqs", transport=sent, aws_credentials_identity_resolver=OfInstance()) as sqs:
            await sqs.list_queues(list_queues())
        token, call = aws.calls
        assert (token.service, token.invocation_id) == ("instance_metadata", None)
        assert (call.operation, call.attempt) == ("ListQueues", 1)


async def test_a_modelled_error_that_may_be_retried_is() -> None:
    bedrock = models("bedrock_runtime")
    with mock_aws(sleep="instant") as aws:
        aws.faults.add("bedrock-runtime", error="ModelNotReadyException", times=1)
        aws.bedrock.reply("ready")
        async with client("bedrock_runtime") as ours:
            await ours.converse(bedrock.ConverseInput(model_id=NOVA, messages=asked("Hello")))
        assert [(call.attempt, call.status) for call in aws.calls] == [(1, 429), (2, 200)]


@pytest.mark.parametrize(
    ("fault", "attempts"),
    [
        ({"error": "ThrottlingException"}, 1),
        ({"error": "ServiceUnavailable", "status": 503}, 1),
        ({"error": "TooMany", "status": 429}, 3),
        ({"error": "RequestTimeout", "status": 408}, 3),
    ],
    ids=lambda value: str(value.get("status", "throttled")) if isinstance(value, dict) else "",
)
async def test_other_errors_are_retried_by_their_status(fault: dict[str, Any], attempts: int) -> None:
    from smithy_core.exceptions import SmithyError

    with mock_aws(sleep="instant") as aws:
        aws.faults.add("sqs", **fault)
        async with client("sqs") as sqs:
            with pytest.raises(SmithyError):
                await sqs.list_queues(list_queues())
        assert [call.attempt for call in aws.calls] == [*range(1, attempts + 1)]


async def test_a_call_whose_attempts_all_fail_raises_the_last_error() -> None:
    from smithy_core.exceptions import ClientTimeoutError

    with mock_aws(sleep="instant") as aws:
        aws.faults.add("sqs", raises="read_timeout")
        async with client("sqs") as sqs:
            with pytest.raises(ClientTimeoutError):
                await sqs.list_queues(list_queues())
        assert [call.attempt for call in aws.calls] == [1, 2, 3]


async def test_waits_are_real_without_instant_sleep() -> None:
    with mock_aws() as aws:
        aws.faults.add("sqs", raises="connect_timeout", times=1)
        async with client("sqs") as sqs:
            await sqs.list_queues(list_queues())
        assert [call.attempt for call in aws.calls] == [1, 2]
        assert aws.slept == []


# ---------------------------------------------------------------- faults

# What each transport raises, in the chain of the SDK's error.
FAILURES = {
    "aiohttp": {
        "connect_error": "ClientConnectorError",
        "connect_timeout": "ConnectionTimeoutError",
        "disconnect": "ServerDisconnectedError",
        "dns": "ClientConnectorDNSError",
        "read_timeout": "SocketTimeoutError",
        "reset": "ClientOSError",
        "tls": "ClientConnectorCertificateError",
    },
    "crt": {
        "connect_error": "AWS_IO_SOCKET_CONNECTION_REFUSED",
        "connect_timeout": "AWS_IO_SOCKET_TIMEOUT",
        "disconnect": "AWS_ERROR_HTTP_CONNECTION_CLOSED",
        "dns": "AWS_IO_DNS_INVALID_NAME",
        "read_timeout": "AWS_IO_SOCKET_TIMEOUT",
        "reset": "AWS_IO_SOCKET_CLOSED",
        "tls": "AWS_IO_TLS_ERROR_NEGOTIATION_FAILURE",
    },
}


@pytest.mark.parametrize("kind", FAILURES["aiohttp"])
@each_transport
async def test_a_failed_connection_is_the_transports_own_error(transport: Callable[[], Any], kind: Any) -> None:
    from smithy_core.exceptions import ClientTimeoutError, SmithyError

    is_crt = transport.__name__ == "crt"
    with mock_aws(sleep="instant") as aws:
        aws.faults.add("sqs", raises=kind)
        async with await configured("sqs", transport=transport(), max_attempts=1) as sqs:
            with pytest.raises(SmithyError) as raised:
                await sqs.list_queues(list_queues())
        assert [call.failure for call in aws.calls] == [kind]
    names = [each.__name__ for each in chain(raised.value)] + [str(raised.value), str(raised.value.__cause__)]
    assert any(FAILURES["crt" if is_crt else "aiohttp"][kind] in name for name in names)
    is_timeout = "timeout" in kind or (is_crt and kind == "reset")
    assert isinstance(raised.value, ClientTimeoutError) == is_timeout


async def test_an_error_is_the_models_own() -> None:
    with mock_aws() as aws:
        aws.faults.add("sqs", "ListQueues", error="RequestThrottled")
        async with await configured("sqs", max_attempts=1) as sqs:
            with pytest.raises(models("sqs").RequestThrottled):
                await sqs.list_queues(list_queues())


async def test_latency_delays_a_response_and_is_logged() -> None:
    with mock_aws() as aws:
        aws.faults.add("sqs", latency=0.05)
        async with client("sqs") as sqs:
            await sqs.list_queues(list_queues())
        assert (aws.calls.last.duration or 0) >= 0.05


async def test_a_body_that_is_cut_is_an_error_of_aiohttp() -> None:
    import aiohttp

    with mock_aws() as aws:
        aws.answers.add("polly", "SynthesizeSpeech", {"AudioStream": b"x" * 100_000})
        aws.faults.add("polly", raises="disconnect", cut_after=50_000)
        async with client("polly") as polly:
            output = await polly.synthesize_speech(speech())
            with pytest.raises(aiohttp.ClientPayloadError):
                await output.audio_stream.read()


async def test_a_body_that_is_cut_ends_early_over_awscrt() -> None:
    from tests.sdk_v4 import crt

    with mock_aws() as aws:  # as over a network: awscrt's stream ends, and the SDK does not ask why
        aws.answers.add("polly", "SynthesizeSpeech", {"AudioStream": b"x" * 100_000})
        aws.faults.add("polly", raises="disconnect", cut_after=50_000)
        async with await configured("polly", transport=crt()) as polly:
            output = await polly.synthesize_speech(speech())
            assert len(await output.audio_stream.read()) == 50_000


# ---------------------------------------------------------------- answers


@each_transport
async def test_a_scripted_answer_comes_in_the_models_classes(transport: Callable[[], Any]) -> None:
    bedrock = models("bedrock_runtime")
    with mock_aws() as aws:
        aws.bedrock.reply("Paris", prompt="capital of France", usage={"inputTokens": 5})
        async with await configured("bedrock_runtime", transport=transport()) as ours:
            messages = asked("What is the capital of France?")
            output = await ours.converse(bedrock.ConverseInput(model_id=NOVA, messages=messages))
    assert output.output.value.content[0].value == "Paris"
    assert output.usage.input_tokens == 5


async def test_an_answer_may_ask_moto() -> None:
    sqs = models("sqs")

    async def more(call: Any) -> dict[str, Any]:
        found = await call.moto()
        return {"QueueUrls": [*found.get("QueueUrls", []), "https://example.com/more"]}

    with mock_aws() as aws:
        aws.answers.add("sqs", "ListQueues", more)
        async with client("sqs") as ours:
            await ours.create_queue(sqs.CreateQueueInput(queue_name="jobs"))
            listed = await ours.list_queues(list_queues())
    assert [url.rpartition("/")[2] for url in listed.queue_urls] == ["jobs", "more"]


async def test_a_scripted_error_is_the_models_own() -> None:
    error = ClientError({"Error": {"Code": "UnsupportedOperation", "Message": "not here"}}, "ListQueues")
    with mock_aws() as aws:
        aws.answers.add("sqs", "ListQueues", error)
        async with client("sqs") as sqs:
            with pytest.raises(models("sqs").UnsupportedOperation, match="not here"):
                await sqs.list_queues(list_queues())


async def test_a_query_protocols_answer_is_read() -> None:
    with mock_aws() as aws:
        aws.answers.add("sns", "ListTopics", {"Topics": [{"TopicArn": "arn:one"}, {"TopicArn": "arn:two"}]})
        async with client("sns") as sns:
            listed = await sns.list_topics(models("sns").ListTopicsInput())
    assert [topic.topic_arn for topic in listed.topics] == ["arn:one", "arn:two"]


async def test_an_error_of_an_answers_function_is_in_the_chain() -> None:
    def broken(call: Any) -> Any:
        raise KeyError("no such thing")

    with mock_aws() as aws:
        aws.answers.add("sqs", "ListQueues", broken)
        async with client("sqs") as sqs:
            with pytest.raises(Exception, match="no such thing") as raised:
                await sqs.list_queues(list_queues())
    assert KeyError in chain(raised.value)


async def test_an_operation_that_moto_lacks_says_what_to_write() -> None:
    with mock_aws():
        async with client("polly") as polly:
            with pytest.raises(NotImplementedError, match='add\\("polly", "ListSpeechSynthesisTasks"'):
                await polly.list_speech_synthesis_tasks(models("polly").ListSpeechSynthesisTasksInput())


async def test_a_service_that_botocore_lacks_is_blocked_by_its_name() -> None:
    from tests.sdk_v4 import crt

    transcribe = models("transcribe_streaming")
    with mock_aws() as aws:
        async with await configured("transcribe_streaming", transport=crt()) as ours:
            stream = await ours.start_stream_transcription(
                transcribe.StartStreamTranscriptionInput(
                    language_code="en-US", media_sample_rate_hertz=16000, media_encoding="pcm"
                )
            )
            with pytest.raises(RequestBlockedError) as raised:
                await stream.await_output()
        assert isinstance(raised.value, AiomotoError)
        assert 'aws.answers.add("transcribe-streaming", "StartStreamTranscription", {' in str(raised.value)
        assert aws.calls.last.params["LanguageCode"] == "en-US"
