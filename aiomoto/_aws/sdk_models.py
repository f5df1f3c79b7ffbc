"""Models of services that botocore does not have, in botocore's form, from the AWS SDK for Python v4.

botocore leaves out what its clients cannot call: services all of whose operations send events over HTTP/2.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from botocore.loaders import Loader


class _Package(NamedTuple):
    """A package of the SDK, and its service's metadata."""

    name: str
    metadata: dict[str, Any]


def _package(name: str, endpoint_prefix: str, signing_name: str, service_id: str, api_version: str) -> _Package:
    return _Package(
        name,
        {
            "apiVersion": api_version,
            "endpointPrefix": endpoint_prefix,
            "protocol": "rest-json",
            "protocols": ["rest-json"],
            "serviceFullName": service_id,
            "serviceId": service_id,
            "signatureVersion": "v4",
            "signingName": signing_name,
        },
    )


# What the SDK's schemas do not have in a form that can be read is here.
_PACKAGES = {
    "sagemaker-runtime-http2": _package(
        "aws_sdk_sagemaker_runtime_http2", "runtime.sagemaker", "sagemaker", "SageMaker Runtime HTTP2", "2025-10-01"
    ),
    "transcribe-streaming": _package(
        "aws_sdk_transcribe_streaming", "transcribestreaming", "transcribe", "Transcribe Streaming", "2017-10-26"
    ),
}


def metadata_of(service: str) -> dict[str, Any] | None:
    """The metadata of a service that only the SDK has; ``None`` for all others."""
    return _PACKAGES[service].metadata if service in _PACKAGES else None


class ModelLoader(Loader):  # type: ignore[misc]
    """A loader of botocore's models, and of those that only the SDK has, where its packages are installed."""

    def list_available_services(self, type_name: str) -> list[str]:
        found: list[str] = super().list_available_services(type_name)
        more = [name for name, package in _PACKAGES.items() if find_spec(package.name) and name not in found]
        return sorted([*found, *more])

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        package = _PACKAGES.get(service_name)
        if package is None:
            return super().load_service_model(service_name, type_name, api_version)
        return model_of(import_module(f"{package.name}.models"), package.metadata)


def model_of(models: Any, metadata: dict[str, Any]) -> dict[str, Any]:
    """Describe a service in botocore's form.

    Args:
        models: the module of the SDK's package that has its operations.
        metadata: the metadata in botocore's form.
    """
    shapes = _Shapes()
    operations = (each for each in vars(models).values() if hasattr(each, "input_schema"))
    described = {each.schema.id.name: _operation(each, shapes) for each in operations}
    return {"version": "2.0", "metadata": metadata, "operations": described, "shapes": shapes.found}


def _operation(operation: Any, shapes: _Shapes) -> dict[str, Any]:
    http = _traits(operation.schema)["http"]
    return {
        "name": operation.schema.id.name,
        "http": {"method": http["method"], "requestUri": http["uri"], "responseCode": http["code"]},
        "input": {"shape": shapes.add(operation.input_schema)},
        "output": {"shape": shapes.add(operation.output_schema)},
        "errors": [{"shape": shapes.add(error)} for error in operation.error_schemas],
    }


class _Shapes:
    """The shapes that schemas refer to, by name."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}

    def add(self, schema: Any) -> str:
        """Describe a shape, and what it refers to; return its name."""
        name = str(schema.id.name)
        if name not in self.found:
            self.found[name] = shape = {"type": _TYPES.get(_kind(schema), _kind(schema))}
            shape |= self._described(schema)
        return name

    def _described(self, schema: Any) -> dict[str, Any]:
        kind, members = _kind(schema), schema.members
        if kind == "list":
            return {"member": self._reference(members["member"])}
        if kind == "map":
            return {"key": self._reference(members["key"]), "value": self._reference(members["value"])}
        return self._structure(schema, _traits(schema)) if kind in ("structure", "union") else {}

    def _structure(self, schema: Any, traits: dict[str, Any]) -> dict[str, Any]:
        streams = _kind(schema) == "union" and "streaming" in traits
        members = {name: self._reference(member) for name, member in schema.members.items()}
        if streams:
            for member in members.values():
                self.found[member["shape"]]["event"] = True
        marks = {"eventstream": streams, "union": _kind(schema) == "union", "exception": "error" in traits}
        found: dict[str, Any] = {name: True for name, is_so in marks.items() if is_so}
        payload = next((name for name, each in schema.members.items() if "httpPayload" in _traits(each)), None)
        found |= {"payload": payload} if payload else {}
        if "error" in traits:
            found["error"] = {"httpStatusCode": traits.get("httpError", 400 if traits["error"] == "client" else 500)}
        required = [name for name, each in schema.members.items() if "required" in _traits(each)]
        return {"members": members, "required": required, **found}

    def _reference(self, member: Any) -> dict[str, Any]:
        traits = _traits(member)
        found: dict[str, Any] = {"shape": self.add(member.member_target)}
        for trait, location in _LOCATIONS.items():
            if trait in traits:
                found |= {"location": location, "locationName": traits[trait] or member.id.member}
        if "jsonName" in traits:
            found["locationName"] = traits["jsonName"]
        if "timestampFormat" in traits:
            found["timestampFormat"] = _TIMESTAMPS[traits["timestampFormat"]]
        marks = {"eventHeader": "eventheader", "eventPayload": "eventpayload"}
        found |= {name: True for trait, name in marks.items() if trait in traits}
        return found


_LOCATIONS = {"httpHeader": "header", "httpLabel": "uri", "httpPrefixHeaders": "headers", "httpQuery": "querystring"}
_TIMESTAMPS = {"date-time": "iso8601", "epoch-seconds": "unixTimestamp", "http-date": "rfc822"}
_TYPES = {
    "big_decimal": "double",
    "big_integer": "long",
    "byte": "integer",
    "document": "structure",
    "enum": "string",
    "int_enum": "integer",
    "short": "integer",
    "union": "structure",
}


def _kind(schema: Any) -> str:
    return str(schema.shape_type.name).lower()


def _traits(schema: Any) -> dict[str, Any]:
    """The traits of a schema by their names, without the namespace."""
    return {str(name).rpartition("#")[2]: trait.document_value for name, trait in schema.traits.items()}
