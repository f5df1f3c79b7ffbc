"""Handlers of Moto's that sleep, or may run a function: in a thread, so that the event loop goes on meanwhile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Awaitable, Callable

import anyio
import pytest
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests.conftest import ClientFactory
from tests.stack_of_each_loop import stack as stack  # a fixture

pytestmark = pytest.mark.anyio

REGION = "us-east-1"


# ---------------------------------------------------------------- calls that sleep


async def poll_for_decision_task(client: ClientFactory, asleep: Callable[[], None]) -> None:
    async with client("swf", region_name=REGION) as swf:
        await swf.register_domain(name="shop", workflowExecutionRetentionPeriodInDays="1")
        asleep()
        task = await swf.poll_for_decision_task(domain="shop", taskList={"name": "orders"})
        assert "taskToken" not in task


async def submit_job(client: ClientFactory, asleep: Callable[[], None]) -> None:
    async with client("iam", region_name=REGION) as iam, client("batch", region_name=REGION) as batch:
        role = (await iam.create_role(RoleName="any", AssumeRolePolicyDocument="{}"))["Role"]["Arn"]
        environment = await batch.create_compute_environment(
            computeEnvironmentName="all", type="UNMANAGED", state="ENABLED", serviceRole=role
        )
        order = [{"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}]
        await batch.create_job_queue(jobQueueName="all", state="ENABLED", priority=1, computeEnvironmentOrder=order)
        container = {"image": "busybox", "vcpus": 1, "memory": 4}
        await batch.register_job_definition(jobDefinitionName="any", type="container", containerProperties=container)
        asleep()
        job = await batch.submit_job(jobName="any", jobQueue="all", jobDefinition="any")
        described = await batch.describe_jobs(jobs=[job["jobId"]])
        assert described["jobs"][0]["status"] == "FAILED"


@pytest.mark.thorough
@pytest.mark.parametrize("call", [poll_for_decision_task, submit_job])
async def test_other_tasks_go_on_while_a_handler_sleeps(
    call: Callable[[ClientFactory, Callable[[], None]], Awaitable[None]],
    client: ClientFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOTO_SIMPLE_BATCH_FAIL_AFTER", "1")
    asleep, order = anyio.Event(), []

    async def sleep() -> None:
        await call(client, asleep.set)
        order.append("slept")

    async with (
        mock_aws(config={"batch": {"use_docker": False}}),
        client("s3", region_name=REGION) as s3,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(sleep)
        await asleep.wait()
        for name in ("one", "two", "three"):
            await s3.create_bucket(Bucket=name)
            order.append(name)

    assert order == ["one", "two", "three", "slept"]


# ---------------------------------------------------------------- what may invoke a function


async def test_where_functions_exist_everything_is_answered_as_ever(client: ClientFactory) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    function = {"FunctionName": "resize", "Runtime": "python3.11", "Handler": "main.handler"}

    async with (
        mock_aws(),
        client("iam", region_name=REGION) as iam,
        client("lambda", region_name=REGION) as functions,
        client("s3", region_name=REGION) as s3,
        client("sqs", region_name=REGION) as sqs,
    ):
        role = (await iam.create_role(RoleName="any", AssumeRolePolicyDocument="{}"))["Role"]["Arn"]
        await functions.create_function(**function, Role=role, Code={"ZipFile": code.getvalue()})

        await s3.create_bucket(Bucket="photos")
        await s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"cat")
        photo = await (await s3.get_object(Bucket="photos", Key="cat.jpg"))["Body"].read()
        with pytest.raises(s3.exceptions.NoSuchBucket):
            await s3.put_object(Bucket="nowhere", Key="cat.jpg", Body=b"cat")

        queue = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await sqs.send_message(QueueUrl=queue, MessageBody="hello")
        received = await sqs.receive_message(QueueUrl=queue)

    assert photo == b"cat"
    assert [message["Body"] for message in received["Messages"]] == ["hello"]


# ---------------------------------------------------------------- errors


async def test_an_aws_error_of_a_slow_handler_arrives(client: ClientFactory) -> None:
    async with mock_aws(), client("lambda", region_name=REGION) as functions:
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            await functions.invoke(FunctionName="resize")


async def test_a_slow_operation_that_moto_lacks_says_so(client: ClientFactory) -> None:
    async with mock_aws(), client("stepfunctions", region_name=REGION) as machines:
        with pytest.raises(NotImplementedError, match="get_activity_task"):
            await machines.get_activity_task(activityArn="arn:aws:states:us-east-1:123456789012:activity:approve")
