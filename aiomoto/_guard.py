"""Refuse requests to AWS while no mock is active: the setting ``aiomoto_guard`` of the pytest plugin."""

from __future__ import annotations

from aiomoto._errors import RequestBlockedError
from aiomoto._exchange import describe
from aiomoto._moto.hosts import is_aws
from aiomoto._wire.message import WireRequest


class Guard:
    """Refuses requests to AWS while it is on. A guard of a run inside another one changes nothing about that one's.

    Attributes:
        is_lifted: whether requests may pass for now.
    """

    def __init__(self) -> None:
        self.is_lifted = False


# Those that are on: normally none.
guards: list[Guard] = []


def is_on() -> bool:
    """Tell whether requests to AWS are refused while no mock is active."""
    return any(not each.is_lifted for each in guards)


def check(request: WireRequest) -> None:
    """Refuse a request, if it is for AWS and a guard is on. No mock is active.

    Raises:
        RequestBlockedError: it is refused.
    """
    if is_on() and is_aws(request.host):
        raise RequestBlockedError(f"{describe(request)} was blocked: {_REASON}")


def blocked_client(client: str) -> RequestBlockedError:
    """The error of a native client that would send its requests to AWS."""
    return RequestBlockedError(f"{client} was blocked: {_REASON}")


_REASON = (
    "no mock is active, and aiomoto_guard keeps tests from calling AWS. Write @pytest.mark.aiomoto on the test, or let "
    "it or a fixture use the fixture `aiomoto`; a test that is to call AWS has @pytest.mark.aiomoto_allow_aws"
)
