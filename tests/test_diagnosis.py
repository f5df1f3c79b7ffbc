"""``python -m aiomoto``: what it says of the machine, and its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import aiomoto
from tests.programs import ROOT

pytestmark = pytest.mark.thorough

# Reaching for the network would be an error.
OFFLINE = """
import runpy, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"{event} {arguments}")

sys.addaudithook(refuse)
sys.argv[1:] = []
"""
RUN = "runpy.run_module('aiomoto', run_name='__main__')\n"


def diagnose(folder: Path, program: str = OFFLINE + RUN, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process that has no AWS configuration but this."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    env = {**own, "HOME": str(folder), "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def section(output: str, heading: str) -> list[str]:
    """The lines below a heading."""
    return [line.strip() for line in output.partition(f"{heading}\n")[2].partition("\n\n")[0].splitlines()]


def test_it_shows_versions_and_what_is_replaced_and_that_nothing_is_missing(tmp_path: Path) -> None:
    result = diagnose(tmp_path, AWS_EC2_METADATA_DISABLED="true")

    assert (result.returncode, result.stderr) == (0, "")
    libraries = dict(line.split(maxsplit=1) for line in section(result.stdout, f"aiomoto {aiomoto.__version__}"))
    assert (libraries["moto"], libraries["botocore"]) == (version("moto"), version("botocore"))
    replaced = section(result.stdout, "Replaced while a mock is active")
    assert "botocore.httpsession: URLLib3Session.send" in replaced
    assert section(result.stdout, "Names that aiomoto needs and that are missing")[0].startswith("none")
    assert section(result.stdout, "Variables of this environment that a mock hides") == ["AWS_EC2_METADATA_DISABLED"]
    assert section(result.stdout, "Can a request reach AWS from here, without a mock?") == [
        "no: there are no credentials here"
    ]


def test_it_names_where_credentials_are_and_shows_none_of_them(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        "[profile work]\naws_access_key_id = AKIAFILE\naws_secret_access_key = filesecret\n"
        f"credential_process = touch {tmp_path}/hidden-program\n"
    )
    keys = {"AWS_ACCESS_KEY_ID": "AKIAVARIABLE", "AWS_SECRET_ACCESS_KEY": "variablesecret"}
    elsewhere = {"AWS_PROFILE": "work", "AWS_CONFIG_FILE": str(tmp_path / "config")}
    endpoint = {"AWS_ENDPOINT_URL_S3": "http://hidden-host:4566"}

    result = diagnose(tmp_path, **keys, **elsewhere, **endpoint)

    assert (result.returncode, result.stderr) == (0, "")
    assert [each.name for each in tmp_path.iterdir()] == ["config"]
    assert section(result.stdout, "Can a request reach AWS from here, without a mock?") == [
        "yes, if the credentials are valid:",
        "keys, from the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
        "keys, from the profile 'work': aws_access_key_id",
        "a program that prints keys, from the profile 'work': credential_process",
        "requests go to other endpoints: AWS_ENDPOINT_URL_S3",
    ]
    assert section(result.stdout, "Variables of this environment that a mock hides") == [
        "AWS_ACCESS_KEY_ID",
        "AWS_CONFIG_FILE",
        "AWS_PROFILE",
        "AWS_SECRET_ACCESS_KEY",
    ]
    assert [each for each in ("AKIA", "filesecret", "variablesecret", "hidden-") if each in result.stdout] == []


@pytest.mark.thorough
def test_without_credentials_it_says_that_an_instance_would_be_asked_and_asks_none(tmp_path: Path) -> None:
    result = diagnose(tmp_path, AWS_PROFILE="gone")

    assert result.returncode == 0
    verdict = section(result.stdout, "Can a request reach AWS from here, without a mock?")
    assert verdict[0].startswith("only on a machine of AWS: there are no credentials here")


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ("import moto.settings as owner; name = 'S3_IGNORE_SUBDOMAIN_BUCKETNAME'", "moto.settings.S3_IGNORE_SUBDOMAIN"),
        ("from botocore.httpsession import URLLib3Session as owner; name = 'send'", "botocore.httpsession.URLLib3Sess"),
        (
            "import aiobotocore.httpsession, aiobotocore.awsrequest as owner; name = 'AioAWSResponse'",
            "aiobotocore.awsrequest.AioAWSResponse",
        ),
    ],
    ids=["required", "replaced", "imported"],
)
def test_a_name_that_a_library_lacks_is_named_and_the_exit_status_is_1(
    tmp_path: Path, without: str, missing: str
) -> None:
    result = diagnose(tmp_path, f"{OFFLINE}{without}\ndelattr(owner, name)\n{RUN}")

    assert result.returncode == 1
    (line, *_) = section(result.stdout, "Names that aiomoto needs and that are missing")
    library = missing.partition(".")[0]
    assert line.startswith(f"{library} {version(library)} has no {missing}")


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "aiomoto"]

    result = subprocess.run(command, cwd=tmp_path, env=env, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)

    assert result.stderr == b""
