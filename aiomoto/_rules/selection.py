"""Which calls a rule matches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol


class SelectableCall(Protocol):
    """The part of :class:`aiomoto.Call` that rules use."""

    @property
    def service(self) -> str | None:
        """botocore's name of the service."""

    @property
    def region(self) -> str | None:
        """The region that the request is signed for."""

    @property
    def protocol(self) -> str:
        """botocore's name of the protocol that the request uses."""

    def is_to(self, service: str | None, operation: str | None) -> bool:
        """Tell whether the call is to a service and an operation; ``None`` matches any."""

    def has(self, params: Mapping[str, object]) -> bool:
        """Tell whether the call has these parameters, among others."""


class Selection(NamedTuple):
    """Which calls a rule matches; ``None`` matches any.

    Attributes:
        service: botocore's name of a service.
        operation: botocore's name of an operation.
        region: the region that the call is signed for.
        where: a condition on the call.
    """

    service: str | None
    operation: str | None
    region: str | None
    where: Callable[[Any], bool] | None

    def includes(self, call: SelectableCall) -> bool:
        """Tell whether a call is to this service, operation and region. ``where`` is not evaluated."""
        return call.is_to(self.service, self.operation) and self.region in (None, call.region)

    def __str__(self) -> str:
        name = ".".join([self.service or "*", self.operation or "*"])
        return name + (f" in {self.region}" if self.region else "") + (" where ..." if self.where else "")
