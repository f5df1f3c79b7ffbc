"""The steps of random programs: calls whose parameters come from so few values that they meet each other's data."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy


class Latest(NamedTuple):
    """Stands for the latest string that an answer had for a member; for ``otherwise`` before there is any."""

    member: str
    otherwise: str


class Step(NamedTuple):
    """A call. ``client`` says which of the clients that there are makes it."""

    service: str
    method: str
    parameters: dict[str, Any]
    client: int

    def resolved(self, known: dict[str, str]) -> dict[str, Any]:
        """The parameters, with what earlier answers said."""
        return {
            name: known.get(value.member.lower(), value.otherwise) if isinstance(value, Latest) else value
            for name, value in self.parameters.items()
        }


def _step(service: str, method: str, **parameters: Any) -> SearchStrategy[Step]:
    drawn = {name: each if isinstance(each, SearchStrategy) else st.just(each) for name, each in parameters.items()}
    return st.builds(Step, st.just(service), st.just(method), st.fixed_dictionaries(drawn), st.integers(0, 5))


_NAME = st.sampled_from(["ada", "bob"])
_TEXT = st.sampled_from(["", "x", "a b/ü+&%", "<é>\n", "z" * 3000]).filter(bool)
_BODY = st.sampled_from([b"", b"x", b"\x00\xff\r\n", b"0123456789" * 500])
_MAP = st.dictionaries(st.sampled_from(["a", "b-c"]), st.sampled_from(["1", "two words"]), max_size=2)
_TAGS = st.lists(st.sampled_from([{"Key": "k", "Value": "v"}, {"Key": "k", "Value": ""}]), min_size=1, max_size=1)

_BUCKET = _NAME.map("bucket-{}".format)
_KEY = st.sampled_from(["k", "a/b c", "ü&+?=%25", "a//../b"])
_OBJECT = {"Bucket": _BUCKET, "Key": _KEY}
_S3 = [
    _step("s3", "create_bucket", Bucket=_BUCKET),
    _step("s3", "put_object", **_OBJECT, Body=_BODY, Metadata=_MAP),
    _step("s3", "get_object", **_OBJECT),
    _step("s3", "get_object", **_OBJECT, Range=st.sampled_from(["bytes=0-3", "bytes=-2", "bytes=9999-", "bytes=x"])),
    _step("s3", "get_object", **_OBJECT, VersionId=Latest("VersionId", "none")),
    _step("s3", "head_object", **_OBJECT),
    _step("s3", "copy_object", **_OBJECT, CopySource=st.builds("{}/{}".format, _BUCKET, st.sampled_from(["k", "z"]))),
    _step("s3", "delete_object", **_OBJECT),
    _step("s3", "delete_objects", Bucket=_BUCKET, Delete=st.just({"Objects": [{"Key": "k"}, {"Key": "a/b c"}]})),
    _step("s3", "list_objects_v2", Bucket=_BUCKET, MaxKeys=st.integers(1, 3)),
    _step("s3", "list_objects_v2", Bucket=_BUCKET, Delimiter="/", EncodingType="url"),
    _step("s3", "put_bucket_versioning", Bucket=_BUCKET, VersioningConfiguration=st.just({"Status": "Enabled"})),
    _step("s3", "list_object_versions", Bucket=_BUCKET),
    _step("s3", "put_object_tagging", **_OBJECT, Tagging=_TAGS.map(lambda tags: {"TagSet": tags})),
    _step("s3", "get_object_tagging", **_OBJECT),
    _step("s3", "create_multipart_upload", **_OBJECT),
    _step("s3", "upload_part", **_OBJECT, UploadId=Latest("UploadId", "none"), PartNumber=1, Body=_BODY),
    _step("s3", "list_parts", **_OBJECT, UploadId=Latest("UploadId", "none")),
    _step("s3", "abort_multipart_upload", **_OBJECT, UploadId=Latest("UploadId", "none")),
    _step("s3", "delete_bucket", Bucket=_BUCKET),
    _step("s3", "list_buckets"),
]

_ITEM_KEY = st.sampled_from([{"id": {"S": "1"}}, {"id": {"S": "ü"}}, {"id": {"N": "1"}}])
_VALUE = st.sampled_from([{"N": "1.50"}, {"S": "x"}, {"B": b"\x00"}, {"L": [{"BOOL": True}]}, {"SS": ["a", "b"]}])
_ITEM = st.builds(lambda key, value: {**key, "v": value}, _ITEM_KEY, _VALUE)
_SCHEMA = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
_ADD_ONE = {"UpdateExpression": "ADD v :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
_DYNAMODB = [
    _step("dynamodb", "create_table", TableName=_NAME, **_SCHEMA),
    _step("dynamodb", "describe_table", TableName=_NAME),
    _step("dynamodb", "put_item", TableName=_NAME, Item=_ITEM),
    _step("dynamodb", "put_item", TableName=_NAME, Item=_ITEM, ConditionExpression="attribute_not_exists(id)"),
    _step("dynamodb", "get_item", TableName=_NAME, Key=_ITEM_KEY),
    _step("dynamodb", "update_item", TableName=_NAME, Key=_ITEM_KEY, **_ADD_ONE, ReturnValues="ALL_NEW"),
    _step("dynamodb", "delete_item", TableName=_NAME, Key=_ITEM_KEY, ReturnValues="ALL_OLD"),
    _step("dynamodb", "scan", TableName=_NAME, Limit=st.integers(1, 3)),
    _step(
        "dynamodb",
        "batch_write_item",
        RequestItems=st.builds(lambda n, i: {n: [{"PutRequest": {"Item": i}}]}, _NAME, _ITEM),
    ),
    _step(
        "dynamodb",
        "transact_write_items",
        TransactItems=st.builds(lambda n, i: [{"Put": {"TableName": n, "Item": i}}], _NAME, _ITEM),
    ),
    _step("dynamodb", "execute_statement", Statement=_NAME.map('SELECT * FROM "{}"'.format)),
    _step("dynamodb", "delete_table", TableName=_NAME),
    _step("dynamodb", "list_tables"),
]

_QUEUE = {"QueueUrl": Latest("QueueUrl", "https://sqs.us-east-1.amazonaws.com/123456789012/none")}
_RECEIPT = {"ReceiptHandle": Latest("ReceiptHandle", "none")}
_TOPIC = {"TopicArn": Latest("TopicArn", "arn:aws:sns:us-east-1:123456789012:none")}
_ATTRIBUTES = st.sampled_from(
    [{}, {"a": {"DataType": "String", "StringValue": "ü"}}, {"n": {"DataType": "Number", "StringValue": "1"}}]
)
_MESSAGING = [
    _step("sqs", "create_queue", QueueName=_NAME),
    _step("sqs", "create_queue", QueueName=_NAME, Attributes=st.just({"VisibilityTimeout": "0"})),
    _step("sqs", "get_queue_url", QueueName=_NAME),
    _step("sqs", "get_queue_attributes", **_QUEUE, AttributeNames=st.just(["All"])),
    _step("sqs", "send_message", **_QUEUE, MessageBody=_TEXT, MessageAttributes=_ATTRIBUTES),
    _step(
        "sqs",
        "send_message_batch",
        **_QUEUE,
        Entries=st.lists(_TEXT, min_size=1, max_size=2).map(
            lambda bodies: [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
        ),
    ),
    _step(
        "sqs",
        "receive_message",
        **_QUEUE,
        MaxNumberOfMessages=st.integers(1, 3),
        MessageAttributeNames=st.just(["All"]),
    ),
    _step("sqs", "delete_message", **_QUEUE, **_RECEIPT),
    _step("sqs", "change_message_visibility", **_QUEUE, **_RECEIPT, VisibilityTimeout=0),
    _step("sqs", "purge_queue", **_QUEUE),
    _step("sqs", "delete_queue", **_QUEUE),
    _step("sqs", "list_queues"),
    _step("sns", "create_topic", Name=_NAME),
    _step(
        "sns", "subscribe", **_TOPIC, Protocol="sqs", Endpoint=_NAME.map("arn:aws:sqs:us-east-1:123456789012:{}".format)
    ),
    _step("sns", "publish", **_TOPIC, Message=_TEXT, MessageAttributes=_ATTRIBUTES),
    _step("sns", "list_subscriptions_by_topic", **_TOPIC),
    _step("sns", "unsubscribe", SubscriptionArn=Latest("SubscriptionArn", "arn:aws:sns:us-east-1:123456789012:none:x")),
    _step("sns", "delete_topic", **_TOPIC),
    _step("sns", "list_topics"),
]

_PATH = st.sampled_from(["/app/a", "/app/b", "plain"])
_SECRETS = [
    _step("secretsmanager", "create_secret", Name=_NAME, SecretString=_TEXT),
    _step("secretsmanager", "create_secret", Name=_NAME, SecretBinary=_BODY),
    _step("secretsmanager", "put_secret_value", SecretId=_NAME, SecretString=_TEXT),
    _step("secretsmanager", "get_secret_value", SecretId=_NAME),
    _step("secretsmanager", "get_secret_value", SecretId=_NAME, VersionStage="AWSPREVIOUS"),
    _step("secretsmanager", "describe_secret", SecretId=_NAME),
    _step("secretsmanager", "delete_secret", SecretId=_NAME),
    _step("secretsmanager", "delete_secret", SecretId=_NAME, ForceDeleteWithoutRecovery=True),
    _step("secretsmanager", "restore_secret", SecretId=_NAME),
    _step("secretsmanager", "tag_resource", SecretId=_NAME, Tags=_TAGS),
    _step("secretsmanager", "list_secrets"),
    _step("ssm", "put_parameter", Name=_PATH, Value=_TEXT, Type="String", Overwrite=st.booleans()),
    _step("ssm", "put_parameter", Name=_PATH, Value=_TEXT, Type="SecureString"),
    _step("ssm", "get_parameter", Name=_PATH, WithDecryption=st.booleans()),
    _step("ssm", "get_parameters", Names=st.lists(_PATH, min_size=1, max_size=3, unique=True)),
    _step("ssm", "get_parameters_by_path", Path="/app", MaxResults=st.integers(1, 2)),
    _step("ssm", "get_parameter_history", Name=_PATH),
    _step("ssm", "label_parameter_version", Name=_PATH, Labels=st.just(["x"])),
    _step("ssm", "delete_parameter", Name=_PATH),
    _step("ssm", "describe_parameters"),
]

# The steps of a program, by what it is about.
STEPS = {"s3": _S3, "dynamodb": _DYNAMODB, "sqs and sns": _MESSAGING, "secretsmanager and ssm": _SECRETS}
