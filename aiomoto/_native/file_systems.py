"""pyarrow's S3 file systems, which are given the endpoint: their constructor reads none from the environment."""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from aiomoto._native.classes import Importers, stand_in_for
from aiomoto._native.destination import blocked_error, is_s3, leads_to_aws, names_endpoint, url_of_endpoint
from aiomoto._patching.replacements import Target

_OTHER_WAY = ", or use s3fs: filesystem=s3fs.S3FileSystem(), and in pandas storage_options={}"
_importers = Importers("pyarrow")


def targets(module: ModuleType) -> tuple[Target, ...]:
    """List what to replace in ``pyarrow.fs``, and in the modules that have imported its S3 file system."""
    file_system = vars(module).get("S3FileSystem")
    if file_system is None:  # this pyarrow is built without S3
        return ()
    importers = _importers.names_of(file_system)
    return (
        (module, "FileSystem", _any_file_system),
        (module, "S3FileSystem", _s3_file_system),
        *((importer, name, _s3_file_system) for importer, name in importers),
    )


@lru_cache(maxsize=8)
def _s3_file_system(original: Any) -> Any:
    return stand_in_for(original, _create)


def _create(original: Any, /, **arguments: Any) -> Any:
    if arguments.get("endpoint_override") is None and leads_to_aws():
        url = url_of_endpoint()
        if url is None:
            raise blocked_error("pyarrow.fs.S3FileSystem()", _OTHER_WAY)
        arguments["endpoint_override"] = url
    return original(**arguments)


@lru_cache(maxsize=8)
def _any_file_system(original: Any) -> Any:
    def from_uri(uri: Any) -> Any:
        """Create a file system from a URI, as pyarrow does."""
        if is_s3(uri) and leads_to_aws() and "endpoint_override=" not in uri and not names_endpoint(None):
            url = url_of_endpoint()
            if url is None:
                raise blocked_error(f"pyarrow's file system for {uri}", _OTHER_WAY)
            scheme, host = url.split("://")
            uri += f"{'&' if urlsplit(uri).query else '?'}scheme={scheme}&endpoint_override={host}"
        return original.from_uri(uri)

    return stand_in_for(original, lambda cls, *args, **kwargs: cls(*args, **kwargs), from_uri=staticmethod(from_uri))


TARGETS = {"pyarrow.fs": targets}
