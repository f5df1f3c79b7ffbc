"""A call, and a permission that it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aiomoto._aws.resource_arns import Place


class CallFacts(NamedTuple):
    """What is known of a call.

    Attributes:
        service: botocore's name of the service.
        operation: botocore's name of the operation.
        params: its parameters, as far as they are known.
        url: where it was sent.
        place: where it was made.
    """

    service: str
    operation: str
    params: Mapping[str, Any]
    url: str
    place: Place


class Need(NamedTuple):
    """One permission that a call needs.

    Attributes:
        action: the IAM action: ``"s3:GetObject"``.
        params: the parameters that its resources are named by, by the names of the parts of ARNs.
        resources: the ARNs, if they are known without that.
    """

    action: str
    params: Mapping[str, Any]
    resources: Sequence[str] = ()
