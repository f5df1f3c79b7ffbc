"""Instrumentation of OpenTelemetry and APM agents beside a mock, each in a process of its own, which it changes.

``nox -s instrumented`` has what is needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.programs import ROOT

pytestmark = pytest.mark.thorough

# What each of them is imported by. Three of them cannot be taken off, or not all of it.
REMOVABLE = ["opentelemetry", "ddtrace", "elasticapm"]
CASES = [(name, put, off) for name in REMOVABLE for put in ("before", "inside") for off in ("inside", "after")]
CASES += [(name, put, "never") for name in ("sentry_sdk", "aws_xray_sdk") for put in ("before", "inside")]
CASES += [("newrelic", "before", "never")]
# None of them is to look for its server.
ENVIRONMENT = {
    "AWS_XRAY_CONTEXT_MISSING": "IGNORE_ERROR",
    "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
    "DD_REMOTE_CONFIGURATION_ENABLED": "false",
    "DD_TRACE_AGENT_URL": "http://127.0.0.1:1",
    "NEW_RELIC_DEVELOPER_MODE": "true",
    "NEW_RELIC_LICENSE_KEY": "0" * 40,
}
NEEDS = {"opentelemetry": "opentelemetry.instrumentation.httpx"}


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None and find_spec("httpx") is not None
    except ModuleNotFoundError:  # a parent of it
        return False


@pytest.mark.parametrize(("name", "put", "taken_off"), CASES)
def test_requests_work_and_nothing_is_left(name: str, put: str, taken_off: str) -> None:
    if not _is_there(NEEDS.get(name, name)):
        pytest.skip(f"needs {name}: nox -s instrumented")
    before = "import newrelic.agent; newrelic.agent.initialize(); " if name == "newrelic" else ""
    program = f"{before}import runpy; runpy.run_module('tests.instrumented', run_name='__main__')"
    command = [sys.executable, "-c", program, name, put, taken_off]
    environment = os.environ | ENVIRONMENT
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )

    assert result.returncode == 0, result.stderr
    if name == "opentelemetry":  # a span for each library, with Moto's status
        spans = "aiohttp_client:200 httpx:200 requests:200 urllib3:200 urllib:200"
        assert result.stdout.splitlines() == [spans, spans]
