"""The family of a model, by its id and the body of its request."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from aiomoto._bedrock import anthropic, cohere, llama, mistral, nova, titan
from aiomoto._bedrock.family import Family
from aiomoto._errors import ArgumentError

# By model ids, which may have the prefix of an inference profile (``us.``) or be in an ARN:
# https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
_BY_ID: dict[str, tuple[Family, ...]] = {
    r"anthropic\.claude": (anthropic.FAMILY,),
    r"amazon\.nova-(?!canvas|reel|\S*(embed|sonic))": (nova.FAMILY,),
    r"amazon\.titan-t(ext|g1)": (titan.FAMILY,),
    r"meta\.llama": (llama.FAMILY,),
    r"mistral\.": (mistral.CHAT, mistral.TEXT),
    r"cohere\.command": (cohere.COMMAND_R, cohere.COMMAND),
}
# Ids that name no model: of application inference profiles, provisioned throughput, imported models and routers. Their
# bodies tell, by a member that no other family has.
_BY_MEMBER = {
    "anthropic_version": anthropic.FAMILY,
    "inputText": titan.FAMILY,
    "inferenceConfig": nova.FAMILY,
    "schemaVersion": nova.FAMILY,
    "max_gen_len": llama.FAMILY,
}
_NAMES = "Anthropic Claude, Amazon Nova and Titan Text, Meta Llama, Mistral AI and Cohere Command"


def body_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parse the request's body; one that is no JSON object is empty."""
    try:
        body = json.loads(params.get("body") or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def family_of(model: str, body: Mapping[str, Any]) -> Family:
    """Find the family of a model.

    Raises:
        ArgumentError: its bodies are not known here, or this one lacks what the family's requests have.
    """
    known = next((families for pattern, families in _BY_ID.items() if re.search(pattern, model)), ())
    if not known and model.startswith("arn:") and "foundation-model/" not in model:
        known = tuple(family for name, family in _BY_MEMBER.items() if name in body)
    if not known:
        raise _unknown_family(model)
    for family in known:
        if isinstance(body.get(family.field), (str, list)):
            return family
    fields = " or ".join(repr(family.field) for family in known)
    raise ArgumentError(
        f"the body of InvokeModel of {model!r} must be JSON with {fields}, as those of {known[0].name}; it has "
        f"{', '.join(map(repr, body)) or 'nothing'}"
    )


def _unknown_family(model: str) -> ArgumentError:
    why = "it gives embeddings, and a reply is text" if "embed" in model else f"it knows the bodies of {_NAMES}"
    return ArgumentError(
        f"aws.bedrock.reply has no response to InvokeModel of {model!r}: {why}. Write its body yourself:\n"
        f'aws.answers.add("bedrock-runtime", "InvokeModel", {{"body": ..., "contentType": "application/json"}}, '
        f'where={{"modelId": {model!r}}})'
    )
