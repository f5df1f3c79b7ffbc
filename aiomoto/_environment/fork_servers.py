"""Give each mock its own ``multiprocessing`` fork server, started in the mock's environment.

A fork server keeps the environment in which it was started. Processes from a server that is older than the mock would
call AWS with the machine's own keys; those from one that was started inside would still call the endpoint after it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Thread
from types import ModuleType
from typing import Any

from aiomoto._environment.variables import environment
from aiomoto._patching.replacements import Target

MODULE = "multiprocessing.forkserver"


class ForkServers:
    """One fork server for each mock that uses one, beside the process's own."""

    def __init__(self) -> None:
        self._servers: dict[object, Any] = {}
        self._preload: Any = None

    def targets(self, module: ModuleType) -> tuple[Target, ...]:
        """List what to replace in ``multiprocessing.forkserver``: the functions that use its only server."""

        def for_newest_mock(original: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(original)
            def function(*args: Any, **kwargs: Any) -> Any:
                server = self._server(module)
                return (original if server is None else getattr(server, original.__name__))(*args, **kwargs)

            return function

        def for_all(original: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(original)
            def set_forkserver_preload(modules_names: Any) -> Any:
                original(modules_names)
                self._preload = modules_names
                for server in list(self._servers.values()):
                    server.set_forkserver_preload(modules_names)

            return set_forkserver_preload

        return (
            (module, "ensure_running", for_newest_mock),
            (module, "connect_to_new_process", for_newest_mock),
            (module, "set_forkserver_preload", for_all),
        )

    def leave(self, user: object) -> None:
        """Stop the server of a mock, which ends after its last process; wait no longer than a second for it."""
        server = self._servers.pop(user, None)
        if server is not None:
            # There is no public way to stop it. This one waits for the server, and so for the server's processes.
            ending = Thread(target=server._stop, name="aiomoto-fork-server", daemon=True)
            ending.start()
            ending.join(1)

    def _server(self, module: ModuleType) -> Any:
        user = environment.newest
        if user is None:
            return None
        if user not in self._servers:
            server = module.ForkServer()
            if self._preload is not None:
                server.set_forkserver_preload(self._preload)
            self._servers.setdefault(user, server)
        return self._servers[user]


fork_servers = ForkServers()
