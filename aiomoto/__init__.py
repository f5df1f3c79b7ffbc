"""Mock AWS for async Python: run aiobotocore and boto3 against Moto, in the test's own process."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiomoto._calls.call import Call
    from aiomoto._calls.left_open import Leak
    from aiomoto._calls.log import CallLog
    from aiomoto._calls.record import Slept
    from aiomoto._calls.summary import OperationSummary, Summary
    from aiomoto._endpoint.endpoint import Endpoint
    from aiomoto._errors import AiomotoError, AiomotoLeakWarning, ArgumentError, NoSuchPathError, RequestBlockedError
    from aiomoto._http.aiohttp.session import MotoAIOHTTPSession
    from aiomoto._http.httpx.session import MotoHttpxSession
    from aiomoto._http.smithy.clients import MotoHTTPClient
    from aiomoto._mock import MockAWS
    from aiomoto._mock_aws import mock_aws, mock_aws_decorator
    from aiomoto._moto.snapshot import Snapshot
    from aiomoto._plugin.client_factory import ClientFactory
    from aiomoto._rules.answer import Answer
    from aiomoto._rules.fault import Fault
    from aiomoto._wiring import AioSession, aioboto3_session

__all__ = [
    "AioSession",
    "AiomotoError",
    "AiomotoLeakWarning",
    "Answer",
    "ArgumentError",
    "Call",
    "CallLog",
    "ClientFactory",
    "Endpoint",
    "Fault",
    "Leak",
    "MockAWS",
    "MotoAIOHTTPSession",
    "NoSuchPathError",
    "OperationSummary",
    "RequestBlockedError",
    "Slept",
    "Snapshot",
    "Summary",
    "aioboto3_session",
    "mock_aws",
    "mock_aws_decorator",
]
__version__ = "1.0.0.dev0"

# pytest imports this package whenever it starts, for the plugin, and most runs need nothing else of it. So names are
# loaded when they are first used (PEP 562), and Moto, boto3 and aiobotocore with them.
_MODULE_OF = {
    "AioSession": "_wiring",
    "AiomotoError": "_errors",
    "AiomotoLeakWarning": "_errors",
    "Answer": "_rules.answer",
    "ArgumentError": "_errors",
    "Call": "_calls.call",
    "CallLog": "_calls.log",
    "ClientFactory": "_plugin.client_factory",
    "Endpoint": "_endpoint.endpoint",
    "Fault": "_rules.fault",
    "Leak": "_calls.left_open",
    "MockAWS": "_mock",
    "MotoAIOHTTPSession": "_http.aiohttp.session",
    "MotoHTTPClient": "_http.smithy.clients",
    "MotoHttpxSession": "_http.httpx.session",
    "NoSuchPathError": "_errors",
    "OperationSummary": "_calls.summary",
    "RequestBlockedError": "_errors",
    "Slept": "_calls.record",
    "Snapshot": "_moto.snapshot",
    "Summary": "_calls.summary",
    "aioboto3_session": "_wiring",
    "mock_aws": "_mock_aws",
    "mock_aws_decorator": "_mock_aws",
}


def _has_httpx() -> bool:
    """Tell whether an httpx is installed that aiobotocore supports, without importing it."""
    # Newer versions take httpx2 too.
    places = getattr(find_spec("aiobotocore"), "submodule_search_locations", None) or ()
    takes_httpx2 = any(Path(place, "_httpx.py").exists() for place in places)
    return find_spec("httpx") is not None or (takes_httpx2 and find_spec("httpx2") is not None)


if _has_httpx():  # without it, `from aiomoto import *` would fail
    __all__ += ["MotoHttpxSession"]
if find_spec("smithy_http") is not None:
    __all__ += ["MotoHTTPClient"]
__all__.sort()

if not TYPE_CHECKING:  # type checkers would accept any name

    def __getattr__(name: str) -> Any:
        if name.startswith("mock_") and name not in _MODULE_OF:
            # An import of a name would not show the message of an AttributeError.
            raise ImportError(f"aiomoto has no {name}: mock_aws mocks all services, as in Moto 5", name=__name__)
        if name not in _MODULE_OF:
            if name.startswith("_"):  # as tools ask for it, which need no hint
                raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
            hints = import_module(f"{__name__}._hints")
            raise AttributeError(hints.unknown_attribute(f"module {__name__!r}", name, __all__))
        try:
            with import_module(f"{__name__}._collector").paused():
                value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        except (ImportError, AttributeError) as error:
            raise import_module(f"{__name__}._patching.compatibility").explain(error) from error
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """List the public names: what this module imports for itself is not for users."""
        return ["__version__", *__all__]
