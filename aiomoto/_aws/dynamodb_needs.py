"""What calls of DynamoDB need: batches name several tables, and transactions and statements several actions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aiomoto._aws.need import CallFacts, Need


def needs(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    """List what a call needs."""
    params = call.params
    for statement in _statements(params):
        yield _need_of_statement(statement)
    if call.operation.startswith("Transact"):
        for item in params.get("TransactItems", ()):
            yield from (Need(_ITEM_ACTIONS[kind], each) for kind, each in item.items() if kind in _ITEM_ACTIONS)
    elif tables := list(params.get("RequestItems", ())):
        yield from (Need(action, {"TableName": tables}) for action in actions)
    else:
        yield from (Need(action, params) for action in actions)


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
_ITEM_ACTIONS = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}


def _statements(params: Any) -> list[str]:
    several = params.get("Statements") or params.get("TransactStatements") or [params]
    return [each["Statement"] for each in several if isinstance(each.get("Statement"), str)]


def _need_of_statement(statement: str) -> Need:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
    verb = statement.split(maxsplit=1)[0].capitalize() if statement.split() else ""
    named = _TABLE.search(statement)
    names = {"TableName": named[1] or named[2], "IndexName": named[3] or named[4]} if named else {}
    return Need(f"dynamodb:PartiQL{verb}", names)


_TABLE = re.compile(r'\b(?:from|into|update)\s+(?:"([^"]+)"|([\w-]+))(?:\.(?:"([^"]+)"|([\w-]+)))?', re.IGNORECASE)
