"""The page of Moto's dashboard. Moto renders it with Flask, but it is a plain file."""

from __future__ import annotations

import re
from importlib.resources import files

from aiomoto._wire.message import WireRequest, WireResponse

_FILES = {"/moto-api/": ("dashboard.html", "text/html"), "/moto-api/lib.js": ("lib.js", "text/javascript")}
_HOST = "motoapi.amazonaws.com"
# Jinja's way to say that it renders nothing in between.
_RAW = re.compile(r"\{% (?:raw|endraw) %\}\n?")


def dashboard(request: WireRequest) -> WireResponse | None:
    """Return a file of the dashboard; ``None`` if the request is for something else."""
    if request.split.hostname != _HOST or request.method != "GET" or request.path not in _FILES:
        return None
    name, kind = _FILES[request.path]
    file = files("moto").joinpath("moto_server", "templates", name)
    try:
        content = _RAW.sub("", file.read_text(encoding="utf-8"))
    except OSError:
        message = f"This version of Moto has no {name}. What its dashboard shows is at /moto-api/data.json, as JSON.\n"
        return WireResponse(404, (("Content-Type", "text/plain; charset=utf-8"),), message.encode())
    return WireResponse(200, (("Content-Type", f"{kind}; charset=utf-8"),), content.encode())
