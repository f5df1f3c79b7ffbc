"""The hosts that clients are configured with, and the services that they call there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from urllib.parse import quote, urlsplit

from aiomoto._aws.hosts import is_in_aws_domain
from aiomoto._wire.message import WireRequest


class EndpointHosts(Collection[str]):
    """Hosts, ports included. Each belongs to an owner, and is forgotten with it. Safe to use from several threads."""

    def __init__(self) -> None:
        # No lock: every change of one of these is a single atomic step.
        self._services: dict[object, dict[str, set[str]]] = {}
        self._roots: set[tuple[object, str, str]] = set()
        self._version = object()
        self._known: tuple[object, tuple[str, ...]] = (None, ())

    def add(self, host: str, service: str, path: str = "", *, owner: object) -> None:
        """Remember the endpoint of a client.

        Args:
            host: the host, port included.
            service: botocore's name of the client's service.
            path: the path of the endpoint URL, to which the client appends the paths of its requests.
            owner: the owner of the client.
        """
        self._services.setdefault(owner, {}).setdefault(host, set()).add(service)
        self._version = object()
        if path.strip("/"):
            self._roots.add((owner, host, path.rstrip("/")))

    def forget(self, owner: object) -> None:
        """Forget the hosts of an owner, except those that another owner has as well."""
        self._services.pop(owner, None)
        self._version = object()
        for each in tuple(self._roots):
            if each[0] is owner:
                self._roots.discard(each)

    def known(self) -> tuple[str, ...]:
        """Return the current hosts, as a tuple that is recomputed only after changes."""
        version, hosts = self._known
        if version is not self._version:
            version, hosts = self._known = self._version, tuple(self)
        return hosts

    def below_root(self, request: WireRequest) -> WireRequest:
        """Strip the path of the client's endpoint URL from the request's path.

        A client says what it is; for a request without a client it is that of some client with this host.
        """
        if request.operation is not None:
            return _without_root(request, request.root) if request.root else request
        if not self._roots:
            return request
        for _, host, root in sorted(self._roots, key=lambda each: -len(each[2])):
            is_at_host = f".{request.host}".endswith(f".{host}")
            if is_at_host and (below := _without_root(request, root)) is not request:
                return below
        return request

    def services_at(self, host: str) -> list[str]:
        """The services of the clients whose endpoint is ``host`` or a parent domain of it: a bucket may come first.

        S3 is last, since any path may be an S3 path.
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


def _without_root(request: WireRequest, root: str) -> WireRequest:
    path = request.split.path
    # Some HTTP libraries percent-encode what the endpoint URL has not.
    for each in (root, quote(root, safe=_URL_SAFE)):
        if f"{path}/".startswith(f"{each}/"):
            return request.with_path(path.removeprefix(each) or "/")
    return request


@lru_cache(maxsize=256)
def root_of(endpoint_url: str) -> str:
    """The path of a client's endpoint URL, without a slash at its end; empty for AWS's own hosts."""
    split = urlsplit(endpoint_url)
    return "" if is_in_aws_domain(split.netloc.lower()) else split.path.rstrip("/")


_URL_SAFE = "/%~:@!$&'()*+,;="
