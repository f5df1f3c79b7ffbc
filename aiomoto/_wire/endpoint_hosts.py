"""The hosts that clients were configured with, and what they ask there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from aiomoto._wire.message import WireRequest


class EndpointHosts(Collection[str]):
    """Hosts, ports included. Any thread may add to them while others look."""

    def __init__(self) -> None:
        self._services: dict[str, set[str]] = {}
        self._paths: set[tuple[str, str]] = set()

    def add(self, host: str, service: str, path: str = "") -> None:
        """Note that a client of one of botocore's services has this host, and this path for a root."""
        self._services.setdefault(host, set()).add(service)
        if path.strip("/"):
            self._paths.add((host, path.rstrip("/")))

    def below_root(self, request: WireRequest) -> WireRequest:
        """The same request without the path that its client has for a root."""
        if not self._paths:
            return request
        split = urlsplit(request.url)
        for host, root in sorted(self._paths, key=lambda pair: -len(pair[1])):
            is_there = f".{request.host}".endswith(f".{host}")
            if is_there and f"{split.path}/".startswith(f"{root}/"):
                return replace(request, url=split._replace(path=split.path.removeprefix(root) or "/").geturl())
        return request

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
