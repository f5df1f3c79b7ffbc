"""The benchmarks run, and say what they measured: in a table, in a file, and in a picture. No time is judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import MOTO
from tests.programs import ROOT

pytestmark = pytest.mark.thorough

BENCHMARKS = ROOT / "benchmarks"


def test_one_round_gives_a_table_a_file_and_a_picture(tmp_path: Path) -> None:
    cases = ("--case", "start_stop", "--case", "dynamodb_get")
    contenders = ("--contender", "aiomoto", "--contender", "moto")
    command = [sys.executable, str(BENCHMARKS / "run.py"), "--rounds", "1", *cases, *contenders]

    printed = subprocess.run(
        [*command, "--output", str(tmp_path)], capture_output=True, text=True, check=True, timeout=120
    ).stdout

    medians = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["medians"]
    assert list(medians) == ["start_stop", "dynamodb_get"]
    assert [list(row) for row in medians.values()] == [["aiomoto", "moto"], ["aiomoto", "moto"]]
    assert "| DynamoDB get" in printed
    assert "start and stop: aiomoto / Moto's mock, boto3" in printed
    assert _words(tmp_path / "results.svg") >= {"DynamoDB get", "start and stop", "aiomoto", "Moto's mock, boto3"}


@pytest.mark.skipif(MOTO < (5, 2, 4), reason="the floor knows how newer versions of Moto call their handlers")
@pytest.mark.parametrize("part", ["client", "handler"])
def test_floor_of_each_service_is_measured(part: str) -> None:
    command = [sys.executable, str(BENCHMARKS / "worker.py"), part]
    cases = "dynamodb_put\ns3_get\nsqs_receive\n"

    result = subprocess.run(command, input=cases, capture_output=True, text=True, check=True, timeout=120)

    assert [len(json.loads(line)["wall"]) for line in result.stdout.splitlines()] == [40, 40, 40]


def test_bytecodes_of_an_operation_are_counted_by_package() -> None:
    command = [sys.executable, str(BENCHMARKS / "bytecodes.py"), "--case", "dynamodb_get", "--contender", "aiomoto"]

    head, _, row = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()[
        -3:
    ]

    counts = dict(zip(head.replace(" ", "").split("|"), row.replace(" ", "").split("|"), strict=True))
    assert 0 < int(counts["aiomoto"].replace(",", "")) < int(counts["all"].replace(",", ""))


def _words(picture: Path) -> set[str]:
    return {element.text or "" for element in ElementTree.parse(picture).iter() if element.tag.endswith("text")}
