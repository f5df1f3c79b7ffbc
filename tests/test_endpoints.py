"""Any endpoint is AWS: one's own, those of the environment, and all the hosts that AWS has in its partitions."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config

from aiomoto import RequestBlockedError, mock_aws
from tests.conftest import ClientFactory
from tests.one_stack import stack as stack  # a fixture

pytestmark = pytest.mark.anyio

REGION = "us-east-1"
ENDPOINTS = [
    "http://localhost:4566",
    "http://minio:9000",
    "http://minio.example.com",
    "https://s3.example.org:9000",
    "http://127.0.0.1:9000",
    "http://[::1]:9000",
]


def urls_of(client: Any) -> list[str]:
    """The URLs of the requests that the client goes on to send."""
    sent: list[str] = []

    def note(request: Any, **_: Any) -> None:
        sent.append(request.url)

    client.meta.events.register("before-send", note)
    return sent


# ---------------------------------------------------------------- an endpoint of one's own


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_dynamodb_at_a_custom_endpoint_is_the_dynamodb_that_boto3_sees(
    client: ClientFactory, endpoint: str
) -> None:
    async with mock_aws(), client("dynamodb", region_name=REGION, endpoint_url=endpoint) as dynamodb:
        urls = urls_of(dynamodb)
        await dynamodb.create_table(
            TableName="songs",
            KeySchema=[{"AttributeName": "title", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "title", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        await dynamodb.put_item(TableName="songs", Item={"title": {"S": "Heroes"}})

        assert urls == [f"{endpoint}/", f"{endpoint}/"]
        assert boto3.client("dynamodb", REGION).scan(TableName="songs")["Items"] == [{"title": {"S": "Heroes"}}]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_queue_at_a_custom_endpoint_has_its_url_there(client: ClientFactory, endpoint: str) -> None:
    async with mock_aws(), client("sqs", region_name=REGION, endpoint_url=endpoint) as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="first")
        received = await sqs.receive_message(QueueUrl=url)

        assert url == f"{endpoint}/123456789012/jobs"
        assert (await sqs.get_queue_url(QueueName="jobs"))["QueueUrl"] == url
        assert [message["Body"] for message in received["Messages"]] == ["first"]


async def test_queue_url_of_a_custom_endpoint_and_that_of_aws_name_one_queue(client: ClientFactory) -> None:
    async with mock_aws(), client("sqs", region_name=REGION, endpoint_url="http://localhost:4566") as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        at_aws = boto3.client("sqs", REGION)
        at_aws.send_message(QueueUrl=url, MessageBody="by the custom URL")
        at_aws.send_message(QueueUrl=at_aws.get_queue_url(QueueName="jobs")["QueueUrl"], MessageBody="by AWS's")
        received = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)

        assert {message["Body"] for message in received["Messages"]} == {"by the custom URL", "by AWS's"}


@pytest.mark.parametrize("region", ["us-west-2", "cn-north-1"])
async def test_region_at_a_custom_endpoint_is_that_of_the_signature(client: ClientFactory, region: str) -> None:
    async with mock_aws(), client("sns", region_name=region, endpoint_url="http://localhost:4566") as sns:
        topic = (await sns.create_topic(Name="news"))["TopicArn"]

        assert [found["TopicArn"] for found in boto3.client("sns", region).list_topics()["Topics"]] == [topic]
        assert boto3.client("sns", REGION).list_topics()["Topics"] == []


def test_boto3_at_a_custom_endpoint_is_answered_too() -> None:
    with mock_aws():
        boto3.client("s3", REGION, endpoint_url="http://minio:9000").create_bucket(Bucket="photos")

        assert [bucket["Name"] for bucket in boto3.client("s3", REGION).list_buckets()["Buckets"]] == ["photos"]


# ---------------------------------------------------------------- endpoints of the environment


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS"])
async def test_queue_is_at_the_endpoint_of_the_environment(
    client: ClientFactory, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://localhost:4566")
    async with mock_aws(), client("sqs", region_name=REGION) as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]

        assert url == "http://localhost:4566/123456789012/jobs"
        assert boto3.client("sqs", REGION).list_queues()["QueueUrls"] == [url]


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
async def test_bucket_is_at_the_endpoint_of_the_environment(
    client: ClientFactory, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://minio:9000")
    async with mock_aws(), client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="photos")
        urls = urls_of(s3)
        await s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"meow")

        assert urls == ["http://minio:9000/photos/cat.jpg"]
        assert boto3.client("s3", REGION).get_object(Bucket="photos", Key="cat.jpg")["Body"].read() == b"meow"


async def test_endpoint_of_one_service_does_not_move_another(
    client: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:8000")
    async with (
        mock_aws(),
        client("dynamodb", region_name=REGION) as dynamodb,
        client("stepfunctions", region_name=REGION) as states,
    ):
        assert dynamodb.meta.endpoint_url == "http://localhost:8000"
        assert states.meta.endpoint_url == "http://localhost:4566"
        assert (await dynamodb.list_tables())["TableNames"] == []
        assert (await states.list_state_machines())["stateMachines"] == []


# ---------------------------------------------------------------- AWS's own hosts


async def test_account_id_endpoint_of_dynamodb_is_answered(client: ClientFactory) -> None:
    config = AioConfig(account_id_endpoint_mode="required")
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "aws_account_id": "123456789012"}
    async with mock_aws(), client("dynamodb", region_name=REGION, config=config, **keys) as dynamodb:
        urls = urls_of(dynamodb)

        assert (await dynamodb.list_tables())["TableNames"] == []
        assert urls == ["https://123456789012.ddb.us-east-1.amazonaws.com/"]


async def test_account_id_of_the_environment_makes_an_endpoint_that_is_answered(
    client: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mock_aws():
        monkeypatch.setenv("AWS_ACCOUNT_ID", "123456789012")
        config = AioConfig(account_id_endpoint_mode="required")
        async with client("dynamodb", region_name=REGION, config=config) as dynamodb:
            urls = urls_of(dynamodb)

            assert (await dynamodb.list_tables())["TableNames"] == []
            assert urls == ["https://123456789012.ddb.us-east-1.amazonaws.com/"]


# A call of each service that says that it has nothing, or where it is.
CALLS: dict[str, tuple[str, str, Any]] = {
    "batch": ("describe_job_queues", "jobQueues", []),
    "cloudwatch": ("describe_alarms", "MetricAlarms", []),
    "dynamodb": ("list_tables", "TableNames", []),
    "ec2": ("describe_key_pairs", "KeyPairs", []),
    "elbv2": ("describe_load_balancers", "LoadBalancers", []),
    "iam": ("list_users", "Users", []),
    "kms": ("list_keys", "Keys", []),
    "lambda": ("list_functions", "Functions", []),
    "logs": ("describe_log_groups", "logGroups", []),
    "route53": ("list_hosted_zones", "HostedZones", []),
    "s3": ("list_buckets", "Buckets", []),
    "secretsmanager": ("list_secrets", "SecretList", []),
    "ses": ("list_identities", "Identities", []),
    "sns": ("list_topics", "Topics", []),
    "ssm": ("describe_parameters", "Parameters", []),
    "stepfunctions": ("list_state_machines", "stateMachines", []),
    "sts": ("get_caller_identity", "Account", "123456789012"),
}
VARIANTS = [
    pytest.param({"use_dualstack_endpoint": True}, id="dualstack"),
    pytest.param({"use_fips_endpoint": True}, id="fips"),
    pytest.param({"use_dualstack_endpoint": True, "use_fips_endpoint": True}, id="both"),
]
PARTITIONS = {
    "us-gov-west-1": "amazonaws.com",
    "cn-north-1": "amazonaws.com.cn",
    "us-iso-east-1": "c2s.ic.gov",
    "us-isob-east-1": "sc2s.sgov.gov",
    "eu-isoe-west-1": "cloud.adc-e.uk",
    "us-isof-south-1": "csp.hci.ic.gov",
}


@pytest.mark.thorough
@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("options", VARIANTS)
def test_dualstack_and_fips_hosts_of_a_service_are_answered(service: str, options: dict[str, bool]) -> None:
    operation, member, expected = CALLS[service]
    with mock_aws():
        aws = boto3.client(service, "us-west-2", config=Config(**options))

        assert getattr(aws, operation)()[member] == expected


@pytest.mark.parametrize("options", VARIANTS)
async def test_table_at_a_dualstack_or_fips_host_is_there_at_the_plain_one(
    client: ClientFactory, options: dict[str, bool]
) -> None:
    table = {
        "KeySchema": [{"AttributeName": "title", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "title", "AttributeType": "S"}],
    }
    async with mock_aws(), client("dynamodb", region_name=REGION, config=AioConfig(**options)) as dynamodb:
        await dynamodb.create_table(TableName="songs", BillingMode="PAY_PER_REQUEST", **table)

        assert boto3.client("dynamodb", REGION).list_tables()["TableNames"] == ["songs"]


# Global ones, and each kind of host: of the query protocol, of JSON, of REST, and with a bucket.
@pytest.mark.thorough
@pytest.mark.parametrize("service", ["dynamodb", "ec2", "iam", "lambda", "s3", "sts"])
@pytest.mark.parametrize("region", PARTITIONS)
def test_hosts_of_a_service_in_other_partitions_are_answered(service: str, region: str) -> None:
    operation, member, expected = CALLS[service]
    with mock_aws():
        aws = boto3.client(service, region)

        assert aws.meta.endpoint_url.endswith(f".{PARTITIONS[region]}")
        assert getattr(aws, operation)()[member] == expected


@pytest.mark.parametrize("region", PARTITIONS)
async def test_queue_of_another_partition_has_its_url_there_and_takes_messages(
    client: ClientFactory, region: str
) -> None:
    async with mock_aws(), client("sqs", region_name=region) as sqs:
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="first")
        received = await sqs.receive_message(QueueUrl=url)

        assert url == f"https://sqs.{region}.{PARTITIONS[region]}/123456789012/jobs"
        assert [message["Body"] for message in received["Messages"]] == ["first"]


@pytest.mark.parametrize(
    ("service", "operation"), [("bedrock-agent-runtime", "list_sessions"), ("mailmanager", "list_rule_sets")]
)
async def test_host_of_a_service_that_moto_lacks_is_blocked_though_another_signs_with_its_name(
    client: ClientFactory, service: str, operation: str
) -> None:
    async with mock_aws(), client(service, region_name=REGION) as aws:
        with pytest.raises(RequestBlockedError, match="Moto has no service that answers it"):
            await getattr(aws, operation)()
