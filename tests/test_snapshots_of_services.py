"""Snapshots of many services: what a client lists is the same after a restore, and can be used as before."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
import pytest

from aiomoto import mock_aws
from tests.conftest import MOTO

REGION = "us-east-1"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
Create = Callable[[Any], object]
Look = Callable[[Any], object]


@cache
def client(service: str) -> Any:
    """One client for all mocks: to create it takes longer than what it is asked."""
    return boto3.client(service, REGION)  # type: ignore[call-overload]


def values(items: list[dict[str, Any]], name: str) -> list[Any]:
    """One member of each, where another is the present time."""
    return [each[name] for each in items]


def role() -> str:
    created = client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)
    return str(created["Role"]["Arn"])


def code() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): pass")
    return file.getvalue()


def create_function(c: Any) -> None:
    c.create_function(
        FunctionName="f", Runtime="python3.12", Role=role(), Handler="main.handler", Code={"ZipFile": code()}
    )
    c.publish_version(FunctionName="f")
    c.create_alias(FunctionName="f", Name="live", FunctionVersion="1")


def create_state_machine(c: Any) -> None:
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    c.create_state_machine(name="m", definition=definition, roleArn=role())


def create_table(c: Any) -> None:
    c.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    c.put_item(TableName="t", Item={"k": {"S": "1"}, "n": {"N": "1.5"}, "b": {"B": b"\0"}})


def create_objects(c: Any) -> None:
    c.create_bucket(Bucket="photos")
    c.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    c.put_object(Bucket="photos", Key="k", Body=b"1", Tagging="a=b")
    c.put_object(Bucket="photos", Key="k", Body=b"2")
    upload = c.create_multipart_upload(Bucket="photos", Key="m")["UploadId"]
    c.upload_part(Bucket="photos", Key="m", UploadId=upload, PartNumber=1, Body=b"part")


def create_messages(c: Any) -> None:
    queue = c.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    c.send_message(QueueUrl=queue, MessageBody="m", MessageGroupId="g", MessageDeduplicationId="1")


def create_topic(c: Any) -> None:
    topic = c.create_topic(Name="t")["TopicArn"]
    c.subscribe(TopicArn=topic, Protocol="email", Endpoint="someone@example.com")


def create_key_and_sign(c: Any) -> None:
    key = c.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]["KeyId"]
    c.create_alias(AliasName="alias/k", TargetKeyId=key)


def create_application(c: Any) -> None:
    c.create_application(ApplicationName="a")
    c.create_environment(ApplicationName="a", EnvironmentName="envt")


def create_log_events(c: Any) -> None:
    c.create_log_group(logGroupName="g")
    c.create_log_stream(logGroupName="g", logStreamName="s")
    c.put_log_events(
        logGroupName="g", logStreamName="s", logEvents=[{"timestamp": int(time.time() * 1000), "message": "m"}]
    )


def create_domain(c: Any) -> None:
    c.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")


SERVICES: dict[str, tuple[Create, Look]] = {
    "acm": (lambda c: c.request_certificate(DomainName="example.com"), lambda c: c.list_certificates()),
    "apigateway": (lambda c: c.create_rest_api(name="a"), lambda c: c.get_rest_apis()["items"]),
    "athena": (
        lambda c: c.create_work_group(Name="w", Configuration={}),
        lambda c: [each["Name"] for each in c.list_work_groups()["WorkGroups"]],
    ),
    "cloudwatch": (
        lambda c: c.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}]),
        lambda c: c.list_metrics()["Metrics"],
    ),
    "codecommit": (
        lambda c: c.create_repository(repositoryName="repo"),
        lambda c: c.get_repository(repositoryName="repo"),
    ),
    "cognito-idp": (lambda c: c.create_user_pool(PoolName="p"), lambda c: c.list_user_pools(MaxResults=9)["UserPools"]),
    "dynamodb": (create_table, lambda c: c.scan(TableName="t")["Items"]),
    "ec2": (
        lambda c: c.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1),
        lambda c: [each["Instances"] for each in c.describe_instances()["Reservations"]],
    ),
    "ecr": (lambda c: c.create_repository(repositoryName="repo"), lambda c: c.describe_repositories()["repositories"]),
    "ecs": (lambda c: c.create_cluster(clusterName="c"), lambda c: c.list_clusters()["clusterArns"]),
    "efs": (
        lambda c: c.create_file_system(CreationToken="t"),
        lambda c: values(c.describe_file_systems()["FileSystems"], "FileSystemId"),
    ),
    "elasticbeanstalk": (create_application, lambda c: c.describe_environments()["Environments"]),
    "elb": (
        lambda c: c.create_load_balancer(
            LoadBalancerName="l",
            Listeners=[{"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 80}],
            AvailabilityZones=["us-east-1a"],
        ),
        lambda c: c.describe_load_balancers()["LoadBalancerDescriptions"],
    ),
    "events": (lambda c: c.put_rule(Name="r", ScheduleExpression="rate(1 day)"), lambda c: c.list_rules()["Rules"]),
    "firehose": (
        lambda c: c.create_delivery_stream(
            DeliveryStreamName="d", S3DestinationConfiguration={"RoleARN": role(), "BucketARN": "arn:aws:s3:::b"}
        ),
        lambda c: c.list_delivery_streams()["DeliveryStreamNames"],
    ),
    "glue": (lambda c: c.create_database(DatabaseInput={"Name": "d"}), lambda c: c.get_databases()["DatabaseList"]),
    "iam": (lambda c: role(), lambda c: c.list_roles()["Roles"]),
    "kinesis": (lambda c: c.create_stream(StreamName="s", ShardCount=1), lambda c: c.list_streams()["StreamNames"]),
    "kms": (create_key_and_sign, lambda c: c.get_public_key(KeyId="alias/k")["PublicKey"]),
    "lambda": (create_function, lambda c: c.get_function(FunctionName="f", Qualifier="live")["Configuration"]),
    "logs": (create_log_events, lambda c: c.get_log_events(logGroupName="g", logStreamName="s")["events"]),
    "organizations": (lambda c: c.create_organization(FeatureSet="ALL"), lambda c: c.list_accounts()["Accounts"]),
    "rds": (
        lambda c: c.create_db_instance(DBInstanceIdentifier="d", Engine="postgres", DBInstanceClass="db.m1.small"),
        lambda c: values(c.describe_db_instances()["DBInstances"], "DBInstanceArn"),
    ),
    "route53": (
        lambda c: c.create_hosted_zone(Name="example.com", CallerReference="1"),
        lambda c: c.list_hosted_zones()["HostedZones"],
    ),
    "s3": (create_objects, lambda c: (c.list_object_versions(Bucket="photos")["Versions"], len(parts(c)))),
    "secretsmanager": (
        lambda c: c.create_secret(Name="s", SecretString="x"),
        lambda c: c.get_secret_value(SecretId="s")["SecretString"],
    ),
    "securityhub": (lambda c: c.enable_security_hub(), lambda c: c.describe_hub()["HubArn"]),
    "ses": (lambda c: c.verify_email_identity(EmailAddress="a@example.com"), lambda c: c.list_identities()),
    "sns": (create_topic, lambda c: c.list_subscriptions()["Subscriptions"]),
    "sqs": (create_messages, lambda c: c.list_queues()["QueueUrls"]),
    "ssm": (lambda c: c.put_parameter(Name="p", Value="v", Type="String"), lambda c: c.get_parameter(Name="p")),
    "stepfunctions": (create_state_machine, lambda c: c.list_state_machines()["stateMachines"]),
    "swf": (create_domain, lambda c: c.list_domains(registrationStatus="REGISTERED")["domainInfos"]),
}


def parts(c: Any) -> list[Any]:
    (upload,) = c.list_multipart_uploads(Bucket="photos")["Uploads"]
    found: list[Any] = c.list_parts(Bucket="photos", Key="m", UploadId=upload["UploadId"])["Parts"]
    return found


def without_metadata(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if name != "ResponseMetadata"}


def _marks(service: str) -> list[pytest.MarkDecorator]:
    marks = [] if service in OFTEN_USED else [pytest.mark.thorough]
    if service == "securityhub":
        marks.append(pytest.mark.skipif(MOTO < (5, 2), reason="Moto 5.1.0 has only its findings"))
    return marks


OFTEN_USED = ("dynamodb", "kinesis", "kms", "lambda", "logs", "s3", "sqs", "stepfunctions")


@pytest.mark.parametrize(
    "service",
    [pytest.param(each, marks=_marks(each)) for each in SERVICES],
)
def test_what_a_client_sees_is_the_same_after_a_restore(service: str) -> None:
    create, look = SERVICES[service]
    with mock_aws() as aws:
        create(client(service))
        before = without_metadata(look(client(service)))
        snapshot = aws.snapshot()
    for _ in range(2):
        with mock_aws(state=snapshot) as aws:
            assert without_metadata(look(client(service))) == before
            aws.reset()
    assert before


def test_a_restored_key_verifies_what_was_signed_before() -> None:
    with mock_aws() as aws:
        create_key_and_sign(client("kms"))
        arguments = {"KeyId": "alias/k", "Message": b"m", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
        signature = client("kms").sign(**arguments)["Signature"]
        snapshot = aws.snapshot()
    with mock_aws(state=snapshot):
        assert client("kms").verify(**arguments, Signature=signature)["SignatureValid"] is True
