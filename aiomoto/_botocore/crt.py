"""The AWS Common Runtime, whose native S3 client sends past Python: kept from AWS while a mock is live.

boto3 transfers files with it where ``awscrt`` is installed and ``preferred_transfer_client`` is ``"crt"``, or where the
machine is one that it is tuned for. It minds neither ``endpoint_url`` nor any mock.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

from aiomoto import _active
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import describe
from aiomoto._http import plain_requests
from aiomoto._patching.replacements import Target


def transfer_targets(transfer: ModuleType) -> tuple[Target, ...]:
    """What is replaced in ``boto3.s3.transfer``: nothing, where boto3 has not found awscrt."""
    name = "create_crt_transfer_manager"
    return ((transfer, name, _create_no_manager),) if hasattr(transfer, name) else ()


def client_targets(s3: ModuleType) -> tuple[Target, ...]:
    """What is replaced in ``awscrt.s3``."""
    return ((s3.S3Client, "make_request", _make_request),)


def _create_no_manager(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def create_crt_transfer_manager(*args: Any, **kwargs: Any) -> Any:
        # None is boto3's own sign for "take the classic one".
        return original(*args, **kwargs) if _active.current() is None else None

    return create_crt_transfer_manager


def _make_request(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def make_request(self: Any, *args: Any, **kwargs: Any) -> Any:
        request = kwargs["request"]
        headers = list(request.headers)
        host = next((value for name, value in headers if name.lower() == "host"), "")
        head = plain_requests.head_of(request.method, f"https://{host}{request.path}", headers)
        if plain_requests.exchange_for(head) is not None:
            raise RequestBlockedError(
                f"{describe(head)} was blocked: the native S3 client of awscrt sends past the mock. Transfer with "
                "boto3, or with s3transfer's classic manager"
            )
        return original(self, *args, **kwargs)

    return make_request


TARGETS: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {
    "boto3.s3.transfer": transfer_targets,
    "awscrt.s3": client_targets,
}
