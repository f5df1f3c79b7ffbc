"""Test a program that runs in its own process: it reaches the mocked AWS through the endpoint on 127.0.0.1."""

from __future__ import annotations

import subprocess
import sys

import boto3

from aiomoto import mock_aws

PROGRAM = """
import boto3

s3, sqs = boto3.client("s3"), boto3.client("sqs")
[queue] = sqs.list_queues()["QueueUrls"]
for item in s3.list_objects_v2(Bucket="inbox")["Contents"]:
    sqs.send_message(QueueUrl=queue, MessageBody=item["Key"])
"""


def test_program_announces_each_object_in_the_inbox() -> None:
    with mock_aws(endpoint=True) as aws:
        s3, sqs = boto3.client("s3"), boto3.client("sqs")
        queue = sqs.create_queue(QueueName="news")["QueueUrl"]
        s3.create_bucket(Bucket="inbox")
        s3.put_object(Bucket="inbox", Key="june.txt", Body=b"all is well")

        subprocess.run([sys.executable, "-c", PROGRAM], check=True)

        assert [message["Body"] for message in sqs.receive_message(QueueUrl=queue)["Messages"]] == ["june.txt"]
        aws.calls.assert_called_once("sqs", "SendMessage", MessageBody="june.txt")
