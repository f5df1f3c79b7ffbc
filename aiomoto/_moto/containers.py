"""Lambda functions that Moto could not run because Docker does not respond.

Moto treats this as an error of the function: as the payload of an invocation, or, if a topic, a queue or a stream
invoked the function, as nothing but a line in its log.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from types import ModuleType
from typing import Any, Protocol

from moto.core import config

# The messages about the functions that the current request has invoked; ``None`` outside of requests.
not_run: ContextVar[list[str] | None] = ContextVar("aiomoto_not_run", default=None)


class Collector(Protocol):
    """Takes over what Moto would run in a container, for the functions that run in this process."""

    def runs(self, function: Any) -> bool:
        """Tell whether one of Moto's functions runs in this process."""

    def take(self, triggered: Any) -> None:
        """Take something that a function is to be told of, once Moto's handler has ended."""


# That of the current request; ``None`` while no function runs in this process.
collector: ContextVar[Collector | None] = ContextVar("aiomoto_collector", default=None)

# The payload then begins like this, as if the function had returned it.
_NO_DOCKER = "error running docker: "


def warn(message: str) -> None:
    """Warn that a function did not run, if no client gets its payload."""
    warnings.warn(message, RuntimeWarning, stacklevel=2)


def _invoke_lambda(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def invoke_lambda(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        payload = str(result[0])
        if payload.startswith(_NO_DOCKER) and config.default_user_config.get("lambda", {}).get("use_docker", True):
            message = _message(self.function_name, payload.removeprefix(_NO_DOCKER))
            noted = not_run.get()
            warn(message) if noted is None else noted.append(message)
        return result

    return invoke_lambda


def _message(name: str, why: str) -> str:
    return (
        f"Moto runs the Lambda function {name!r} in a Docker container, and Docker does not respond: {why}. "
        f'Run it in the test with aws.functions["{name}"] = handler; or start Docker; or write '
        'mock_aws(config={"lambda": {"use_docker": False}}), with which invocations succeed without running the '
        "function"
    )


def _targets(models: ModuleType) -> tuple[tuple[Any, str, Callable[[Any], Any]], ...]:
    return ((models.LambdaFunction, "_invoke_lambda", _invoke_lambda),)


TARGETS = {"moto.awslambda.models": _targets}
