"""Which subresources Moto's S3 tells apart. It takes a request for any other one for the operation without one."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Any

# Moto's functions that find out by the query what a request is for, and what they take all others for.
_FUNCTIONS = {
    (False, "GET"): (("_bucket_response_get",), "ListObjects"),
    (False, "PUT"): (("_bucket_response_put",), "CreateBucket"),
    (False, "DELETE"): (("_bucket_response_delete",), "DeleteBucket"),
    (False, "POST"): (("_bucket_response_post", "is_delete_keys"), "PutObject"),
    (True, "GET"): (("_key_response_get",), "GetObject"),
    (True, "PUT"): (("_key_response_put",), "PutObject"),
    (True, "DELETE"): (("_key_response_delete",), "DeleteObject"),
}


def taken_for(method: str, subresources: frozenset[str], *, is_about_key: bool) -> str | None:
    """Find the operation that Moto runs in place of one that it does not implement; ``None`` if it implements it.

    Args:
        method: the HTTP method.
        subresources: the names in the query that tell the operation from others: ``{"torrent"}``.
        is_about_key: whether it is about an object, or else about a bucket.
    """
    names, default = _FUNCTIONS.get((is_about_key, method), ((), ""))
    codes = [code for name in names if (code := _code(name)) is not None]
    if not subresources or len(codes) < len(names) or not names:
        return None  # a Moto that tells them apart in another way
    known = {constant for code in codes for constant in _strings(code.co_consts)}
    return default if known.isdisjoint(subresources) else None


def lists_directory_buckets() -> bool:
    """Tell whether Moto lists directory buckets, or else all buckets in their place: only the hosts differ."""
    return _code("list_directory_buckets") is not None


def _code(name: str) -> CodeType | None:
    from moto.s3.responses import S3Response  # which has been imported by the request for S3

    return getattr(getattr(S3Response, name, None), "__code__", None)


def _strings(constants: tuple[Any, ...]) -> Iterator[str]:
    for constant in constants:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, (tuple, frozenset)):
            yield from _strings(tuple(constant))
