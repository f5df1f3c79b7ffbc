"""What an error most likely meant: resources with a similar name, and those of this name that are elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from aiomoto._calls.call import Call, printable
from aiomoto._errors import AiomotoError
from aiomoto._moto.state import Existing, State
from aiomoto._report.masking import MASK, masked

_MOST_LINES = 5
_MOST_CALLS = 10
_MISSING = re.compile("no.?such|not.?found|non.?exist|not.?exist|unknown|^404$", re.IGNORECASE)
_QUOTED = re.compile(r"'([^'\n]{3,200})'|\"([^\"\n]{3,200})\"")


def near_lines(error: BaseException, calls: Sequence[Call], state: State) -> list[str]:
    """Say what is near to the names in the error of a test, at most five lines.

    Args:
        error: the error.
        calls: the calls of the test.
        state: what existed when it was raised.
    """
    text = _text_of(error)
    missed = [call for call in calls if call.error_code and _is_missing(call) and _is_meant(call, text)]
    lines = [line for call in missed[-_MOST_CALLS:] for line in _near_call(call, state)]
    if isinstance(error, AssertionError):
        lines += _near_text(text, state)
    return list(dict.fromkeys(map(printable, lines)))[:_MOST_LINES]


def _text_of(error: BaseException | None) -> str:
    messages: list[str] = []
    while error is not None and len(messages) < 10:
        messages.append(_text(error)[:10_000])
        error = error.__cause__ or error.__context__
    return "\n".join(messages)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an error of the user's own
        return ""


def _is_missing(call: Call) -> bool:
    return call.status == 404 or bool(_MISSING.search(str(call.error_code)))


def _is_meant(call: Call, text: str) -> bool:
    return str(call.error_code) in text or any(name in text for _, name in _names_in(call))


def _names_in(call: Call) -> Iterator[tuple[str, str]]:
    """The names of resources among the parameters of a call, by parameter."""
    try:
        params = masked(call.params, call.model)
    except AiomotoError:
        return
    for parameter, value in params.items():
        if isinstance(value, str) and 0 < len(value) <= 1024 and value != MASK:
            is_arn, is_url = value.startswith("arn:"), parameter.endswith("Url")
            yield parameter, value.rpartition(":")[2] if is_arn else value.rpartition("/")[2] if is_url else value


def _near_call(call: Call, state: State) -> Iterator[str]:
    of_service = [each for each in state.existing if each.service == call.service]
    for parameter, name in _names_in(call):
        if call.service == "s3" and parameter == "Key":
            yield from _near_key(str(call.params.get("Bucket")), name, state)
        elif call.service != "s3" or parameter == "Bucket":
            yield from _near_name(call, name, of_service)


def _near_key(bucket: str, key: str, state: State) -> Iterator[str]:
    keys = state.keys.get(bucket, ())
    if bucket not in state.keys or key in keys:
        return
    if similar := get_close_matches(key, keys, cutoff=0.7):
        yield f"s3: {bucket} has no key {key!r}; it has {_listed(similar)}"
    elif others := [other for other, those in state.keys.items() if key in those]:
        yield f"s3: {bucket} has no key {key!r}; {others[0]} has it"


def _near_name(call: Call, name: str, existing: list[Existing]) -> Iterator[str]:
    same = [each for each in existing if name in _names_of(each)]
    if any(each.region in ("", call.region) and each.account == call.account for each in same):
        return
    if same:
        yield f"{call.service}: {name!r} is {_places(same, call)}; the call went to {call.region or call.account}"
        return
    by_name = {own: each for each in existing for own in _names_of(each)}
    if similar := get_close_matches(name, by_name, cutoff=0.7):
        found = list(dict.fromkeys(by_name[each] for each in similar))
        where = _places(found, call)
        there_is = f"there is {_listed([each.name for each in found])}{where and f', {where}'}"
        yield f"{call.service}: there is no {name!r}; {there_is}"


def _near_text(text: str, state: State) -> Iterator[str]:
    by_name = {own: f"{each.service}: {each.name}" for each in state.existing for own in _names_of(each)}
    by_name |= {key: f"s3: {bucket}/{key}" for bucket, keys in state.keys.items() for key in keys}
    for match in _QUOTED.finditer(text):
        name = match[1] or match[2]
        if name not in by_name:
            similar = [each for each in get_close_matches(name, by_name, cutoff=0.8) if each not in text]
            yield from (f"{by_name[each]} is similar to {name!r}" for each in similar)


def _names_of(each: Existing) -> tuple[str, str]:
    """The name, and the name without the kind of the resource."""
    return each.name, each.name.partition("/")[2] or each.name


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))


def _places(resources: Sequence[Existing], call: Call) -> str:
    """Where resources are, as far as that differs from where the call went."""
    places = {
        " ".join(
            [
                *([f"in {each.region}"] if each.region not in ("", call.region) else []),
                *([f"in account {each.account}"] if each.account != call.account else []),
            ]
        )
        for each in resources
    }
    return " and ".join(sorted(filter(None, places)))
