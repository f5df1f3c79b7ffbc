"""What is replaced in the SDK, by the module in which it is: as soon as that is imported, and not before."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from aiomoto._botocore.instant_sleep import RETRY, InstantSleep
from aiomoto._http.smithy import invocations
from aiomoto._patching.compatibility import explain
from aiomoto._patching.replacements import Target
from aiomoto._smithy import credentials, environment


def _mocked() -> ModuleType:
    """What is imported with a transport, and not before.

    Raises:
        AiomotoError: the SDK lacks something.
    """
    try:
        return import_module("aiomoto._http.smithy.mocked")
    except (ImportError, AttributeError) as error:
        raise explain(error) from error


def _sending_targets(module: ModuleType) -> tuple[Target, ...]:
    targets: tuple[Target, ...] = _mocked().sending_targets(module)
    return targets


def _creating_targets(module: ModuleType) -> tuple[Target, ...]:
    targets: tuple[Target, ...] = _mocked().creating_targets(module)
    return targets


def _client_targets(module: ModuleType) -> tuple[Target, ...]:
    return (*invocations.targets(module), (module, "sleep", lambda original: InstantSleep(original, RETRY)))


def _environment_targets(module: ModuleType) -> tuple[Target, ...]:
    return (*environment.os_targets(module), *credentials.environment_targets(module))


_READ_ENVIRONMENT = (
    "smithy_aws_core.config.context",
    "smithy_aws_core.config.resolvers",
    "smithy_aws_core.identity.chain.ordering",
    "smithy_aws_core.identity.chain.providers.environment",
    "smithy_aws_core.identity.chain.providers.shared_config",
    "smithy_aws_core.identity.container",
)
_TRANSPORTS = ("smithy_http.aio.aiohttp", "smithy_http.aio.crt")
# What guards need as well.
SENDING: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = dict.fromkeys(_TRANSPORTS, _sending_targets)
TARGETS: dict[str, Callable[[ModuleType], tuple[Target, ...]]] = {
    "smithy_core.aio.client": _client_targets,
    **dict.fromkeys(_TRANSPORTS, _creating_targets),
    **dict.fromkeys(_READ_ENVIRONMENT, environment.os_targets),
    "smithy_aws_core.config.aws_config": environment.validation_targets,
    "smithy_aws_core.config.merged_config": environment.config_targets,
    "smithy_aws_core.identity.chain": credentials.chain_targets,
    "smithy_aws_core.identity.environment": _environment_targets,
}
