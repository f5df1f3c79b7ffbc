"""The servers that ``multiprocessing`` forks processes from, each with the environment of its mock.

Such a server keeps the environment that it was started in. Processes of one that is older than the mock would go to
AWS with the machine's own keys, and those of one that was started inside would still go to the endpoint after it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Thread
from types import ModuleType
from typing import Any

from aiomoto._environment.variables import environment

MODULE = "multiprocessing.forkserver"


class ForkServers:
    """A server for each mock that asks for one, beside the process's own."""

    def __init__(self) -> None:
        self._servers: dict[object, Any] = {}
        self._preload: Any = None

    def targets(self, module: ModuleType) -> tuple[tuple[Any, str, Any], ...]:
        """What to replace in ``multiprocessing.forkserver``: the functions that it has for its one server."""

        def of_mock(original: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(original)
            def function(*args: Any, **kwargs: Any) -> Any:
                server = self._server(module)
                return (original if server is None else getattr(server, original.__name__))(*args, **kwargs)

            return function

        def of_all(original: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(original)
            def set_forkserver_preload(modules_names: Any) -> Any:
                original(modules_names)
                self._preload = modules_names
                for server in list(self._servers.values()):
                    server.set_forkserver_preload(modules_names)

            return set_forkserver_preload

        return (
            (module, "ensure_running", of_mock),
            (module, "connect_to_new_process", of_mock),
            (module, "set_forkserver_preload", of_all),
        )

    def leave(self, user: object) -> None:
        """End the server of a mock. It goes once its last process has gone: nobody waits for these."""
        server = self._servers.pop(user, None)
        if server is not None:
            # There is no public way. It waits for the server, and so for the server's processes.
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
