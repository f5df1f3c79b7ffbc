"""aioboto3's client-side encryption, which makes sessions of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from cryptography.hazmat.primitives.asymmetric import rsa

from aiomoto import MotoAIOHTTPSession, aioboto3_session, mock_aws

cse = pytest.importorskip("aioboto3.s3.cse", reason="aioboto3 is not installed: nox -s aioboto3")

pytestmark = pytest.mark.anyio

TEXT = b"".join(b"%06d\n" % n for n in range(200))


@pytest.fixture
async def key_id() -> AsyncIterator[str]:
    """A KMS key inside a mock, beside a bucket."""
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="vault")
        yield boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]


def stored() -> dict[str, Any]:
    """The object as S3 has it."""
    answer: dict[str, Any] = boto3.client("s3").get_object(Bucket="vault", Key="text")
    return answer | {"Body": answer["Body"].read()}


async def put_and_get(s3: Any, **options: Any) -> bytes:
    await s3.put_object(Body=TEXT, Bucket="vault", Key="text")
    answer = await s3.get_object(Bucket="vault", Key="text", **options)
    body: bytes = await answer["Body"].read()
    return body


@pytest.mark.usefixtures("key_id")
async def test_a_symmetric_key() -> None:
    async with cse.S3CSE(cse.SymmetricCryptoContext(os.urandom(32))) as s3:
        assert await put_and_get(s3) == TEXT

    assert b"000001" not in stored()["Body"]
    assert stored()["Metadata"]["x-amz-unencrypted-content-length"] == str(len(TEXT))


@pytest.mark.usefixtures("key_id")
async def test_a_pair_of_keys() -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    context = cse.AsymmetricCryptoContext(public_key=private.public_key(), private_key=private)
    async with cse.S3CSE(context) as s3:
        assert await put_and_get(s3) == TEXT

    assert b"000001" not in stored()["Body"]


@pytest.mark.parametrize(("authenticated", "algorithm"), [(True, "AES/GCM/NoPadding"), (False, "AES/CBC/PKCS5Padding")])
async def test_a_key_of_kms(key_id: str, authenticated: bool, algorithm: str) -> None:
    async with cse.S3CSE(cse.KMSCryptoContext(key_id, authenticated_encryption=authenticated)) as s3:
        assert await put_and_get(s3) == TEXT

    assert b"000001" not in stored()["Body"]
    assert stored()["Metadata"]["x-amz-cek-alg"] == algorithm


async def test_a_part_of_what_a_key_of_kms_encrypted(key_id: str) -> None:
    async with cse.S3CSE(cse.KMSCryptoContext(key_id)) as s3:
        assert await put_and_get(s3, Range="bytes=70-84") == b"000010\n000011\n"


async def test_with_no_mock_the_client_is_told_its_session_class() -> None:
    keys = {"aws_access_key_id": "xxx", "aws_secret_access_key": "xxx"}
    config = AioConfig(http_session_cls=MotoAIOHTTPSession)
    client_args = {"config": config, "region_name": "us-east-1", **keys}
    async with aioboto3_session().client("s3") as plain:
        await plain.create_bucket(Bucket="vault")
    async with cse.S3CSE(cse.SymmetricCryptoContext(os.urandom(32)), s3_client_args=client_args) as s3:
        assert await put_and_get(s3) == TEXT
