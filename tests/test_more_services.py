"""Secrets, keys, identities, parameters, logs, functions, clusters, users, and waiters, over each HTTP library."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import anyio
import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore import UNSIGNED
from botocore.exceptions import ClientError, WaiterError

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

pytestmark = pytest.mark.anyio

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


async def test_a_secret_has_its_newest_value_until_it_is_deleted(client: ClientFactory) -> None:
    async with mock_aws(), client("secretsmanager", region_name="us-east-1") as secrets:
        await secrets.create_secret(Name="db/password", SecretString="first")
        await secrets.put_secret_value(SecretId="db/password", SecretString="second")
        value = await secrets.get_secret_value(SecretId="db/password")
        old = await secrets.get_secret_value(SecretId="db/password", VersionStage="AWSPREVIOUS")
        await secrets.delete_secret(SecretId="db/password", ForceDeleteWithoutRecovery=True)
        with pytest.raises(secrets.exceptions.ResourceNotFoundException):
            await secrets.get_secret_value(SecretId="db/password")

    assert (value["SecretString"], old["SecretString"]) == ("second", "first")


async def test_a_secret_of_bytes_comes_back_as_bytes(client: ClientFactory) -> None:
    async with mock_aws(), client("secretsmanager", region_name="us-east-1") as secrets:
        await secrets.create_secret(Name="key", SecretBinary=b"\x00\xff")

        assert (await secrets.get_secret_value(SecretId="key"))["SecretBinary"] == b"\x00\xff"


async def test_what_one_library_encrypts_the_other_decrypts(client: ClientFactory) -> None:
    async with mock_aws(), client("kms", region_name="us-east-1") as kms:
        key = (await kms.create_key(Description="test"))["KeyMetadata"]
        await kms.create_alias(AliasName="alias/test", TargetKeyId=key["KeyId"])
        context = {"purpose": "test"}
        sealed = await kms.encrypt(KeyId="alias/test", Plaintext=b"top \x00 secret", EncryptionContext=context)
        opened = boto3.client("kms", region_name="us-east-1").decrypt(
            CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context
        )
        with pytest.raises(kms.exceptions.InvalidCiphertextException):
            await kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])

    assert sealed["CiphertextBlob"] != b"top \x00 secret"
    assert (opened["Plaintext"], opened["KeyId"]) == (b"top \x00 secret", key["Arn"])


async def test_the_caller_is_in_motos_account(client: ClientFactory) -> None:
    async with mock_aws(), client("sts", region_name="us-east-1") as sts:
        assert (await sts.get_caller_identity())["Account"] == "123456789012"


async def test_clients_with_the_credentials_of_a_role_are_that_role(client: ClientFactory) -> None:
    arn = "arn:aws:iam::210987654321:role/auditor"
    async with mock_aws(), client("sts", region_name="us-east-1") as sts:
        assumed = await sts.assume_role(RoleArn=arn, RoleSessionName="audit")
        found = assumed["Credentials"]
        credentials = {
            "aws_access_key_id": found["AccessKeyId"],
            "aws_secret_access_key": found["SecretAccessKey"],
            "aws_session_token": found["SessionToken"],
        }
        async with client("sts", region_name="us-east-1", **credentials) as auditor:
            caller = await auditor.get_caller_identity()

    assert (caller["Account"], caller["Arn"]) == (
        "210987654321",
        "arn:aws:sts::210987654321:assumed-role/auditor/audit",
    )


async def test_what_a_role_of_another_account_creates_is_in_that_account(client: ClientFactory) -> None:
    async with mock_aws(), client("sts", region_name="us-east-1") as sts:
        assumed = await sts.assume_role(RoleArn="arn:aws:iam::210987654321:role/builder", RoleSessionName="build")
        found = assumed["Credentials"]
        async with client(
            "sqs",
            region_name="us-east-1",
            aws_access_key_id=found["AccessKeyId"],
            aws_secret_access_key=found["SecretAccessKey"],
            aws_session_token=found["SessionToken"],
        ) as sqs:
            theirs = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        ours = boto3.client("sqs", region_name="us-east-1").list_queues()

    assert theirs == "https://sqs.us-east-1.amazonaws.com/210987654321/jobs"
    assert ours.get("QueueUrls", []) == []


async def test_parameters_are_found_by_name_and_by_path(client: ClientFactory) -> None:
    async with mock_aws(), client("ssm", region_name="us-east-1") as ssm:
        for number in range(12):
            await ssm.put_parameter(Name=f"/app/{number:02}", Value=f"{number}", Type="String")
        await ssm.put_parameter(Name="/app/secret", Value="hush", Type="SecureString")
        await ssm.put_parameter(Name="/other/00", Value="other", Type="String")
        secret = await ssm.get_parameter(Name="/app/secret", WithDecryption=True)
        pages = ssm.get_paginator("get_parameters_by_path").paginate(
            Path="/app", ParameterFilters=[{"Key": "Type", "Values": ["String"]}], PaginationConfig={"PageSize": 5}
        )
        values = [[parameter["Value"] for parameter in page["Parameters"]] async for page in pages]

    assert secret["Parameter"]["Value"] == "hush"
    assert values == [["0", "1", "2", "3", "4"], ["5", "6", "7", "8", "9"], ["10", "11"]]


async def test_users_and_roles_are_created_and_listed(client: ClientFactory) -> None:
    async with mock_aws(), client("iam", region_name="us-east-1") as iam:
        for name in ("ada", "bob", "eve"):
            await iam.create_user(UserName=name)
        await iam.create_role(RoleName="builder", AssumeRolePolicyDocument=TRUST)
        role = await iam.get_role(RoleName="builder")
        with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
            await iam.create_user(UserName="ada")
        pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2})
        names = [user["UserName"] async for page in pages for user in page["Users"]]

    assert names == ["ada", "bob", "eve"]
    assert role["Role"]["Arn"] == "arn:aws:iam::123456789012:role/builder"


async def test_log_events_are_read_and_filtered(client: ClientFactory) -> None:
    now = int(time.time() * 1000)
    async with mock_aws(), client("logs", region_name="us-east-1") as logs:
        stream = {"logGroupName": "/app", "logStreamName": "web"}
        await logs.create_log_group(logGroupName="/app")
        await logs.create_log_stream(**stream)
        events = [{"timestamp": now + number, "message": text} for number, text in enumerate(["start", "error", "end"])]
        await logs.put_log_events(**stream, logEvents=events)
        got = await logs.get_log_events(**stream, startFromHead=True)
        found = await logs.filter_log_events(logGroupName="/app", filterPattern="error")

    assert [event["message"] for event in got["events"]] == ["start", "error", "end"]
    assert [(event["timestamp"], event["message"]) for event in found["events"]] == [(now + 1, "error")]


def _package() -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return event")
    return package.getvalue()


async def test_a_function_is_created_listed_and_described(client: ClientFactory) -> None:
    async with mock_aws(), client("lambda", region_name="us-east-1") as functions:
        iam = boto3.client("iam", region_name="us-east-1")
        role = iam.create_role(RoleName="runner", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        await functions.create_function(
            FunctionName="echo",
            Runtime="python3.11",
            Role=role,
            Handler="app.handler",
            Code={"ZipFile": _package()},
            Environment={"Variables": {"STAGE": "test"}},
        )
        listed = await functions.list_functions()
        got = await functions.get_function(FunctionName="echo")
        deleted = await functions.delete_function(FunctionName="echo")
        with pytest.raises(functions.exceptions.ResourceNotFoundException):
            await functions.get_function(FunctionName="echo")

    assert [function["FunctionName"] for function in listed["Functions"]] == ["echo"]
    assert got["Configuration"]["Environment"] == {"Variables": {"STAGE": "test"}}
    assert got["Configuration"]["CodeSize"] == len(_package())
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204


async def test_a_kafka_cluster_is_created_and_listed(client: ClientFactory) -> None:
    async with mock_aws(), client("kafka", region_name="us-east-1") as kafka:
        created = await kafka.create_cluster(
            ClusterName="events",
            BrokerNodeGroupInfo={"ClientSubnets": ["subnet-1"], "InstanceType": "kafka.m5.large"},
            KafkaVersion="2.8.1",
            NumberOfBrokerNodes=3,
        )
        listed = await kafka.list_clusters()
        described = await kafka.describe_cluster(ClusterArn=created["ClusterArn"])

    assert [cluster["ClusterName"] for cluster in listed["ClusterInfoList"]] == ["events"]
    assert described["ClusterInfo"]["NumberOfBrokerNodes"] == 3


@pytest.mark.parametrize("config", [None, AioConfig(signature_version=UNSIGNED)], ids=["default", "unsigned"])
async def test_a_user_signs_up_and_in_without_credentials(client: ClientFactory, config: AioConfig | None) -> None:
    ada = {"Username": "ada", "Password": "Passw0rd!"}
    async with mock_aws(), client("cognito-idp", region_name="us-east-1", config=config) as cognito:
        admin = boto3.client("cognito-idp", region_name="us-east-1")
        pool = admin.create_user_pool(PoolName="shop")["UserPool"]["Id"]
        app = admin.create_user_pool_client(
            UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        await cognito.sign_up(ClientId=app, **ada, UserAttributes=[{"Name": "email", "Value": "ada@example.com"}])
        await cognito.confirm_sign_up(ClientId=app, Username="ada", ConfirmationCode="123456")
        signed_in = await cognito.initiate_auth(
            ClientId=app,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": ada["Username"], "PASSWORD": ada["Password"]},
        )
        user = await cognito.get_user(AccessToken=signed_in["AuthenticationResult"]["AccessToken"])
        with pytest.raises(cognito.exceptions.UsernameExistsException):
            await cognito.sign_up(ClientId=app, **ada)

    assert user["Username"] == "ada"


# ---------------------------------------------------------------- waiters

ONCE: dict[str, Any] = {"WaiterConfig": {"Delay": 0, "MaxAttempts": 1}}
OBJECT = {"Bucket": "reports", "Key": "a"}
TABLE: dict[str, Any] = {
    "TableName": "users",
    "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "name", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
# What to create, and the waiters that then have nothing to wait for.
WAITERS: dict[str, tuple[dict[str, Any], dict[str, dict[str, str]]]] = {
    "s3": (
        {"create_bucket": {"Bucket": "reports"}, "put_object": {**OBJECT, "Body": b"x"}},
        {
            "bucket_exists": {"Bucket": "reports"},
            "bucket_not_exists": {"Bucket": "missing"},
            "object_exists": OBJECT,
            "object_not_exists": {"Bucket": "reports", "Key": "missing"},
        },
    ),
    "dynamodb": (
        {"create_table": TABLE},
        {"table_exists": {"TableName": "users"}, "table_not_exists": {"TableName": "missing"}},
    ),
    "kinesis": (
        {"create_stream": {"StreamName": "clicks", "ShardCount": 1}},
        {"stream_exists": {"StreamName": "clicks"}, "stream_not_exists": {"StreamName": "missing"}},
    ),
    "iam": (
        {"create_role": {"RoleName": "builder", "AssumeRolePolicyDocument": TRUST}},
        {"role_exists": {"RoleName": "builder"}},
    ),
}


@pytest.mark.parametrize("service", WAITERS)
async def test_waiters_see_what_is_there(client: ClientFactory, service: str) -> None:
    creations, waiters = WAITERS[service]
    async with mock_aws(), client(service, region_name="us-east-1") as aws:
        for operation, arguments in creations.items():
            await getattr(aws, operation)(**arguments)

        for name, arguments in waiters.items():
            await aws.get_waiter(name).wait(**arguments, **ONCE)


async def test_a_waiter_gives_up_after_its_attempts(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        waiter = s3.get_waiter("object_exists")
        with pytest.raises(WaiterError, match="Max attempts exceeded"):
            await waiter.wait(**OBJECT, WaiterConfig={"Delay": 0, "MaxAttempts": 3})


async def test_a_waiter_ends_once_another_task_has_created_the_object(client: ClientFactory) -> None:
    async with mock_aws(), client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="reports")
        ended = []

        async def wait() -> None:
            await s3.get_waiter("object_exists").wait(**OBJECT, WaiterConfig={"Delay": 0.01, "MaxAttempts": 500})
            ended.append("waiter")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            with pytest.raises(ClientError):
                await s3.get_object(**OBJECT)
            assert ended == []
            await s3.put_object(**OBJECT, Body=b"x")

    assert ended == ["waiter"]
