"""Tell which parameters of a call its client has added by itself: those that botocore's handlers fill in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.model import OperationModel

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DEFAULT_CHECKSUMS = ("CRC32", "CRC64NVME")  # the second with awscrt


def without_added(params: Mapping[str, Any], model: OperationModel | None) -> dict[str, Any]:
    """Leave out the parameters that the test has most likely not written.

    Args:
        params: the parameters of a call by botocore's names.
        model: the operation; without it, all are kept.
    """
    added = {name for rule in _RULES for name in rule(params, model)} if model is not None else set()
    return {name: value for name, value in params.items() if name not in added}


def _tokens(params: Mapping[str, Any], model: OperationModel) -> Iterator[str]:
    # ``generate_idempotent_uuid``
    return (name for name in model.idempotent_members if _UUID.fullmatch(str(params.get(name))))


def _checksums(params: Mapping[str, Any], model: OperationModel) -> Iterator[str]:
    # ``botocore.httpchecksum``
    checksum = model.http_checksum or {}
    algorithm_member = checksum.get("requestAlgorithmMember", "")
    algorithm = str(params.get(algorithm_member))
    if algorithm in _DEFAULT_CHECKSUMS:
        yield algorithm_member
    for name in params:
        if _header(name, model) == f"x-amz-checksum-{algorithm}".lower():
            yield name
    if params.get(checksum.get("requestValidationModeMember", "")) == "ENABLED":
        yield checksum["requestValidationModeMember"]
    if model.http_checksum_required or checksum.get("requestChecksumRequired"):
        yield "ContentMD5"


def _header(name: str, model: OperationModel) -> str:
    shape = model.input_shape.members.get(name) if model.input_shape else None
    return str(shape.serialization.get("name", "")).lower() if shape is not None else ""


def _defaults(params: Mapping[str, Any], model: OperationModel) -> Iterator[str]:
    service = model.service_model.service_name
    for name, value in params.items():
        if _DEFAULTS.get((service, name)) == value or name.lower() == "presignedurl":
            yield name


_DEFAULTS = {("s3", "EncodingType"): "url", ("glacier", "accountId"): "-"}
_RULES: tuple[Callable[[Mapping[str, Any], OperationModel], Iterator[str]], ...] = (_tokens, _checksums, _defaults)
