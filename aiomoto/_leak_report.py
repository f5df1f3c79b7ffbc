"""Say at the end of a mock what was left open."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Literal

from aiomoto._calls.left_open import Leak
from aiomoto._errors import AiomotoError, AiomotoLeakWarning


def report(leaks: Sequence[Leak], action: Literal["ignore", "warn", "error"]) -> None:
    """Warn of leaks, or raise an error, as the option ``leaks`` of the mock says.

    Raises:
        AiomotoError: there are leaks, and they are to be an error.
    """
    if not leaks or action == "ignore":
        return
    listed = "".join(f"\n- {leak}" for leak in leaks[:_MOST])
    more = f"\n- and {len(leaks) - _MOST} more" if len(leaks) > _MOST else ""
    message = (
        f"the mock has ended, and this was left open:{listed}{more}\nClose it in the code that opens it, with "
        '`async with`, or set mock_aws(leaks="ignore"); docs/leaks.md says what counts'
    )
    if action == "error":
        raise AiomotoError(message)
    warnings.warn(message, AiomotoLeakWarning, stacklevel=4)


_MOST = 20
