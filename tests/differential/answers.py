"""All that comes back from a call, without what differs from run to run."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from botocore.exceptions import ClientError
from freezegun import freeze_time
from moto.moto_api._internal import mock_random

from aiomoto import RequestBlockedError
from tests.guard import NetworkError

# What differs from run to run with Moto alone: names from the system's random numbers, sums over them, addresses.
_ACCIDENTAL = [
    re.compile(rb"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"),
    re.compile(rb"(?<=x-amz-crc32': ')\d+"),
    re.compile(rb"(?<=UploadId': ')\w+"),
    re.compile(rb"(?<=<UploadId>)\w+"),
    re.compile(rb"(?<=SessionToken': ')[\w/+=]+"),
    re.compile(rb"(?<=<SessionToken>)[\w/+=]+"),
    re.compile(rb"(?<= object at )0x[0-9a-f]+"),
]

NOT_ANSWERED = "not answered"
SENT = "sent to the network"


class Reply(NamedTuple):
    """An HTTP response: its status, its headers, in their order, and its body (empty where it is a stream)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Answer(NamedTuple):
    """What a call came to: the responses off the wire, and what the client returned or raised."""

    replies: tuple[Reply, ...]
    outcome: str

    def lowered(self) -> Answer:
        """The answer as aiobotocore has it: the names of headers in lower case."""
        return self._replace(
            replies=tuple(
                reply._replace(headers=tuple((name.lower(), value) for name, value in reply.headers))
                for reply in self.replies
            )
        )

    def outline(self) -> Answer:
        """The last reply without its values, that is status and names of headers, and the kind of outcome."""
        replies = (
            Reply(reply.status, tuple((name, "") for name, _ in reply.headers), b"") for reply in self.replies[-1:]
        )
        return Answer(tuple(replies), self.outcome.partition(":")[0])


class Memory:
    """What the calls of a run are told of each other: ``known`` has the latest string of each member, by its name."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self._calls: Counter[str] = Counter()

    def next(self, method: str) -> None:
        """Begin Moto's random numbers again, where they began with the same call of other runs."""
        self._calls[method] += 1
        for each in (random, mock_random):
            each.seed(f"{method} {self._calls[method]}")


class Log:
    """The answers to one client; ``memory`` where it makes the calls of a run together with others."""

    def __init__(self, client: Any, memory: Memory | None = None) -> None:
        self._replies: list[Reply] = []
        self._memory = memory or Memory()
        client.meta.events.register("response-received", self._keep)

    def _keep(self, response_dict: dict[str, Any] | None, **_: Any) -> None:
        if response_dict is None:
            return
        body = response_dict["body"]
        headers = tuple((str(name), _header(str(name), str(value))) for name, value in response_dict["headers"].items())
        body = _plain_bytes(body) if isinstance(body, bytes) else b""
        self._replies.append(Reply(response_dict["status_code"], headers, body))

    @property
    def known(self) -> dict[str, str]:
        """What the answers said."""
        return self._memory.known

    def begin(self, method: str) -> None:
        """Begin a call."""
        self._replies.clear()
        self._memory.next(method)

    def returned(self, response: Any, streams: dict[str, Any]) -> Answer:
        """The answer of a call that returned ``response``, in which ``streams`` stand for those that it has."""
        _learn(self.known, {name: value for name, value in response.items() if name != "ResponseMetadata"})
        return Answer(tuple(self._replies), _plain(repr({**response, **streams})))

    def raised(self, error: BaseException) -> Answer:
        """The answer of a call that raised an error."""
        if isinstance(error, RuntimeError) and isinstance(error.__cause__, StopIteration):
            error = error.__cause__  # of Moto's; no coroutine can raise it as it is
        if isinstance(error, NetworkError):
            return Answer((), SENT)
        if isinstance(error, (RequestBlockedError, NotImplementedError)) or self._has_no_path():
            return Answer((), NOT_ANSWERED)
        detail = error.response if isinstance(error, ClientError) else error
        return Answer(tuple(self._replies), _plain(f"{type(error).__name__}: {detail}"))

    def _has_no_path(self) -> bool:
        return [(reply.status, reply.body) for reply in self._replies] == [(404, b"Not yet implemented")]


@contextmanager
def same_moment() -> Iterator[None]:
    """Let time stand still, at the same moment for each run."""
    Memory().next("")  # for what Moto makes by itself, such as EC2's default network
    with freeze_time("2026-01-01 12:00:00", real_asyncio=True):
        yield


def read(stream: Any) -> Any:
    """Read a stream of boto3's to its end."""
    return stream.read() if hasattr(stream, "read") else list(stream)


async def read_async(stream: Any) -> Any:
    """Read a stream of aiobotocore's to its end."""
    return await stream.read() if hasattr(stream, "read") else [event async for event in stream]


def is_stream(value: Any) -> bool:
    """Tell whether a member of a response is a stream, of bytes or of events."""
    return hasattr(value, "read") or hasattr(value, "get_initial_response")


def _learn(known: dict[str, str], answer: Any) -> None:
    if isinstance(answer, dict):
        for name, value in answer.items():
            if isinstance(value, str) and value:
                known[name.lower()] = value
            else:
                _learn(known, value)
    elif isinstance(answer, list):
        for each in answer:
            _learn(known, each)


def _header(name: str, value: str) -> str:
    return "#" if name == "x-amz-crc32" else _plain(value)


def _plain(text: str) -> str:
    return _plain_bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _plain_bytes(text: bytes) -> bytes:
    for pattern in _ACCIDENTAL:
        text = pattern.sub(b"#", text)
    return text
