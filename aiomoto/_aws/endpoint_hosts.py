"""The hosts that clients were configured with, and what they ask there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aiomoto._wire.message import WireRequest


class EndpointHosts(Collection[str]):
    """Hosts, ports included, each with an owner whom it leaves with. Any thread may add to them while others look."""

    def __init__(self) -> None:
        # Each step that changes one of these is one that no other thread comes in between.
        self._services: dict[object, dict[str, set[str]]] = {}
        self._roots: set[tuple[object, str, str]] = set()
        self._version = object()
        self._known: tuple[object, tuple[str, ...]] = (None, ())

    def add(self, host: str, service: str, path: str = "", *, owner: object) -> None:
        """Note that a client of one of botocore's services has this host, and this path for a root.

        Args:
            host: the host.
            service: botocore's name of the service.
            path: the path of the client's endpoint.
            owner: whose client it is.
        """
        self._services.setdefault(owner, {}).setdefault(host, set()).add(service)
        self._version = object()
        if path.strip("/"):
            self._roots.add((owner, host, path.rstrip("/")))

    def forget(self, owner: object) -> None:
        """Let the hosts of an owner go. Those that another one has as well stay."""
        self._services.pop(owner, None)
        self._version = object()
        for each in tuple(self._roots):
            if each[0] is owner:
                self._roots.discard(each)

    def known(self) -> tuple[str, ...]:
        """The hosts as they are now."""
        version, hosts = self._known
        if version is not self._version:
            version, hosts = self._known = self._version, tuple(self)
        return hosts

    def below_root(self, request: WireRequest) -> WireRequest:
        """The same request without the path that its client has for a root."""
        if not self._roots:
            return request
        for _, host, root in sorted(self._roots, key=lambda each: -len(each[2])):
            is_there = f".{request.host}".endswith(f".{host}")
            if is_there and f"{request.split.path}/".startswith(f"{root}/"):
                return request.with_path(request.split.path.removeprefix(root) or "/")
        return request

    def services_at(self, host: str) -> list[str]:
        """The services of the clients that have a host, or the one below which it lies: a bucket may stand before it.

        S3 comes last, since every path may be one of its own.
        """
        found: set[str] = set()
        for known in tuple(self._services.values()):
            for each in tuple(known):
                if f".{host}".endswith(f".{each}"):
                    found.update(tuple(known[each]))
        return sorted(found, key=lambda service: (service == "s3", service))

    def __contains__(self, host: object) -> bool:
        return any(host in known for known in tuple(self._services.values()))

    def __iter__(self) -> Iterator[str]:
        return iter({host: None for known in tuple(self._services.values()) for host in tuple(known)})

    def __len__(self) -> int:
        return sum(1 for _ in self)
