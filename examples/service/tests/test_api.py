"""The HTTP interface."""

from collections.abc import Callable

import boto3
import httpx
import pytest
from documents import store

from aiomoto import MockAWS


async def test_put_stores_the_text(http: httpx.AsyncClient) -> None:
    response = await http.put("/documents/june", content=b"all is well")

    assert (response.status_code, response.json()) == (202, {"status": "pending"})
    stored = boto3.client("s3").get_object(Bucket=store.BUCKET, Key="june")
    assert stored["Body"].read() == b"all is well"


@pytest.mark.parametrize("text", ["", "all is well", "größer", "one\ntwo\n", "x" * 1_000_000])
async def test_text_is_read_as_it_was_written(http: httpx.AsyncClient, text: str) -> None:
    await http.put("/documents/june", content=text.encode())

    assert (await http.get("/documents/june/text")).text == text


async def test_new_document_is_pending(http: httpx.AsyncClient) -> None:
    await http.put("/documents/june", content=b"all is well")

    assert (await http.get("/documents/june")).json() == {"name": "june", "status": "pending", "words": None}


async def test_put_asks_for_the_words_once(http: httpx.AsyncClient, messages_in: Callable[[str], int]) -> None:
    await http.put("/documents/june", content=b"all is well")

    assert messages_in(store.QUEUE) == 1


async def test_second_put_replaces_the_text(http: httpx.AsyncClient) -> None:
    await http.put("/documents/june", content=b"all is well")
    await http.put("/documents/june", content=b"it rains")

    assert (await http.get("/documents/june/text")).text == "it rains"


@pytest.mark.parametrize("path", ["/documents/july", "/documents/july/text"])
async def test_unknown_document_is_a_404(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path)

    assert (response.status_code, response.json()) == (404, {"detail": "there is no document 'july'"})


async def test_deleted_document_is_gone(http: httpx.AsyncClient) -> None:
    await http.put("/documents/june", content=b"all is well")

    assert (await http.delete("/documents/june")).status_code == 204

    assert (await http.get("/documents/june")).status_code == 404
    assert (await http.get("/documents/june/text")).status_code == 404


async def test_unknown_document_may_be_deleted(http: httpx.AsyncClient) -> None:
    assert (await http.delete("/documents/july")).status_code == 204


async def test_link_reads_the_text_without_the_service(http: httpx.AsyncClient) -> None:
    await http.put("/documents/june", content=b"all is well")
    url = (await http.get("/documents/june/link")).json()["url"]

    async with httpx.AsyncClient() as browser:
        assert (await browser.get(url)).text == "all is well"


async def test_status_costs_one_call(http: httpx.AsyncClient, aiomoto: MockAWS) -> None:
    await http.put("/documents/june", content=b"all is well")
    aiomoto.calls.clear()

    await http.get("/documents/june")

    aiomoto.calls.assert_called_once("dynamodb", "GetItem", TableName=store.TABLE)
    aiomoto.calls.assert_at_most(1)
