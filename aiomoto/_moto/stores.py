"""Where Moto keeps data: the backends in use, and the places outside of a backend. Each can be read and filled.

What tests configure for the process is no data, and no mock's end removes it: custom state transitions and ids, seeds,
the count of unauthenticated requests, Moto's recorder. Only an isolated mock has its own.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from moto.core.base_backend import BackendDict

from aiomoto._errors import AiomotoError
from aiomoto._patching.required_names import check_for_snapshots, check_for_worlds

Content = dict[Any, Any]
Path = tuple[str, str]  # one of Moto's modules, and a name in it

# Dicts that belong to all backends of a service, or to all services.
SHARED: tuple[Path, ...] = (
    ("moto.s3.models", "s3_backends.bucket_accounts"),
    ("moto.organizations.models", "organizations_backends.master_accounts"),
    # Not there in the oldest versions of Moto, which keep it in the backend.
    ("moto.securityhub.models", "SecurityHubBackend._org_configs"),
    # Constructors of backends register these.
    ("moto.moto_api", "state_manager._default_transitions"),
)
# Sets of weak references to backends, by class.
REFERENCES: tuple[Path, ...] = (
    ("moto.ec2.models.vpcs", "VPCBackend.vpc_refs"),
    ("moto.ec2.models.vpc_peering_connections", "VPCPeeringConnectionBackend.vpc_pcx_refs"),
    ("moto.ec2.models.transit_gateway_attachments", "TransitGatewayAttachmentBackend.backend_refs"),
)
# Dicts of what tests configure.
SETTINGS: tuple[Path, ...] = (
    ("moto.moto_api", "state_manager._transitions"),
    ("moto.utilities.id_generator", "moto_id_manager._custom_ids"),
)
# Names of Moto's configuration.
CONFIGURED: tuple[Path, ...] = tuple(
    (module, "default_user_config")
    for module in (
        *("moto.batch.responses", "moto.core.config", "moto.core.models", "moto.moto_api._internal.models"),
        *("moto.settings", "moto.stepfunctions.responses"),
    )
)
PLACES = (*SHARED, *REFERENCES, *SETTINGS, *CONFIGURED)
# Methods whose results Moto caches by the instance, which so is never collected, nor what it refers to.
CACHED: tuple[Path, ...] = (
    ("moto.ec2.models.subnets", "Subnet._base_avail_ip_iterator"),
    ("moto.emr.models", "ElasticMapReduceBackend._get_instance_type_names"),
    ("moto.rds.models", "RDSBackend.db_cluster_options"),
    ("moto.sns.models", "Subscription.private_key"),
)
MODULES = tuple(dict.fromkeys(module for module, _ in (*PLACES, *CACHED)))


def used_backends() -> list[BackendDict[Any]]:
    """The services that have backends, in all accounts and regions."""
    return [each for each in BackendDict._instances if len(each)]


def path_of(backends: BackendDict[Any]) -> Path:
    """The module and the name of a service's backends.

    Raises:
        AiomotoError: no module of Moto has them.
    """
    home = sys.modules.get(backends.backend.__module__)
    others = [module for name, module in list(sys.modules.items()) if name.startswith("moto.")]
    for module in (home, *others):
        for name, value in list(vars(module).items()) if module is not None else ():
            if value is backends:
                return str(vars(module)["__name__"]), name
    raise AiomotoError(
        f"aws.snapshot() cannot find Moto's backends of {backends.service_name}: {backends.backend.__module__} has "
        "been removed from sys.modules, or imported again, since its data was created"
    )


def check_for_isolation() -> None:
    """Check that the installed Moto keeps its data where isolation replaces it.

    Raises:
        AiomotoError: it keeps it elsewhere.
    """
    check_for_snapshots()
    check_for_worlds()


def read() -> Content:
    """Everything that Moto holds now, which refers to the backends themselves.

    Raises:
        AiomotoError: the installed Moto keeps it elsewhere.
    """
    check_for_snapshots()
    backends = {path_of(each): dict(each) for each in used_backends()}
    shared = {path: dict(found) for path in SHARED if (found := loaded(path)) is not None}
    known = {id(backend) for each in used_backends() for _, _, backend in each.iter_backends()}
    references = {
        path: {kind: _alive(references, known) for kind, references in found.items()}
        for path in REFERENCES
        if (found := loaded(path)) is not None
    }
    return {"backends": backends, "shared": shared, "references": references}


def modules_in(content: Content) -> Iterator[str]:
    """The modules that have to be imported before a content is filled in."""
    for paths in content.values():
        yield from (module for module, _ in paths)


def fill(content: Content) -> None:
    """Put a content in place of what Moto holds, which has been reset before."""
    for path, accounts in content["backends"].items():
        backends = _found(path)
        for account, backend in accounts.items():
            backends[account] = backend
        if not any(each is backends for each in BackendDict._instances):
            BackendDict._instances.append(backends)
    for path, values in content["shared"].items():
        shared = _found(path)
        if path == SHARED[-1]:
            values = {**values, **shared}
        shared.clear()
        shared.update(values)
    for path, kinds in content["references"].items():
        found = _found(path)
        found.clear()
        for kind, backends in kinds.items():
            found[kind] = {weakref.ref(backend) for backend in backends}


def clear() -> None:
    """Empty the places that Moto's own reset forgets."""
    for path in (*SHARED[:-1], *REFERENCES):
        if (found := loaded(path)) is not None:
            found.clear()


def _alive(references: Iterable[Any], known: set[int]) -> list[Any]:
    """The backends that are still in use: Moto's caches keep others alive."""
    found = (reference() for reference in list(references))
    return [backend for backend in found if id(backend) in known]


def loaded(path: Path) -> Any:
    """What is in a place; ``None`` if its module is not loaded, or the installed Moto has no such place."""
    return _found(path) if path[0] in sys.modules else None


def owner_of(path: Path) -> tuple[Any, str]:
    """The object that has a place as an attribute, and the attribute's name."""
    *owners, name = path[1].split(".")
    return _found((path[0], ".".join(owners))) if owners else import_module(path[0]), name


def _found(path: Path) -> Any:
    value: Any = import_module(path[0])
    for name in path[1].split("."):
        value = getattr(value, name, None)  # checked, where it is not optional
    return value
