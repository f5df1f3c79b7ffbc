"""What is published: extras that mean what they say, and a README that reads well on a package index."""

from __future__ import annotations

import importlib.util
import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

from tests.programs import ROOT

PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
TABLE = PROJECT.partition("[project.optional-dependencies]\n")[2].partition("\n[")[0]
EXTRAS = {name: re.findall(r'"([^"]+)"', value) for name, value in re.findall(r"^(\w+) = \[(.+)\]", TABLE, re.M)}
URLS = dict(re.findall(r'^(\w+) = "(https://[^"]+)"', PROJECT.partition("[project.urls]")[2], re.M))


def test_extras_of_moto_that_install_something_are_passed_on_by_their_names() -> None:
    required = metadata("moto").get_all("Requires-Dist") or []
    of_moto = {found[1] for each in required if (found := re.search(r"extra == ['\"]([\w-]+)", each))}

    assert of_moto - {"all", "proxy", "server"} <= {name for name in EXTRAS if f"moto[{name}]" in EXTRAS[name]}


def test_all_is_everything_that_the_other_extras_install() -> None:
    everything = re.findall(r'"([^"]+)"', TABLE.partition("\nall = [")[2])

    assert {each for extra in EXTRAS.values() for each in extra if "moto[" not in each} == {
        each for each in everything if each != "moto[all,s3crc32c]"
    }


def test_links_of_the_readme_are_absolute_in_the_metadata() -> None:
    pytest.importorskip("hatchling")  # what builds the package
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    readme = Path(ROOT, "README.md").read_text(encoding="utf-8")

    text = module.absolute(f"{readme}\n[a](docs/faults.md#recipes) [b](examples) ![c](docs/c.png)", URLS)

    assert re.findall(r"\]\((?!https://|#)[^)]*\)", text) == []
    assert text.endswith(
        f"[a]({URLS['Documentation']}faults.html#recipes) [b]({URLS['Source']}/blob/main/examples) "
        f"![c]({URLS['Source']}/raw/main/docs/c.png)"
    )
