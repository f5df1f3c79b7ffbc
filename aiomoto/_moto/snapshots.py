"""Take a snapshot of everything that Moto holds, and restore it."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Any

from moto.core.common_models import BaseModel
from moto.core.models import botocore_stubber

from aiomoto._errors import AiomotoError
from aiomoto._moto import backends, stores
from aiomoto._moto.copying import dumps, loads
from aiomoto._moto.snapshot import Snapshot, versions


def take() -> Snapshot:
    """Take a snapshot. The lock of Moto's backends is held.

    Raises:
        AiomotoError: something cannot be copied, or the installed Moto keeps its data elsewhere.
    """
    content = stores.read()
    try:
        data, shared = dumps(content)
    except Exception as error:
        raise AiomotoError(
            f"aws.snapshot() cannot copy {_culprit()}: {error}. Take the snapshot before it exists, or delete it before"
        ) from error
    counts = {each.service_name: count for each in stores.used_backends() if (count := _count(each))}
    modules = tuple(sorted({*stores.modules_in(content)}))
    size = len(data) + sum(map(len, shared))
    return Snapshot(size, dict(sorted(counts.items())), data, shared, modules)


def check(snapshot: Snapshot) -> None:
    """Check that a snapshot can be restored here, and import the modules that this needs.

    Raises:
        AiomotoError: it was taken with other versions.
    """
    if snapshot._versions != (here := versions()):
        raise AiomotoError(
            f"this snapshot was taken with {snapshot._versions}, and cannot be restored with {here}: take a new one"
        )
    for module in snapshot._modules:
        import_module(module)


def check_start(snapshot: Snapshot | None, *, is_isolated: bool) -> None:
    """Check that a mock can begin with a snapshot, if it has one.

    Raises:
        AiomotoError: another mock is active, or the snapshot was taken with other versions.
    """
    if snapshot is None:
        return
    if botocore_stubber.enabled and not is_isolated:
        raise AiomotoError(
            "mock_aws(state=...) cannot begin with a snapshot while another mock is active, since they share their "
            "data. End that mock, replace the data of both with aws.restore(snapshot), or add isolated=True"
        )
    check(snapshot)


def restore(snapshot: Snapshot) -> None:
    """Replace all data by that of a snapshot, which has been checked. The lock of Moto's backends is held."""
    backends.reset()  # before the copy is created, since Moto's S3 then closes every object in the process
    stores.clear()
    was_enabled = gc.isenabled()
    gc.disable()  # which would look through all that is being created, again and again
    try:
        stores.fill(loads(snapshot._data, snapshot._shared))
    finally:
        if was_enabled:
            gc.enable()


def _count(service: Any) -> int:
    return sum(_count_in(backend) for _, _, backend in service.iter_backends())


def _count_in(backend: Any) -> int:
    held = [value for value in list(vars(backend).values()) if isinstance(value, (dict, list))]
    items = (item for each in held for item in (each.values() if isinstance(each, dict) else each))
    return sum(isinstance(item, BaseModel) for item in items)


def _culprit() -> str:
    """Name the service, and the attribute of its backend, that cannot be copied."""
    for service in stores.used_backends():
        for _, _, backend in service.iter_backends():
            if not _is_copied(backend):
                names = [name for name, value in list(vars(backend).items()) if not _is_copied(value)]
                return f"{', '.join(names) or 'the data'} of {service.service_name} ({type(backend).__name__})"
    return "the data"


def _is_copied(value: object) -> bool:
    try:
        dumps(value)
    except Exception:
        return False
    return True
