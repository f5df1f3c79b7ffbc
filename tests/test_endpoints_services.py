"""Services that sign with the name of another, and calls with no signature, at an endpoint that tells nothing."""

from __future__ import annotations

from base64 import b64encode

import anyio
import boto3
import pytest
import requests
from aiobotocore.config import AioConfig
from botocore import UNSIGNED
from moto.backend_index import backend_url_patterns

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture
from tests.test_endpoints import REGION

pytestmark = pytest.mark.anyio

ENDPOINT = "http://localhost:4566"
HERE_AND_THERE = [pytest.param(None, id="aws"), ENDPOINT]

IN_MOTO = {service for service, _ in backend_url_patterns}
ROLE = "arn:aws:iam::123456789012:role/robot"


# ---------------------------------------------------------------- one signing name for several services


async def test_ses_and_sesv2_are_told_apart(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("ses", region_name=REGION, endpoint_url=ENDPOINT) as ses,
        client("sesv2", region_name=REGION, endpoint_url=ENDPOINT) as sesv2,
    ):
        await ses.verify_email_identity(EmailAddress="ada@example.com")
        await sesv2.create_contact_list(ContactListName="friends")
        content = {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "there"}}}}
        to = {"ToAddresses": ["bob@example.com"]}
        await sesv2.send_email(FromEmailAddress="ada@example.com", Destination=to, Content=content)

        assert (await ses.list_identities())["Identities"] == ["ada@example.com"]
        assert (await ses.get_send_quota())["SentLast24Hours"] == 1
        lists = (await sesv2.list_contact_lists())["ContactLists"]
        assert [found["ContactListName"] for found in lists] == ["friends"]


async def test_dynamodb_and_its_streams_are_told_apart(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("dynamodb", region_name=REGION, endpoint_url=ENDPOINT) as dynamodb,
        client("dynamodbstreams", region_name=REGION, endpoint_url=ENDPOINT) as streams,
    ):
        await dynamodb.create_table(
            TableName="songs",
            KeySchema=[{"AttributeName": "title", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "title", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        await dynamodb.put_item(TableName="songs", Item={"title": {"S": "Heroes"}})
        (stream,) = (await streams.list_streams(TableName="songs"))["Streams"]
        described = (await streams.describe_stream(StreamArn=stream["StreamArn"]))["StreamDescription"]
        iterator = await streams.get_shard_iterator(
            StreamArn=stream["StreamArn"],
            ShardId=described["Shards"][0]["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )
        records = (await streams.get_records(ShardIterator=iterator["ShardIterator"]))["Records"]

        assert [record["dynamodb"]["NewImage"] for record in records] == [{"title": {"S": "Heroes"}}]


async def test_bedrock_its_agents_and_its_runtime_are_told_apart(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("bedrock", region_name=REGION, endpoint_url=ENDPOINT) as bedrock,
        client("bedrock-agent", region_name=REGION, endpoint_url=ENDPOINT) as agents,
    ):
        await agents.create_agent(agentName="bond", agentResourceRoleArn=ROLE)

        assert (await bedrock.list_custom_models())["modelSummaries"] == []
        assert [found["agentName"] for found in (await agents.list_agents())["agentSummaries"]] == ["bond"]


@pytest.mark.skipif("bedrockruntime" not in IN_MOTO, reason="this version of Moto has no Bedrock runtime")
async def test_bedrock_runtime_is_told_apart(client: ClientFactory) -> None:
    async with mock_aws(), client("bedrock-runtime", region_name=REGION, endpoint_url=ENDPOINT) as runtime:
        answer = await runtime.invoke_model(modelId="anthropic.claude", body=b"{}")

        assert await answer["body"].read() == b"{}"


async def test_sagemaker_and_its_runtime_are_told_apart(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("sagemaker", region_name=REGION, endpoint_url=ENDPOINT) as sagemaker,
        client("sagemaker-runtime", region_name=REGION, endpoint_url=ENDPOINT) as runtime,
    ):
        answer = await runtime.invoke_endpoint(EndpointName="house-prices", Body=b"[1]")

        assert await answer["Body"].read() == b"body"
        assert (await sagemaker.list_models())["Models"] == []


async def test_both_halves_of_timestream_are_told_apart(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("timestream-write", region_name=REGION, endpoint_url=ENDPOINT) as write,
        client("timestream-query", region_name=REGION, endpoint_url=ENDPOINT) as query,
    ):
        await write.create_database(DatabaseName="weather")

        assert (await query.query(QueryString="SELECT 1"))["Rows"] == []
        databases = (await write.list_databases())["Databases"]
        assert [found["DatabaseName"] for found in databases] == ["weather"]


@pytest.mark.thorough
async def test_classic_and_new_load_balancers_are_told_apart(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("elb", region_name=REGION, endpoint_url=ENDPOINT) as elb,
        client("elbv2", region_name=REGION, endpoint_url=ENDPOINT) as elbv2,
    ):
        vpc = boto3.client("ec2", REGION).describe_vpcs()["Vpcs"][0]["VpcId"]
        listener = {"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}
        await elb.create_load_balancer(LoadBalancerName="old", Listeners=[listener], AvailabilityZones=["us-east-1a"])
        await elbv2.create_target_group(Name="new", Protocol="HTTP", Port=80, VpcId=vpc)

        old = (await elb.describe_load_balancers())["LoadBalancerDescriptions"]
        new = (await elbv2.describe_target_groups())["TargetGroups"]
        assert [found["LoadBalancerName"] for found in old] == ["old"]
        assert [found["TargetGroupName"] for found in new] == ["new"]
        assert (await elbv2.describe_load_balancers())["LoadBalancers"] == []


async def test_s3_and_its_control_are_told_apart(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("s3", region_name=REGION, endpoint_url=ENDPOINT) as s3,
        client("s3control", region_name=REGION, endpoint_url=ENDPOINT) as control,
    ):
        await s3.create_bucket(Bucket="photos")
        await control.create_access_point(AccountId="123456789012", Name="cats", Bucket="photos")

        assert (await control.get_access_point(AccountId="123456789012", Name="cats"))["Bucket"] == "photos"
        assert [found["Name"] for found in (await s3.list_buckets())["Buckets"]] == ["photos"]


async def test_what_moto_lacks_of_s3_control_is_not_taken_for_an_object(client: ClientFactory) -> None:
    async with mock_aws(), client("s3control", region_name=REGION, endpoint_url=ENDPOINT) as control:
        with pytest.raises(NotImplementedError, match="s3control ListJobs"):
            await control.list_jobs(AccountId="123456789012")


async def test_mediastore_and_its_data_are_told_apart(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("mediastore", region_name=REGION, endpoint_url=ENDPOINT) as mediastore,
        client("mediastore-data", region_name=REGION, endpoint_url=ENDPOINT) as data,
    ):
        await mediastore.create_container(ContainerName="films")
        await data.put_object(Path="trailer", Body=b"film")
        answer = await data.get_object(Path="trailer")

        assert await answer["Body"].read() == b"film"
        assert [found["Name"] for found in (await mediastore.list_containers())["Containers"]] == ["films"]
        assert [found["Name"] for found in (await data.list_items())["Items"]] == ["trailer"]


@pytest.mark.skipif("servicecatalog" not in IN_MOTO, reason="this version of Moto has no Service Catalog")
async def test_service_catalog_and_its_app_registry_are_told_apart(client: ClientFactory) -> None:
    async with (
        mock_aws(),
        client("servicecatalog", region_name=REGION, endpoint_url=ENDPOINT) as catalog,
        client("servicecatalog-appregistry", region_name=REGION, endpoint_url=ENDPOINT) as registry,
    ):
        await catalog.create_portfolio(DisplayName="tools", ProviderName="IT", IdempotencyToken="once")
        await registry.create_application(name="shop", clientToken="once")

        assert [found["DisplayName"] for found in (await catalog.list_portfolios())["PortfolioDetails"]] == ["tools"]
        assert [found["name"] for found in (await registry.list_applications())["applications"]] == ["shop"]


# ---------------------------------------------------------------- unsigned calls


@pytest.mark.parametrize("endpoint", HERE_AND_THERE)
async def test_unsigned_sign_in_reaches_the_user_pool(client: ClientFactory, endpoint: str | None) -> None:
    unsigned = AioConfig(signature_version=UNSIGNED)
    async with mock_aws(), client("cognito-idp", region_name=REGION, endpoint_url=endpoint, config=unsigned) as cognito:
        admin = boto3.client("cognito-idp", REGION)
        pool = admin.create_user_pool(PoolName="shop")["UserPool"]["Id"]
        app = admin.create_user_pool_client(
            UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        await cognito.sign_up(ClientId=app, Username="ada", Password="Passw0rd!")
        admin.admin_confirm_sign_up(UserPoolId=pool, Username="ada")
        signed_in = await cognito.initiate_auth(
            ClientId=app,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ada", "PASSWORD": "Passw0rd!"},
        )

        assert signed_in["AuthenticationResult"]["TokenType"] == "Bearer"


@pytest.mark.parametrize("slash", ["", "/"])
async def test_an_endpoint_may_have_a_path(client: ClientFactory, slash: str) -> None:
    endpoint = f"https://example.test/storage/v1{slash}"
    photo = {"Bucket": "photos", "Key": "storage/v1/a.jpg"}
    async with (
        mock_aws() as aws,
        client("s3", region_name=REGION, endpoint_url=endpoint) as s3,
        client("sqs", region_name=REGION, endpoint_url=endpoint) as sqs,
        client("lambda", region_name=REGION, endpoint_url=endpoint) as functions,
    ):
        await s3.create_bucket(Bucket="photos")
        await s3.put_object(**photo, Body=b"...")
        url = await s3.generate_presigned_url("get_object", Params=photo)
        await sqs.create_queue(QueueName="jobs")

        assert (await functions.list_functions())["Functions"] == []
        assert (await anyio.to_thread.run_sync(requests.get, url)).content == b"..."
        assert boto3.client("s3").head_object(**photo)["ContentLength"] == 3
        assert len(boto3.client("sqs").list_queues()["QueueUrls"]) == 1
        aws.calls.assert_called_once("s3", "PutObject", **photo)


@pytest.mark.parametrize("service", ["dynamodb", "lambda", "sns", "sqs", "sts"])
async def test_unsigned_calls_at_an_endpoint_of_several_services_reach_the_right_one(
    client: ClientFactory, service: str
) -> None:
    unsigned = AioConfig(signature_version=UNSIGNED)
    endpoint = "http://localhost:4566"
    calls: dict[str, tuple[str, str]] = {
        "dynamodb": ("list_tables", "TableNames"),
        "lambda": ("list_functions", "Functions"),
        "sns": ("list_topics", "Topics"),
        "sqs": ("create_queue", "QueueUrl"),
        "sts": ("get_caller_identity", "Account"),
    }
    operation, expected = calls[service]
    arguments = {"QueueName": "jobs"} if service == "sqs" else {}
    with mock_aws():
        s3 = boto3.client("s3", REGION, endpoint_url=endpoint, config=unsigned)
        async with client(service, region_name=REGION, endpoint_url=endpoint, config=unsigned) as unsigned_client:
            answer = await getattr(unsigned_client, operation)(**arguments)
        s3.create_bucket(Bucket="photos")

        assert expected in answer
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["photos"]


@pytest.mark.parametrize("endpoint", HERE_AND_THERE)
async def test_unsigned_identity_comes_from_its_pool(client: ClientFactory, endpoint: str | None) -> None:
    unsigned = AioConfig(signature_version=UNSIGNED)
    async with (
        mock_aws(),
        client("cognito-identity", region_name=REGION, endpoint_url=endpoint, config=unsigned) as cognito,
    ):
        admin = boto3.client("cognito-identity", REGION)
        pool = admin.create_identity_pool(IdentityPoolName="shop", AllowUnauthenticatedIdentities=True)
        identity = await cognito.get_id(IdentityPoolId=pool["IdentityPoolId"])

        assert identity["IdentityId"].startswith("us-east-1:")


@pytest.mark.parametrize("endpoint", HERE_AND_THERE)
@pytest.mark.parametrize("config", [None, AioConfig(signature_version=UNSIGNED)], ids=["default", "unsigned"])
async def test_role_is_assumed_with_a_web_identity(
    client: ClientFactory, endpoint: str | None, config: AioConfig | None
) -> None:
    async with mock_aws(), client("sts", region_name=REGION, endpoint_url=endpoint, config=config) as sts:
        assumed = await sts.assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="build", WebIdentityToken="a.jwt.token"
        )

        assert assumed["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/robot/build"


async def test_role_is_assumed_with_saml_at_a_custom_endpoint(client: ClientFactory) -> None:
    # The least that Moto reads from an assertion.
    company = "arn:aws:iam::123456789012:saml-provider/company"
    attributes = "".join(
        f'<a:Attribute Name="https://aws.amazon.com/SAML/Attributes/{name}">'
        f"<a:AttributeValue>{value}</a:AttributeValue></a:Attribute>"
        for name, value in {"RoleSessionName": "build", "Role": f"{ROLE},{company}"}.items()
    )
    assertion = (
        '<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">'
        f"<a:Assertion><a:AttributeStatement>{attributes}</a:AttributeStatement></a:Assertion></Response>"
    )
    async with mock_aws(), client("sts", region_name=REGION, endpoint_url=ENDPOINT) as sts:
        assumed = await sts.assume_role_with_saml(
            RoleArn=ROLE, PrincipalArn=company, SAMLAssertion=b64encode(assertion.encode()).decode()
        )

        assert assumed["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/robot/build"


# ---------------------------------------------------------------- signatures in the query, sent by requests


async def test_query_signed_call_to_a_host_of_aws_is_answered(client: ClientFactory) -> None:
    async with mock_aws(), client("sts", region_name=REGION) as sts:
        url = await sts.generate_presigned_url("get_caller_identity")
        answer = await anyio.to_thread.run_sync(lambda: requests.get(url, timeout=60))

        assert answer.status_code == 200
        assert "<Account>123456789012</Account>" in answer.text
