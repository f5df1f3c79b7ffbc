"""Say how many of a suite's comparisons came out the same, and why the others did not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

UNEXPLAINED = "differ for another reason:"


def reason_of(line: str, exceptions: Mapping[str, str]) -> str:
    """Why a comparison differs: the first reason whose pattern is in the line that describes the difference."""
    return next((reason for reason, pattern in exceptions.items() if re.search(pattern, line)), UNEXPLAINED)


def report(kind: str, lines: Sequence[str], exceptions: Mapping[str, str]) -> float:
    """Print a summary of comparisons, and return how many per cent are the same: those whose lines are empty."""
    different = [line for line in lines if line]
    equal = len(lines) - len(different)
    share = 100 * equal / (len(lines) or 1)
    print(f"{equal} of {len(lines)} {kind} come back the same: {share:.2f} %")
    for reason, count in Counter(reason_of(line, exceptions) for line in different).most_common():
        print(f"{count:8} {reason}")
    for line in different:
        if reason_of(line, exceptions) == UNEXPLAINED:
            print(f"         {line}")
    return share
