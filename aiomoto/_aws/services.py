"""botocore's services: their names, their models, and what identifies their requests on the wire."""

from __future__ import annotations

import gzip
import json
import os
import re
from functools import lru_cache
from typing import Any, NamedTuple

from botocore.loaders import Loader
from botocore.model import ServiceModel

from aiomoto._aws.sdk_models import ModelLoader, metadata_of


class Service(NamedTuple):
    """A service that botocore has.

    Attributes:
        name: botocore's name: ``"mwaa"``.
        signing_name: the name in the signature of its requests, in lower case: ``"airflow"``. Services may share one.
        endpoint_prefix: what its host names at AWS usually begin with: ``"airflow"``.
    """

    name: str
    signing_name: str
    endpoint_prefix: str


@lru_cache(maxsize=64)
def name_of(namespace: str) -> str:
    """botocore's name of the service in a namespace of AWS's models: ``"lexv2-runtime"`` for ``"lexruntimev2"``.

    The namespace is the id of the service, in lower case and without blanks. One that botocore lacks is returned as it
    is.
    """
    # Most names differ only by hyphens. The ids of all services are in 400 files.
    name = next((each for each in services() if each.replace("-", "") == namespace), None)
    return name or _by_namespace().get(namespace, namespace)


def service_of(model: ServiceModel) -> Service:
    """The service that a model describes; it need not be among botocore's own."""
    return Service(model.service_name, model.signing_name.lower(), model.endpoint_prefix)


def signed_as(signing_name: str) -> tuple[Service, ...]:
    """The services that share a signing name."""
    return _by_signing_name().get(signing_name.lower(), ())


@lru_cache(maxsize=512)
def located_at(host: str) -> tuple[Service, ...]:
    """The services whose endpoint prefix occurs in an AWS host; of several prefixes, the longest wins."""
    found = [service for service in _directory().values() if f".{service.endpoint_prefix}." in f".{host}."]
    longest = max((len(service.endpoint_prefix) for service in found), default=0)
    return tuple(service for service in found if len(service.endpoint_prefix) == longest)


def find_service(name: str) -> Service | None:
    """Return botocore's service of that name; ``None`` if it has none."""
    return _directory().get(name)


@lru_cache(maxsize=64)
def service_model(service: str) -> ServiceModel:
    """Load botocore's model of a service.

    Raises:
        UnknownServiceError: botocore has no such service.
    """
    return ServiceModel(loader().load_service_model(service, "service-2"), service)


@lru_cache(maxsize=1)
def services() -> tuple[str, ...]:
    """The names of all of botocore's services, sorted."""
    return tuple(loader().list_available_services("service-2"))


@lru_cache(maxsize=1)
def loader() -> Loader:
    """A loader of botocore's own data, and of models that botocore does not have."""
    return ModelLoader()


# ---------------------------------------------------------------- the directory of all services


@lru_cache(maxsize=1)
def _all_metadata() -> dict[str, dict[str, Any]]:
    return {name: _metadata(name) for name in services()}


@lru_cache(maxsize=1)
def _directory() -> dict[str, Service]:
    return {
        name: Service(name, str(each.get("signingName", each["endpointPrefix"])).lower(), each["endpointPrefix"])
        for name, each in _all_metadata().items()
    }


@lru_cache(maxsize=1)
def _by_namespace() -> dict[str, str]:
    return {str(each.get("serviceId", name)).replace(" ", "").lower(): name for name, each in _all_metadata().items()}


@lru_cache(maxsize=1)
def _by_signing_name() -> dict[str, tuple[Service, ...]]:
    found: dict[str, tuple[Service, ...]] = {}
    for service in _directory().values():
        found[service.signing_name] = (*found.get(service.signing_name, ()), service)
    return found


def _metadata(service: str) -> dict[str, Any]:
    """Read a model's metadata from the beginning of its file: parsing a whole model takes 10 ms, and there are 400."""
    if (known := metadata_of(service)) is not None:
        return known
    head = _head(service)
    if begin := _BEFORE_METADATA.match(head):
        try:
            metadata: dict[str, Any] = json.JSONDecoder().raw_decode(head, begin.end())[0]
            return metadata
        except ValueError:  # the metadata is longer than the part that was read
            pass
    return dict(service_model(service).metadata)


_HEAD_SIZE = 8192
_BEFORE_METADATA = re.compile(r'\s*\{\s*(?:"version"\s*:\s*"[^"]*"\s*,\s*)?"metadata"\s*:\s*')


def _head(service: str) -> str:
    version = loader().determine_latest_version(service, "service-2")
    for folder in loader().search_paths:
        path = os.path.join(folder, service, version, "service-2.json")
        for opener, file in ((gzip.open, f"{path}.gz"), (open, path)):
            if os.path.isfile(file):
                with opener(file, "rb") as data:
                    return bytes(data.read(_HEAD_SIZE)).decode("utf-8", "ignore")
    return ""
