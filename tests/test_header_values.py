"""Header values are refused, or change on their way, as over a network."""

from __future__ import annotations

from typing import Any

import pytest

from aiomoto import mock_aws
from tests.conftest import Stack
from tests.loopback import LoopbackServer
from tests.uploads import AS_IT_IS, BOTO3, MARKS, Boto3, Upload, inside_mock, over_network, uploader
from tests.uploads import server as server  # a fixture
from tests.uploads import stack as stack  # a fixture

pytestmark = [*MARKS, pytest.mark.usefixtures("sockets_collected"), pytest.mark.thorough]

VALUES: list[Any] = [
    "plain",
    "a  b",
    "a\tb",
    "",
    "   ",
    " \t both \t ",
    "x" * 50_000,
    "grüße",
    "日本語",
    "\xa0x\xa0",
    "a\nb",
    "a\r\nX-Injected: b",
    "a\r\n b",
    "a\n",
    "a\x00b",
    "a\x7fb",
    "a\x0c",
    b"bytes",
    b" bytes ",
    "grüße".encode(),
    b"gr\xfc",
    5,
    1.5,
    True,
    None,
]
NAMES = ["x/y", "x(y)", "x y", "x:y", "", "grüße", "x\ny", "x-injected: 1\r\nx"]


async def test_a_value_arrives_or_is_refused_as_over_a_network(stack: Stack | Boto3, server: LoopbackServer) -> None:
    uploads = {repr(value)[:50]: Upload(b"data", headers={"X-Custom": value}) for value in VALUES}
    real = await over_network(server, stack, uploads, AS_IT_IS)

    assert await inside_mock(stack, uploads, AS_IT_IS) == real
    assert real["'plain'"].header == b"plain"


async def test_a_name_is_refused_where_a_library_refuses_it(stack: Stack | Boto3, server: LoopbackServer) -> None:
    # What a library sends all the same is for the server to refuse.
    uploads = {name: Upload(b"data", headers={name: "value"}) for name in NAMES}
    real = await over_network(server, stack, uploads, AS_IT_IS)

    assert {name: outcome[1:] for name, outcome in (await inside_mock(stack, uploads, AS_IT_IS)).items()} == {
        name: outcome[1:] for name, outcome in real.items()
    }


PARAMS: list[dict[str, Any]] = [
    {"Metadata": {"name": "a\nb"}},
    {"Metadata": {"name": "grüße"}},
    {"Metadata": {"na me": "value"}},
    {"ContentType": "text/plain\r\nx-amz-acl: public-read"},
    {"ContentDisposition": 'attachment; filename="grüße.txt"'},
    {"ContentDisposition": "attachment; filename=" + "x" * 50_000},
    {"CacheControl": " no-cache "},
]


@pytest.mark.parametrize("options", [{}, AS_IT_IS], ids=["framed", "as-it-is"])
async def test_a_parameter_is_refused_where_its_header_is(
    options: dict[str, Any], stack: Stack | Boto3, server: LoopbackServer
) -> None:
    uploads = {str(params)[:50]: Upload(b"data", params) for params in PARAMS}
    real = await over_network(server, stack, uploads, options)

    assert {name: outcome[1:] for name, outcome in (await inside_mock(stack, uploads, options)).items()} == {
        name: outcome[1:] for name, outcome in real.items()
    }


async def test_spaces_around_metadata_are_not_stored(stack: Stack | Boto3) -> None:
    if stack.name == "httpx":
        pytest.skip("httpx refuses them")
    with mock_aws():
        s3 = BOTO3.client("s3")
        s3.create_bucket(Bucket="bodies")
        async with uploader(stack, "https://localhost:4566", {}) as put:
            assert await put(Upload(b"data", {"Metadata": {"name": "\tvalue ", "empty": " "}})) is None

        assert s3.head_object(Bucket="bodies", Key="key")["Metadata"] == {"name": "value", "empty": ""}
