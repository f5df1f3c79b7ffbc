"""CHANGELOG.md follows Keep a Changelog, and its newest version is the package's."""

from __future__ import annotations

import re
from datetime import date

import aiomoto
from tests.programs import ROOT

TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$", TEXT, re.MULTILINE)


def test_the_top_version_is_the_package_s() -> None:
    assert RELEASES[0][0] == aiomoto.__version__


def test_every_heading_is_a_dated_release_or_unreleased() -> None:
    headings = re.findall(r"^## .*$", TEXT, re.MULTILINE)

    assert [heading for heading in headings if heading != "## Unreleased"] == [
        f"## {version} - {day}" for version, day in RELEASES
    ]


def test_releases_are_listed_from_the_newest_to_the_oldest() -> None:
    days = [date.fromisoformat(day) for _, day in RELEASES]

    assert days == sorted(days, reverse=True)


def test_changes_are_grouped_under_the_six_kinds() -> None:
    kinds = re.findall(r"^### (.*)$", TEXT, re.MULTILINE)

    assert kinds
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
