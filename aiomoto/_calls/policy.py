"""The least IAM policy for calls: each action that they need, on the resources that they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from aiomoto._aws.need import CallFacts
from aiomoto._aws.needs import grants_of
from aiomoto._aws.regions import partition_of
from aiomoto._aws.resource_arns import UNKNOWN, Place
from aiomoto._calls.call import Call
from aiomoto._errors import AiomotoError

COMMENT = "Comment"


class Grants:
    """Permissions, collected from calls.

    Attributes:
        resources: the ARNs of the resources of each action.
        unknown: the calls whose permissions are unknown.
    """

    def __init__(self) -> None:
        self.resources: dict[str, set[str]] = defaultdict(set)
        self.unknown: set[str] = set()

    def add_calls(self, calls: Iterable[Call]) -> None:
        """Add what calls need."""
        for call in calls:
            granted = _grants(call)
            if granted is None:
                self.unknown.add(_description(call))
            for action, arns in granted or ():
                self.resources[action].update(arns)

    def add_policy(self, policy: Mapping[str, Any]) -> None:
        """Add what is in the policy of others."""
        for statement in policy["Statement"]:
            for action in statement["Action"]:
                self.resources[action].update(statement["Resource"])
        self.unknown.update(policy.get(COMMENT, ()))

    def policy(self) -> dict[str, Any]:
        """Write the policy. Its order depends on nothing but its contents."""
        policy: dict[str, Any] = {"Version": "2012-10-17", "Statement": self._statements()}
        return {**policy, COMMENT: sorted(self.unknown)} if self.unknown else policy

    def _statements(self) -> list[dict[str, Any]]:
        """A statement for each service and set of resources."""
        actions: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
        for action, arns in self.resources.items():
            resources = (UNKNOWN,) if UNKNOWN in arns else tuple(sorted(arns))
            actions[action.partition(":")[0], resources].append(action)
        statements = (
            {"Effect": "Allow", "Action": sorted(names), "Resource": list(resources)}
            for (_, resources), names in actions.items()
        )
        return sorted(statements, key=lambda each: (each["Action"], each["Resource"]))


def _grants(call: Call) -> list[tuple[str, Sequence[str]]] | None:
    if call.service is None or call.operation is None:
        return None
    region = call.region or UNKNOWN
    place = Place(partition_of(region), region, call.account)
    try:
        return grants_of(CallFacts(call.service, call.operation, _known_params(call), call.url, place))
    except Exception:  # an operation that AWS does not have, or a parameter of another kind: anything may be sent
        return None


def _known_params(call: Call) -> dict[str, Any]:
    try:
        return dict(call.params)
    except AiomotoError:  # they were in a body that was not recorded
        return {}


def _description(call: Call) -> str:
    if call.operation is not None:
        return f"{call.service} {call.operation}"
    split = urlsplit(call.url)
    return f"{call.method} {split.scheme}://{split.netloc}{split.path}"
