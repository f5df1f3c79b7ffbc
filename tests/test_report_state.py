"""The report of a failing test lists what exists in each service, and nothing that Moto creates by itself."""

from __future__ import annotations

import pytest

from tests.inner_runs import run_tests

pytest_plugins = ["pytester"]

CREATING = """
def client(service, region="us-east-1"):
    return boto3.client(service, region_name=region)

def create():
    s3 = client("s3")
    s3.create_bucket(Bucket="reports")
    s3.put_bucket_versioning(Bucket="reports", VersioningConfiguration={"Status": "Enabled"})
    for key in ("june", "july", "july"):
        s3.put_object(Bucket="reports", Key=key, Body=b"a" * 1536)
    s3.delete_object(Bucket="reports", Key="june")
    sqs = client("sqs")
    queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    for delay in (0, 0, 0, 60):
        sqs.send_message(QueueUrl=queue, MessageBody="{}", DelaySeconds=delay)
    sqs.receive_message(QueueUrl=queue)
    client("dynamodb").create_table(
        TableName="people", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    client("dynamodb").put_item(TableName="people", Item={"id": {"S": "ann"}})
    topic = client("sns").create_topic(Name="news")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="ann@example.com")
    iam = client("iam")
    iam.create_role(RoleName="app", AssumeRolePolicyDocument="{}")
    iam.create_user(UserName="ann")
    client("kms").describe_key(KeyId="alias/aws/s3")
    client("secretsmanager").create_secret(Name="db", SecretString="hunter2")
    client("ssm").put_parameter(Name="/app/db", Value="x", Type="String")
    client("logs").create_log_group(logGroupName="/app")
    events = client("events")
    events.create_event_bus(Name="orders")
    events.put_rule(Name="nightly", ScheduleExpression="rate(5 minutes)")
    client("kinesis").create_stream(StreamName="clicks", ShardCount=2)
    ec2 = client("ec2")
    ec2.describe_vpcs()
    ec2.create_key_pair(KeyName="laptop")
    client("ecr").create_repository(repositoryName="web")
    client("route53").create_hosted_zone(Name="example.com.", CallerReference="1")
    client("ses").verify_email_identity(EmailAddress="ann@example.com")
    client("athena").list_work_groups()
    client("glue").create_database(DatabaseInput={"Name": "sales"})
    client("ecs").create_cluster(clusterName="main")
    client("batch").create_scheduling_policy(name="fair")
"""
LINES = [
    "batch: scheduling-policy/fair",
    "dynamodb: people (1 item)",
    "ec2: key-pair/laptop",
    "ecr: web (0 images)",
    "ecs: cluster/main",
    "events: event-bus/orders (0 rules), rule/nightly (0 targets)",
    "glue: database/sales (0 tables)",
    "iam: role/app, user/ann",
    "kinesis: clicks (2 shards, 0 records)",
    "logs: /app (0 streams, 0 events)",
    "route53: example.com. (2 records)",
    "s3: reports (1 object, 1.5 KiB)",
    "secretsmanager: db",
    "ses: identity/ann@example.com",
    "sns: news (1 subscription)",
    "sqs: jobs (2 visible, 1 in flight, 1 delayed)",
    "ssm: /app/db (String)",
]


def exists(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, code: str, width: int = 200) -> list[str]:
    """The lines about what exists, in the report of a failing test."""
    monkeypatch.setenv("COLUMNS", str(width))
    tests = f"""
        def test_function(aiomoto):
            {code}
            pytest.fail("no", pytrace=False)
    """
    prelude = f"import boto3\nimport pytest\n{CREATING}"
    lines = run_tests(pytester, tests, "-o", "aiomoto_report=state", prelude=prelude).outlines
    start = next(number for number, line in enumerate(lines) if " AWS calls " in line) + 1
    return lines[start : next(number for number in range(start, len(lines)) if lines[number][:3] in ("===", "___"))]


@pytest.mark.thorough
def test_each_service_has_a_line(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exists(pytester, monkeypatch, "create()") == ["What exists:", *LINES]


def test_regions_are_shown_if_there_are_several(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "[client('sqs', region).create_queue(QueueName='q') for region in ('eu-west-1', 'us-east-1')]"

    assert exists(pytester, monkeypatch, code)[1:] == ["sqs: q (eu-west-1, empty), q (us-east-1, empty)"]


@pytest.mark.thorough
def test_lines_are_no_wider_than_the_terminal(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "[client('sqs').create_queue(QueueName=f'queue-{number}') for number in range(30)]"

    assert exists(pytester, monkeypatch, code, width=70)[1:] == [
        "sqs: queue-0 (empty), queue-1 (empty), queue-2 (empty) and 27 more"
    ]
