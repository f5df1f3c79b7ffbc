"""What is replaced while a mock is active, in the order in which it is replaced."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from aiomoto import _detectors
from aiomoto._botocore import credentials, crt, events, lookups, models, operations, session_classes, sessions, signers
from aiomoto._botocore import memo as sdk_memo
from aiomoto._http import event_loops, http_client, requests_adapter
from aiomoto._http.aiohttp import plain as plain_aiohttp
from aiomoto._http.httpx import httpcore_pools
from aiomoto._http.httpx import plain as plain_httpx
from aiomoto._http.urllib3 import plain as plain_urllib3
from aiomoto._moto import containers, long_polls, object_bodies, stubber
from aiomoto._moto import memo as moto_memo
from aiomoto._native import clients, file_systems
from aiomoto._patching.replacements import Target
from aiomoto._smithy import targets as sdk_v4


def _waits(models: ModuleType) -> tuple[Target, ...]:
    from aiomoto._time.waits import targets  # tests without Step Functions do without its modules

    return targets(models)


def _queues(models: ModuleType) -> tuple[Target, ...]:
    return (*long_polls.targets(models), *moto_memo.sqs_targets(models))


# What sends requests, which guards need as well.
SENDING: tuple[Target, ...] = (
    *session_classes.SENDING,
    *plain_aiohttp.REPLACEMENTS,
    *plain_urllib3.REPLACEMENTS,
    *http_client.REPLACEMENTS,
    *event_loops.REPLACEMENTS,
)
REPLACEMENTS: tuple[Target, ...] = (
    *session_classes.CREATING,
    *operations.REPLACEMENTS,
    *sessions.REPLACEMENTS,
    *credentials.REPLACEMENTS,
    *signers.REPLACEMENTS,
    *lookups.REPLACEMENTS,
    *stubber.REPLACEMENTS,
    *events.REPLACEMENTS,
    *models.REPLACEMENTS,
    *sdk_memo.REPLACEMENTS,
    *moto_memo.REPLACEMENTS,
    *requests_adapter.REPLACEMENTS,
)
# The same for optional modules, as soon as they are imported.
LATE_SENDING: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {
    **crt.SENDING,
    **dict.fromkeys(plain_httpx.PACKAGES, plain_httpx.targets),
    **dict.fromkeys(httpcore_pools.PACKAGES, httpcore_pools.targets),
    **http_client.TARGETS,
    **event_loops.TARGETS,
    **file_systems.TARGETS,
    **clients.TARGETS,
    **sdk_v4.SENDING,
}
LATE: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {
    "moto.sqs.models": _queues,
    **containers.TARGETS,
    **moto_memo.TARGETS,
    **object_bodies.TARGETS,
    **crt.TARGETS,
    **_detectors.TARGETS,
    **sdk_v4.TARGETS,
    "moto.stepfunctions.parser.models": _waits,
}
# Modules in which ``aws.functions`` replaces something, from its first function on: see ``_moto.triggers``.
FUNCTIONS = (
    "moto.apigateway.models",
    "moto.awslambda.models",
    "moto.awslambda.responses",
    "moto.awslambda_simple.models",
    "moto.dynamodb.models.table",
    "moto.events.models",
    "moto.kinesis.models",
    "moto.s3.notifications",
    "moto.sns.models",
    "moto.sqs.models",
)
