"""The index page: all tests of a run in which a mock was active."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, TypedDict

from aiomoto._calls.call import number_of_calls
from aiomoto._report.page import element, page
from aiomoto._report.trace import Trace

INDEX = "index.html"
_SLOWEST = 15


class SlowCall(TypedDict):
    """A call among the slowest ones of its test, in milliseconds."""

    name: str
    ms: float


class Entry(TypedDict):
    """What the index says of a test. It is plain JSON, since a worker of pytest-xdist hands it over."""

    test: str
    outcome: str
    seconds: float
    calls: int
    attempts: int
    errors: int
    file: str
    slowest: list[SlowCall]
    suspicions: list[str]


def entry_of(trace: Trace, file: str) -> Entry:
    """Sum up a test. ``file`` is the name of its page, or empty."""
    timed = [call for call in trace.calls if call.duration is not None]
    slowest = sorted(timed, key=lambda call: -(call.duration or 0))[:_SLOWEST]
    return Entry(
        test=trace.title,
        outcome=trace.outcome,
        seconds=trace.duration or 0.0,
        calls=number_of_calls(trace.calls),
        attempts=len(trace.calls),
        errors=sum(call.has_failed for call in trace.calls),
        file=file,
        slowest=[
            SlowCall(name=f"{each.service or '?'} {each.operation or '?'}", ms=(each.duration or 0) * 1000)
            for each in slowest
        ],
        suspicions=list(map(str, trace.suspicions)),
    )


def index_page(entries: Sequence[Entry]) -> bytes:
    """Write the index of a run."""
    tests = sorted(entries, key=lambda each: (each["outcome"] not in ("failed", "error"), each["test"]))
    body = (
        f"{_header(tests)}<main>{_tests(tests)}<div class='endings'>{_suspicions(tests)}{_slowest(tests)}</div></main>"
    )
    return page("aiomoto report", body, {}, scripts=["index.js"])


def _header(entries: Sequence[Entry]) -> str:
    outcomes = [each["outcome"] for each in entries]
    counts = [f"{outcomes.count(each):,} {each}" for each in sorted(set(outcomes))]
    calls, seconds = sum(each["calls"] for each in entries), sum(each["seconds"] for each in entries)
    facts = [f"{len(entries):,} tests with AWS", *counts, f"{calls:,} calls", f"{seconds:.2f} s"]
    shown = " ".join(element("span", each) for each in facts)
    return f"<header><h1>aiomoto report</h1><p class='facts'>{shown}</p></header>"


def _tests(entries: Iterable[Entry]) -> str:
    headings = ("Outcome", "Test", "Calls", "Attempts", "Errors", "Seconds")
    head = "".join(
        element("th", heading, scope="col", class_="figure" if place > 1 else "")
        for place, heading in enumerate(headings)
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, entries))}</tbody></table>"
    return f"<section id='tests'><h2>Tests</h2><div class='scrolls'>{table}</div></section>"


def _row(entry: Entry) -> str:
    badge = element("span", entry["outcome"], class_=f"badge {entry['outcome']}")
    figures = (f"{entry['calls']:,}", f"{entry['attempts']:,}", f"{entry['errors']:,}", f"{entry['seconds']:.2f}")
    cells = "".join(element("td", figure, class_="figure") for figure in figures)
    return f"<tr data-outcome='{escape(entry['outcome'])}'><td>{badge}</td><td>{_link(entry)}</td>{cells}</tr>\n"


def _link(entry: Entry) -> str:
    return element("a", entry["test"], href=entry["file"]) if entry["file"] else escape(entry["test"])


def _suspicions(entries: Iterable[Entry]) -> str:
    rows = "".join(
        f"<tr><td>{escape(each)}</td><td>{_link(entry)}</td></tr>" for entry in entries for each in entry["suspicions"]
    )
    return _section("Suspicions", "One call may do what these loops do.", rows, "No loops of calls were found.")


def _slowest(entries: Iterable[Entry]) -> str:
    calls: list[tuple[SlowCall, Any]] = [(call, entry) for entry in entries for call in entry["slowest"]]
    slowest = sorted(calls, key=lambda pair: -pair[0]["ms"])[:_SLOWEST]
    rows = "".join(
        f"<tr><td class='figure'>{call['ms']:.1f} ms</td><td>{escape(call['name'])}</td><td>{_link(entry)}</td></tr>"
        for call, entry in slowest
    )
    return _section("Slowest calls", "", rows, "No calls were made.")


def _section(title: str, hint: str, rows: str, otherwise: str) -> str:
    content = (
        f"<div class='scrolls'><table><tbody>{rows}</tbody></table></div>"
        if rows
        else element("p", otherwise, class_="quiet")
    )
    note = element("p", hint, class_="quiet") if rows and hint else ""
    return f"<section><h2>{title}</h2>{note}{content}</section>"
