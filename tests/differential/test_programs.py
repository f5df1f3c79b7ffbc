"""Random programs, run by boto3 under Moto's own mock, and by boto3 and aiobotocore in turns under ours."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from functools import lru_cache
from typing import Any

import boto3
import moto
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aiomoto import mock_aws
from tests.conftest import STACKS
from tests.differential.answers import Answer, Log, Memory, same_moment
from tests.differential.comparison import difference_of
from tests.differential.runs import CONFIG, SETTINGS, call, call_async
from tests.differential.steps import STEPS, Step

pytestmark = pytest.mark.thorough

# Programs for each test; `make matrix` asks for more. The few are the same ones each time.
PROGRAMS = int(os.environ.get("DIFFERENTIAL_PROGRAMS", "6"))

Program = list[Step]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("about", STEPS)
def test_programs_of_synchronous_and_asynchronous_clients_do_what_they_do_with_boto3_and_moto(about: str) -> None:
    @settings(
        max_examples=PROGRAMS,
        derandomize="DIFFERENTIAL_PROGRAMS" not in os.environ,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.one_of(STEPS[about]), min_size=5, max_size=30))
    def check(program: Program) -> None:
        expected = _by_moto(program)
        for step, before, (actual, is_async) in zip(program, expected, _by_ours(program), strict=True):
            assert difference_of(before.lowered() if is_async else before, actual) is None, step

    check()


def _by_moto(program: Program) -> list[Answer]:
    with same_moment(), moto.mock_aws():
        memory = Memory()
        clients = {service: _boto3(service) for service in sorted({step.service for step in program})}
        logs = {service: Log(client, memory) for service, client in clients.items()}
        return [
            call(clients[step.service], step.method, step.resolved(memory.known), logs[step.service])
            for step in program
        ]


def _boto3(service: str) -> Any:
    return _session().client(service, config=Config(**CONFIG))


@lru_cache
def _session() -> boto3.Session:
    # One for all programs, since Moto's mock makes a new default session, and that parses all models again.
    return boto3.Session("testing", "testing", **SETTINGS)


def _by_ours(program: Program) -> list[tuple[Answer, bool]]:
    async def run() -> list[tuple[Answer, bool]]:
        async with AsyncExitStack() as exits:
            clients = {each: await _ours(each, exits, memory) for each in sorted({step.service for step in program})}
            return [await _take(step, clients[step.service], memory) for step in program]

    memory = Memory()
    with same_moment(), mock_aws():
        return asyncio.run(run())


async def _ours(service: str, exits: AsyncExitStack, memory: Memory) -> list[tuple[Any, Log, bool]]:
    """The clients of a service: boto3's, and one for each HTTP library of aiobotocore's."""
    sync = _boto3(service)
    clients = [(sync, Log(sync, memory), False)]
    for stack in STACKS:
        if stack.loop == "asyncio":
            config = AioConfig(http_session_cls=stack.session_class, **CONFIG)
            client = await exits.enter_async_context(get_session().create_client(service, config=config, **SETTINGS))
            clients.append((client, Log(client, memory), True))
    return clients


async def _take(step: Step, clients: list[tuple[Any, Log, bool]], memory: Memory) -> tuple[Answer, bool]:
    client, log, is_async = clients[step.client % len(clients)]
    parameters = step.resolved(memory.known)
    if is_async:
        return await call_async(client, step.method, parameters, log), True
    return call(client, step.method, parameters, log), False
