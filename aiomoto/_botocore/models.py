"""Find and parse botocore's JSON data once in a process instead of once for each session.

Parsing takes most of the time of creating a session and a client. Each session gets its own copy, created much faster
from a compact form, so that event handlers that change a model do not affect other sessions. Large parts are copied
lazily: a test needs about twenty of S3's 900 shapes.
"""

from __future__ import annotations

import gzip
import json
import marshal
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial, wraps
from typing import Any

import boto3
import botocore
import moto
from botocore.endpoint_provider import EndpointProvider, RuleSet
from botocore.loaders import JSONFileLoader, Loader

from aiomoto import _collector
from aiomoto._botocore.lazy_dict import Compact, LazyDict, compact
from aiomoto._patching.places import argument, with_argument

# The data of the packages themselves. Files in a user's own data path are not cached.
_BOTOCORE = os.path.join(os.path.dirname(botocore.__file__), "data", "")
_PACKAGED = (
    _BOTOCORE,
    os.path.join(os.path.dirname(boto3.__file__), "data", ""),
    os.path.join(os.path.dirname(moto.__file__), ""),  # where Moto's own loader looks first
)
# The endpoints of all services: large, only read, and never passed to event handlers, so it is shared uncopied.
_READ_ONLY = os.path.join(_BOTOCORE, "endpoints")
# The files that a client's endpoint rules are created from.
_RULES = ("endpoint-rule-set-1", "partitions")

# The active mocks that want nothing shared.
refused_by: set[object] = set()

_copies: dict[str, Callable[[], Any]] = {}  # by file
_rule_sets: dict[tuple[str, ...], RuleSet] = {}  # by files


def _load_file(original: Any) -> Any:
    @wraps(original)
    def load_file(self: Any, *args: Any, **kwargs: Any) -> Any:
        file_path = argument(args, kwargs, 0, "file_path")
        if refused_by or not file_path.startswith(_PACKAGED):
            return original(self, *args, **kwargs)
        if file_path not in _copies:
            with _collector.paused():
                data = _read(file_path)
                if data is None:
                    return original(self, *args, **kwargs)
                _copies[file_path] = _copier(file_path, data)
        return _copies[file_path]()

    return load_file


def _copier(file_path: str, data: Any) -> Callable[[], Any]:
    """Return a function that creates a copy of the data of a file."""
    if file_path == _READ_ONLY:
        endpoints = {**data, "partitions": [_partition(each) for each in data["partitions"]]}
        return lambda: endpoints
    if os.path.basename(file_path) in _RULES:
        return partial(LazyDict, compact(data), file_path)
    if isinstance(data, dict) and isinstance(shapes := data.get("shapes"), dict):
        return partial(_service_model, marshal.dumps({**data, "shapes": None}), compact(shapes))
    return partial(marshal.loads, marshal.dumps(data))


def _partition(partition: dict[str, Any]) -> dict[str, Any]:
    # In compact form: the garbage collector would look at 16,000 objects each time.
    return {**partition, "services": LazyDict(compact(partition.get("services", {})))}


def _service_model(without_shapes: bytes, shapes: dict[str, Compact]) -> dict[str, Any]:
    return {**marshal.loads(without_shapes), "shapes": LazyDict(shapes)}


def _read(file_path: str) -> Any:
    """Parse a file into plain dicts, which can be marshalled; botocore parses into ordered ones."""
    for suffix, opened in ((".json", open), (".json.gz", gzip.open)):
        with suppress(FileNotFoundError), opened(file_path + suffix, "rb") as file:
            return json.loads(file.read())
    return None


def _list_available_services(original: Any) -> Any:
    @wraps(original)
    def list_available_services(self: Any, *args: Any, **kwargs: Any) -> Any:
        """Look into some thousand directories once, where the original does so for each type of file."""
        places = [path for path in self.search_paths if os.path.isdir(path)]
        is_packaged = all(os.path.join(path, "").startswith(_PACKAGED) for path in places)
        if refused_by or not is_packaged or type(self.file_loader) is not JSONFileLoader:
            return original(self, *args, **kwargs)
        type_name = argument(args, kwargs, 0, "type_name")
        return sorted(set().union(*(_services_in(place).get(type_name, ()) for place in places)))

    return list_available_services


@cache
def _services_in(place: str) -> dict[str, set[str]]:
    """The services that have each type of file, by its name, such as ``service-2``."""
    found: dict[str, set[str]] = {}
    for service in _folders_in(place):
        for version in _folders_in(service.path):
            for file in os.listdir(version.path):
                type_name, json_suffix, ending = file.partition(".json")
                if json_suffix and ending in ("", ".gz"):
                    found.setdefault(type_name, set()).add(service.name)
    return found


def _folders_in(place: str) -> list[os.DirEntry[str]]:
    with os.scandir(place) as entries:
        return [entry for entry in entries if entry.is_dir()]


def _init_endpoint_provider(original: Any) -> Any:
    @wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        """Share the rules that were created from the same data before: evaluating them changes nothing."""
        data = argument(args, kwargs, 0, "ruleset_data"), argument(args, kwargs, 1, "partition_data")
        rules = _rules_from(*data)
        if rules is not None:
            args, kwargs = with_argument(args, kwargs, 0, "ruleset_data", _NO_RULES)
        original(self, *args, **kwargs)
        if rules is not None:
            self.ruleset = rules

    return init


def _rules_from(*data: Any) -> RuleSet | None:
    files = tuple(each.unchanged_file for each in data if isinstance(each, LazyDict) and each.unchanged_file)
    if len(files) < len(data):
        return None
    if files not in _rule_sets:
        # From new copies, since rules keep references to their data.
        ruleset, partitions = (_copies[file]() for file in files)
        _rule_sets[files] = RuleSet(**ruleset, partitions=partitions)
    return _rule_sets[files]


_NO_RULES: dict[str, Any] = {"version": "", "parameters": {}, "rules": []}

REPLACEMENTS = (
    (JSONFileLoader, "load_file", _load_file),
    (Loader, "list_available_services", _list_available_services),
    (EndpointProvider, "__init__", _init_endpoint_provider),
)
