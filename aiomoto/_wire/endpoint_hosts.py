"""The hosts outside of AWS that clients were configured with, and what they ask there."""

from __future__ import annotations

from collections.abc import Collection, Iterator


class EndpointHosts(Collection[str]):
    """Hosts, ports included. Any thread may add to them while others look."""

    def __init__(self) -> None:
        self._services: dict[str, set[str]] = {}

    def add(self, host: str, service: str) -> None:
        """Note that a client of one of botocore's services has this host."""
        self._services.setdefault(host, set()).add(service)

    def services_at(self, host: str) -> list[str]:
        """The services of the clients that have a host, or the one below which it lies: a bucket may stand before it.

        S3 comes last, since every path may be one of its own.
        """
        found = {service for each in self if f".{host}".endswith(f".{each}") for service in tuple(self._services[each])}
        return sorted(found, key=lambda service: (service == "s3", service))

    def __contains__(self, host: object) -> bool:
        return host in self._services

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._services))

    def __len__(self) -> int:
        return len(self._services)
