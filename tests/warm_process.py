"""A process that has imported the libraries, and forks into each program that a test runs: each begins a second sooner.

A program is in a process of its own all the same, imports for itself what is tested, and ends as any process does.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent
SECONDS = 240  # after which a program that hangs is ended
# Not aiomoto, and none of Moto's services: what a mock imports, and when, is for the tests to see.
_LIBRARIES = (
    "aiobotocore.httpsession",
    "aiobotocore.session",
    "boto3",
    "moto.core.models",
    "requests",
    "unittest.mock",
)
# For programs that are about what a user writes, and not about what is imported when: most of their time is imports.
_FRAMEWORKS = ("aiomoto.pytest_plugin", "anyio.pytest_plugin", "pytest_asyncio.plugin", "s3fs", "trio")
_SERVICES = {
    "dynamodb": "list_tables",
    "s3": "list_buckets",
    "sqs": "list_queues",
    "sts": "get_caller_identity",
}


def run(source: str, *arguments: str, after_a_mock: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a source as ``python -c`` does, from the project's folder, in the environment of this moment.

    Args:
        source: what to run.
        arguments: the arguments that it finds in ``sys.argv``.
        after_a_mock: run it where aiomoto is imported and has mocked the usual services before.
    """
    with TemporaryDirectory() as folder:
        stdout, stderr = Path(folder, "stdout"), Path(folder, "stderr")
        program = {
            "source": source,
            "arguments": ["-c", *arguments],
            "environ": dict(os.environ),
            "output": [str(stdout), str(stderr)],
        }
        process = _process(after_a_mock)
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(program) + "\n")
        process.stdin.flush()
        code = int(process.stdout.readline())
        return subprocess.CompletedProcess(source, code, stdout.read_text("utf-8"), stderr.read_text("utf-8"))


_processes: dict[bool, subprocess.Popen[str]] = {}


def _process(after_a_mock: bool) -> subprocess.Popen[str]:
    if after_a_mock not in _processes:
        command = [sys.executable, "-m", __name__, *(["after-a-mock"] if after_a_mock else [])]
        _processes[after_a_mock] = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    return _processes[after_a_mock]


def end() -> None:
    """End the processes that were started."""
    while _processes:
        with _processes.popitem()[1] as process:
            process.communicate()


# ---------------------------------------------------------------- in that process


def _serve() -> None:
    for library in _LIBRARIES:
        import_module(library)
    if sys.argv[1:]:
        _mock_the_usual_services()
    gc.freeze()  # so that no program spends time on looking through them
    while line := sys.stdin.readline():
        pid = os.fork()
        if not pid:
            _become(json.loads(line))
            return
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _mock_the_usual_services() -> None:
    for framework in _FRAMEWORKS:
        with suppress(ImportError):
            import_module(framework)
    with import_module("aiomoto").mock_aws():
        for service, operation in _SERVICES.items():
            client = import_module("boto3").client(service, region_name="us-east-1")
            getattr(client, operation)()


def _become(program: dict[str, Any]) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, path in enumerate(program["output"], 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
    os.environ.clear()
    os.environ.update(program["environ"])
    signal.alarm(SECONDS)
    sys.argv = program["arguments"]
    exec(program["source"], {"__name__": "__main__"})


if __name__ == "__main__":
    _serve()
