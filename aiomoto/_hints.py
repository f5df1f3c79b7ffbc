"""Messages that say what to write instead."""

from __future__ import annotations

from collections.abc import Iterable

from aiomoto._aws.names import suggestion

# For switches that are often given another value.
_FOR_SWITCHES = {
    "endpoint": (
        ". With True the mock serves AWS on a port of this machine, at aws.endpoint.url; a client that has an "
        "endpoint_url needs no option"
    ),
}
# For options of other libraries, and options that belong elsewhere.
_FOR_OPTIONS = {
    "region": ". Set AWS_DEFAULT_REGION, or use @pytest.mark.aiomoto(region=...)",
    "server_mode": ". aiomoto answers in this process. For clients of other processes write mock_aws(endpoint=True)",
    "services": '. It mocks all services. To refuse others write config={"core": {"service_whitelist": [...]}}',
}
_CLIENT_MAKERS = ("client", "create_client", "get_session", "resource", "session", "Session")
_CLIENTS = (
    ". Clients are those of boto3 and aiobotocore: inside the mock write boto3.client(...), or "
    "async with aiobotocore.session.get_session().create_client(...) as client"
)


def wrong_switch(name: str, value: object) -> str:
    """Say that an option must be a bool."""
    return f"{name} must be True or False, not {value!r}{_FOR_SWITCHES.get(name, '')}"


def unknown_option(name: str, options: Iterable[str]) -> str:
    """Say that ``mock_aws`` has no such option, and which it has."""
    return f"mock_aws() has no option {name!r}{suggestion(name, options)}{_FOR_OPTIONS.get(name, '')}"


def unknown_attribute(owner: str, name: str, names: Iterable[str]) -> str:
    """Say that a mock has no such attribute, and where to look."""
    if name in _CLIENT_MAKERS:
        return f"{owner} has no attribute {name!r}{_CLIENTS}"
    public = [each for each in names if not each.startswith("_")]
    return f"{owner} has no attribute {name!r}" + ("" if name.startswith("_") else suggestion(name, public))


def called_mock(what: str) -> str:
    """Say that a mock must not be called."""
    return (
        f"mock_aws cannot decorate {what}. The `aiomoto` fixture is the active mock already: use it as it is, "
        "as in aiomoto.calls. For another mock, write `from aiomoto import mock_aws` and call mock_aws()"
    )
