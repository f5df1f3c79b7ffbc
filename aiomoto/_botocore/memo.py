"""What botocore and aiobotocore work out anew in each call of an operation, and always to the same end.

Each of these looks only at what its result depends on, and leaves all else to the original. With a version that lacks
one of them calls are slower, and otherwise the same. That none does it another way is what the comparison of all
operations with Moto's own mock shows (``python -m tests.differential``).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Any
from weakref import WeakKeyDictionary

import aiobotocore.hooks
import botocore.parsers
import botocore.useragent

from aiomoto._patching.places import argument, remembers, with_argument

_once = partial(remembers, libraries=("aiobotocore", "botocore"))


@_once
def _remembering(original: Any) -> Any:
    """For a function of strings: the user agent has 44 parts, which botocore cleans twice for each request."""
    return wraps(original)(lru_cache(maxsize=1024)(original))


@_once
def _component_to_string(original: Any) -> Any:
    remembered = lru_cache(maxsize=1024)(original)

    @wraps(original)
    def to_string(self: Any) -> Any:
        """Remember the parts of a user agent but for one, which is of another size in each request."""
        return original(self) if getattr(self, "size_config", None) else remembered(self)

    return to_string


# Whole dates of the two forms that AWS answers with. Of other forms dateutil takes a part from today's date, or asks
# for the time zone of the machine.
_WHOLE_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@_once
def _parse_timestamp(original: Any) -> Any:
    # By the class of its result too: freezegun replaces it.
    remembered = lru_cache(maxsize=1024)(lambda value, _datetime: original(value))

    @wraps(original)
    def parse_timestamp(value: Any) -> Any:
        """Remember dates: dateutil takes 0.2 ms for one, and the objects of a test are often of the same second."""
        if isinstance(value, str) and _WHOLE_DATE.fullmatch(value):
            return remembered(value, datetime.datetime)
        return original(value)

    return parse_timestamp


@_once
def _parse_non_payload_attrs(original: Any) -> Any:
    names: WeakKeyDictionary[Any, list[tuple[str, str | None]]] = WeakKeyDictionary()

    @wraps(original)
    def parse_non_payload_attrs(self: Any, *args: Any, **kwargs: Any) -> None:
        """Look only for the headers that are there: a GetObject may have 38, and has ten.

        botocore raises and catches an error for each of the others, and has no public place to spare it that.
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
    """The header that a member of a response is in, if it is in one."""
    place = member.serialization
    return place.get("name", name).lower() if place.get("location") == "header" else None


@_once
def _resolve_awaitable(original: Any) -> Any:
    @wraps(original)
    async def resolve_awaitable(obj: Any) -> Any:
        """Wait for nothing where there is nothing, which is what most handlers of events give."""
        return None if obj is None else await original(obj)

    return resolve_awaitable


_RestParser = getattr(botocore.parsers, "BaseRestParser", None)

_WANTED: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (botocore.useragent, "sanitize_user_agent_string_component", _remembering),
    (getattr(botocore.useragent, "UserAgentComponent", None), "to_string", _component_to_string),
    (botocore.parsers, "DEFAULT_TIMESTAMP_PARSER", _parse_timestamp),
    (_RestParser, "_parse_non_payload_attrs", _parse_non_payload_attrs),
    (aiobotocore.hooks, "resolve_awaitable", _resolve_awaitable),
)
REPLACEMENTS = tuple(each for each in _WANTED if each[1] in getattr(each[0], "__dict__", ()))
