"""Exchanges of mocks with ``iam=True``, for whose requests Moto checks the permissions."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiomoto._aws.scope import header
from aiomoto._calls.record import Record
from aiomoto._exchange import Exchange
from aiomoto._moto.authentication import enforced
from aiomoto._moto.invocation import Invocation
from aiomoto._wire.message import WireRequest


class EnforcingExchange(Exchange):
    """Passes requests to Moto, which checks their permissions."""

    def prepare(self, request: WireRequest, record: Record, heirs: list[Exchange]) -> Invocation:
        """Prepare to run the handler, with permissions checked."""
        prepared = super().prepare(request, record, heirs)
        # An heir decides itself. Moto cannot check what has no such header: presigned URLs, and what is not signed.
        if not self.is_active or not header(request, "authorization").startswith("AWS4-HMAC-SHA256 "):
            return prepared
        return prepared._replace(handler=partial(_handle, prepared.handler))


def _handle(handler: Any, *args: Any) -> Any:
    with enforced():
        return handler(*args)
