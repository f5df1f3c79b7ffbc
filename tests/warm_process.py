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
from functools import cache
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


def run(source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a source as ``python -c`` does, from the project's folder, in the environment of this moment."""
    with TemporaryDirectory() as folder:
        stdout, stderr = Path(folder, "stdout"), Path(folder, "stderr")
        program = {
            "source": source,
            "arguments": ["-c", *arguments],
            "environ": dict(os.environ),
            "output": [str(stdout), str(stderr)],
        }
        process = _process()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(program) + "\n")
        process.stdin.flush()
        code = int(process.stdout.readline())
        return subprocess.CompletedProcess(source, code, stdout.read_text("utf-8"), stderr.read_text("utf-8"))


@cache
def _process() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", __name__]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def end() -> None:
    """End the process, where one was started."""
    if _process.cache_info().currsize:
        with _process() as process:
            process.communicate()
        _process.cache_clear()


# ---------------------------------------------------------------- in that process


def _serve() -> None:
    for library in _LIBRARIES:
        import_module(library)
    gc.freeze()  # so that no program spends time on looking through them
    while line := sys.stdin.readline():
        pid = os.fork()
        if not pid:
            _become(json.loads(line))
            return
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


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
