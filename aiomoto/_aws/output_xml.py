"""Outputs as XML, in the way that clients read it by botocore's model (query, ec2, rest-xml)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from botocore.model import Shape

from aiomoto._aws.output_headers import is_in_body
from aiomoto._aws.output_values import text_of
from aiomoto._errors import ArgumentError

# https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def members_xml(shape: Shape, value: Mapping[str, Any]) -> str:
    """Write the members of a structure, without an element around them.

    Raises:
        ArgumentError: a string has a character that XML does not have.
    """
    return "".join(
        _member(name, member, value[name])
        for name, member in shape.members.items()
        if value.get(name) is not None and not _is_elsewhere(member)
    )


def element_xml(tag: str, shape: Shape, value: Any) -> str:
    """Write a value as one element."""
    return f"<{tag}{_attributes(shape, value)}>{_content(shape, value)}</{tag}>"


def has_members(shape: Shape) -> bool:
    """Whether a structure has members that go into the body."""
    return not all(_is_elsewhere(member) for member in shape.members.values())


def xmlns(namespace: Any) -> str:
    """Write a namespace of the model, a URI with or without a prefix, as an attribute; nothing if there is none."""
    if not namespace:
        return ""
    uri, prefix = (namespace, None) if isinstance(namespace, str) else (namespace["uri"], namespace.get("prefix"))
    return f" xmlns{f':{prefix}' if prefix else ''}={quoteattr(uri)}"


def escaped(value: str) -> str:
    """Escape a string. A carriage return would be read as a line feed.

    Raises:
        ArgumentError: it has a character that XML does not have.
    """
    return escape(_checked(value), {"\r": "&#13;"})


def _checked(value: str) -> str:
    if found := _NOT_IN_XML.search(value):
        raise ArgumentError(f"XML cannot carry the character {found[0]!r}, which is in the string {value[:80]!r}")
    return value


def _is_elsewhere(shape: Shape) -> bool:
    # Clients look for headers outside of the body, wherever in the output they are.
    return "xmlAttribute" in shape.serialization or not is_in_body(shape)


def _member(name: str, shape: Shape, value: Any) -> str:
    traits = shape.serialization
    tag = traits.get("name") or name
    if not traits.get("flattened"):
        return element_xml(tag, shape, value)
    if shape.type_name == "list":
        # Clients look for a flattened list by the name of its members, where they have one.
        return _items(shape.member.serialization.get("name") or tag, shape, value)
    return _entries(tag, shape, value)


def _content(shape: Shape, value: Any) -> str:
    if shape.type_name == "structure":
        return members_xml(shape, value)
    if shape.type_name == "list":
        return _items(shape.member.serialization.get("name") or "member", shape, value)
    if shape.type_name == "map":
        return _entries("entry", shape, value)
    return escaped(text_of(shape, value, "iso8601"))


def _items(tag: str, shape: Shape, values: Any) -> str:
    return "".join(element_xml(tag, shape.member, value) for value in values if value is not None)


def _entries(tag: str, shape: Shape, values: Mapping[str, Any]) -> str:
    key_tag, value_tag = (
        each.serialization.get("name") or default for each, default in ((shape.key, "key"), (shape.value, "value"))
    )
    return "".join(
        f"<{tag}>{element_xml(key_tag, shape.key, key)}{element_xml(value_tag, shape.value, value)}</{tag}>"
        for key, value in values.items()
        if value is not None
    )


def _attributes(shape: Shape, value: Any) -> str:
    namespace = xmlns(shape.serialization.get("xmlNamespace"))
    if shape.type_name != "structure":
        return namespace
    attributes = (
        f" {member.serialization['name']}={quoteattr(_checked(value[name]))}"
        for name, member in shape.members.items()
        if "xmlAttribute" in member.serialization and value.get(name) is not None
    )
    return namespace + "".join(attributes)
