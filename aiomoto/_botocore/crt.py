"""Keep awscrt, whose native S3 client bypasses Python's HTTP libraries, from calling AWS while a mock is active.

boto3 transfers files with it if ``awscrt`` is installed, and ``preferred_transfer_client`` is ``"crt"`` or the machine
is of a type that awscrt is tuned for. It ignores ``endpoint_url`` and all mocks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

from aiomoto import _live
from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import describe
from aiomoto._http import plain_requests
from aiomoto._patching.replacements import Target


def transfer_targets(transfer: ModuleType) -> tuple[Target, ...]:
    """List what to replace in ``boto3.s3.transfer``: nothing if boto3 has not found awscrt."""
    name = "create_crt_transfer_manager"
    return ((transfer, name, _create_no_manager),) if hasattr(transfer, name) else ()


def client_targets(s3: ModuleType) -> tuple[Target, ...]:
    """List what to replace in ``awscrt.s3``."""
    return ((s3.S3Client, "make_request", _make_request),)


def _create_no_manager(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def create_crt_transfer_manager(*args: Any, **kwargs: Any) -> Any:
        # ``None`` tells boto3 to use the pure-Python manager.
        return original(*args, **kwargs) if _live.current() is None else None

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
                f"{describe(head)} was blocked: awscrt's native S3 client bypasses the mock. Use boto3's transfers, or "
                "s3transfer.manager.TransferManager"
            )
        return original(self, *args, **kwargs)

    return make_request


TARGETS: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {"boto3.s3.transfer": transfer_targets}
SENDING: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {"awscrt.s3": client_targets}
