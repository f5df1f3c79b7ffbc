"""Pickle what Moto's backends hold, including what Python cannot pickle: locks, weak references, local functions, keys.

Bytes of S3 objects and private keys are not copied: they are immutable, so all copies share them.
"""

from __future__ import annotations

import io
import marshal
import pickle
import sys
import threading
import weakref
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from ipaddress import IPv4Network
from tempfile import SpooledTemporaryFile
from types import CellType, CodeType, FunctionType, GeneratorType, ModuleType
from typing import Any

from moto.core.base_backend import BackendDict
from moto.moto_api import recorder, state_manager
from moto.moto_api._internal import mock_random

from aiomoto._moto.stores import path_of

Reduced = tuple[Any, ...]
Reducer = Callable[[Any], Reduced]


def dumps(value: object) -> tuple[bytes, tuple[bytes, ...]]:
    """Pickle a value under one memo; also return the bytes that its copies share.

    Raises:
        Exception: something in it cannot be pickled.
    """
    shared: list[pickle.PickleBuffer] = []
    stream = io.BytesIO()
    _Pickler(stream, protocol=5, buffer_callback=shared.append).dump(value)
    return stream.getvalue(), tuple(bytes(each.raw().obj) for each in shared)


def loads(data: bytes, shared: Iterable[bytes]) -> Any:
    """Return a copy of what :func:`dumps` pickled."""
    return pickle.loads(data, buffers=shared)


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        reducer = _known[kind] if kind in _known else _known.setdefault(kind, _reducer_for(kind))
        return NotImplemented if reducer is None else reducer(obj)


# By type, since this is asked for each object.
_known: dict[type, Reducer | None] = {}


def _reducer_for(kind: type) -> Reducer | None:
    if kind.__module__.startswith("cryptography."):
        return _key
    # An object of S3 would read and write all of its bytes; simple backends pass on all attributes to another.
    is_object = (kind.__module__, kind.__name__) == ("moto.s3.models", "FakeKey")
    if is_object or isinstance(kind.__getattribute__, FunctionType):
        return _attributes
    found = next((reducer for base, reducer in _reducers().items() if issubclass(kind, base)), None)
    if found is None and issubclass(kind, dict) and kind.__module__.startswith("moto."):
        return None if issubclass(kind, OrderedDict) else _dict
    return found


@cache
def _reducers() -> dict[type, Reducer]:
    """The reducers, by type. A type that comes first wins."""
    lock, condition = threading.Lock(), threading.Condition()
    return {
        type(lock): lambda _: (threading.Lock, ()),
        type(threading.RLock()): lambda _: (threading.RLock, ()),
        type(condition): lambda _: (threading.Condition, ()),
        threading.Event: lambda event: (_new_event, (event.is_set(),)),
        threading.Thread: _thread,
        SpooledTemporaryFile: _file,
        BackendDict: _backend_dict,
        type(state_manager): lambda _: (_singleton, ("moto.moto_api", "state_manager")),
        type(recorder): lambda _: (_singleton, ("moto.moto_api", "recorder")),
        type(mock_random): lambda _: (_singleton, ("moto.moto_api._internal", "mock_random")),
        weakref.WeakValueDictionary: lambda values: (weakref.WeakValueDictionary, (), None, None, iter(values.items())),
        weakref.ReferenceType: lambda reference: (_new_reference, (reference(),)),
        weakref.ProxyType: lambda proxy: (weakref.proxy, (proxy.__repr__.__self__,)),
        GeneratorType: _generator,
        ModuleType: lambda module: (_singleton, (module.__name__, "")),
        FunctionType: _function,
        CellType: _cell,
    }


# ---------------------------------------------------------------- locks, threads, references


def _new_event(is_set: bool) -> threading.Event:
    event = threading.Event()
    if is_set:
        event.set()
    return event


def _thread(thread: threading.Thread) -> Reduced:
    """Copy a thread that has ended, such as a job of Batch: what Moto has noted about it."""
    if thread.is_alive():
        raise TypeError(f"{type(thread).__name__} {thread.name!r} is still running: wait until it has ended")
    state = {name: value for name, value in vars(thread).items() if name not in vars(threading.Thread())}
    return _new_thread, (type(thread), thread.name), state


def _new_thread(kind: type[threading.Thread], name: str) -> threading.Thread:
    thread = kind.__new__(kind)
    threading.Thread.__init__(thread, name=name)
    return thread


def _new_reference(referent: object) -> Any:
    # The referent of a dead reference is ``None``, to which none can be created.
    return _DEAD if referent is None else weakref.ref(referent)


class _Gone:
    """Something that has been collected."""


_DEAD = weakref.ref(_Gone())


def _singleton(module: str, name: str) -> Any:
    __import__(module)
    return getattr(sys.modules[module], name) if name else sys.modules[module]


def _backend_dict(backends: BackendDict[Any]) -> Reduced:
    return _singleton, path_of(backends)


# ---------------------------------------------------------------- contents


def _attributes(instance: object) -> Reduced:
    """Copy an instance's own attributes, past what its class does when it is pickled."""
    return _new, (type(instance),), object.__getattribute__(instance, "__dict__"), None, None, _fill_attributes


def _fill_attributes(instance: object, state: dict[str, Any]) -> None:
    object.__getattribute__(instance, "__dict__").update(state)


def _file(file: SpooledTemporaryFile[bytes]) -> Reduced:
    if file.closed:
        return _new_file, (None,)
    position = file.tell()
    file.seek(0)
    content = file.read()  # the very bytes that the file holds, unless it was written in parts
    file.seek(position)
    return _new_file, (pickle.PickleBuffer(content), file._max_size, position)  # type: ignore[attr-defined]


def _new_file(content: bytes | None, size: int = 0, position: int = 0) -> SpooledTemporaryFile[bytes]:
    file: Any = SpooledTemporaryFile(size)  # noqa: SIM115 - Moto closes it
    if content is None:
        file.close()
        return file  # type: ignore[no-any-return]
    file._file = io.BytesIO(content)  # shares the bytes until something is written
    file.seek(position)
    return file  # type: ignore[no-any-return]


def _dict(values: dict[Any, Any]) -> Any:
    """Copy one of Moto's dicts past its methods: an S3 bucket's has a version of each object, and more behind it."""
    state = (dict(dict.items(values)), vars(values), getattr(values, "default_factory", None))
    return _new, (type(values),), state, None, None, _fill_dict


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _fill_dict(values: Any, state: tuple[dict[Any, Any], dict[str, Any], Any]) -> None:
    items, attributes, default_factory = state
    dict.update(values, items)
    vars(values).update(attributes)
    if isinstance(values, defaultdict):
        values.default_factory = default_factory


def _generator(generator: GeneratorType[Any, Any, Any]) -> Any:
    """Copy a generator of the addresses in a network, in which older versions of Moto count those of a subnet."""
    if generator.gi_code is not IPv4Network.hosts.__code__:
        return NotImplemented
    if generator.gi_frame is None:
        return iter, ((),)
    known = generator.gi_frame.f_locals
    network = known["self"]
    taken = known["x"] - int(network.network_address) if "x" in known else 0
    return _addresses, (network, taken)


def _addresses(network: IPv4Network, taken: int) -> Iterator[Any]:
    addresses = network.hosts()
    for _ in range(taken):
        next(addresses)
    return addresses


# ---------------------------------------------------------------- functions


def _function(function: FunctionType) -> Any:
    """Copy a function that has no name in its module: a lambda, or one that closes over a backend."""
    if "<" not in function.__qualname__:
        return NotImplemented
    state = (function.__defaults__, function.__kwdefaults__, vars(function))
    args = (function.__module__, marshal.dumps(function.__code__), function.__qualname__, function.__closure__)
    return _new_function, args, state, None, None, _fill_function


def _new_function(module: str, code: bytes, name: str, closure: tuple[CellType, ...] | None) -> FunctionType:
    loaded: CodeType = marshal.loads(code)
    function = FunctionType(loaded, vars(_singleton(module, "")), loaded.co_name, None, closure)
    function.__qualname__ = name
    return function


def _fill_function(function: FunctionType, state: tuple[Any, Any, dict[str, Any]]) -> None:
    function.__defaults__, function.__kwdefaults__ = state[:2]
    vars(function).update(state[2])


def _cell(cell: CellType) -> Reduced:
    try:
        content = (cell.cell_contents,)
    except ValueError:
        return CellType, ()
    return CellType, (), content, None, None, _fill_cell


def _fill_cell(cell: CellType, content: tuple[Any]) -> None:
    (cell.cell_contents,) = content


# ---------------------------------------------------------------- keys and certificates


def _key(key: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    if hasattr(key, "private_bytes"):
        return _private_key, (key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)
    if hasattr(key, "tbs_certificate_bytes"):
        return _certificate, (key.public_bytes(Encoding.DER),)
    if hasattr(key, "public_bytes"):
        return _public_key, (key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),)
    return NotImplemented


@lru_cache(maxsize=1024)
def _private_key(data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(data, password=None)


@lru_cache(maxsize=1024)
def _public_key(data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(data)


@lru_cache(maxsize=1024)
def _certificate(data: bytes) -> Any:
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(data)
