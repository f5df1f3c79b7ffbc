"""What is signed, or has a token, is refused when that has expired by the mock's time."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
import requests
from aiobotocore.credentials import AioRefreshableCredentials
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError
from botocore.session import Session

from aiomoto import MockAWS, mock_aws
from tests.moved_clocks import REGION, START, client
from tests.moved_clocks import aws as aws  # a fixture

# ---------------------------------------------------------------- presigned URLs and forms


def photos(**options: Any) -> Any:
    s3 = client("s3", **options)
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="cat", Body=b"meow")
    return s3


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_presigned_urls_expire(aws: MockAWS, version: str) -> None:
    s3 = photos(config=Config(signature_version=version))
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "cat"}, ExpiresIn=3600)

    aws.clock.advance(minutes=59)
    assert requests.get(url).content == b"meow"
    aws.clock.advance(minutes=2)
    late = requests.get(url)
    assert late.status_code == 403
    assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in late.text
    fresh = s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "cat"}, ExpiresIn=60)
    assert requests.get(fresh).content == b"meow"


def test_presigned_uploads_expire(aws: MockAWS) -> None:
    s3 = photos()
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "photos", "Key": "dog"}, ExpiresIn=60)
    form = s3.generate_presigned_post("photos", "bird", ExpiresIn=60)

    assert requests.post(form["url"], data=form["fields"], files={"file": b"tweet"}).status_code == 204
    aws.clock.advance(61)
    assert requests.put(url, data=b"woof").status_code == 403
    late = requests.post(form["url"], data=form["fields"], files={"file": b"TWEET"})
    assert (late.status_code, "Policy expired" in late.text) == (403, True)
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="photos")["Contents"]] == ["bird", "cat"]
    assert s3.get_object(Bucket="photos", Key="bird")["Body"].read() == b"tweet"


def test_presigned_urls_of_other_services_expire(aws: MockAWS) -> None:
    url = client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60)

    with urlopen(Request(url)) as response:
        assert b"<Account>" in response.read()
    aws.clock.advance(61)
    late = requests.get(url)
    assert (late.status_code, "Signature expired: 20260101T0001" in late.text) == (403, True)


# ---------------------------------------------------------------- sessions of roles


def assume(seconds: int = 900) -> Any:
    role = "arn:aws:iam::123456789012:role/reader"
    return client("sts").assume_role(RoleArn=role, RoleSessionName="test", DurationSeconds=seconds)["Credentials"]


def keys(credentials: Any) -> dict[str, str]:
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("s3", "list_buckets", "ExpiredToken", 400),
        ("sts", "get_caller_identity", "ExpiredToken", 403),
        ("dynamodb", "list_tables", "ExpiredTokenException", 400),
        ("sqs", "list_queues", "ExpiredTokenException", 400),
    ],
)
def test_keys_of_a_role_expire_with_its_session(
    aws: MockAWS, service: str, operation: str, code: str, status: int
) -> None:
    call = getattr(client(service, **keys(assume())), operation)
    aws.clock.advance(minutes=14)
    call()
    aws.clock.advance(minutes=2)

    with pytest.raises(ClientError, match="expired") as caught:
        call()

    response = caught.value.response
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_keys_without_a_session_do_not_expire(aws: MockAWS) -> None:
    sqs = client("sqs", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="secret")
    aws.clock.advance(days=400)
    sqs.list_queues()


def test_keys_that_moto_gives_to_everybody_do_not_expire(aws: MockAWS) -> None:
    found = client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    aws.clock.advance(days=1)
    client("sqs", **keys(found)).list_queues()


def test_credentials_are_refreshed_before_they_expire(aws: MockAWS) -> None:
    refreshed = []

    def fetch() -> dict[str, Any]:
        refreshed.append(aws.clock.now())
        found = assume(3600)
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["SessionToken"],
            "expiry_time": found["Expiration"].isoformat(),
        }

    session = Session()
    session._credentials = RefreshableCredentials.create_from_metadata(fetch(), fetch, "test")
    dynamodb = boto3.Session(botocore_session=session).client("dynamodb", REGION)
    for _ in range(6):
        dynamodb.list_tables()
        aws.clock.advance(minutes=30)

    between = [later - earlier for earlier, later in pairwise(refreshed)]
    assert len(refreshed) in (3, 4, 5)
    assert all(timedelta(minutes=29) < each <= timedelta(minutes=61) for each in between)


def test_clients_of_tasks_sign_with_the_mocks_time_and_refresh_their_credentials() -> None:
    async def program() -> None:
        refreshed: list[datetime] = []
        async with mock_aws(time=START) as aws:

            async def fetch() -> dict[str, Any]:
                refreshed.append(aws.clock.now())
                expires = aws.clock.now() + timedelta(hours=1)
                found = {"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "secret", "token": "token"}
                return {**found, "expiry_time": expires.isoformat()}

            session = get_session()
            session._credentials = AioRefreshableCredentials.create_from_metadata(await fetch(), fetch, "test")
            async with session.create_client("sqs", region_name=REGION) as sqs:
                for _ in range(5):
                    await sqs.list_queues()
                    await aws.clock.advance(minutes=30)
            signed = [call.headers["X-Amz-Date"][:11] for call in aws.calls]
        assert signed == [f"20260101T{hour}" for hour in ("00", "00", "01", "01", "02")]
        assert [moment.hour for moment in refreshed] == [0, 1, 2]

    asyncio.run(program())


# ---------------------------------------------------------------- Cognito


def signed_in(**options: Any) -> tuple[Any, str, Any]:
    cognito = client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
    app = cognito.create_user_pool_client(UserPoolId=pool, ClientName="app", **options)["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username="anna", TemporaryPassword="Passw0rd!")
    cognito.admin_set_user_password(UserPoolId=pool, Username="anna", Password="Passw0rd!", Permanent=True)
    tokens = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=app,
        AuthFlow="ADMIN_NO_SRP_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": "Passw0rd!"},
    )["AuthenticationResult"]
    return cognito, app, tokens


def test_access_tokens_expire(aws: MockAWS) -> None:
    cognito, _, tokens = signed_in()
    aws.clock.advance(minutes=59)
    assert cognito.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"
    aws.clock.advance(minutes=2)
    with pytest.raises(ClientError, match=r"NotAuthorizedException.*Access Token has expired"):
        cognito.get_user(AccessToken=tokens["AccessToken"])


@pytest.mark.parametrize(
    ("options", "days"),
    [({}, 30), ({"RefreshTokenValidity": 2}, 2)],
    ids=["30 days", "as configured"],
)
def test_refresh_tokens_give_new_tokens_until_they_expire(aws: MockAWS, options: dict[str, Any], days: int) -> None:
    cognito, app, tokens = signed_in(**options)

    def refresh() -> Any:
        return cognito.initiate_auth(
            ClientId=app,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
        )["AuthenticationResult"]

    aws.clock.advance(days=days - 1)
    assert cognito.get_user(AccessToken=refresh()["AccessToken"])["Username"] == "anna"
    aws.clock.advance(days=1)
    with pytest.raises(ClientError, match="NotAuthorizedException"):
        refresh()


def test_what_no_token_is_is_left_to_moto(aws: MockAWS) -> None:
    aws.clock.advance(60)
    for token in ("nonsense", "a.b.c", json.dumps({"exp": 0})):
        with pytest.raises(ClientError, match="NotAuthorizedException"):
            client("cognito-idp").get_user(AccessToken=token)
