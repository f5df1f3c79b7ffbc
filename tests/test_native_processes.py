"""Programs in other languages, as child processes, against the loopback endpoint: `make native` runs this."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiomoto import MockAWS, mock_aws
from tests.buckets import SESSION, bucket_names

pytestmark = pytest.mark.native

LARGE = bytes(range(256)) * 50_000  # 12.8 MB: more than one part


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    """A mock with an endpoint that the environment leads to, and a bucket."""
    with mock_aws(endpoint=True) as aws:
        SESSION.client("s3").create_bucket(Bucket="lake")
        yield aws


def get(key: str) -> bytes:
    body: bytes = SESSION.client("s3").get_object(Bucket="lake", Key=key)["Body"].read()
    return body


def run(*command: str, env: dict[str, str] | None = None) -> str:
    """Run a program, which must end well, and return what it printed."""
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=env)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


# ---------------------------------------------------------------- AWS's command line


@pytest.fixture
def command() -> str:
    # Not any other that is on PATH.
    found = shutil.which("aws", path=str(Path(sys.executable).parent))
    if not found:
        pytest.skip("needs awscli")
    return found


def test_awscli_copies_files(aws: MockAWS, command: str, tmp_path: Path) -> None:
    (tmp_path / "large.bin").write_bytes(LARGE)
    run(command, "s3", "cp", str(tmp_path / "large.bin"), "s3://lake/folder/large.bin")
    assert get("folder/large.bin") == LARGE
    run(command, "s3", "sync", "s3://lake/folder", str(tmp_path / "copy"))
    assert (tmp_path / "copy" / "large.bin").read_bytes() == LARGE
    assert run(command, "s3", "ls", "s3://lake").split() == ["PRE", "folder/"]


def test_awscli_calls_other_services(aws: MockAWS, command: str) -> None:
    SESSION.client("ssm").put_parameter(Name="answer", Value="42", Type="String")
    query = ("--query", "Parameter.Value", "--output", "text")
    assert run(command, "ssm", "get-parameter", "--name", "answer", *query) == "42\n"
    # Version 1 has hosts of its own for SQS, RDS and EMR, which beat the variable.
    at = ("--endpoint-url", aws.endpoint.url)
    run(command, "sqs", "create-queue", "--queue-name", "jobs", *at)
    assert SESSION.client("sqs").get_queue_url(QueueName="jobs")["QueueUrl"]


# ---------------------------------------------------------------- JavaScript

PROGRAM = """
const { S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command }
  = require("@aws-sdk/client-s3");
const { Readable } = require("stream");
const assert = require("assert");

async function main() {
  const s3 = new S3Client(JSON.parse(process.argv[2]));
  await s3.send(new CreateBucketCommand({ Bucket: "from-node" }));
  await s3.send(new PutObjectCommand({ Bucket: "lake", Key: "text", Body: "from node" }));
  const body = Readable.from((function* () { for (let i = 0; i < 100; i++) yield Buffer.alloc(10000, i); })());
  await s3.send(new PutObjectCommand({ Bucket: "lake", Key: "stream", Body: body, ContentLength: 1000000 }));
  const answer = await s3.send(new GetObjectCommand({ Bucket: "lake", Key: "stream", Range: "bytes=995000-" }));
  assert.strictEqual((await answer.Body.transformToByteArray()).length, 5000);
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: "lake" }));
  console.log(Contents.map((item) => `${item.Key} ${item.Size}`).join("\\n"));
  await assert.rejects(s3.send(new HeadObjectCommand({ Bucket: "lake", Key: "none" })), { name: "NotFound" });
}

main().catch((error) => { console.error(error); process.exit(1); });
"""


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    if not found:
        pytest.skip("needs Node")
    probe = [found, "-e", "require.resolve('@aws-sdk/client-s3')"]
    if subprocess.run(probe, capture_output=True, check=False, timeout=60).returncode:
        pytest.skip("needs the npm package @aws-sdk/client-s3, where NODE_PATH leads to")
    return found


@pytest.mark.parametrize("options", ["{}", '{"forcePathStyle": true}'], ids=["virtual-hosted", "path"])
def test_aws_sdk_for_javascript(aws: MockAWS, node: str, tmp_path: Path, options: str) -> None:
    (tmp_path / "program.js").write_text(PROGRAM)
    assert run(node, str(tmp_path / "program.js"), options) == "stream 1000000\ntext 9\n"
    assert (get("text"), len(get("stream"))) == (b"from node", 1_000_000)
    assert bucket_names() == ["from-node", "lake"]


def test_aws_sdk_for_javascript_with_an_environment_of_its_own(node: str, tmp_path: Path) -> None:
    (tmp_path / "program.js").write_text(PROGRAM)
    with mock_aws() as aws:
        SESSION.client("s3").create_bucket(Bucket="lake")
        run(node, str(tmp_path / "program.js"), "{}", env=aws.endpoint.environ())
        assert bucket_names() == ["from-node", "lake"]
        assert "AWS_ENDPOINT_URL" not in os.environ
