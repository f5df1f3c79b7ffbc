"""Event streams of the AWS SDK for Python v4: of answers, and both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aiomoto import AiomotoError, Call, mock_aws
from tests.sdk_v4 import NOVA, MotoHTTPClient, asked, client, configured, crt, each_transport, models

pytestmark = pytest.mark.anyio
TALK = ("bedrock-runtime", "InvokeModelWithBidirectionalStream")
TRANSCRIBE = ("transcribe-streaming", "StartStreamTranscription")

each_duplex_transport = pytest.mark.parametrize("transport", [MotoHTTPClient, crt], ids=["wired", "crt"])


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")


async def text_of(stream: Any) -> list[str]:
    """The pieces of text in the events of ConverseStream."""
    events = [event.value async for event in stream.output_stream]
    return [event.delta.value for event in events if hasattr(event, "delta")]


def converse_stream() -> Any:
    return models("bedrock_runtime").ConverseStreamInput(model_id=NOVA, messages=asked("Hello"))


# ---------------------------------------------------------------- streams of answers


@each_transport
async def test_a_reply_comes_in_the_events_of_converse_stream(transport: Callable[[], Any]) -> None:
    with mock_aws() as aws:
        aws.bedrock.reply("Hello, world", chunks=["Hello,", " world"])
        bedrock = await configured("bedrock_runtime", transport=transport())
        async with bedrock, await bedrock.converse_stream(converse_stream()) as stream:
            assert await text_of(stream) == ["Hello,", " world"]
        assert [call.operation for call in aws.calls] == ["ConverseStream"]


@each_transport
async def test_an_event_is_made_when_it_is_read(transport: Callable[[], Any]) -> None:
    made: list[int] = []

    async def events() -> AsyncIterator[dict[str, Any]]:
        for number in range(100):
            made.append(number)
            yield {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "x" * 1000}}}

    with mock_aws() as aws:
        aws.answers.add("bedrock-runtime", "ConverseStream", lambda call: {"stream": events()}, times=1)
        bedrock = await configured("bedrock_runtime", transport=transport())
        async with bedrock, await bedrock.converse_stream(converse_stream()) as stream:
            await stream.output_stream.receive()
            assert len(made) < 10


@each_transport
async def test_a_stream_and_a_body_that_are_closed_early_are_no_leaks(transport: Callable[[], Any]) -> None:
    polly = models("polly")
    with mock_aws(leaks="error") as aws:
        event = {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "x" * 1000}}}
        aws.answers.add("bedrock-runtime", "ConverseStream", {"stream": [event] * 1000})
        aws.answers.add("polly", "SynthesizeSpeech", {"AudioStream": b"x" * 1_000_000})
        async with await configured("bedrock_runtime", transport=transport()) as bedrock:
            async with await bedrock.converse_stream(converse_stream()) as stream:
                await stream.output_stream.receive()
            assert [leak.kind for leak in aws.leaks] == ["client"]
        async with await configured("polly", transport=transport()) as ours:
            asked_for = polly.SynthesizeSpeechInput(output_format="mp3", text="Hi", voice_id="Joanna")
            output = await ours.synthesize_speech(asked_for)
            assert await output.audio_stream.read(4) == b"xxxx"
            await output.audio_stream.close()
        assert list(aws.leaks) == []


async def test_chunks_of_invoke_model_come_one_by_one() -> None:
    inputs = models("bedrock_runtime")
    with mock_aws() as aws:
        chunks = [{"chunk": {"bytes": b"one"}}, {"chunk": {"bytes": b"two"}}]
        aws.answers.add("bedrock-runtime", "InvokeModelWithResponseStream", {"body": chunks})
        async with client("bedrock_runtime") as bedrock:
            asked_for = inputs.InvokeModelWithResponseStreamInput(model_id=NOVA, body=b"{}")
            async with await bedrock.invoke_model_with_response_stream(asked_for) as stream:
                assert [event.value.bytes_ async for event in stream.output_stream] == [b"one", b"two"]


async def test_an_error_in_a_stream_is_the_models_own() -> None:
    error = ClientError({"Error": {"Code": "throttlingException", "Message": "slow down"}}, "ConverseStream")
    with mock_aws() as aws:
        events = [{"messageStart": {"role": "assistant"}}, error]
        aws.answers.add("bedrock-runtime", "ConverseStream", {"stream": events})
        bedrock = client("bedrock_runtime")
        async with bedrock, await bedrock.converse_stream(converse_stream()) as stream:
            await stream.output_stream.receive()
            with pytest.raises(models("bedrock_runtime").ThrottlingException, match="slow down"):
                await stream.output_stream.receive()


async def test_a_streaming_body_is_read_in_pieces() -> None:
    polly = models("polly")

    async def speech() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    with mock_aws() as aws:
        aws.answers.add("polly", "SynthesizeSpeech", lambda call: {"AudioStream": speech()})
        async with client("polly") as ours:
            asked_for = polly.SynthesizeSpeechInput(output_format="mp3", text="Hi", voice_id="Joanna")
            output = await ours.synthesize_speech(asked_for)
            assert [await output.audio_stream.read(4), await output.audio_stream.read()] == [b"one ", b"two"]


# ---------------------------------------------------------------- both ways


def chunk(data: bytes) -> Any:
    bedrock = models("bedrock_runtime")
    part = bedrock.BidirectionalInputPayloadPart(bytes_=data)
    return bedrock.InvokeModelWithBidirectionalStreamInputChunk(value=part)


async def begin_talk(bedrock: Any) -> Any:
    inputs = models("bedrock_runtime")
    asked_for = inputs.InvokeModelWithBidirectionalStreamOperationInput(model_id="amazon.nova-sonic-v1:0")
    return await bedrock.invoke_model_with_bidirectional_stream(asked_for)


async def echo(call: Call) -> AsyncIterator[dict[str, Any]]:
    async for event in call.events:
        yield {"chunk": {"bytes": event["chunk"]["bytes"].upper()}}


@each_duplex_transport
async def test_an_answer_gets_events_as_they_come_and_yields_others(transport: Callable[[], Any]) -> None:
    with mock_aws() as aws:
        aws.answers.add(*TALK, echo)
        async with await configured("bedrock_runtime", transport=transport()) as bedrock:
            stream = await begin_talk(bedrock)
            await stream.input_stream.send(chunk(b"one"))
            _, output = await stream.await_output()
            assert (await output.receive()).value.bytes_ == b"ONE"
            await stream.input_stream.send(chunk(b"two"))
            assert (await output.receive()).value.bytes_ == b"TWO"
            await stream.input_stream.close()
            assert await output.receive() is None
            await stream.close()
        assert [(call.operation, call.status, call.backend) for call in aws.calls] == [(TALK[1], 200, "aws-sdk")]
        assert aws.calls.last.params == {"modelId": "amazon.nova-sonic-v1:0"}


@each_duplex_transport
async def test_a_transcript_comes_while_audio_is_sent(transport: Callable[[], Any]) -> None:
    transcribe = models("transcribe_streaming")

    async def transcript(call: Call) -> AsyncIterator[dict[str, Any]]:
        assert call.params["LanguageCode"] == "en-US"
        async for event in call.events:
            said = event["AudioEvent"]["AudioChunk"].decode()
            results = [{"Alternatives": [{"Transcript": said}], "IsPartial": False}]
            yield {"TranscriptEvent": {"Transcript": {"Results": results}}}

    async def transcripts(stream: Any) -> list[str]:
        _, output = await stream.await_output()
        events = [event.value async for event in output]
        return [event.transcript.results[0].alternatives[0].transcript for event in events]

    with mock_aws() as aws:
        aws.answers.add(*TRANSCRIBE, transcript)
        async with await configured("transcribe_streaming", transport=transport()) as ours:
            asked_for = transcribe.StartStreamTranscriptionInput(
                language_code="en-US", media_sample_rate_hertz=16000, media_encoding="pcm"
            )
            stream = await ours.start_stream_transcription(asked_for)
            reading = asyncio.create_task(transcripts(stream))
            for word in (b"hello", b"world"):
                event = transcribe.AudioEvent(audio_chunk=word)
                await stream.input_stream.send(transcribe.AudioStreamAudioEvent(value=event))
            await stream.input_stream.close()
            assert await reading == ["hello", "world"]
        assert [(call.service, call.operation) for call in aws.calls] == [TRANSCRIBE]


@each_duplex_transport
async def test_events_that_nobody_reads_do_not_hold_the_client_up(transport: Callable[[], Any]) -> None:
    with mock_aws() as aws:
        aws.answers.add(*TALK, {"body": [{"chunk": {"bytes": b"bye"}}]})
        async with await configured("bedrock_runtime", transport=transport()) as bedrock:
            stream = await begin_talk(bedrock)
            for _ in range(100):
                await stream.input_stream.send(chunk(b"x"))
            _, output = await stream.await_output()
            assert [event.value.bytes_ async for event in output] == [b"bye"]
            await stream.close()


@each_duplex_transport
async def test_a_talk_that_nothing_answers_fails_and_says_what_to_write(transport: Callable[[], Any]) -> None:
    from smithy_core.exceptions import SmithyError

    with mock_aws():
        async with await configured("bedrock_runtime", transport=transport()) as bedrock:
            stream = await begin_talk(bedrock)
            with pytest.raises(NotImplementedError, match='add\\("bedrock-runtime", "InvokeModelWithBidirectional'):
                await stream.await_output()
            with pytest.raises(SmithyError, match="closed provider"):
                await stream.input_stream.send(chunk(b"x"))


async def test_an_error_answers_a_talk() -> None:
    error = ClientError({"Error": {"Code": "ValidationException", "Message": "no such voice"}}, TALK[1])
    with mock_aws() as aws:
        aws.answers.add(*TALK, error)
        async with await configured("bedrock_runtime", transport=MotoHTTPClient()) as bedrock:
            stream = await begin_talk(bedrock)
            with pytest.raises(models("bedrock_runtime").ValidationException, match="no such voice"):
                await stream.await_output()


async def test_a_call_without_events_says_so() -> None:
    def answer(call: Call) -> dict[str, Any]:
        with pytest.raises(AiomotoError, match="Converse takes no stream of events"):
            call.events  # noqa: B018
        return {"stopReason": "end_turn"}

    with mock_aws() as aws:
        aws.answers.add("bedrock-runtime", "Converse", answer)
        async with client("bedrock_runtime") as bedrock:
            inputs = models("bedrock_runtime")
            await bedrock.converse(inputs.ConverseInput(model_id=NOVA, messages=asked("Hello")))
        with pytest.raises(AiomotoError, match="of this call have been sent already"):
            aws.calls.last.events  # noqa: B018
