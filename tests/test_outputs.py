"""What a client returns for a response is the output that the response was created from."""

from __future__ import annotations

import json
import math
from datetime import datetime, timezone
from enum import Enum
from functools import cache
from random import Random
from typing import Any, NamedTuple

import boto3
import botocore.session
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.loaders import create_loader

from aiomoto import ArgumentError, mock_aws
from tests.every_service import required
from tests.outputs import differences, random_members, random_output

NOON = datetime(2030, 1, 2, 12, 0, 0, tzinfo=timezone.utc)


class Response(NamedTuple):
    """A response as a client reads it: what is on the wire, with the names of headers in lower case, and the output."""

    status: int
    headers: dict[str, str]
    body: bytes
    output: dict[str, Any]


# What the model of CloudWatch has for JSON and CBOR, since botocore calls it in these protocols.
_WITH_JSON = {"jsonVersion": "1.0", "targetPrefix": "GraniteServiceVersion20100801"}


class _InOneProtocol:
    """A loader of models in which each service has one protocol, as older versions of botocore have it."""

    def __init__(self, protocol: str) -> None:
        self._protocol = protocol
        self._loader = create_loader()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(self, service: str, kind: str, api_version: str | None = None) -> Any:
        model = self._loader.load_service_model(service, kind, api_version)
        if kind != "service-2":
            return model
        protocol = {"protocol": self._protocol, "protocols": [self._protocol]}
        return {**model, "metadata": {**_WITH_JSON, **model["metadata"], **protocol}}


@cache
def _client(service: str, protocol: str | None = None) -> Any:
    """A client of a service, in the protocol that it prefers or in another one. One for all mocks, as it takes long."""
    session = botocore.session.get_session()
    if protocol:
        session.register_component("data_loader", _InOneProtocol(protocol))
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    return boto3.Session("key", "secret", botocore_session=session).client(service, "us-east-1", config=config)


def _response(name: str, answer: Any, protocol: str | None = None) -> Response:
    """The response to a call of an operation for which there is this answer."""
    service, _, operation = name.partition(".")
    noted: list[dict[str, Any]] = []

    def note(response_dict: dict[str, Any], **_: Any) -> None:
        noted.append(dict(response_dict))

    with mock_aws() as aws:
        aws.answers.add(service, operation, answer)
        client = _client(service, protocol)
        model = client.meta.service_model.operation_model(operation)
        arguments = required(model.input_shape) if model.input_shape else {}
        client.meta.events.register("before-parse", note)
        try:
            output = getattr(client, xform_name(operation))(**arguments)
        finally:
            client.meta.events.unregister("before-parse", note)
        assert protocol in (None, aws.calls.last.protocol)
    output = {name: _whole(value) for name, value in output.items() if name != "ResponseMetadata"}
    (raw,) = noted
    headers = {name.lower(): value for name, value in raw["headers"].items()}
    body = output[model.output_shape.serialization["payload"]] if model.has_streaming_output else raw["body"]
    return Response(raw["status_code"], headers, body, output)


def _whole(value: Any) -> Any:
    """A body or an event stream, read to its end."""
    if hasattr(value, "get_initial_response"):
        return list(value)
    return value.read() if hasattr(value, "read") else value


def _returned(name: str, output: dict[str, Any], protocol: str | None = None) -> dict[str, Any]:
    return _response(name, output, protocol).output


def _error(name: str, error: str, text: str = "", status: int | None = None, **members: Any) -> ClientError:
    metadata: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": status}} if status else {}
    response: Any = {"Error": {"Code": error, "Message": text}, **metadata, **members}
    return ClientError(response, name.partition(".")[2])


# ---------------------------------------------------------------- all that a model can say

QUERY = (
    "autoscaling.DescribeAutoScalingGroups cloudformation.DescribeStacks elasticache.DescribeCacheClusters "
    "elbv2.DescribeLoadBalancers iam.GetAccountAuthorizationDetails iam.GetAccountSummary rds.DescribeEvents "
    "redshift.DescribeClusters ses.GetSendStatistics sns.GetTopicAttributes sts.AssumeRole sts.GetCallerIdentity"
)
EC2 = "ec2.DescribeInstances ec2.DescribeSpotPriceHistory ec2.DescribeImages ec2.CreateTags ec2.GetConsoleOutput"
JSON = (
    "athena.GetQueryResults dynamodb.BatchGetItem dynamodb.Query ecs.DescribeTasks kinesis.GetRecords kms.Encrypt "
    "logs.GetLogEvents rekognition.DetectFaces secretsmanager.GetSecretValue "
    "sqs.ReceiveMessage ssm.GetParameters stepfunctions.GetExecutionHistory textract.AnalyzeDocument "
    "transcribe.GetTranscriptionJob"
)
REST_JSON = (
    "apigateway.GetRestApi apigateway.GetExport appconfigdata.GetLatestConfiguration bedrock-agent.GetAgent "
    "bedrock-runtime.Converse bedrock-runtime.InvokeModel batch.DescribeJobs ebs.GetSnapshotBlock eks.DescribeCluster "
    "glacier.DescribeVault glacier.GetJobOutput iot-data.GetThingShadow lambda.Invoke lambda.ListFunctions "
    "lex-runtime.PostContent mediastore-data.DescribeObject medialive.DescribeInputDeviceThumbnail "
    "polly.SynthesizeSpeech rds-data.ExecuteStatement sesv2.GetEmailTemplate "
    "pinpoint.GetApp"
)
REST_XML = (
    "cloudfront.GetDistribution cloudfront.ListDistributions route53.ListHostedZones route53.GetHealthCheck "
    "s3.CopyObject s3.GetBucketAcl s3.GetBucketPolicy s3.GetObjectTorrent s3.ListBuckets s3.ListParts "
    "s3control.DescribeJob"
)
CBOR = (
    "cloudwatch.GetMetricData cloudwatch.DescribeAlarms cloudwatch.GetDashboard cloudwatch.PutMetricData "
    "cloudwatch.ListMetrics"
)
SAMPLE = {
    "query": f"{QUERY} cloudwatch.GetMetricData",
    "ec2": EC2,
    "json": f"{JSON} cloudwatch.GetMetricData",
    "rest-json": REST_JSON,
    "rest-xml": REST_XML,
    "smithy-rpc-v2-cbor": CBOR,
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("protocol", "name"), [(protocol, name) for protocol, names in SAMPLE.items() for name in names.split()]
)
def test_a_client_returns_what_the_response_was_created_from(protocol: str, name: str, seed: int) -> None:
    service, _, operation = name.partition(".")
    own = protocol if service == "cloudwatch" else None
    output = random_output(_client(service, own).meta.service_model.operation_model(operation), protocol, Random(seed))

    assert list(differences(output, _returned(name, output, own))) == []


# ---------------------------------------------------------------- on the wire


def test_query_has_a_result_in_a_wrapper() -> None:
    output = {"UserId": "AIDA<1>", "Account": "123456789012", "ResponseMetadata": {"RequestId": "id-1"}}

    response = _response("sts.GetCallerIdentity", output)

    assert response.status == 200
    assert response.headers == {
        "x-amzn-requestid": "id-1",
        "content-type": "text/xml",
        "content-length": str(len(response.body)),
    }
    assert response.body.decode() == (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        "<UserId>AIDA&lt;1&gt;</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
        "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )


def test_ec2_has_no_wrapper_and_its_own_names() -> None:
    output = {
        "SpotPriceHistory": [{"InstanceType": "m5.large", "Timestamp": NOON}],
        "ResponseMetadata": {"RequestId": "id-1"},
    }

    assert _response("ec2.DescribeSpotPriceHistory", output).body.decode() == (
        '<DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>id-1</requestId>'
        "<spotPriceHistorySet><item><instanceType>m5.large</instanceType><timestamp>2030-01-02T12:00:00Z</timestamp>"
        "</item></spotPriceHistorySet></DescribeSpotPriceHistoryResponse>"
    )


def test_json_has_numbers_for_timestamps_and_base64_for_blobs() -> None:
    output = {"Records": [{"Data": b"\xff\x00", "ApproximateArrivalTimestamp": NOON, "PartitionKey": None}]}

    response = _response("kinesis.GetRecords", output, "json")

    assert response.headers["content-type"] == "application/x-amz-json-1.1"
    assert json.loads(response.body) == {
        "Records": [{"Data": "/wA=", "ApproximateArrivalTimestamp": 1893585600}],
    }


def test_rest_json_has_members_in_status_and_headers() -> None:
    response = _response("lambda.Invoke", {"StatusCode": 202, "FunctionError": "Unhandled", "Payload": b"{}"})

    assert response.status == 202
    assert response.body == b"{}"
    assert response.headers["x-amz-function-error"] == "Unhandled"


def test_rest_xml_has_metadata_and_dates_in_headers() -> None:
    output = {
        "Body": b"abc",
        "Metadata": {"owner": "me"},
        "LastModified": NOON,
        "ObjectLockRetainUntilDate": NOON,
        "ResponseMetadata": {"RequestId": "id-1", "HostId": "host-1", "HTTPStatusCode": 206},
    }

    response = _response("s3.GetObject", output)

    assert (response.status, response.body) == (206, b"abc")
    assert response.headers == {
        "x-amz-request-id": "id-1",
        "x-amz-id-2": "host-1",
        "last-modified": "Wed, 02 Jan 2030 12:00:00 GMT",
        "x-amz-object-lock-retain-until-date": "2030-01-02T12:00:00Z",
        "x-amz-meta-owner": "me",
        "content-length": "3",
    }


def test_rest_xml_has_attributes_with_their_namespace() -> None:
    grantee = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}

    body = _response("s3.GetBucketAcl", {"Grants": [{"Grantee": grantee}]}).body.decode()

    assert '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>' in body


def test_cbor_has_tags_for_timestamps_and_doubles_for_numbers() -> None:
    output = {"MetricDataResults": [{"Timestamps": [NOON], "Values": [1]}]}

    response = _response("cloudwatch.GetMetricData", output, "smithy-rpc-v2-cbor")

    assert response.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert response.body == (
        b"\xa1\x71MetricDataResults\x81\xa2\x6aTimestamps\x81\xc1\x1a\x70\xdd\xd2\xc0"
        b"\x66Values\x81\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00"
    )


def test_response_to_head_has_the_length_of_a_body_that_it_does_not_have() -> None:
    response = _response("s3.HeadObject", {"ContentLength": 5_000_000_000})

    assert response.body == b""
    assert response.headers["content-length"] == "5000000000"


def test_flattened_list_has_the_name_of_its_items() -> None:
    output = {"Attributes": [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}]}

    body = _response("sdb.GetAttributes", output).body.decode()

    assert (
        "<GetAttributesResult><Attribute><Name>a</Name><Value>1</Value></Attribute>"
        "<Attribute><Name>b</Name><Value>2</Value></Attribute></GetAttributesResult>"
    ) in body


def test_headers_of_rest_json_are_not_in_the_body_too() -> None:
    response = _response("sagemaker-runtime.InvokeEndpointAsync", {"InferenceId": "1", "OutputLocation": "s3://a/b"})

    assert response.headers["x-amzn-sagemaker-outputlocation"] == "s3://a/b"
    assert json.loads(response.body) == {"InferenceId": "1"}


def test_output_in_the_body_has_a_status_that_allows_one() -> None:
    with_body = _response("lexv2-models.DeleteResourcePolicy", {"revisionId": "1"})
    without = _response("lexv2-models.DeleteResourcePolicy", {})

    assert (with_body.status, with_body.body) == (200, b'{"revisionId": "1"}')
    assert (without.status, without.body) == (204, b"")


def test_status_without_a_body_has_none() -> None:
    response = _response("s3.DeleteObject", {"VersionId": "1"})

    assert (response.status, response.body) == (204, b"")
    assert "content-length" not in response.headers


# ---------------------------------------------------------------- kinds of values


class Color(str, Enum):
    """An enumeration, as applications have them."""

    RED = "red"


def test_naive_moments_strings_and_numbers_are_moments_in_utc() -> None:
    for moment in (datetime(2030, 1, 2, 12), "2030-01-02T13:00:00+01:00", 1893585600, 1893585600.0):
        assert _returned("s3.HeadObject", {"LastModified": moment, "Metadata": {}}) == {
            "LastModified": NOON,
            "Metadata": {},
        }


MEASURED = {"MetricDataResults": [{"Values": [math.inf, -math.inf, 5e-324]}]}


@pytest.mark.parametrize(
    ("name", "protocol", "output"),
    [
        *(("cloudwatch.GetMetricData", each, MEASURED) for each in ("query", "json", "smithy-rpc-v2-cbor")),
        ("rds-data.ExecuteStatement", "rest-json", {"records": [[{"doubleValue": math.inf}]]}),
    ],
)
def test_numbers_need_not_be_finite(name: str, protocol: str, output: dict[str, Any]) -> None:
    assert _returned(name, output, protocol) == output


def test_members_that_are_none_are_left_out() -> None:
    assert _returned("sts.GetCallerIdentity", {"Account": None, "Arn": "a"}) == {"Arn": "a"}
    assert _returned("dynamodb.GetItem", {"Item": None}) == {}


def test_enumerations_are_their_values() -> None:
    for name, output in (
        ("sts.GetCallerIdentity", {"Arn": Color.RED}),
        ("dynamodb.GetItem", {"Item": {"a": {"S": Color.RED}}}),
        ("s3.HeadObject", {"ETag": Color.RED, "Metadata": {}}),
    ):
        assert _returned(name, output) == json.loads(json.dumps(output))


def test_strings_are_taken_for_blobs() -> None:
    assert _returned("lambda.Invoke", {"StatusCode": 200, "Payload": "é"}) == {
        "StatusCode": 200,
        "Payload": "é".encode(),
    }
    assert _returned("kms.Encrypt", {"CiphertextBlob": "é"}) == {"CiphertextBlob": "é".encode()}


# ---------------------------------------------------------------- what clients do after parsing

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "a b+c%20"}]}


@pytest.mark.parametrize("document", [POLICY, "no JSON", '{"a": "%22"}', "3", ""])
def test_policies_of_iam_are_given_as_clients_return_them(document: Any) -> None:
    output = {"PolicyVersion": {"Document": document, "VersionId": "v1"}}

    assert _returned("iam.GetPolicyVersion", output) == output


@pytest.mark.parametrize("template", [{"Resources": {}}, "Resources: {}", '{"Resources": {}}', ""])
def test_templates_of_cloudformation_are_given_as_clients_return_them(template: Any) -> None:
    assert _returned("cloudformation.GetTemplate", {"TemplateBody": template}) == {"TemplateBody": template}


def test_console_output_is_given_as_clients_return_it() -> None:
    assert _returned("ec2.GetConsoleOutput", {"Output": "login: é"}) == {"Output": "login: é"}


@pytest.mark.parametrize("region", ["eu-west-1", None])
def test_bucket_location_is_given_as_clients_return_it(region: str | None) -> None:
    assert _returned("s3.GetBucketLocation", {"LocationConstraint": region}) == {"LocationConstraint": region}


@pytest.mark.parametrize(
    ("name", "output"),
    [
        (
            "s3.ListObjects",
            {"Marker": "a b", "Contents": [{"Key": "a+b %20\x01"}], "CommonPrefixes": [{"Prefix": "ä/"}]},
        ),
        ("s3.ListObjectsV2", {"Prefix": "a b", "StartAfter": "%", "Contents": [{"Key": "a+b %20\x01"}]}),
        ("s3.ListObjectVersions", {"KeyMarker": "a b", "Versions": [{"Key": "+"}], "DeleteMarkers": [{"Key": "%"}]}),
    ],
)
def test_keys_are_given_as_clients_return_them(name: str, output: dict[str, Any]) -> None:
    quoted = output | {"EncodingType": "url"}

    assert _returned(name, quoted) == quoted


def test_expiry_may_be_no_date() -> None:
    output = {"ExpiresString": "0000-00-00", "Metadata": {}}

    assert _returned("s3.HeadObject", output) == output


def test_no_other_handler_changes_outputs() -> None:
    changing = {
        entry[0]
        for entry in BUILTIN_HANDLERS
        if str(entry[0]).startswith(("after-call", "after-parse", "before-parse"))
    }

    # Some versions map errors of sso-oidc too.
    assert changing - {"before-parse.sso-oidc.*"} == {
        "after-call.cloudformation.GetTemplate",
        "after-call.ec2.GetConsoleOutput",
        "after-call.iam",
        "after-call.s3.GetBucketLocation",
        "after-call.s3.ListObjectVersions",
        "after-call.s3.ListObjects",
        "after-call.s3.ListObjectsV2",
        "after-call.sqs.*",  # errors only
        "before-parse.s3.*",  # Expires, and errors with status 200
    }


# ---------------------------------------------------------------- errors


def _raised(name: str, answer: ClientError, protocol: str | None = None) -> Any:
    """The response of the error that a client raises for an answer that is one."""
    with pytest.raises(ClientError) as caught:
        _response(name, answer, protocol)
    return caught.value.response


@pytest.mark.parametrize(
    ("name", "protocol", "error"),
    [
        ("dynamodb.PutItem", "json", "ConditionalCheckFailedException"),
        ("dynamodb.TransactWriteItems", "json", "TransactionCanceledException"),
        ("bedrock-runtime.InvokeModel", "rest-json", "ModelErrorException"),
        ("lambda.Invoke", "rest-json", "TooManyRequestsException"),
        ("s3.GetObject", "rest-xml", "InvalidObjectState"),
        ("route53.ChangeResourceRecordSets", "rest-xml", "InvalidChangeBatch"),
        ("cloudwatch.PutDashboard", "smithy-rpc-v2-cbor", "DashboardInvalidInputError"),
        ("cloudwatch.PutDashboard", "query", "DashboardInvalidInputError"),
        ("account.GetContactInformation", "rest-json", "ValidationException"),
    ],
)
def test_errors_have_their_members(name: str, protocol: str, error: str) -> None:
    service = name.partition(".")[0]
    own = protocol if service == "cloudwatch" else None
    shapes = _client(service, own).meta.service_model.error_shapes
    members = random_members(next(each for each in shapes if each.name == error), protocol, Random(error))
    members = {key: value for key, value in members.items() if key.lower() != "message"}

    raised = _raised(name, _error(name, error, "What went wrong", message=None, Message=None, **members), own)

    assert raised["Error"]["Message"] == "What went wrong"
    assert list(differences(members, {key: value for key, value in raised.items() if key in members})) == []


def test_a_member_for_the_name_of_the_error_is_the_name() -> None:
    name = "account.GetContactInformation"

    raised = _raised(name, _error(name, "ConflictException", errorType="Nope"))

    assert raised["Error"]["Code"] == raised["errorType"] == "ConflictException"


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("name", "output", "message"),
    [
        (
            "bedrock-runtime.Converse",
            {"output": {"message": {"content": [{"txt": "Hi"}]}}},
            "bedrock-runtime Converse: output.message.content[0] has no member 'txt'; ",
        ),
        (
            "sqs.ReceiveMessage",
            {"messages": []},
            "the output has no member 'messages'; it has Messages",
        ),
        ("sqs.DeleteMessage", {"a": 1}, "sqs DeleteMessage: the operation has no output, so 'a' cannot be in it"),
        ("sqs.ReceiveMessage", {"Messages": [{"Body": 1}]}, "Messages[0].Body must be a string, not 1"),
        ("sqs.ReceiveMessage", {"Messages": {}}, "Messages must be a list, not {}"),
        (
            "bedrock-runtime.Converse",
            {"output": {"message": {"content": [{"text": "Hi", "toolUse": {}}]}}},
            "output.message.content[0] must have exactly one of text, image,",
        ),
        ("bedrock-runtime.Converse", {"output": {}}, "output must have exactly one of message; it has none"),
        ("dynamodb.GetItem", {"Item": {"a": "b"}}, "Item['a'] must be a mapping, not 'b'"),
        ("dynamodb.GetItem", {"Item": {1: {"S": "b"}}}, "Item must be a mapping of strings, not {1: {'S': 'b'}}"),
        ("dynamodb.Query", {"Count": True}, "Count must be an int, not True"),
        ("dynamodb.Query", {"ConsumedCapacity": {"CapacityUnits": "1"}}, "CapacityUnits must be a number, not '1'"),
        ("kms.Encrypt", {"CiphertextBlob": 1}, "CiphertextBlob must be bytes, not 1"),
        ("s3.HeadObject", {"LastModified": "soon"}, "LastModified must be a datetime, an ISO 8601 string, or seconds"),
        ("s3.HeadObject", {"BucketKeyEnabled": "yes"}, "BucketKeyEnabled must be True or False, not 'yes'"),
        (
            "s3.GetObject",
            {"Body": {"a": 1}},
            "Body must be bytes, a string, a file or an iterable of bytes, not {'a': 1}",
        ),
        ("lambda.Invoke", {"StatusCode": 500}, "StatusCode must be a status from 200 to 299, not 500; for an error"),
        ("lambda.Invoke", {"ResponseMetadata": {"HTTPStatusCode": 404}}, "ResponseMetadata.HTTPStatusCode must be a"),
        ("bedrock-runtime.ConverseStream", {"stream": "Hi"}, "stream must be an iterable of events, not 'Hi'"),
        ("bedrock-runtime.ConverseStream", {"stream": [{"start": {}}]}, "stream[0] has no member 'start'"),
        ("iam.GetRolePolicy", {"PolicyDocument": {"a": b""}}, "PolicyDocument must be what JSON can hold"),
    ],
)
def test_mistake_is_named_with_its_place(name: str, output: Any, message: str) -> None:
    service, _, operation = name.partition(".")

    with mock_aws() as aws, pytest.raises(ArgumentError) as caught:
        aws.answers.add(service, operation, output)

    assert str(caught.value).startswith(f"{service} {operation}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "output", "message"),
    [
        ("sns.CreateTopic", {"TopicArn": "a\x00"}, "XML cannot carry the character '\\x00', which is in the string"),
        ("s3.HeadObject", {"ETag": "a\nb"}, "the header ETag cannot carry a line break, which is in 'a\\nb'"),
        (
            "s3.GetObject",
            {"Body": b"a", "ContentLength": 2},
            "ContentLength is 2, but the body has 1 bytes: leave it out",
        ),
        (
            "s3.ListObjectsV2",
            {"EncodingType": "url", "Contents": [{}]},
            "each of Contents must have a Key where EncodingType is 'url', as clients decode it",
        ),
    ],
)
def test_what_no_response_can_carry_is_named(name: str, output: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        _response(name, output)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            _error("dynamodb.PutItem", "ConditionalCheckFailedException", item={}),
            "dynamodb ConditionalCheckFailedException: it has no member 'item'; it has Item, message",
        ),
        (
            _error("dynamodb.PutItem", "Nope", status=400, a=1),
            "dynamodb Nope: the error is in no model, so 'a' cannot be in it",
        ),
    ],
)
def test_mistake_in_an_error_is_named_with_its_place(error: ClientError, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        _response("dynamodb.PutItem", error)

    assert str(caught.value) == message
