"""The page of one test: its calls, and what was there at its end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from html import escape
from importlib.metadata import version
from platform import python_version

from aiomoto import _clock
from aiomoto._calls.call import Call, number_of_calls, printable
from aiomoto._calls.left_open import Leak
from aiomoto._calls.log import Wait
from aiomoto._calls.table import milliseconds
from aiomoto._functions.record import Invocation
from aiomoto._moto.state import Existing
from aiomoto._report.call_data import CallData
from aiomoto._report.invocations import cells
from aiomoto._report.page import element, page, table
from aiomoto._report.places import short_path
from aiomoto._report.suspicions import Suspicion, suspicions

_SCRIPTS = ("python.js", "timeline.js", "rows.js", "list.js", "bodies.js", "details.js", "trace.js")
_MOST_WITHOUT_SCRIPT = 1000
_MOST_EXISTING = 2000
_MOST_INVOCATIONS = 1000


@dataclass
class Trace:
    """What the page of a test shows.

    Attributes:
        title: the id of the test.
        calls: the calls, in the order in which they began.
        waits: the waits that were skipped.
        invocations: the runs of Lambda functions, in the order in which they began.
        leaks: what was left open.
        existing: what existed at the end; ``None`` if that is unknown.
        records_bodies: whether bodies were recorded.
        outcome: how the test ended; empty if that is unknown.
        duration: the seconds that it took.
        failure: the message of its failure.
        began: when it began, by ``_clock.now``; ``None`` for the first call.
        index: the name of the index page, if there is one.
        secrets: whether to show secrets.
    """

    title: str
    calls: Sequence[Call]
    waits: Sequence[Wait] = ()
    invocations: Sequence[Invocation] = ()
    leaks: Sequence[Leak] = ()
    existing: Sequence[Existing] | None = None
    records_bodies: bool = False
    outcome: str = ""
    duration: float | None = None
    failure: str = ""
    began: float | None = None
    index: str = ""
    secrets: bool = False
    suspicions: list[Suspicion] = field(init=False)

    def __post_init__(self) -> None:
        self.calls = sorted(self.calls, key=lambda call: call.began)
        self.suspicions = suspicions(self.calls)

    @property
    def origin(self) -> float:
        """The moment that times are counted from."""
        return self.began if self.began is not None else min((call.began for call in self.calls), default=_clock.now())


def trace_page(trace: Trace) -> bytes:
    """Write the page of a test."""
    data = CallData(trace.calls, trace.waits, trace.origin, secrets=trace.secrets).as_json()
    options = {"recordsBodies": trace.records_bodies, "secrets": trace.secrets}
    return page(trace.title, _body(trace), {**data, **options}, scripts=_SCRIPTS)


def _body(trace: Trace) -> str:
    return "".join(
        [
            _header(trace),
            "<main>",
            _failure(trace.failure),
            _suspicions(trace.suspicions),
            '<div id="calls"></div>',
            _without_script(trace.calls),
            _functions(trace),
            '<div class="endings">',
            _state(trace.existing),
            _leaks(trace.leaks),
            "</div></main>",
        ]
    )


def _header(trace: Trace) -> str:
    name = trace.title.replace("::", "::\u200b")
    back = element("a", "All tests", href=trace.index, class_="back") if trace.index else ""
    badge = element("span", trace.outcome, class_=f"badge {trace.outcome}") if trace.outcome else ""
    facts = " ".join(element("span", fact) for fact in _facts(trace))
    return f"<header>{back}<div class='title'>{badge}{element('h1', name)}</div><p class='facts'>{facts}</p></header>"


def _facts(trace: Trace) -> list[str]:
    attempts, calls = len(trace.calls), number_of_calls(trace.calls)
    moment = datetime.fromtimestamp(_clock.wall() - (_clock.now() - trace.origin), timezone.utc)
    return [
        *([f"{trace.duration:.2f} s"] if trace.duration is not None else []),
        f"{calls:,} call{'s' if calls != 1 else ''}" + (f" in {attempts:,} attempts" if attempts > calls else ""),
        f"{moment:%Y-%m-%d %H:%M:%S} UTC",
        f"Python {python_version()}",
        *(f"{name} {number}" for name, number in _versions()),
        *(["secrets are shown"] if trace.secrets else []),
    ]


def _versions() -> list[tuple[str, str]]:
    return [("Moto", version("moto")), ("aiomoto", sys.modules["aiomoto"].__version__)]


def _failure(text: str) -> str:
    if not text:
        return ""
    errors = [line.removeprefix("E").strip() for line in text.splitlines() if line.startswith("E ")]
    summary = f"Failure {element('span', errors[0] if errors else '', class_='quiet')}"
    return f"<details class='failure' open><summary>{summary}</summary><pre tabindex='0'>{escape(text)}</pre></details>"


def _suspicions(found: Sequence[Suspicion]) -> str:
    lines = "".join(element("li", str(each)) for each in found)
    return f"<ul class='suspicions' aria-label='Suspicions'>{lines}</ul>" if found else ""


def _without_script(calls: Sequence[Call]) -> str:
    rows = [
        (
            str(number),
            call.service or "?",
            call.operation or "?",
            call.outcome,
            milliseconds(call.duration),
            str(call.attempt),
        )
        for number, call in enumerate(calls[:_MOST_WITHOUT_SCRIPT])
    ]
    more = len(calls) - len(rows)
    note = element("p", f"{more:,} more calls are shown by the page's script.") if more else ""
    headings = ("#", "Service", "Operation", "Outcome", "ms", "Attempt")
    return f"<noscript><section><h2>Calls</h2>{table(headings, rows)}{note}</section></noscript>"


def _functions(trace: Trace) -> str:
    if not trace.invocations:
        return ""
    rows = [cells(each, secrets=trace.secrets) for each in trace.invocations[:_MOST_INVOCATIONS]]
    more = len(trace.invocations) - len(rows)
    note = element("p", f"and {more:,} more", class_="quiet") if more else ""
    runs = table(("Function", "Invoked by", "ms", "Result or error"), rows)
    return f"<section><h2>Functions that ran</h2>{runs}{note}</section>"


def _state(existing: Sequence[Existing] | None) -> str:
    return f"<section><h2>State at the end</h2>{_resources(existing)}</section>"


def _resources(existing: Sequence[Existing] | None) -> str:
    if existing is None:
        return element("p", "Unknown: the mock had ended before this page was written.", class_="quiet")
    if not existing:
        return element("p", "Nothing existed.", class_="quiet")
    rows = [map(printable, (each.service, each.name, each.detail, each.region)) for each in existing[:_MOST_EXISTING]]
    more = len(existing) - len(rows)
    note = element("p", f"and {more:,} more", class_="quiet") if more else ""
    return table(("Service", "Name", "", "Region"), rows) + note


def _leaks(leaks: Sequence[Leak]) -> str:
    if not leaks:
        return f"<section><h2>Leaks</h2>{element('p', 'Nothing was left open.', class_='quiet')}</section>"
    rows = [
        (leak.kind, " ".join(filter(None, (leak.service, leak.operation))), short_path(leak.where or ""))
        for leak in leaks
    ]
    return f"<section><h2>Leaks</h2>{table(('What', 'Of', 'Opened at'), rows)}</section>"
