"""Random programs of operations, snapshots, restores, resets and overlapping mocks, against a simple model."""

from __future__ import annotations

from contextvars import Context
from copy import deepcopy
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiomoto import MockAWS, mock_aws
from tests.snapshot import nothing_left_behind

pytestmark = pytest.mark.thorough

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
S3, SQS, DYNAMODB = (boto3.client(name, "us-east-1", **KEYS) for name in ("s3", "sqs", "dynamodb"))  # type: ignore[call-overload]
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/queue"
TABLE: dict[str, Any] = {
    "TableName": "table",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
CODES = range(3)  # the contexts in which code runs, as tasks have
STEPS = st.one_of(
    st.tuples(st.sampled_from(("put", "delete", "send", "receive", "put_item", "delete_item")), st.sampled_from("abc")),
    st.tuples(st.sampled_from(("start", "start_isolated", "start_with_state", "stop")), st.integers(0, 9)),
    st.tuples(st.sampled_from(("snapshot", "restore", "reset")), st.integers(0, 9)),
)
PROGRAMS = st.lists(st.tuples(st.sampled_from(CODES), STEPS), min_size=10, max_size=60)


class Model:
    """What exists in one AWS."""

    def __init__(self) -> None:
        self.objects: dict[str, str] = {}
        self.messages: list[str] = []
        self.items: dict[str, str] = {}

    def become(self, other: Model) -> None:
        """Take over what exists in another one."""
        vars(self).update(deepcopy(vars(other)))


class Mock:
    """An active mock, and the AWS that it belongs to."""

    def __init__(self, aws: MockAWS, model: Model) -> None:
        self.aws = aws
        self.model = model


class Program:
    """Runs the steps, each in the context of the code that takes it."""

    def __init__(self) -> None:
        self.shared = Model()
        self.contexts = [Context() for _ in CODES]
        self.active: list[list[Mock]] = [[] for _ in CODES]  # of each code, the innermost last
        self.snapshots: list[tuple[Any, Model]] = []

    def model_of(self, code: int) -> Model:
        """The AWS that a code's requests go to."""
        return self.active[code][-1].model if self.active[code] else self.shared

    def take(self, code: int, name: str, argument: Any, number: int) -> bool:
        """Take a step, and tell whether it may change more than one object, message or item."""
        step = getattr(self, name, self.operate)
        self.contexts[code].run(step, code, name, argument, str(number))
        return bool(step != self.operate)

    def operate(self, code: int, name: str, key: str, value: str) -> None:
        """Use a service."""
        model = self.model_of(code)
        if name == "put":
            S3.put_object(Bucket="bucket", Key=key, Body=value.encode())
            model.objects[key] = value
        elif name == "delete":
            S3.delete_object(Bucket="bucket", Key=key)
            model.objects.pop(key, None)
        elif name == "put_item":
            DYNAMODB.put_item(TableName="table", Item={"pk": {"S": key}, "value": {"S": value}})
            model.items[key] = value
        elif name == "delete_item":
            DYNAMODB.delete_item(TableName="table", Key={"pk": {"S": key}})
            model.items.pop(key, None)
        elif name == "send":
            SQS.send_message(QueueUrl=QUEUE, MessageBody=value)
            model.messages.append(value)
        else:
            received = SQS.receive_message(QueueUrl=QUEUE).get("Messages", [])
            assert [each["Body"] for each in received] == model.messages[:1]
            del model.messages[:1]
            for each in received:
                SQS.delete_message(QueueUrl=QUEUE, ReceiptHandle=each["ReceiptHandle"])

    def start(self, code: int, *_: Any) -> None:
        """Start a mock that joins what the code is in."""
        aws = mock_aws()
        aws.start()
        self.active[code].append(Mock(aws, self.model_of(code)))

    def start_isolated(self, code: int, *_: Any) -> None:
        """Start an isolated mock."""
        aws = mock_aws(isolated=True)
        aws.start()
        self.active[code].append(Mock(aws, Model()))
        create()

    def start_with_state(self, code: int, _: str, which: int, __: str) -> None:
        """Start an isolated mock with a snapshot of any AWS."""
        if not self.snapshots:
            return
        snapshot, model = self.snapshots[which % len(self.snapshots)]
        aws = mock_aws(isolated=True, state=snapshot)
        aws.start()
        self.active[code].append(Mock(aws, Model()))
        self.active[code][-1].model.become(model)

    def stop(self, code: int, _: str, which: int, __: str) -> None:
        """End one of the code's mocks, not always the innermost one."""
        if self.active[code]:
            self.active[code].pop(which % len(self.active[code])).aws.stop()

    def snapshot(self, code: int, _: str, which: int, __: str) -> None:
        """Take a snapshot of any AWS, whichever the code is in."""
        if found := self.any_mock(which):
            self.snapshots.append((found.aws.snapshot(), deepcopy(found.model)))

    def restore(self, code: int, _: str, which: int, __: str) -> None:
        """Restore any snapshot in any AWS, whichever the code is in."""
        found = self.any_mock(which)
        if found and self.snapshots:
            snapshot, model = self.snapshots[which * 7 % len(self.snapshots)]
            found.aws.restore(snapshot)
            found.model.become(model)

    def reset(self, code: int, _: str, which: int, __: str) -> None:
        """Delete the data of the AWS that the code is in."""
        if self.active[code]:
            self.active[code][-1].aws.reset()
            self.active[code][-1].model.become(Model())
            create()

    def any_mock(self, which: int) -> Mock | None:
        """One of all active mocks."""
        found = [each for mocks in self.active for each in mocks]
        return found[which % len(found)] if found else None

    def check(self) -> None:
        """Compare what each code sees with the model of its AWS."""
        for code in CODES:
            self.contexts[code].run(self.compare, self.model_of(code))

    @staticmethod
    def compare(model: Model) -> None:
        """Compare what exists with a model."""
        listed = S3.list_objects_v2(Bucket="bucket").get("Contents", [])
        objects = {each["Key"]: S3.get_object(Bucket="bucket", Key=each["Key"])["Body"].read() for each in listed}
        assert objects == {key: value.encode() for key, value in model.objects.items()}
        items = DYNAMODB.scan(TableName="table")["Items"]
        assert {each["pk"]["S"]: each["value"]["S"] for each in items} == model.items
        name = "ApproximateNumberOfMessages"
        found = SQS.get_queue_attributes(QueueUrl=QUEUE, AttributeNames=[name])["Attributes"]
        assert found[name] == str(len(model.messages))


def create() -> None:
    """Create what each AWS has: a bucket, a queue and a table of the same names."""
    S3.create_bucket(Bucket="bucket")
    SQS.create_queue(QueueName="queue")
    DYNAMODB.create_table(**TABLE)


@given(PROGRAMS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_each_aws_is_as_its_model(steps: list[tuple[int, tuple[str, Any]]]) -> None:
    with nothing_left_behind(), mock_aws():
        create()
        program = Program()
        try:
            for number, (code, (name, argument)) in enumerate(steps):
                if program.take(code, name, argument, number):
                    program.check()
            program.check()
        finally:
            for mocks in program.active:
                for each in mocks:
                    each.aws.stop()
