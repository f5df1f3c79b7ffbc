"""The AWS SDK for Python v4: the same calls, answers and errors as by aiobotocore and boto3, on one backend."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from aiomoto import mock_aws
from tests import sdk_v4
from tests.sdk_v4 import chain, client, configured, each_transport, models

pytestmark = pytest.mark.anyio
REGION = "us-east-1"


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@each_transport
async def test_a_queue_that_it_writes_is_read_by_aiobotocore(transport: Callable[[], Any]) -> None:
    sqs = models("sqs")
    async with mock_aws(), get_session().create_client("sqs") as theirs:
        async with await configured("sqs", transport=transport()) as ours:
            queue = (await ours.create_queue(sqs.CreateQueueInput(queue_name="jobs"))).queue_url
            await ours.send_message(sqs.SendMessageInput(queue_url=queue, message_body="résumé"))
        received = await theirs.receive_message(QueueUrl=queue)
    assert [message["Body"] for message in received["Messages"]] == ["résumé"]


async def test_a_topic_delivers_to_a_queue_of_another_client() -> None:
    sns, sqs = models("sns"), models("sqs")
    async with mock_aws(), client("sns") as topics, client("sqs") as queues:
        topic = (await topics.create_topic(sns.CreateTopicInput(name="news"))).topic_arn
        queue = (await queues.create_queue(sqs.CreateQueueInput(queue_name="inbox"))).queue_url
        subscription = sns.SubscribeInput(
            topic_arn=topic, protocol="sqs", endpoint=f"arn:aws:sqs:{REGION}:123456789012:inbox"
        )
        await topics.subscribe(subscription)
        await topics.publish(sns.PublishInput(topic_arn=topic, message="hello"))
        received = await queues.receive_message(sqs.ReceiveMessageInput(queue_url=queue))
        assert boto3.client("sns").list_topics()["Topics"] == [{"TopicArn": topic}]
    assert json.loads(received.messages[0].body)["Message"] == "hello"


async def test_an_item_that_boto3_writes_is_read() -> None:
    dynamodb = models("dynamodb")
    with mock_aws():
        table = boto3.resource("dynamodb").create_table(
            TableName="users",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        table.put_item(Item={"id": "1", "name": "Ada", "data": b"\x00\xff"})
        async with client("dynamodb") as ours:
            key = {"id": dynamodb.AttributeValueS(value="1")}
            item = (await ours.get_item(dynamodb.GetItemInput(table_name="users", key=key))).item
    assert (item["name"].value, item["data"].value) == ("Ada", b"\x00\xff")


async def test_a_secret_goes_both_ways() -> None:
    secrets = models("secrets_manager")
    async with mock_aws(), client("secrets_manager") as ours:
        theirs = boto3.client("secretsmanager")
        await ours.create_secret(secrets.CreateSecretInput(name="one", secret_string="a"))
        theirs.create_secret(Name="two", SecretBinary=b"b")
        assert theirs.get_secret_value(SecretId="one")["SecretString"] == "a"
        value = await ours.get_secret_value(secrets.GetSecretValueInput(secret_id="two"))
    assert value.secret_binary == b"b"


async def test_an_identity_is_that_of_the_mock() -> None:
    sts = models("sts")
    async with mock_aws(), client("sts") as ours:
        identity = await ours.get_caller_identity(sts.GetCallerIdentityInput())
        theirs = boto3.client("sts").get_caller_identity()
    assert (identity.account, identity.arn) == (theirs["Account"], theirs["Arn"]) == ("123456789012", identity.arn)


async def test_a_function_is_created_and_listed() -> None:
    functions = models("lambda")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): return 1")
    async with mock_aws(config={"lambda": {"use_docker": False}}), client("lambda") as ours:
        role = boto3.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        await ours.create_function(
            functions.CreateFunctionInput(
                function_name="resize",
                role=role,
                runtime="python3.13",
                handler="main.handler",
                code=functions.FunctionCode(zip_file=code.getvalue()),
            )
        )
        listed = await ours.list_functions(functions.ListFunctionsInput())
        theirs = boto3.client("lambda").list_functions()["Functions"]
    assert [each.function_name for each in listed.functions] == [each["FunctionName"] for each in theirs] == ["resize"]


# What fails, by boto3 and by the SDK: the client, the operation, its parameters by boto3, the inputs by the SDK.
ERRORS: dict[str, tuple[str, str, str, dict[str, Any], dict[str, Any]]] = {
    "sqs": ("sqs", "sqs", "get_queue_url", {"QueueName": "no"}, {"queue_name": "no"}),
    "sns": (
        "sns",
        "sns",
        "get_topic_attributes",
        {"TopicArn": "arn:aws:sns:us-east-1:123456789012:no"},
        {"topic_arn": "arn:aws:sns:us-east-1:123456789012:no"},
    ),
    "dynamodb": ("dynamodb", "dynamodb", "describe_table", {"TableName": "nothing"}, {"table_name": "nothing"}),
    "secretsmanager": (
        "secretsmanager",
        "secrets_manager",
        "get_secret_value",
        {"SecretId": "no"},
        {"secret_id": "no"},
    ),
    "lambda": ("lambda", "lambda", "get_function", {"FunctionName": "no"}, {"function_name": "no"}),
}


@pytest.mark.parametrize(("theirs", "ours", "operation", "params", "inputs"), ERRORS.values(), ids=ERRORS)
async def test_modelled_errors_are_those_of_the_other_clients(
    theirs: str, ours: str, operation: str, params: dict[str, Any], inputs: dict[str, Any]
) -> None:
    kind = getattr(models(ours), "".join(map(str.capitalize, operation.split("_"))) + "Input")
    async with mock_aws() as aws, client(ours) as sdk, get_session().create_client(theirs) as aio:
        with pytest.raises(ClientError) as by_boto3:
            getattr(boto3.client(theirs), operation)(**params)
        with pytest.raises(ClientError) as by_aiobotocore:
            await getattr(aio, operation)(**params)
        with pytest.raises(models(ours).ServiceError) as by_sdk:
            await getattr(sdk, operation)(kind(**inputs))
        calls = list(aws.calls)

    assert by_boto3.value.response["Error"]["Message"] == by_aiobotocore.value.response["Error"]["Message"]
    assert by_sdk.value.message == by_boto3.value.response["Error"]["Message"]
    assert by_sdk.value.response_metadata.http_status_code == calls[0].status
    assert len({(call.service, call.operation, call.region, call.account, str(call.params)) for call in calls}) == 1
    assert len({(call.status, call.error_code) for call in calls}) == 1
    assert [call.backend for call in calls] == ["boto3", "aiohttp", "aws-sdk"]


@each_transport
async def test_a_response_is_the_transports_own(transport: Callable[[], Any]) -> None:
    sent = transport()
    kind = {"AIOHTTPClient": "HTTPResponse", "AWSCRTHTTPClient": "AWSCRTHTTPResponse"}[type(sent).__name__]
    http = sdk_v4.smithy_http
    from smithy_core import URI
    from smithy_http.aio import HTTPRequest

    fields = http.tuples_to_fields([("content-type", "application/x-www-form-urlencoded"), ("content-length", "43")])
    request = HTTPRequest(
        method="POST",
        destination=URI(host="sts.us-east-1.amazonaws.com", path="/"),
        fields=fields,
        body=b"Action=GetCallerIdentity&Version=2011-06-15",
    )
    with mock_aws():
        response = await sent.send(request)
        body = await response.consume_body_async()
    await sent.close()

    assert type(response).__name__ == kind
    assert response.status == 200
    assert response.fields["Content-Type"].values == ["text/xml"]
    assert b"<Account>123456789012</Account>" in body


async def test_operations_may_run_at_the_same_time() -> None:
    import asyncio

    sqs = models("sqs")
    async with mock_aws() as aws, client("sqs") as ours:
        names = [f"queue-{number}" for number in range(20)]
        await asyncio.gather(*(ours.create_queue(sqs.CreateQueueInput(queue_name=name)) for name in names))
        listed = await ours.list_queues(sqs.ListQueuesInput())
        assert {call.attempt for call in aws.calls} == {1}
        assert len({call.invocation_id for call in aws.calls}) == 21
    assert len(listed.queue_urls) == 20


async def test_a_service_has_botocores_name() -> None:
    lex = models("lex_runtime_v2")  # "lexruntimev2" in the SDK's model
    with mock_aws() as aws:
        aws.answers.add("lexv2-runtime", "RecognizeText", {"sessionId": "one"})
        async with await configured("lex_runtime_v2", endpoint_uri="https://proxy.example.com/lex") as ours:
            asked_for = lex.RecognizeTextInput(
                bot_id="1234567890", bot_alias_id="1234567890", locale_id="en_US", session_id="one", text="hi"
            )
            assert (await ours.recognize_text(asked_for)).session_id == "one"
            assert [leak.service for leak in aws.leaks] == ["lexv2-runtime"]
        assert [(call.service, call.operation) for call in aws.calls] == [("lexv2-runtime", "RecognizeText")]


async def test_what_moto_lacks_says_what_to_write() -> None:
    bedrock, core = models("bedrock_runtime"), pytest.importorskip("smithy_core.exceptions")
    async with mock_aws(), client("bedrock_runtime") as ours:
        with pytest.raises(core.SmithyError) as raised:
            await ours.converse(bedrock.ConverseInput(model_id=sdk_v4.NOVA, messages=sdk_v4.asked("Hello")))
    assert 'aws.bedrock.reply("...")' in str(raised.value)
    assert 'aws.answers.add("bedrock-runtime", "Converse", {' in str(raised.value)
    assert NotImplementedError in chain(raised.value)
