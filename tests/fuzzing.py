"""What hypothesis makes: requests that no client would send, and arguments that nobody would give."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import HeadersDict
from botocore.exceptions import HTTPClientError
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from aiomoto import AiomotoError

LINE = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=20)
METHODS = st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "X"])
HOSTS = st.sampled_from(
    [
        "s3.amazonaws.com",
        "photos.s3.us-east-1.amazonaws.com",
        "config.s3.amazonaws.com",
        "*.s3.amazonaws.com",
        "s3.amazonaws.com:99999",
        "me:secret@s3.amazonaws.com",
        "sqs.us-east-1.amazonaws.com",
        "dynamodb.us-east-1.amazonaws.com",
        "kinesis.cn-north-1.amazonaws.com.cn",
        "sts.amazonaws.com",
        "lambda.us-east-1.amazonaws.com",
        "monitoring.us-east-1.amazonaws.com",
        "cognito-idp.us-east-1.amazonaws.com",
        "a1.execute-api.us-east-1.amazonaws.com",
        "a..b",
        "localhost:9000",
        "127.0.0.1",
        "[::1]:80",
        "[::",
        "a]b",
        "[a.b]",
        "s3.amazonaws.com:x",
        "s3.amazonaws\u2100.com",  # NFKC: "a/c"
        "169.254.169.254",
    ]
)
PATHS = st.text(st.characters(codec="utf-8"), max_size=20).map("/".__add__) | st.sampled_from(
    [
        "",
        "/photos/a.jpg",
        "/?acl",
        "/%zz",
        "/photos/../secret",
        "//",
        "/photos/%00",
        "/service/x/operation/ListQueues",
        "/?X-Amz-Credential=a/b/c/d/aws4_request",
        "/?X-Amz-Credential=%",
        "/?AWSAccessKeyId=x&Expires=9",
        "/?Action=ListQueues",
    ]
)
SIGNATURES = LINE | st.sampled_from(
    [
        "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/sqs/aws4_request",
        "AWS4-HMAC-SHA256 Credential=A/20260101//kinesis/aws4_request",
        "AWS4-HMAC-SHA256 Credential=A/20260101/xx/execute-api/aws4_request",
        "AWS4-HMAC-SHA256 Credential=////aws4_request",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-ECDSA-P256-SHA256 Credential=A/2/s3/aws4_request",
        "AWS x:y",
        "AWS ",
    ]
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Authorization": SIGNATURES,
        "X-Amz-Target": LINE | st.sampled_from(["DynamoDB_20120810.ListTables", "AmazonSQS.ListQueues", ".", ""]),
        "Content-Type": LINE
        | st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/cbor"]),
        "Smithy-Protocol": st.just("rpc-v2-cbor"),
        "Content-Length": st.sampled_from(["0", "-1", "x", "99999999999"]),
        "Content-Encoding": st.sampled_from(["aws-chunked", "gzip", "x"]),
        "X-Amz-Content-SHA256": st.sampled_from(["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x"]),
        "X-Amz-Decoded-Content-Length": st.sampled_from(["0", "5", "x", "-1"]),
        "Transfer-Encoding": st.just("chunked"),
        "X-Amz-Date": LINE,
        "X-Amz-Security-Token": LINE,
        "Host": LINE,
        "Range": st.sampled_from(["bytes=-", "bytes=5-1", "x"]),
    },
)
FRAMES = st.sampled_from(
    [
        b"5\r\nhello\r\n0\r\n\r\n",
        b"5;chunk-signature=x\r\nhello\r\n0;chunk-signature=y\r\n\r\n",
        b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\n",
        b"ffffffff\r\nx",
        b"-1\r\n",
        b"zz\r\n\r\n",
        b"0\r\n",
        b"--x\r\n\r\n",
    ]
)
DOCUMENTS = st.sampled_from([b"Action=ListQueues&Version=2012-11-05", b'{"a":', b"{}", b"[]", b"null", b"<a>", b"\0"])
BODIES = st.none() | st.binary(max_size=60) | st.text(max_size=30) | FRAMES | DOCUMENTS
REQUESTS = st.tuples(
    METHODS,
    st.builds("{}://{}{}".format, st.sampled_from(["http", "https"]), HOSTS, PATHS),
    HEADERS.map(HeadersDict),
    BODIES,
)

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def some(examples: int) -> settings:
    """So many examples, the same in each run. A failure is shown as it was found: making it small takes minutes."""
    return settings(
        max_examples=examples,
        phases=(Phase.explicit, Phase.generate),
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


_OTHERS = ("moto", "werkzeug", "aiohttp", "httpx", "httpx2", "yarl")


@contextmanager
def errors_of_others(*expected: type[Exception]) -> Iterator[None]:
    """Pass over what aiomoto refuses, and over the errors that Moto and HTTP libraries raise on garbage, of all kinds.

    A URL that has no meaning is an error of the client's own session. An error that comes from aiomoto's own code, or
    from a library that it called, is none of these, unless expected.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, (AiomotoError, HTTPClientError, NotImplementedError, *expected)):
            return
        files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
        owners = [owner for file in files for owner in ("aiomoto", *_OTHERS) if f"/{owner}/" in file]
        if not owners or owners[-1] not in _OTHERS:
            raise
