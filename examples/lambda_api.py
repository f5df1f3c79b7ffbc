"""A function behind a URL, called over HTTP by a library that knows nothing of AWS."""

import json
from typing import Any
from urllib.request import Request, urlopen

import boto3

from aiomoto import mock_aws


def orders(event: Any, context: Any) -> Any:
    table = boto3.resource("dynamodb").Table("orders")
    if event["requestContext"]["http"]["method"] == "POST":
        table.put_item(Item=json.loads(event["body"]))
        return {"statusCode": 201}
    item = table.get_item(Key={"id": event["rawPath"].removeprefix("/")}).get("Item")
    return item or {"statusCode": 404}


with mock_aws() as aws:
    aws.functions["orders"] = orders
    boto3.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    functions = boto3.client("lambda")
    url = functions.create_function_url_config(FunctionName="orders", AuthType="NONE")["FunctionUrl"].rstrip("/")

    with urlopen(Request(url, data=b'{"id": "7", "state": "paid"}', method="POST")) as response:
        assert response.status == 201
    with urlopen(f"{url}/7") as response:
        assert json.loads(response.read()) == {"id": "7", "state": "paid"}
