"""No way out of the machine: an attempt to reach another one is an error, and is noted for whoever hides that error.

Importing this closes the ways out. Processes that a test starts do so too, by ``guarded/sitecustomize.py``.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# Where the host is, or the address that it is the first part of, among what each event tells.
# https://docs.python.org/3/library/audit_events.html
_EVENTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.getnameinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}
# A name that resolvers are to refuse by themselves (RFC 6761, 6.4): for tests of what a failing lookup looks like.
NO_HOST = "no-host.invalid"
_VARIABLE = "NETWORK_ATTEMPTS"
_notes: Path | None = Path(os.environ[_VARIABLE]) if _VARIABLE in os.environ else None


class NetworkError(BaseException):
    """A test tried to reach another machine. No ``except Exception`` may hide that."""


def note_attempts(notes: Path) -> None:
    """Note each attempt, of this process and of those that it starts, in a file."""
    global _notes
    notes.touch()
    _notes = notes
    guarded = Path(__file__).with_name("guarded")
    path = [str(guarded), str(guarded.parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ |= {_VARIABLE: str(notes), "PYTHONPATH": os.pathsep.join(path)}


def take_attempts(since: int = 0) -> str:
    """Take the attempts out of the notes, each with the stack that it was made from.

    Args:
        since: the size of the notes, in bytes, from which on to take.
    """
    if _notes is None or _notes.stat().st_size <= since:
        return ""
    with _notes.open("r+b") as file:
        file.seek(since)
        taken = file.read().decode()
        file.truncate(since)
    return taken


@contextmanager
def expected_attempts() -> Iterator[None]:
    """Take the attempts that are made inside: they are what the test is about."""
    since = _notes.stat().st_size if _notes else 0
    try:
        yield
    finally:
        take_attempts(since)


def _stay_at_home(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS:
        return
    host = arguments[_EVENTS[event]]
    if isinstance(arguments[0], socket.socket) and arguments[0].family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = host[0] if isinstance(host, tuple) else host
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost", NO_HOST) or _is_loopback(host):
        return
    _note(f"{event} to {host}\n{''.join(traceback.format_stack()[:-1])}\n")
    raise NetworkError(f"{event} to {host}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _note(text: str) -> None:
    if _notes is not None:
        with suppress(FileNotFoundError), open(_notes, "a", encoding="utf-8") as file:  # gone at the end of all tests
            file.write(text)


sys.addaudithook(_stay_at_home)
