"""botocore's JSON data, found and parsed once in a process instead of once for each session.

Parsing is most of what a new session and client cost. What is handed out is a copy, made from a compact form in a
fraction of that time, so that nothing a session's event handlers change in a model can reach another session.
"""

from __future__ import annotations

import marshal
import os
from functools import wraps
from typing import Any

import boto3
import botocore
from botocore.loaders import JSONFileLoader, Loader

# Data of the packages themselves. A user's own data path is read anew each time, as ever.
_PACKAGED = tuple(os.path.join(os.path.dirname(package.__file__), "data") + os.sep for package in (boto3, botocore))
# The endpoints of all services: large, given to no event handler, and only looked up in.
_READ_ONLY = os.path.join(_PACKAGED[1], "endpoints")

_compact: dict[str, bytes] = {}
_shared: dict[str, Any] = {}
_services: dict[tuple[str, ...], list[str]] = {}


def _load_file(original: Any) -> Any:
    @wraps(original)
    def load_file(self: Any, file_path: str) -> Any:
        if not file_path.startswith(_PACKAGED):
            return original(self, file_path)
        if file_path in _shared:
            return _shared[file_path]
        if file_path not in _compact:
            data = original(self, file_path)
            if data is None:
                return None
            _compact[file_path] = marshal.dumps(_plain(data))
        copy = marshal.loads(_compact[file_path])
        if file_path == _READ_ONLY:
            _shared[file_path] = copy
        return copy

    return load_file


def _plain(data: Any) -> Any:
    """The same data in plain dicts, which keep their order too."""
    if isinstance(data, dict):
        return {name: _plain(value) for name, value in data.items()}
    return [_plain(value) for value in data] if isinstance(data, list) else data


def _list_available_services(original: Any) -> Any:
    @wraps(original)
    def list_available_services(self: Any, type_name: str) -> Any:
        """List the services, having looked into the packages' thousand directories once."""
        places = [path for path in self.search_paths if os.path.isdir(path)]
        if not all(os.path.join(path, "").startswith(_PACKAGED) for path in places):
            return original(self, type_name)
        key = (type_name, *places)
        if key not in _services:
            _services[key] = original(self, type_name)
        return list(_services[key])

    return list_available_services


REPLACEMENTS = (
    (JSONFileLoader, "load_file", _load_file),
    (Loader, "list_available_services", _list_available_services),
)
