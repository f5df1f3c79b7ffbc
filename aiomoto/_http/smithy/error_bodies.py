"""Errors in JSON, as the SDK reads them: it takes the message from the member of the model, and from no other.

Some models call it ``Message``, and others ``message``. botocore reads either, and so Moto need not care.
"""

from __future__ import annotations

import json

from aiomoto._wire.message import WireResponse

_NAMES = frozenset({"message", "Message"})


def readable(response: WireResponse) -> WireResponse:
    """Give an error its message under both names."""
    if response.status < 300 or not response.body.startswith(b"{"):
        return response
    try:
        body = json.loads(response.body)
    except ValueError:
        return response
    found = _NAMES & body.keys()
    if len(found) != 1:
        return response
    message = body[next(iter(found))]
    whole = json.dumps(body | dict.fromkeys(_NAMES, message)).encode()
    headers = [
        (name, str(len(whole)) if name.lower() == "content-length" else value) for name, value in response.headers
    ]
    return response._replace(headers=tuple(headers), body=whole)
