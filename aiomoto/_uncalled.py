"""``mock_aws`` used without being called, a common first mistake: the error says what to write."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from inspect import Signature
from typing import Any, NoReturn


class ToBeCalled:
    """``mock_aws``, with an error that says what to write if it is used without being called."""

    def __init__(self, function: Callable[..., Any], made: type, signature: Callable[[], Signature]) -> None:
        update_wrapper(self, function)
        self._function = function
        self._made = made
        self._signature = signature

    @property
    def __signature__(self) -> Signature:
        return self._signature()

    def __get__(self, instance: object, owner: type | None = None) -> ToBeCalled:
        # With it `help` shows the signature, as for a function; but it does not become a method in a class.
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __repr__(self) -> str:
        return repr(self._function)

    def __reduce__(self) -> str:
        return self._function.__name__  # copied and pickled as a function is

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        message = f"{self._function.__name__} has no attribute {name!r}"
        if hasattr(self._made, name) or name in self._made.__annotations__:
            message = f"mock_aws must be called: write `aws = mock_aws()`, and then `aws.{name}`"
        raise AttributeError(message, name=name, obj=self)

    def _refuse(self, *args: Any) -> NoReturn:
        raise TypeError("mock_aws must be called: write `with mock_aws() as aws:` or `async with mock_aws() as aws:`")

    __enter__ = __exit__ = __aenter__ = __aexit__ = _refuse
