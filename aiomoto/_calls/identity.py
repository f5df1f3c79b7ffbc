"""Identify a request in botocore's terms: service, operation, model."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from botocore.model import OperationModel

from aiomoto._aws.operations import operation_model
from aiomoto._aws.scope import action_of, scope_of
from aiomoto._moto.inference import candidates_at_aws, infer
from aiomoto._moto.router import Destination
from aiomoto._moto.s3_addressing import bucket_in_host
from aiomoto._wire.message import WireRequest


class Identity(NamedTuple):
    """botocore's names of the service and the operation that a request calls, and the model; ``None`` if unknown."""

    service: str | None
    operation: str | None
    model: OperationModel | None


def identify(request: WireRequest, destination: Destination) -> Identity:
    """Identify what a request calls: from its client's model, or else by inference.

    Args:
        request: the request; for S3, in path style, see :func:`in_path_style`.
        destination: the request's destination.
    """
    model = request.operation
    if model is not None:
        return Identity(model.service_model.service_name, model.name, model)
    candidates = destination.candidates
    if candidates is None:
        candidates = candidates_at_aws(request, destination.services)
    inferred = infer(request, candidates)
    service = inferred.service.name if inferred.service else _fallback_name(request, destination)
    operation = inferred.operation or action_of(request)
    return Identity(service, operation, operation_model(service, operation))


def _fallback_name(request: WireRequest, destination: Destination) -> str | None:
    """Name a service that botocore does not have: by the request's signature, or as Moto does."""
    scope = scope_of(request)
    return scope.service if scope else next(iter(destination.services), None)


def in_path_style(request: WireRequest, destination: Destination, endpoint_hosts: Collection[str]) -> WireRequest:
    """Move the bucket of an S3 request from the host to the path. Other requests are returned as they are."""
    if "s3" not in destination.services:
        return request
    bucket = bucket_in_host(request, endpoint_hosts, aws_host=destination.aws_host)
    return request.with_path(f"/{bucket}{request.path}") if bucket else request
