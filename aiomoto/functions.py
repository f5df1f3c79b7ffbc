"""``aws.functions``: Lambda functions that run in the test's own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, TypeVar
from uuid import uuid4

from moto.core import DEFAULT_ACCOUNT_ID

from aiomoto._aws.names import suggestion
from aiomoto._aws.regions import partition_of
from aiomoto._calls.log import CallLog
from aiomoto._calls.record import Record
from aiomoto._environment.variables import region as default_region
from aiomoto._errors import ArgumentError
from aiomoto._functions.answering import Answering
from aiomoto._functions.context import Context
from aiomoto._functions.handler import Handler, Registered
from aiomoto._functions.jobs import jobs_of
from aiomoto._functions.pending import Pending
from aiomoto._functions.record import Invocation
from aiomoto._functions.runtime import Runtime
from aiomoto._installation import installation
from aiomoto._observers import ObservedMock, functions_of, observers
from aiomoto._run import Run
from aiomoto._scripting import Moto

__all__ = ["Context", "Functions", "Handler", "Invocation"]

AnyHandler = TypeVar("AnyHandler", bound=Callable[..., Any])


class Functions(MutableMapping[str, Handler]):
    """The Lambda functions of one mock: their handlers by name.

    ``aws.functions["resize"] = handler`` creates the function, unless it exists; ``del aws.functions["resize"]``
    deletes it. A function that the code under test creates runs the handler under its name, whichever came first. In
    nested mocks the handlers of the innermost mock are tried first, then those of the mocks around it.
    """

    invocations: list[Invocation]
    """Every run of a handler, in order."""

    def __init__(self, owner: object, run: Callable[[], Run | None]) -> None:
        self.owner = owner
        self.invocations = []
        self.stream = uuid4().hex
        self.running: dict[str, int] = {}
        self.under_way: list[Any] = []
        self.pending = Pending()
        self.backlogs: dict[tuple[str, str], Any] = {}
        self.hops: dict[str, int] = {}
        self.delivered: set[str] = set()
        self.errors: list[Exception] = []
        self._run = run
        self._registered: dict[str, Registered] = {}
        self._created: dict[str, object] = {}  # what held the functions when they were created
        self._to_delete: list[Registered] = []

    def add(
        self,
        name: str,
        handler: Handler,
        /,
        *,
        timeout: float = 3,
        memory: int = 128,
        environment: Mapping[str, str] | None = None,
        region: str | None = None,
        may_fail: bool = False,
    ) -> str:
        """Register a handler, and create its function if the code under test has not.

        Args:
            name: the name of the function.
            handler: a function of the event and the context, plain or async; or a generator, plain or async, of the
                chunks of a response stream. An async one runs on the loop of the client that calls, or else on a loop
                of its own; a plain one in a thread of its own.
            timeout: the function's timeout in seconds. It may be a fraction, which AWS does not have.
            memory: the function's memory in MB.
            environment: the function's environment variables. With a mapping, even an empty one, the variables of the
                function's configuration are in ``os.environ`` while a plain handler runs. The whole process sees them
                meanwhile, so functions that run at the same time should not differ in them.
            region: the region that the handler is for; ``None`` for all. The function is created in this region, or
                else in the one that the environment names.
            may_fail: whether an error of the handler may go unnoticed by the test.

        Returns:
            The function's ARN.

        Raises:
            ArgumentError: an argument has a wrong value.
        """
        registered = Registered(name, handler, timeout, memory, environment, region, may_fail)
        self._registered[name] = registered
        self._join()
        self._created.pop(name, None)
        return self.arn(name)

    def handler(self, name: str, /, **options: Any) -> Callable[[AnyHandler], AnyHandler]:
        """Decorate a handler, to register it.

        Args:
            name: the name of the function.
            options: those of :meth:`add`.

        Raises:
            ArgumentError: an argument has a wrong value.
        """
        if not isinstance(name, str):
            raise ArgumentError(
                f'the decorator needs the name of the function: @aws.functions.handler("resize"), not {name!r}'
            )

        def register(handler: AnyHandler) -> AnyHandler:
            self.add(name, handler, **options)
            return handler

        return register

    def arn(self, name: str, /) -> str:
        """Return the ARN of a function that has a handler here.

        Args:
            name: the name of the function.

        Raises:
            KeyError: there is none of that name.
        """
        region = self._find(name).region or default_region()
        return f"arn:{partition_of(region)}:lambda:{region}:{DEFAULT_ACCOUNT_ID}:function:{name}"

    @property
    def unhandled(self) -> list[Invocation]:
        """The invocations that have failed, that nobody waited for, and that no further attempt has made good."""
        failed = [each for each in self.invocations if each.failure is not None and not each.may_fail]
        return [each for each in failed if each.delivery is not None and not self.delivered.issuperset(each.delivery)]

    def begin(self) -> None:
        """Begin with one run of the mock."""
        for each in (self.invocations, self.delivered, self.errors):
            each.clear()
        if self:
            self._join()

    def _join(self) -> None:
        if (run := self._run()) is not None:
            installation.use_functions()
            run.exchange.functions = self

    def clear(self) -> None:
        """Forget all handlers. The invocations can still be read."""
        self._registered.clear()
        self._created.clear()
        self._to_delete.clear()
        self.pending.clear()
        self.backlogs.clear()

    def __getitem__(self, name: str) -> Handler:
        return self._find(name).handler

    def __setitem__(self, name: str, handler: Handler) -> None:
        self.add(name, handler)

    def __delitem__(self, name: str) -> None:
        self._to_delete.append(self._find(name))
        del self._registered[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._registered)

    def __len__(self) -> int:
        return len(self._registered)

    def __bool__(self) -> bool:
        return bool(self._registered or self._to_delete)

    def __repr__(self) -> str:
        return f"<Functions {', '.join(self._registered) or '(none)'}>"

    def _find(self, name: str) -> Registered:
        if name not in self._registered:
            raise KeyError(f"aws.functions has no handler for {name!r}{suggestion(str(name), self._registered)}")
        return self._registered[name]

    # ------------------------------------------------------------ what runs them

    def around(
        self, moto: Moto, record: Record, others: Sequence[Functions], owner: Any, read_timeout: float | None
    ) -> Moto:
        """Run the function that a call invokes, or those that it sets off, as ``Between.around`` says."""
        answering = Answering(Runtime(others, owner, jobs_of), record, moto, read_timeout)
        return Moto(answering.respond, answering.respond_async)

    def act(self) -> None:
        """Create and delete Moto's functions accordingly. The lock of Moto's backends is held."""
        from aiomoto._moto import lambdas  # slow to import, because of Moto's models

        while self._to_delete:
            each = self._to_delete.pop()
            lambdas.delete(DEFAULT_ACCOUNT_ID, _region_of(each), each.name)
        for name, each in self._registered.items():
            holder = lambdas.holder_of(DEFAULT_ACCOUNT_ID, _region_of(each))
            if self._created.get(name) is holder:
                continue
            lambdas.create(
                DEFAULT_ACCOUNT_ID,
                _region_of(each),
                name,
                timeout=each.timeout,
                memory=each.memory,
                environment=each.environment or {},
                handler=each.path,
            )
            self._created[name] = holder

    def find(self, name: str, region: str) -> Registered | None:
        """The handler of a function; ``None`` if there is none here."""
        found = self._registered.get(name)
        return found if found is not None and found.region in (None, region) else None


def _region_of(registered: Registered) -> str:
    return registered.region or default_region()


class _Watch:
    """Lets the functions of each mock begin and end with it."""

    wants_details = False

    def started(self, mock: ObservedMock) -> None:
        if isinstance(functions := functions_of(mock), Functions):
            functions.begin()

    def ending(self, mock: ObservedMock) -> None:
        if isinstance(functions := functions_of(mock), Functions):
            functions.clear()

    def clearing(self, log: CallLog) -> None:
        """Do nothing: invocations are not calls."""


observers.append(_Watch())
