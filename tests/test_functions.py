"""``aws.functions``: handlers and Moto's functions belong together, whichever came first."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from aiomoto import ArgumentError, mock_aws

REGION = "us-east-1"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:resize"


def functions(region: str = REGION) -> Any:
    return boto3.client("lambda", region, config=Config(retries={"total_max_attempts": 1}))


def resize(event: Any, context: Any) -> Any:
    return {"resized": event["n"]}


def create(name: str = "resize", **options: Any) -> Any:
    iam = boto3.client("iam", REGION)
    role = iam.create_role(RoleName="functions", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    return functions().create_function(
        FunctionName=name, Role=role, Runtime="python3.13", Handler="app.handler", Code={"ZipFile": b"code"}, **options
    )


def invoke(name: str = "resize", event: Any = 0, client: Any = None) -> Any:
    response = (client or functions()).invoke(FunctionName=name, Payload=json.dumps({"n": event}))
    return json.loads(response["Payload"].read())


def test_a_registered_function_exists() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        found = functions().get_function(FunctionName="resize")["Configuration"]
        listed = functions().list_functions()["Functions"]

        assert aws.functions.arn("resize") == ARN

    assert (found["FunctionArn"], found["Timeout"], found["MemorySize"]) == (ARN, 3, 128)
    assert found["Handler"] == "tests.test_functions.resize"
    assert [each["FunctionName"] for each in listed] == ["resize"]


def test_its_configuration_is_what_was_given() -> None:
    with mock_aws() as aws:
        arn = aws.functions.add(
            "resize", resize, timeout=30, memory=512, environment={"STAGE": "test"}, region="eu-west-1"
        )
        found = functions("eu-west-1").get_function_configuration(FunctionName="resize")
        elsewhere = functions().list_functions()["Functions"]

    assert arn == "arn:aws:lambda:eu-west-1:123456789012:function:resize"
    assert (found["Timeout"], found["MemorySize"]) == (30, 512)
    assert found["Environment"] == {"Variables": {"STAGE": "test"}}
    assert elsewhere == []


def test_a_decorator_registers_a_handler_and_leaves_it_as_it_is() -> None:
    with mock_aws() as aws:

        @aws.functions.handler("resize", timeout=9)
        def handler(event: Any, context: Any) -> int:
            return 7

        assert aws.functions["resize"] is handler
        assert handler(None, None) == 7
        assert invoke() == 7


def test_a_function_that_the_code_creates_takes_the_handler_that_was_registered_before() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        assert create(Timeout=9)["Timeout"] == 9
        assert invoke(event=1) == {"resized": 1}

        with pytest.raises(ClientError, match="ResourceConflictException"):
            functions().create_function(FunctionName="resize", Role="r", Code={"ZipFile": b""})


def test_a_function_that_the_code_has_created_takes_a_handler_that_is_registered_later() -> None:
    with mock_aws() as aws:
        create(Timeout=9)
        aws.functions["resize"] = resize
        assert invoke(event=1) == {"resized": 1}
        assert functions().get_function_configuration(FunctionName="resize")["Timeout"] == 9


@pytest.mark.parametrize("comes_first", [True, False])
def test_a_function_of_a_stack_of_cloudformation_takes_the_handler(comes_first: bool) -> None:
    template = {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": "resize",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Runtime": "python3.13",
                    "Handler": "app.handler",
                    "Code": {"ZipFile": "code"},
                    "Timeout": 9,
                },
            },
        }
    }
    with mock_aws() as aws:
        if comes_first:
            aws.functions["resize"] = resize
        stacks = boto3.client("cloudformation", REGION)
        stacks.create_stack(StackName="app", TemplateBody=json.dumps(template))
        if not comes_first:
            aws.functions["resize"] = resize
        assert invoke(event=1) == {"resized": 1}
        assert functions().get_function_configuration(FunctionName="resize")["Timeout"] == 9


def test_a_function_that_cannot_be_created_leaves_the_registered_one() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        with pytest.raises(ClientError, match="cannot be assumed"):
            functions().create_function(
                FunctionName="resize", Role="arn:aws:iam::123456789012:role/none", Code={"ZipFile": b""}
            )
        assert invoke(event=1) == {"resized": 1}


def test_deleting_a_handler_deletes_its_function() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        assert invoke(event=1) == {"resized": 1}
        del aws.functions["resize"]
        assert "resize" not in aws.functions
        with pytest.raises(ClientError, match="Function not found: arn:aws:lambda:us-east-1:123456789012"):
            functions().get_function(FunctionName="resize")


def test_a_deleted_function_stays_deleted_until_the_code_creates_it_again() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        functions().delete_function(FunctionName="resize")
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            invoke()
        create()
        assert invoke(event=1) == {"resized": 1}


def test_a_registered_function_outlives_a_reset() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        invoke()
        aws.reset()
        assert invoke(event=1) == {"resized": 1}


def test_a_handler_may_be_registered_before_the_mock_starts_and_ends_with_it() -> None:
    aws = mock_aws()
    aws.functions["resize"] = resize
    with aws:
        assert invoke(event=1) == {"resized": 1}
    assert list(aws.functions) == []
    assert len(aws.functions.invocations) == 1
    with aws:
        assert functions().list_functions()["Functions"] == []
        assert aws.functions.invocations == []


def test_a_handler_can_be_replaced() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        aws.functions.add("resize", lambda event, context: "other", timeout=5)
        assert invoke() == "other"
        assert functions().get_function_configuration(FunctionName="resize")["Timeout"] == 5


def test_the_innermost_mocks_handler_comes_first() -> None:
    with mock_aws() as outer:
        outer.functions["resize"] = lambda event, context: "outer"
        outer.functions["crop"] = lambda event, context: "outer"
        with mock_aws() as inner:
            inner.functions["resize"] = lambda event, context: "inner"
            assert [invoke("resize"), invoke("crop")] == ["inner", "outer"]
            assert [each.name for each in inner.functions.invocations] == ["resize", "crop"]
        assert invoke("resize") == "outer"
        assert len(outer.functions.invocations) == 1


def test_a_handler_of_a_region_is_for_that_region_only() -> None:
    with mock_aws() as aws:
        aws.functions.add("resize", resize, region="eu-west-1")
        assert invoke(event=1, client=functions("eu-west-1")) == {"resized": 1}
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            invoke()


def test_functions_run_without_docker_whatever_motos_configuration_says() -> None:
    for config in ({"lambda": {"use_docker": True}}, {"lambda": {"use_docker": False}}):
        with mock_aws(config=config) as aws:
            aws.functions["resize"] = resize
            assert invoke(event=1) == {"resized": 1}


def test_nothing_is_left_in_moto_after_the_mock() -> None:
    from moto.awslambda.responses import LambdaResponse

    before = LambdaResponse.create_function
    with mock_aws() as aws, mock_aws():
        aws.functions["resize"] = resize
        create()
    assert LambdaResponse.create_function is before
    with mock_aws():
        assert functions().list_functions()["Functions"] == []


async def coroutine(event: Any, context: Any) -> None:
    return None


@pytest.mark.parametrize(
    ("name", "handler", "options", "message"),
    [
        (
            "a b",
            resize,
            {},
            "the name of a function must be a string of 1 to 64 letters, digits, '-' and '_', not",
        ),
        ("f", "resize", {}, "the handler of 'f' must be a function of the event and the context, plain or async, not "),
        ("f", dict, {}, "the handler of 'f' must be a function of the event and the context, plain or async, not "),
        ("f", lambda event: 1, {}, "the handler of 'f' must take two arguments, the event and the context: <function"),
        ("f", resize, {"timeout": 0}, "timeout must be a number above 0 to 900, not 0"),
        ("f", resize, {"timeout": 901}, "timeout must be a number above 0 to 900, not 901"),
        ("f", resize, {"memory": 64}, "memory must be a number from 128 to 10240, not 64"),
        ("f", resize, {"environment": {"A": 1}}, "environment must map str to str, not {'A': 1}"),
        ("f", resize, {"region": "us-east-11"}, "AWS has no region 'us-east-11'"),
        ("f", resize, {"may_fail": 1}, "may_fail must be True or False, not 1"),
    ],
)
def test_a_wrong_argument_is_refused(name: Any, handler: Any, options: Any, message: str) -> None:
    with mock_aws() as aws:
        with pytest.raises(ArgumentError) as refused:
            aws.functions.add(name, handler, **options)
        assert str(refused.value).startswith(message)
        assert not aws.functions


def test_the_decorator_without_a_name_is_refused() -> None:
    decorator: Any = mock_aws().functions.handler
    with pytest.raises(ArgumentError, match=r'needs the name of the function: @aws\.functions\.handler\("resize"\)'):
        decorator(resize)


def test_an_unknown_name_is_an_error_that_suggests_another() -> None:
    with mock_aws() as aws:
        aws.functions["resize"] = resize
        with pytest.raises(KeyError, match=r"aws\.functions has no handler for 'rezise'; it has resize"):
            aws.functions.arn("rezise")
