"""Snapshots: all data at one moment, to go back to and to begin with, any number of times."""

from __future__ import annotations

import asyncio
import pickle
import tracemalloc
from pathlib import Path
from typing import Any

import boto3
import moto.backends
import pytest
from aiobotocore.session import get_session

from aiomoto import AiomotoError, ArgumentError, MockAWS, Snapshot, mock_aws
from tests.buckets import bucket_names
from tests.programs import run_source

REGION = "us-east-1"


def client(service: str, region: str = REGION) -> Any:
    return boto3.client(service, region)  # type: ignore[call-overload]


def seed() -> None:
    client("s3").create_bucket(Bucket="reports")
    client("s3").put_object(Bucket="reports", Key="may", Body=b"first")
    queue = client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    client("sqs").send_message(QueueUrl=queue, MessageBody="job 1")


def change() -> None:
    client("s3").put_object(Bucket="reports", Key="may", Body=b"second")
    client("s3").create_bucket(Bucket="another")
    client("sqs").delete_queue(QueueUrl=client("sqs").get_queue_url(QueueName="jobs")["QueueUrl"])


def check_seeded() -> None:
    assert bucket_names() == ["reports"]
    assert client("s3").get_object(Bucket="reports", Key="may")["Body"].read() == b"first"
    queue = client("sqs").get_queue_url(QueueName="jobs")["QueueUrl"]
    received = client("sqs").receive_message(QueueUrl=queue, VisibilityTimeout=0)
    assert [each["Body"] for each in received["Messages"]] == ["job 1"]


@pytest.fixture
def seeded() -> Snapshot:
    with mock_aws() as aws:
        seed()
        return aws.snapshot()


def test_restoring_brings_back_what_was_there_and_removes_what_came_since() -> None:
    with mock_aws() as aws:
        seed()
        snapshot = aws.snapshot()
        for _ in range(3):
            change()
            aws.restore(snapshot)
            check_seeded()


def test_what_came_after_a_snapshot_is_gone_in_other_services_regions_and_accounts_too() -> None:
    with mock_aws() as aws:
        client("s3").create_bucket(Bucket="reports")
        snapshot = aws.snapshot()
        client("sns").create_topic(Name="news")
        elsewhere = boto3.client("sqs", region_name="eu-west-1")
        elsewhere.create_queue(QueueName="jobs")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MOTO_ACCOUNT_ID", "111122223333")
            client("s3").create_bucket(Bucket="theirs")

        aws.restore(snapshot)

        assert client("sns").list_topics()["Topics"] == []
        assert "QueueUrls" not in elsewhere.list_queues()
        client("s3").create_bucket(Bucket="theirs")  # its name is free


def test_clients_go_on_working_after_a_restore() -> None:
    async def main() -> None:
        async with mock_aws() as aws, get_session().create_client("s3", region_name=REGION) as s3:
            await s3.create_bucket(Bucket="reports")
            snapshot = aws.snapshot()
            await s3.put_object(Bucket="reports", Key="k", Body=b"1")
            aws.restore(snapshot)
            assert "Contents" not in await s3.list_objects_v2(Bucket="reports")
            await s3.put_object(Bucket="reports", Key="k", Body=b"2")
            assert await (await s3.get_object(Bucket="reports", Key="k"))["Body"].read() == b"2"

    asyncio.run(main())


def test_a_mock_begins_with_a_snapshot_of_another_mock_and_changes_nothing_for_the_next(seeded: Snapshot) -> None:
    for _ in range(3):
        with mock_aws(state=seeded):
            check_seeded()
            change()
    with mock_aws():
        assert bucket_names() == []
        client("s3").create_bucket(Bucket="reports")


@pytest.mark.thorough
def test_every_form_of_a_mock_begins_with_its_state(seeded: Snapshot) -> None:
    @mock_aws(state=seeded)
    def decorated() -> None:
        check_seeded()
        change()

    @mock_aws(state=seeded)
    async def decorated_coroutine() -> None:
        check_seeded()
        change()

    @mock_aws(state=seeded)
    class TestDecorated:
        def test_one(self) -> None:
            check_seeded()
            change()

    async def asynchronous() -> None:
        async with mock_aws(state=seeded):
            check_seeded()
            change()

    decorated()
    decorated()
    asyncio.run(decorated_coroutine())
    TestDecorated().test_one()
    TestDecorated().test_one()
    asyncio.run(asynchronous())
    aws = MockAWS(state=seeded)
    for _ in range(2):
        aws.start()
        check_seeded()
        change()
        aws.stop()
    assert isinstance(seeded, Snapshot)


def test_a_snapshot_that_was_pickled_restores_the_same() -> None:
    with mock_aws() as aws:
        seed()
        snapshot = pickle.loads(pickle.dumps(aws.snapshot()))
    with mock_aws(state=snapshot):
        check_seeded()


IN_ANOTHER_PROCESS = """
import pickle, sys
import boto3
from aiomoto import mock_aws

with open({path!r}, "rb") as file:
    snapshot = pickle.load(file)
with mock_aws(state=snapshot):
    client = boto3.client("s3", "us-east-1")
    print(client.get_object(Bucket="reports", Key="may")["Body"].read())
"""


@pytest.mark.thorough
def test_a_snapshot_can_be_restored_in_another_process(seeded: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "snapshot"
    path.write_bytes(pickle.dumps(seeded))
    assert run_source(IN_ANOTHER_PROCESS.format(path=str(path))).stdout.strip() == "b'first'"


def test_a_snapshot_says_what_it_holds(seeded: Snapshot) -> None:
    assert repr(seeded) == f"<Snapshot of s3 (1), sqs (1): {seeded.size:,} bytes>"
    with mock_aws() as aws:
        assert repr(aws.snapshot()).startswith("<Snapshot of nothing: ")


def test_objects_share_their_bytes_with_the_snapshot() -> None:
    size = 8 * 1024 * 1024
    with mock_aws() as aws:
        client("s3").create_bucket(Bucket="large")
        client("s3").put_object(Bucket="large", Key="k", Body=b"x" * size)
        snapshot = aws.snapshot()
        assert snapshot.size > size
        tracemalloc.start()
        try:
            aws.restore(snapshot)
            aws.restore(aws.snapshot())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < size
        client("s3").put_object(Bucket="large", Key="k", Body=b"y")
        aws.restore(snapshot)
        assert client("s3").get_object(Bucket="large", Key="k")["Body"].read() == b"x" * size


def test_restoring_wakes_polls_that_wait_for_a_message_of_the_snapshot() -> None:
    async def main() -> None:
        async with mock_aws() as aws, get_session().create_client("sqs", region_name=REGION) as sqs:
            queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            await sqs.send_message(QueueUrl=queue, MessageBody="job 1")
            snapshot = aws.snapshot()
            await sqs.purge_queue(QueueUrl=queue)
            poll = asyncio.create_task(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20))
            while not aws.calls.filter("sqs", "ReceiveMessage"):  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0)
            aws.restore(snapshot)
            assert [each["Body"] for each in (await asyncio.wait_for(poll, 15))["Messages"]] == ["job 1"]

    asyncio.run(main())


@pytest.mark.thorough
def test_networks_that_refer_to_each_other_across_regions_are_restored() -> None:
    with mock_aws() as aws:
        here, there = client("ec2"), client("ec2", "eu-west-1")
        ours = here.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        theirs = there.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        snapshot = aws.snapshot()
    for _ in range(2):
        with mock_aws(state=snapshot):
            here, there = client("ec2"), client("ec2", "eu-west-1")
            peering = here.create_vpc_peering_connection(VpcId=ours, PeerVpcId=theirs, PeerRegion="eu-west-1")
            name = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
            found = there.describe_vpc_peering_connections(VpcPeeringConnectionIds=[name])["VpcPeeringConnections"]
            assert [each["RequesterVpcInfo"]["VpcId"] for each in found] == [ours]
            assert len(here.describe_vpc_peering_connections()["VpcPeeringConnections"]) == 1


def test_motos_backends_hold_what_was_restored(seeded: Snapshot) -> None:
    with mock_aws(state=seeded):
        assert list(moto.backends.get_backend("s3")["123456789012"]["aws"].buckets) == ["reports"]


def test_what_cannot_be_copied_is_named_with_its_service() -> None:
    with mock_aws() as aws:
        seed()
        backend: Any = moto.backends.get_backend("sqs")["123456789012"][REGION]
        backend.pending = (each for each in "abc")
        with pytest.raises(AiomotoError) as raised:
            aws.snapshot()
    assert str(raised.value).startswith("aws.snapshot() cannot copy pending of sqs (SQSBackend): cannot pickle")


def test_a_nested_mock_cannot_begin_with_a_state(seeded: Snapshot) -> None:
    with mock_aws():
        client("s3").create_bucket(Bucket="outer")
        with pytest.raises(AiomotoError, match="cannot begin with a snapshot while another mock is active"):
            mock_aws(state=seeded).start()
        assert bucket_names() == ["outer"]


def test_a_snapshot_needs_an_active_mock(seeded: Snapshot) -> None:
    aws = mock_aws()
    with pytest.raises(AiomotoError, match=r"aws\.snapshot\(\) needs an active mock"):
        aws.snapshot()
    with pytest.raises(AiomotoError, match=r"aws\.restore\(\) needs an active mock"):
        aws.restore(seeded)


def test_only_a_snapshot_can_be_a_state() -> None:
    wrong: Any = {"s3": []}
    with pytest.raises(ArgumentError, match=r"state must be a snapshot, which aws\.snapshot\(\) returns, not \{'s3'"):
        mock_aws(state=wrong)
    with mock_aws() as aws, pytest.raises(ArgumentError, match=r"what aws\.restore\(\) takes must be a snapshot"):
        aws.restore(wrong)


def test_a_state_cannot_be_put_where_data_is_kept(seeded: Snapshot) -> None:
    with pytest.raises(ArgumentError, match=r"^state=... replaces all data, and reset=False keeps it"):
        mock_aws(state=seeded, reset=False)


def test_a_snapshot_of_another_version_of_moto_is_refused(monkeypatch: pytest.MonkeyPatch, seeded: Snapshot) -> None:
    monkeypatch.setattr("moto.__version__", "5.0.0")
    with pytest.raises(AiomotoError, match="this snapshot was taken with Python"):
        mock_aws(state=seeded).start()
    with mock_aws():
        assert bucket_names() == []


def test_restoring_while_calls_are_under_way_leaves_each_of_them_whole(seeded: Snapshot) -> None:
    async def main() -> None:
        async with mock_aws(state=seeded) as aws, get_session().create_client("s3", region_name=REGION) as s3:

            async def write(number: int) -> None:
                await s3.put_object(Bucket="reports", Key=f"key {number}", Body=b"new")

            writes = [asyncio.create_task(write(number)) for number in range(30)]
            while not aws.calls:  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0)
            aws.restore(seeded)
            await asyncio.gather(*writes)
            aws.restore(seeded)
            check_seeded()

    asyncio.run(main())
