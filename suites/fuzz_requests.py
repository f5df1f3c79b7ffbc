"""Fuzz requests with atheris, guided by coverage of aiomoto: each must get a response or a known error.

python suites/fuzz_requests.py [libFuzzer options, such as -max_total_time=60]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the tests' strategies and their guard

with atheris.instrument_imports(include=["aiomoto"]):
    import aiomoto
    import aiomoto._mock  # the package loads it at first use

from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session
from hypothesis import given

from tests.fuzzing import REQUESTS, errors_of_others
from tests.guard import NetworkError as NetworkError  # blocks the network

session = URLLib3Session()


@given(REQUESTS)
def send(request: Any) -> None:
    """Send one request. Any error that does not come from AWS, a library or aiomoto ends the run with a traceback."""
    method, url, headers, body = request
    with errors_of_others():
        assert isinstance(session.send(AWSPreparedRequest(method, url, headers, body, False)).content, bytes)


def main() -> None:
    """Fuzz until the time is over or a fault is found."""
    with aiomoto.mock_aws():
        atheris.Setup(sys.argv, send.hypothesis.fuzz_one_input)  # type: ignore[attr-defined]
        atheris.Fuzz()


if __name__ == "__main__":
    main()
