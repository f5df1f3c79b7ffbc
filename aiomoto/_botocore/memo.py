"""Memoise what botocore and aiobotocore recompute identically in every call.

Each cache key holds everything that the result depends on; other arguments go to the original. If a version of the
libraries lacks one of these names, calls are only slower. ``python -m tests.differential``, which compares all
operations with Moto's own mock, shows that the results stay the same.
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache, partial, wraps
from typing import Any
from weakref import WeakKeyDictionary

import aiobotocore.hooks
import botocore.parsers
import botocore.useragent

from aiomoto._patching.places import argument, memoising, with_argument
from aiomoto._patching.replacements import Target

_once = partial(memoising, libraries=("aiobotocore", "botocore"))


@_once
def _memoised(original: Any) -> Any:
    """Memoise a function of strings: the user agent has 44 parts, which botocore sanitises twice for each request."""
    return wraps(original)(lru_cache(maxsize=1024)(original))


@_once
def _component_to_string(original: Any) -> Any:
    memoised = lru_cache(maxsize=1024)(original)

    @wraps(original)
    def to_string(self: Any) -> Any:
        """Memoise all parts of a user agent but the one whose size limit differs between requests."""
        return original(self) if getattr(self, "size_config", None) else memoised(self)

    return to_string


# Complete dates in the two formats of AWS. In other formats dateutil takes missing parts from today's date or from the
# machine's time zone.
_COMPLETE_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@_once
def _parse_timestamp(original: Any) -> Any:
    # The key includes the class of the result, which freezegun replaces.
    memoised = lru_cache(maxsize=1024)(lambda value, _datetime: original(value))

    @wraps(original)
    def parse_timestamp(value: Any) -> Any:
        """Memoise dates: dateutil takes 0.2 ms for one, and a test's objects are often created in the same second."""
        if isinstance(value, str) and _COMPLETE_DATE.fullmatch(value):
            return memoised(value, datetime.datetime)
        return original(value)

    return parse_timestamp


@_once
def _parse_non_payload_attrs(original: Any) -> Any:
    names: WeakKeyDictionary[Any, list[tuple[str, str | None]]] = WeakKeyDictionary()

    @wraps(original)
    def parse_non_payload_attrs(self: Any, *args: Any, **kwargs: Any) -> None:
        """Pass only the members whose headers are present: GetObject has 38 of them, and a response has about ten.

        botocore raises and catches an error for each of the others.
        """
        response, shape = argument(args, kwargs, 0, "response"), argument(args, kwargs, 1, "shape")
        members = argument(args, kwargs, 2, "member_shapes")
        if shape not in names:
            names[shape] = [(name, _header_of(name, member)) for name, member in members.items()]
        there = {name.lower() for name in response["headers"]}
        present = {name: members[name] for name, header in names[shape] if header is None or header in there}
        args, kwargs = with_argument(args, kwargs, 2, "member_shapes", present)
        original(self, *args, **kwargs)

    return parse_non_payload_attrs


def _header_of(name: str, member: Any) -> str | None:
    """Return the lower-case name of the header that holds a member of a response, or ``None``."""
    place = member.serialization
    return place.get("name", name).lower() if place.get("location") == "header" else None


@_once
def _resolve_awaitable(original: Any) -> Any:
    @wraps(original)
    async def resolve_awaitable(obj: Any) -> Any:
        """Skip the check for ``None``, which most event handlers return."""
        return None if obj is None else await original(obj)

    return resolve_awaitable


_RestParser = getattr(botocore.parsers, "BaseRestParser", None)

_WANTED: tuple[Target, ...] = (
    (botocore.useragent, "sanitize_user_agent_string_component", _memoised),
    (getattr(botocore.useragent, "UserAgentComponent", None), "to_string", _component_to_string),
    (botocore.parsers, "DEFAULT_TIMESTAMP_PARSER", _parse_timestamp),
    (_RestParser, "_parse_non_payload_attrs", _parse_non_payload_attrs),
    (aiobotocore.hooks, "resolve_awaitable", _resolve_awaitable),
)
REPLACEMENTS = tuple(each for each in _WANTED if each[1] in getattr(each[0], "__dict__", ()))
