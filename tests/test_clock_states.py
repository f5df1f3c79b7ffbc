"""What Moto itself computes from the time follows a mock's clock."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError
from moto.moto_api import state_manager

from aiomoto import MockAWS
from tests.clocks import needs_newer_moto
from tests.moved_clocks import START, client
from tests.moved_clocks import aws as aws  # a fixture


def test_certificates_are_issued_after_a_minute(aws: MockAWS) -> None:
    acm = client("acm")
    arn = acm.request_certificate(DomainName="example.com", ValidationMethod="DNS")["CertificateArn"]

    def status() -> str:
        return str(acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"])

    assert status() == "PENDING_VALIDATION"
    aws.clock.advance(62)
    assert status() == "ISSUED"


def test_states_that_change_by_time_do(aws: MockAWS) -> None:
    state_manager.set_transition("dax::cluster", {"progression": "time", "seconds": 300})
    try:
        dax = client("dax")
        role = "arn:aws:iam::123456789012:role/dax"
        dax.create_cluster(ClusterName="cache", NodeType="dax.t3.small", ReplicationFactor=1, IamRoleArn=role)

        def status() -> str:
            return str(dax.describe_clusters(ClusterNames=["cache"])["Clusters"][0]["Status"])

        assert status() == "creating"
        aws.clock.advance(301)
        assert status() == "available"
    finally:
        state_manager.unset_transition("dax::cluster")


def test_jobs_of_glacier_complete(aws: MockAWS) -> None:
    glacier = client("glacier")
    glacier.create_vault(vaultName="archive")
    job = glacier.initiate_job(vaultName="archive", jobParameters={"Type": "inventory-retrieval"})["jobId"]

    assert not glacier.describe_job(vaultName="archive", jobId=job)["Completed"]
    aws.clock.advance(60)
    assert glacier.describe_job(vaultName="archive", jobId=job)["Completed"]


@needs_newer_moto
def test_vaults_of_backup_become_locked(aws: MockAWS) -> None:
    backup = client("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    backup.put_backup_vault_lock_configuration(BackupVaultName="vault", MinRetentionDays=7, ChangeableForDays=3)
    backup.put_backup_vault_lock_configuration(BackupVaultName="vault", MinRetentionDays=8, ChangeableForDays=3)

    aws.clock.advance(days=4)

    with pytest.raises(ClientError, match="InvalidRequestException"):
        backup.delete_backup_vault_lock_configuration(BackupVaultName="vault")


def test_executions_of_swf_time_out(aws: MockAWS) -> None:
    swf = client("swf")
    swf.register_domain(name="shop", workflowExecutionRetentionPeriodInDays="1")
    swf.register_workflow_type(
        domain="shop",
        name="order",
        version="1",
        defaultTaskList={"name": "orders"},
        defaultChildPolicy="TERMINATE",
        defaultTaskStartToCloseTimeout="60",
        defaultExecutionStartToCloseTimeout="3600",
    )
    run = swf.start_workflow_execution(domain="shop", workflowId="1", workflowType={"name": "order", "version": "1"})[
        "runId"
    ]

    aws.clock.advance(hours=2)

    found = swf.describe_workflow_execution(domain="shop", execution={"workflowId": "1", "runId": run})
    assert found["executionInfo"]["closeStatus"] == "TIMED_OUT"


def test_proposals_of_blockchains_expire(aws: MockAWS) -> None:
    chain = client("managedblockchain")
    policy = {"ThresholdPercentage": 50, "ProposalDurationInHours": 24, "ThresholdComparator": "GREATER_THAN"}
    admin = {"Fabric": {"AdminUsername": "admin", "AdminPassword": "Password12345"}}
    network = chain.create_network(
        Name="trade",
        Framework="HYPERLEDGER_FABRIC",
        FrameworkVersion="1.2",
        FrameworkConfiguration={"Fabric": {"Edition": "STARTER"}},
        VotingPolicy={"ApprovalThresholdPolicy": policy},
        MemberConfiguration={"Name": "bank", "FrameworkConfiguration": admin, "LogPublishingConfiguration": {}},
    )
    ids = {"NetworkId": network["NetworkId"], "MemberId": network["MemberId"]}
    proposal = chain.create_proposal(**ids, Actions={"Invitations": [{"Principal": "123456789012"}]})["ProposalId"]

    aws.clock.advance(hours=25)

    found = chain.get_proposal(NetworkId=network["NetworkId"], ProposalId=proposal)["Proposal"]
    assert found["Status"] == "EXPIRED"


def test_what_a_service_dates_has_the_mocks_time(aws: MockAWS) -> None:
    aws.clock.advance(days=100)
    expected = START + timedelta(days=100)
    role = client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument="{}")["Role"]["CreateDate"]
    key = client("kms").create_key()["KeyMetadata"]["CreationDate"]
    parameter = client("ssm")
    parameter.put_parameter(Name="one", Value="1", Type="String")
    modified = parameter.get_parameter(Name="one")["Parameter"]["LastModifiedDate"]
    session = client("sts").get_session_token(DurationSeconds=3600)["Credentials"]["Expiration"]
    queue = client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    client("sqs").send_message(QueueUrl=queue, MessageBody="job")
    [message] = client("sqs").receive_message(QueueUrl=queue, AttributeNames=["SentTimestamp"])["Messages"]
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, timezone.utc)

    found = [role, key, modified, session - timedelta(hours=1), sent]

    assert all(abs(moment - expected) < timedelta(hours=1) for moment in found)
