"""Requests whose signature or token has expired by the mock's time. Moto handles them as if they had not."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from aiomoto._aws.error_responses import ErrorResponse
from aiomoto._aws.scope import access_key_of, header
from aiomoto._calls.call import Call
from aiomoto._calls.record import Record
from aiomoto._moto.loaded import loaded_backends
from aiomoto._moto.router import destination_of
from aiomoto._time.due import Due
from aiomoto._time.expiry import DAY, moment
from aiomoto._time.timeline import Timeline
from aiomoto._wire.message import WireRequest, WireResponse

_SIGNED_AT = "%Y%m%dT%H%M%SZ"


def refusal(request: WireRequest, service: str, now: float) -> WireResponse | None:
    """The response to a request that has expired; ``None`` to all others.

    Args:
        request: the request.
        service: Moto's name of the service.
        now: the mock's time.
    """
    error = _presigned(request, service, now) or _session(request, service, now) or _cognito(request, service, now)
    if error is None:
        return None
    call = Call(Record(request, destination_of(request), (), "", ""))
    return error.response(request, call.service, call.protocol)


# ---------------------------------------------------------------- presigned URLs and forms


def _presigned(request: WireRequest, service: str, now: float) -> ErrorResponse | None:
    query = {name: values[0] for name, values in request.query.items()}
    expires = _end_of(query)
    if expires is None and service == "s3":
        return _form(request, now)
    if expires is None or now <= expires:
        return None
    if service == "s3":
        return ErrorResponse("AccessDenied", message="Request has expired")
    at, server = (datetime.fromtimestamp(each, timezone.utc).strftime(_SIGNED_AT) for each in (expires, now))
    message = f"Signature expired: {at} is now earlier than {server}"
    return ErrorResponse("SignatureDoesNotMatch", message=message)


def _end_of(query: dict[str, str]) -> float | None:
    with suppress(ValueError, OverflowError):  # Moto says what is wrong with it
        if "X-Amz-Date" in query and "X-Amz-Expires" in query:
            signed = datetime.strptime(query["X-Amz-Date"], _SIGNED_AT).replace(tzinfo=timezone.utc)
            return (signed + timedelta(seconds=int(query["X-Amz-Expires"]))).timestamp()
        if "AWSAccessKeyId" in query and "Expires" in query:
            return float(query["Expires"])
    return None


_POLICY = re.compile(rb'name="?policy"?[^\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]+)', re.IGNORECASE)


def _form(request: WireRequest, now: float) -> ErrorResponse | None:
    if request.method != "POST" or "multipart/form-data" not in header(request, "content-type"):
        return None
    found = _POLICY.search(request.body or b"")
    if found is None:
        return None
    with suppress(ValueError, KeyError, TypeError, Base64Error):
        expiration = json.loads(b64decode(found[1]))["expiration"]
        if datetime.fromisoformat(expiration.replace("Z", "+00:00")).timestamp() < now:
            return ErrorResponse("AccessDenied", message="Invalid according to Policy: Policy expired.")
    return None


# ---------------------------------------------------------------- sessions of roles


def _session(request: WireRequest, service: str, now: float) -> ErrorResponse | None:
    backends = loaded_backends("sts", "sts_backends")
    key = access_key_of(request) if backends else None
    roles = [role for backend in backends if key and (role := backend.get_assumed_role_from_access_key(key))]
    if not roles or moment(roles[0].expiration) > now:
        return None
    if service == "s3":
        return ErrorResponse("ExpiredToken")
    message = "The security token included in the request is expired"
    is_query = not (header(request, "x-amz-target") or "json" in header(request, "content-type"))
    name = "ExpiredToken" if is_query else "ExpiredTokenException"
    return ErrorResponse(name, status=403 if is_query else None, message=message)


# ---------------------------------------------------------------- tokens of user pools


def _cognito(request: WireRequest, service: str, now: float) -> ErrorResponse | None:
    if service != "cognitoidp" or b'"AccessToken"' not in (request.body or b""):
        return None
    with suppress(ValueError, KeyError, TypeError, IndexError, AttributeError, Base64Error):
        claims = json.loads(request.body or b"")["AccessToken"].split(".")[1]
        if json.loads(b64decode(claims + "=" * (-len(claims) % 4), altchars=b"-_"))["exp"] <= now:
            return ErrorResponse("NotAuthorizedException", message="Access Token has expired")
    return None


_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": DAY}


def expired_refresh_tokens(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find the refresh tokens of user pools that expire up to a moment. Moto does not date them."""
    for backend in loaded_backends("cognitoidp", "cognitoidp_backends"):
        for pool in list(backend.user_pools.values()):
            for token, owner in list(pool.refresh_tokens.items()):
                if owner is not None:
                    at = timeline.tokens.setdefault(token, timeline.first_seen) + _validity(pool.clients.get(owner[0]))
                    if at <= until:
                        yield Due(at, partial(pool.refresh_tokens.__setitem__, token, None))


def _validity(client: Any) -> float:
    config = client.extended_config if client is not None else {}
    unit = (config.get("TokenValidityUnits") or {}).get("RefreshToken", "days")
    return float((config.get("RefreshTokenValidity") or 30) * _UNITS[unit])
