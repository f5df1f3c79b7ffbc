"""Draw the results as a plain SVG bar chart, with a group of bars for each case."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from plan import CONTENDERS, PLANS
from report import Results

_CASES = ("s3_put", "s3_get", "dynamodb_put", "dynamodb_get", "sqs_send", "start_stop", "typical_test")
_COLOURS = {"aiomoto": "#d9480f", "aiomoto_boto3": "#f59f00", "moto": "#868e96", "server": "#495057", "peer": "#adb5bd"}

_WIDTH, _LEFT, _RIGHT, _TOP = 760, 150, 70, 56
_BAR, _GAP = 13, 14

_PAGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"
     font-family="system-ui, sans-serif" font-size="12">
<title>{title}</title>
<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>
<text x="16" y="24" font-size="14" font-weight="600" fill="#212529">{title}</text>
{content}
</svg>
"""
_LABEL = '<text x="{x}" y="{y}" text-anchor="end" fill="#212529">{text}</text>'
_BAR_OF = (
    '<rect x="{x}" y="{y}" width="{width:.1f}" height="{height}" fill="{colour}"/>'
    '<text x="{end:.1f}" y="{base}" font-size="10" fill="#495057">{text}</text>'
)
_KEY = (
    '<rect x="{x}" y="36" width="10" height="10" fill="{colour}"/>'
    '<text x="{text_x}" y="45" font-size="11" fill="#495057">{text}</text>'
)


def draw(results: Results) -> str:
    """Draw the medians of wall time, each case on its own scale."""
    medians = results["medians"]
    rows = {case: [name for name in _COLOURS if name in medians[case]] for case in _CASES if case in medians}
    present = [name for name in _COLOURS if any(name in names for names in rows.values())]
    content = [*_key(present)]
    y = _TOP + _GAP
    for case, names in rows.items():
        content.append(_LABEL.format(x=_LEFT - 10, y=y + len(names) * _BAR / 2 + 4, text=escape(PLANS[case].title)))
        times = {name: medians[case][name]["wall"] for name in names}
        content += _bars(times, y)
        y += len(names) * _BAR + _GAP
    title = "Milliseconds, median; each case on its own scale"
    return _PAGE.format(width=_WIDTH, height=y, title=title, content="\n".join(content))


def _key(names: list[str]) -> Iterator[str]:
    x = _LEFT
    for name in names:
        yield _KEY.format(x=x, text_x=x + 14, colour=_COLOURS[name], text=escape(CONTENDERS[name]))
        x += 30 + 6 * len(CONTENDERS[name])


def _bars(times: dict[str, float], y: int) -> Iterator[str]:
    longest = max(times.values())
    for number, (name, time) in enumerate(times.items()):
        width = (_WIDTH - _LEFT - _RIGHT) * time / longest
        top = y + number * _BAR
        yield _BAR_OF.format(
            x=_LEFT,
            y=top,
            width=width,
            height=_BAR - 1,
            colour=_COLOURS[name],
            end=_LEFT + width + 4,
            base=top + _BAR - 3,
            text=f"{time:.2f}",
        )
