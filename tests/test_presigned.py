"""Presigned URLs and forms, and whatever else HTTP libraries send to AWS without an SDK: Moto answers all of them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from aiomoto import MockAWS, RequestBlockedError, mock_aws
from tests.guard import NetworkError, expected_attempts
from tests.http_clients import Form, Library, each_library, over_aiohttp
from tests.loopback import Answer, LoopbackServer, loopback_server
from tests.snapshot import nothing_left_behind

pytestmark = pytest.mark.anyio

BODY = bytes(range(256)) * 1000
MINIO = "http://minio.test:9000"
PHOTO = {"Bucket": "photos", "Key": "a b/ü.jpg"}
_SESSION = boto3.Session(region_name="us-east-1")


LARGE = bytes(range(256)) * 4 * 1024 * 8  # 8 MiB


def s3(**config: Any) -> Any:
    """An S3 client, with keys of its own, so that it can sign outside of a mock too."""
    endpoint = config.pop("endpoint_url", None)
    keys = {"aws_access_key_id": "ada", "aws_secret_access_key": "lovelace"}
    return _SESSION.client("s3", endpoint_url=endpoint, config=Config(**config), **keys)


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    """A mock with a bucket."""
    with mock_aws() as aws:
        s3().create_bucket(Bucket="photos")
        yield aws


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as server:
        yield server


@pytest.fixture
def photos() -> Iterator[Any]:
    """A client of a mock in which there is a bucket."""
    with mock_aws():
        client = s3()
        client.create_bucket(Bucket="photos")
        yield client


def put_photo(client: Any, body: bytes = b"0123456789") -> str:
    """Store the photo, and return a URL to read it."""
    client.put_object(**PHOTO, Body=body)
    url: str = client.generate_presigned_url("get_object", Params=PHOTO)
    return url


def photo(client: Any) -> bytes:
    """What is stored."""
    body: bytes = client.get_object(**PHOTO)["Body"].read()
    return body


# ---------------------------------------------------------------- presigned URLs


@each_library
async def test_what_one_url_stores_another_one_reads(http: Library, photos: Any) -> None:
    put = await http.send("PUT", photos.generate_presigned_url("put_object", Params=PHOTO), content=BODY)
    got = await http.send("GET", photos.generate_presigned_url("get_object", Params=PHOTO))

    assert (put.status, put.body) == (200, b"")
    assert (got.status, got.body) == (200, BODY)
    assert photo(photos) == BODY


@over_aiohttp
async def test_headers_of_an_upload_are_stored_with_it(http: Library, photos: Any) -> None:
    signed = PHOTO | {"ContentType": "image/jpeg", "Metadata": {"by": "ada"}}
    url = photos.generate_presigned_url("put_object", Params=signed)

    await http.send("PUT", url, content=b"...", headers={"Content-Type": "image/jpeg", "x-amz-meta-by": "ada"})

    found = photos.head_object(**PHOTO)
    assert (found["ContentType"], found["Metadata"]) == ("image/jpeg", {"by": "ada"})


async def test_head_has_the_headers_and_no_body(http: Library, photos: Any) -> None:
    put_photo(photos)

    answer = await http.send("HEAD", photos.generate_presigned_url("head_object", Params=PHOTO))

    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "10", b"")


async def test_a_range_is_a_part(http: Library, photos: Any) -> None:
    answer = await http.send("GET", put_photo(photos), headers={"Range": "bytes=2-5"})

    assert (answer.status, answer.headers["content-range"], answer.body) == (206, "bytes 2-5/10", b"2345")


async def test_a_condition_that_fails_has_no_body(http: Library, photos: Any) -> None:
    url = put_photo(photos)
    etag = photos.head_object(**PHOTO)["ETag"]

    answer = await http.send("GET", url, headers={"If-None-Match": etag})

    assert (answer.status, answer.body) == (304, b"")


@over_aiohttp
async def test_delete_deletes(http: Library, photos: Any) -> None:
    url = put_photo(photos)

    deleted = await http.send("DELETE", photos.generate_presigned_url("delete_object", Params=PHOTO))
    gone = await http.send("GET", url)

    assert (deleted.status, deleted.body) == (204, b"")
    assert (gone.status, b"<Code>NoSuchKey</Code>" in gone.body) == (404, True)


async def test_an_empty_body_is_stored_and_read(http: Library, photos: Any) -> None:
    await http.send("PUT", photos.generate_presigned_url("put_object", Params=PHOTO), content=b"")

    answer = await http.send("GET", photos.generate_presigned_url("get_object", Params=PHOTO))

    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "0", b"")


@over_aiohttp
async def test_what_is_public_needs_no_signature(http: Library, photos: Any) -> None:
    put_photo(photos)
    photos.put_object_acl(**PHOTO, ACL="public-read")

    answer = await http.send("GET", "https://photos.s3.amazonaws.com/a%20b/%C3%BC.jpg")

    assert (answer.status, answer.body) == (200, b"0123456789")


@over_aiohttp
async def test_other_services_are_answered_too(http: Library, photos: Any) -> None:
    answer = await http.send("GET", _SESSION.client("sts").generate_presigned_url("get_caller_identity"))

    assert (answer.status, b"<Account>123456789012</Account>" in answer.body) == (200, True)


# ---------------------------------------------------------------- bodies


def pieces() -> Iterator[bytes]:
    yield from (BODY[:100], BODY[100:1000], BODY[1000:])


async def pieces_async() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


async def test_a_generator_is_a_body(http: Library, photos: Any) -> None:
    content = pieces_async() if http.is_async else pieces()
    url = photos.generate_presigned_url("put_object", Params=PHOTO)

    assert (await http.send("PUT", url, content=content)).status == 200
    assert photo(photos) == BODY


async def test_a_file_is_a_body(http: Library, photos: Any, tmp_path: Path) -> None:
    if http.package.startswith("httpx") and http.is_async:
        pytest.skip("httpx's asynchronous clients take no files")
    (tmp_path / "photo").write_bytes(BODY)
    url = photos.generate_presigned_url("put_object", Params=PHOTO)

    with (tmp_path / "photo").open("rb") as file:
        assert (await http.send("PUT", url, content=file)).status == 200
    assert photo(photos) == BODY


# ---------------------------------------------------------------- forms


@over_aiohttp
@pytest.mark.parametrize("version", ["s3", "s3v4"])
@pytest.mark.parametrize("endpoint", [None, MINIO], ids=["aws", "minio"])
async def test_a_form_uploads_a_file(http: Library, photos: Any, version: str, endpoint: str | None) -> None:
    client = s3(signature_version=version, endpoint_url=endpoint)
    conditions: list[Any] = [["content-length-range", 1, 10**6], {"Content-Type": "image/jpeg"}]
    post = client.generate_presigned_post(
        "photos", PHOTO["Key"], Fields={"Content-Type": "image/jpeg"}, Conditions=conditions
    )

    answer = await http.send("POST", post["url"], form=Form(post["fields"], BODY))

    assert (answer.status, answer.body) == (204, b"")
    assert photo(photos) == BODY
    assert photos.head_object(**PHOTO)["ContentType"] == "image/jpeg"


@over_aiohttp
async def test_a_form_may_ask_for_another_status(http: Library, photos: Any) -> None:
    status = {"success_action_status": "201"}
    post = photos.generate_presigned_post("photos", "form.jpg", Fields=status, Conditions=[status])

    answer = await http.send("POST", post["url"], form=Form(post["fields"], BODY))

    assert answer.status == 201


# ---------------------------------------------------------------- what is for AWS


@over_aiohttp
@pytest.mark.parametrize("version", ["s3", "s3v4"])
@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.parametrize("endpoint", [None, MINIO], ids=["aws", "minio"])
async def test_presigned_urls_of_each_kind_are_for_moto(
    http: Library, photos: Any, version: str, style: str, endpoint: str | None
) -> None:
    client = s3(endpoint_url=endpoint, signature_version=version, s3={"addressing_style": style})

    put = await http.send("PUT", client.generate_presigned_url("put_object", Params=PHOTO), content=BODY)
    got = await http.send("GET", client.generate_presigned_url("get_object", Params=PHOTO))

    assert (put.status, got.status, got.body) == (200, 200, BODY)
    assert photo(photos) == BODY


@over_aiohttp
async def test_a_client_of_one_mock_signs_for_another_that_is_active(http: Library, photos: Any) -> None:
    put_photo(photos, BODY)
    outer = s3(endpoint_url=MINIO)
    with mock_aws():
        inner = s3(endpoint_url="http://other.example:9000")
        from_outer = await http.send("GET", outer.generate_presigned_url("get_object", Params=PHOTO))
        from_inner = await http.send("GET", inner.generate_presigned_url("get_object", Params=PHOTO))

    assert (from_outer.body, from_inner.body) == (BODY, BODY)


@pytest.mark.usefixtures("photos")
async def test_a_request_without_a_signature_goes_to_the_server_itself(http: Library, server: LoopbackServer) -> None:
    server.answer = Answer(200, (("content-type", "text/plain"),), b"the server's own")
    s3(endpoint_url=server.url)

    answer = await http.send("GET", f"{server.url}/health", headers={"x-test": "1"})

    assert (answer.status, answer.body) == (200, b"the server's own")
    assert [(each.method, each.target, each.headers["x-test"]) for each in server.received] == [("GET", "/health", "1")]


@pytest.mark.usefixtures("photos")
async def test_a_signed_request_to_a_host_that_is_nobodys_endpoint_goes_there(
    http: Library, server: LoopbackServer
) -> None:
    signed = s3().generate_presigned_url("get_object", Params=PHOTO)

    await http.send("GET", f"{server.url}/?{signed.partition('?')[2]}")

    assert len(server.received) == 1


@each_library
@pytest.mark.usefixtures("photos")
async def test_a_host_of_awss_is_not_reached(http: Library) -> None:
    await assert_not_reached(http, "https://nosuchthing.us-east-1.amazonaws.com")


@over_aiohttp
@pytest.mark.parametrize(
    "host",
    [
        "https://abc123.lambda-url.us-east-1.on.aws",
        "https://abc123.us-east-1.aoss.on.aws",
        "https://shop.auth.us-east-1.amazoncognito.com",
        "https://public.ecr.aws",
        "https://us-east-1.signin.aws",
        "https://signin.aws.amazon.com",
        "http://169.254.170.2",
        "http://169.254.170.23",
        "http://[fd00:ec2::254]",
    ],
)
@pytest.mark.usefixtures("photos")
async def test_a_host_of_awss_that_moto_does_not_know_is_not_reached(http: Library, host: str) -> None:
    await assert_not_reached(http, host)


async def assert_not_reached(http: Library, host: str) -> None:
    url = f"{host}/path?secret=1"
    if http.package == "requests":  # as under Moto's own mock
        answer = await http.send("GET", url)
        assert (answer.status, answer.body) == (400, b"The method is not implemented")
        return

    # yarl 1.9 loses the brackets of an address.
    pattern = re.escape(host).replace(r"\[", r"\[?").replace(r"\]", r"\]?")
    with pytest.raises(RequestBlockedError, match=rf"GET {pattern}/path\) was"):
        await http.send("GET", url)


async def test_a_redirect_into_aws_arrives_there(http: Library, photos: Any, server: LoopbackServer) -> None:
    server.answer = Answer(307, (("location", put_photo(photos)),))
    if http.package.startswith("httpx"):
        location = (await http.send("GET", f"{server.url}/photo")).headers["location"]
        answer = await http.send("GET", location)
    else:
        answer = await http.send("GET", f"{server.url}/photo")

    assert (answer.status, answer.body) == (200, b"0123456789")


# ---------------------------------------------------------------- passthrough


@pytest.mark.parametrize("named", [{"services": ["s3"]}, {"urls": ["http://127.0.0.1:.*"]}], ids=["services", "urls"])
async def test_what_is_let_out_goes_out(http: Library, server: LoopbackServer, named: dict[str, Any]) -> None:
    server.answer = Answer(200, (), b"from outside")
    with mock_aws(config={"core": {"passthrough": named}}):
        client = s3(endpoint_url=server.url)
        got = await http.send("GET", client.generate_presigned_url("get_object", Params=PHOTO))
        post = client.generate_presigned_post("photos", "form.jpg")
        await http.send("POST", post["url"], form=Form(post["fields"], BODY))

    assert (got.status, got.body) == (200, b"from outside")
    assert [each.method for each in server.received] == ["GET", "POST"]
    assert BODY in server.received[1].body


# ---------------------------------------------------------------- waiting

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.usefixtures("photos")
async def test_a_long_poll_ends_with_the_clients_patience(http: Library) -> None:
    _SESSION.client("sqs").create_queue(QueueName="jobs")

    with pytest.raises(http.timeout):
        await http.send("POST", QUEUE, headers=FORM, content=b"Action=ReceiveMessage&WaitTimeSeconds=20", timeout=0.05)


# ---------------------------------------------------------------- before and after


async def test_outside_of_a_mock_the_library_has_the_network(http: Library) -> None:
    url = s3().generate_presigned_url("get_object", Params=PHOTO)
    with mock_aws():
        assert (await http.send("GET", url)).status == 404

    with expected_attempts(), pytest.raises(NetworkError, match=r"photos\.s3\.amazonaws\.com"):
        await http.send("GET", url)


async def test_nothing_is_left_behind(http: Library) -> None:
    await _use(http)
    with nothing_left_behind():
        first, second = mock_aws(), mock_aws()
        first.start()
        await _use(http)
        second.start()
        first.stop()
        await _use(http)
        second.stop()


async def _use(http: Library) -> None:
    with mock_aws():
        client = s3()
        client.create_bucket(Bucket="photos")
        assert (await http.send("GET", put_photo(client))).status == 200
