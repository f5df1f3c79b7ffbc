"""The public names, and that a name costs nothing until it is used."""

from __future__ import annotations

import inspect
import pydoc
import subprocess
import sys

import pytest

import aiomoto
from tests.programs import ROOT


def run(program: str) -> str:
    """What a program prints, in a fresh process."""
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout


def test_exports_are_sorted_and_exist() -> None:
    assert aiomoto.__all__ == sorted(aiomoto.__all__)
    assert all(hasattr(aiomoto, name) for name in aiomoto.__all__)


def test_every_public_name_is_exported() -> None:
    aiomoto.mock_aws  # noqa: B018
    public = {
        name
        for name in vars(aiomoto)
        if not name.startswith("_") and getattr(getattr(aiomoto, name), "__module__", "").startswith("aiomoto")
    }

    assert "mock_aws" in public
    assert public <= set(aiomoto.__all__)


def test_a_name_is_the_same_object_each_time() -> None:
    assert aiomoto.mock_aws is aiomoto.mock_aws


def test_a_star_import_gives_every_public_name() -> None:
    names: dict[str, object] = {}
    exec("from aiomoto import *", names)

    assert {name for name in names if name != "__builtins__"} == set(aiomoto.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'aiomoto' has no attribute 'mocked'"):
        getattr(aiomoto, "mocked")  # noqa: B009  (for mypy it is an error)


def test_importing_the_package_imports_nothing_that_a_test_run_may_not_need() -> None:
    program = "import sys, aiomoto; print(sorted({'moto', 'boto3', 'botocore', 'aiobotocore'} & sys.modules.keys()))"

    assert run(program) == "[]\n"


def test_the_transport_of_an_sdk_that_is_missing_says_what_to_install() -> None:
    program = "import sys; sys.modules['smithy_http'] = None\ntry:\n    from aiomoto import MotoHTTPClient\n"
    program += "except ImportError as error:\n    print(error)"

    assert run(program).startswith("MotoHTTPClient needs the AWS SDK for Python v4, on Python 3.12 or later: pip inst")


def test_dir_lists_the_public_names_before_any_is_used_and_no_others() -> None:
    program = "import aiomoto; print(set(dir(aiomoto)) ^ {*aiomoto.__all__, '__version__'})"

    assert run(program) == "set()\n"


def test_help_shows_each_option_of_mock_aws_with_its_type_default_and_meaning() -> None:
    shown = pydoc.plain(pydoc.render_doc(aiomoto.mock_aws))

    assert "sleep: Literal['real', 'instant'] = 'real'" in shown
    options = list(inspect.signature(aiomoto.mock_aws).parameters)
    assert options[:3] == ["func", "config", "reset"]
    assert [name for name in options if f"\n        {name}: " not in shown.partition("Args:")[2]] == []


def test_mock_aws_in_a_class_is_no_method() -> None:
    class Settings:
        mock = aiomoto.mock_aws

    assert Settings().mock is aiomoto.mock_aws  # type: ignore[misc]
