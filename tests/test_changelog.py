"""CHANGELOG.md follows Keep a Changelog, and its newest version is the package's."""

from __future__ import annotations

import re
from datetime import date

import aiomoto
from tests.programs import ROOT

TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2}|unreleased)$", TEXT, re.MULTILINE)


def test_the_top_version_is_the_package_s() -> None:
    assert RELEASES[0][0] == aiomoto.__version__.removesuffix(".dev0")


def test_a_development_version_is_unreleased_and_a_release_has_a_date() -> None:
    assert (RELEASES[0][1] == "unreleased") == aiomoto.__version__.endswith(".dev0")


def test_every_heading_is_a_release_and_only_the_newest_is_unreleased() -> None:
    headings = re.findall(r"^## .*$", TEXT, re.MULTILINE)

    assert headings == [f"## {version} - {day}" for version, day in RELEASES]
    assert "unreleased" not in [day for _, day in RELEASES[1:]]


def test_releases_are_listed_from_the_newest_to_the_oldest() -> None:
    days = [date.fromisoformat(day) for _, day in RELEASES if day != "unreleased"]

    assert days == sorted(days, reverse=True)


def test_changes_since_the_first_release_are_grouped_under_the_six_kinds() -> None:
    kinds = re.findall(r"^### (.*)$", TEXT.partition("## 1.0.0 - ")[0], re.MULTILINE)

    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
