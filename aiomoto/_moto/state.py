"""What exists in Moto's backends, to show it. Nothing here creates a backend, or loads a service's module."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

from moto.core.base_backend import BackendDict
from moto.core.common_models import BaseModel

from aiomoto._moto.backends import lock
from aiomoto._moto.loaded import loaded_backends
from aiomoto._moto.resources import KINDS, Kind


class Existing(NamedTuple):
    """A resource that exists.

    Attributes:
        service: botocore's name of the service.
        account: the id of the account.
        region: the region; empty for resources that have none.
        name: the name; in services with several kinds of resources, with the kind: ``"role/uploads"``.
        detail: what else there is to say: ``"1 object, 3 B"``; empty if only the name is known.
    """

    service: str
    account: str
    region: str
    name: str
    detail: str


class State(NamedTuple):
    """What exists at one moment.

    Attributes:
        existing: the resources.
        keys: the keys of the objects in each S3 bucket, the first 10,000.
    """

    existing: list[Existing]
    keys: dict[str, list[str]]


def existing() -> list[Existing]:
    """List what exists, in all accounts and regions, by service. Moto's own default resources are left out."""
    with lock.for_thread():
        found = [each for service, backends in _used_backends() for each in _in_service(service, backends)]
    return sorted(dict.fromkeys(found), key=lambda each: (each.service, each.account, each.region))


def state() -> State:
    """Take down what exists, with the keys of objects."""
    with lock.for_thread():
        buckets = {
            name: bucket for each in loaded_backends("s3", "s3_backends") for name, bucket in each.buckets.items()
        }
        return State(existing(), {name: _keys(bucket) for name, bucket in buckets.items()})


_MOST_KEYS = 10_000


def _keys(bucket: Any) -> list[str]:
    try:
        return [name for name, key in islice(bucket.keys.items(), _MOST_KEYS) if hasattr(key, "size")]
    except Exception:  # as below
        return []


# Services whose backends have the service name of another service, which only selects their regions.
_SERVICES = {
    "apigatewaymanagementapi": "apigatewaymanagementapi",
    "bedrockagent": "bedrock-agent",
    "dynamodb_v20111205": "dynamodb",
    "redshiftdata": "redshift-data",
}


def _used_backends() -> Iterator[tuple[str, BackendDict[Any]]]:
    seen = set()
    for name, module in list(sys.modules.items()):
        if _MODELS.fullmatch(name):
            for each in list(vars(module).values()):
                if isinstance(each, BackendDict) and id(each) not in seen:
                    seen.add(id(each))
                    folder = each.backend.__module__.split(".")[1]
                    yield _SERVICES.get(folder, each.service_name), each


_MODELS = re.compile(r"moto\.\w+\.models")


def _in_service(service: str, backends: BackendDict[Any]) -> Iterator[Existing]:
    for account, of_backend, backend in list(backends.iter_backends()):
        # Services without regions have a backend for each partition: "aws-cn".
        region = of_backend if re.search("-[0-9]+$", of_backend) else ""
        if service not in KINDS:
            yield from (Existing(service, account, region, name, "") for name in _names_of_models(backend))
        for kind in KINDS.get(service, ()):
            for key, resource in _at(backend, kind.place):
                if not _is_default(kind, resource, backend):
                    name = f"{kind.prefix}{_short(_attribute(resource, kind.name) or str(key))}"
                    own_region = region or _attribute(resource, kind.region)
                    yield Existing(service, account, own_region, name, _detail(kind, resource, backend))


# Any part of Moto may have changed. A resource that cannot be told from a default one is not shown.


def _is_default(kind: Kind, resource: Any, backend: Any) -> bool:
    try:
        return kind.is_default(resource, backend)
    except Exception:
        return True


def _detail(kind: Kind, resource: Any, backend: Any) -> str:
    try:
        return kind.detail(resource, backend)
    except Exception:
        return ""


def _short(name: str) -> str:
    return name.rpartition("/")[2] if name.startswith("arn:") else name


def _attribute(resource: Any, name: str) -> str:
    value = getattr(resource, name, "") if name else ""
    return value if isinstance(value, str) else ""


def _at(owner: Any, place: str) -> list[tuple[object, Any]]:
    """The resources at a place of a backend, each with its key in the dict there."""
    first, _, rest = place.partition(".")
    if first == "*":
        values = [value for _, value in _items(owner)]
        if not rest:
            return [item for value in values for item in _items(value)]
        return [item for value in values for item in _at(value, rest)]
    value = getattr(owner, first, None)
    return _at(value, rest) if rest else _items(value)


def _items(values: Any) -> list[tuple[object, Any]]:
    """The keys and values of a dict; in a list, strings are their own keys, and others have none."""
    if isinstance(values, Mapping):
        # Some of Moto's dicts load more, or look up otherwise, in their own methods.
        return list(dict.items(values) if isinstance(values, dict) else values.items())
    return [(value if isinstance(value, str) else "?", value) for value in values] if isinstance(values, list) else []


# ---------------------------------------------------------------- services that are not in the table


def _names_of_models(backend: Any) -> Iterator[str]:
    """The names of the resources in a backend's dicts and lists: Moto's models of this service that have an ARN."""
    package = type(backend).__module__.rpartition(".models")[0]
    for values in list(vars(backend).values()):
        for _, resource in _items(values):
            if isinstance(resource, BaseModel) and type(resource).__module__.startswith(package):
                with suppress(Exception):
                    yield from _name_by_arn(resource.arn)


def _name_by_arn(arn: str) -> Iterator[str]:
    """What an ARN says after the account, as ``kind/name``; nothing for those of AWS itself, and for default ones."""
    *_, account, name = arn.split(":", 5)
    name = re.sub(r"^([\w-]+):(?=.)", r"\1/", name)
    if name and account != "aws" and not name.lower().rpartition("/")[2].startswith("default"):
        yield name
