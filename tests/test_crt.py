"""boto3's transfers where awscrt is installed: inside a mock they go the classic way, and nothing leaves natively."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.session import Session

from aiomoto import RequestBlockedError, mock_aws
from tests.loopback import loopback_server
from tests.snapshot import nothing_left_behind

awscrt = pytest.importorskip("awscrt", reason="needs awscrt")
s3transfer_crt = pytest.importorskip("s3transfer.crt", reason="needs awscrt")

REGION = "us-east-1"
NATIVE = TransferConfig(preferred_transfer_client="crt")
BODY = b"0123456789" * 1000
KEYS = {"aws_access_key_id": "ada", "aws_secret_access_key": "lovelace"}


def native_manager() -> Any:
    """What boto3 transfers with where it transfers natively."""
    session = Session()
    session.set_credentials(*KEYS.values())
    credentials = s3transfer_crt.BotocoreCRTCredentialsWrapper(session.get_credentials())
    client = s3transfer_crt.create_s3_crt_client(REGION, credentials.to_crt_credentials_provider())
    serializer = s3transfer_crt.BotocoreCRTRequestSerializer(session, {"region_name": REGION, "endpoint_url": None})
    return s3transfer_crt.CRTTransferManager(client, serializer)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(BODY)
    return path


@pytest.mark.parametrize("is_older", [False, True], ids=["client-from-inside", "client-from-before"])
def test_a_transfer_goes_the_classic_way(file: Path, is_older: bool) -> None:
    older = boto3.client("s3", region_name=REGION, **KEYS)
    with mock_aws() as aws:
        s3 = older if is_older else boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket="photos")
        s3.upload_file(str(file), "photos", "file", Config=NATIVE)
        s3.upload_fileobj(io.BytesIO(BODY), "photos", "stream", Config=NATIVE)
        s3.copy({"Bucket": "photos", "Key": "file"}, "photos", "copy", Config=NATIVE)
        s3.download_file("photos", "copy", str(file.with_suffix(".copy")), Config=NATIVE)
        s3.download_fileobj("photos", "stream", received := io.BytesIO(), Config=NATIVE)

        assert (file.with_suffix(".copy").read_bytes(), received.getvalue()) == (BODY, BODY)
        assert {call.backend for call in aws.calls} == {"boto3"}


def test_the_machine_that_it_is_tuned_for_makes_no_difference(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("awscrt.s3.is_optimized_for_system", lambda: True)
    with mock_aws() as aws:
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket="photos")
        s3.upload_file(str(file), "photos", "file")

        aws.calls.assert_called_once("s3", "PutObject")


def test_what_is_let_out_goes_to_the_endpoint_that_the_client_has(file: Path) -> None:
    passthrough = {"core": {"passthrough": {"services": ["s3"]}}}
    with loopback_server() as server, mock_aws(config=passthrough):
        s3 = boto3.client("s3", region_name=REGION, endpoint_url=server.url)
        s3.upload_file(str(file), "photos", "file", Config=NATIVE)

    assert [request.method for request in server.received] == ["PUT"]


TRANSFERS: dict[str, Callable[[Any, Path], Any]] = {
    "upload": lambda manager, file: manager.upload(str(file), "photos", "file"),
    "download": lambda manager, file: manager.download("photos", "file", str(file)),
    "delete": lambda manager, file: manager.delete("photos", "file"),
}


@pytest.mark.parametrize("transfer", TRANSFERS.values(), ids=TRANSFERS)
@pytest.mark.parametrize("is_older", [False, True], ids=["from-inside", "from-before"])
def test_a_native_client_of_the_tests_own_is_refused(
    file: Path, transfer: Callable[[Any, Path], Any], is_older: bool
) -> None:
    older = native_manager()
    with mock_aws():
        manager = older if is_older else native_manager()
        future = transfer(manager, file)
        with pytest.raises(
            RequestBlockedError, match=r"https://photos\.s3\.amazonaws\.com/file.*s3transfer\.manager\.TransferManager"
        ):
            future.result()
        manager.shutdown()

    assert file.read_bytes() == BODY


def test_nothing_is_left_behind(file: Path) -> None:
    native_manager()
    with nothing_left_behind(), mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket="photos")
        s3.upload_file(str(file), "photos", "file", Config=NATIVE)
