"""Call Moto's handlers and reset its data, on all supported versions of Moto."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import moto
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.core.exceptions import HTTPException
from moto.core.model_instances import reset_model_data
from moto.core.models import botocore_stubber
from moto.moto_api import recorder

from aiomoto._aws.scope import access_key_of, header
from aiomoto._environment.variables import CLEAN, CleanEnvironment
from aiomoto._lock import BackendLock
from aiomoto._moto.loaded import loaded_backends
from aiomoto._moto.request import moto_request
from aiomoto._moto.router import Handler
from aiomoto._wire.message import WireRequest, WireResponse

# Since 5.1.14 Moto's S3 decodes all kinds of aws-chunked bodies. No attribute of Moto tells, only its version.
READS_CHUNKS = tuple(map(int, re.findall(r"\d+", moto.__version__)[:3])) >= (5, 1, 14)

# Moto's backends are not thread-safe: one handler runs at a time.
lock = BackendLock()


def call(service: str, handler: Handler, request: WireRequest, url: str, *, record: bool = True) -> WireResponse:
    """Call a handler with a request, as if it had been sent to ``url``.

    Args:
        service: Moto's name of the service.
        handler: Moto's handler.
        request: the request.
        url: the URL that Moto gets to see.
        record: whether Moto's recorder records the request, if it is on.

    Raises:
        NotImplementedError: Moto has not implemented the operation.
    """
    prepared, url = moto_request(request, url, service)
    try:
        if record:
            recorder._record_request(prepared)
        with _fake_account():
            status, pairs, body = handler(prepared, url, prepared.headers)
    except HTTPException as error:
        status, pairs, body = error.code, error.get_headers(), error.get_body()
    return _wire_response(status, pairs, body)


@contextmanager
def _fake_account() -> Iterator[None]:
    """Keep the sessions and clients that Moto itself creates from real credentials and from missing profiles.

    Moto creates them to list the regions of a service, in older versions also the paths. An active mock has done this
    already; a request of an explicitly wired session may come without one.
    """
    if botocore_stubber.enabled:
        yield
        return
    environment, session = CleanEnvironment(), boto3.DEFAULT_SESSION
    environment.enter(environment, CLEAN)
    try:
        yield
    finally:
        environment.leave(environment)
        boto3.DEFAULT_SESSION = session


def reset() -> None:
    """Remove all data, in all accounts and regions."""
    BackendDict.reset()


def forget_models() -> None:
    """Drop the model instances that Moto collects for its dashboard."""
    reset_model_data()


def account_of(request: WireRequest) -> str:
    """The id of the account in which Moto handles a request, see ``BaseResponse.get_current_account``."""
    named = os.environ.get("MOTO_ACCOUNT_ID") or header(request, "x-moto-account-id")
    access_key = None if named else access_key_of(request)
    if access_key is None:
        return named or DEFAULT_ACCOUNT_ID
    from moto.iam.models import get_account_id_from  # slow to import; Moto imports it with its first response

    return str(get_account_id_from(access_key))


def bucket_exists(name: str) -> bool:
    """Tell whether any account has an S3 bucket of that name."""
    return any(name in backend.buckets for backend in loaded_backends("s3", "s3_backends"))


def _wire_response(status: Any, headers: Any, body: Any) -> WireResponse:
    pairs: list[tuple[str, str]] = []
    for name, value in headers.items() if hasattr(headers, "items") else headers:
        if type(name) is type(value) is str:
            pairs.append((name, value))
        else:
            values = value if isinstance(value, (list, tuple)) else (value,)
            pairs += [(_text(name), _text(each)) for each in values]
    if isinstance(body, str):
        body = body.encode()
    return WireResponse(int(status), tuple(pairs), bytes(body or b""))


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
