"""Requests that atheris makes up, led by the branches of aiomoto that they take: each is answered or refused.

python suites/fuzz_requests.py [options of libFuzzer, as -max_total_time=60]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the tests' strategies, and their guard

with atheris.instrument_imports(include=["aiomoto"]):
    import aiomoto
    import aiomoto._mock  # the package loads it when it is first used

from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session
from hypothesis import given

from tests.fuzzing import REQUESTS, errors_of_others
from tests.guard import NetworkError as NetworkError  # closes the ways out

session = URLLib3Session()


@given(REQUESTS)
def send(request: Any) -> None:
    """Send one request. What is no error of AWS's, of a library's or of aiomoto's own ends the run with a traceback."""
    method, url, headers, body = request
    with errors_of_others():
        assert isinstance(session.send(AWSPreparedRequest(method, url, headers, body, False)).content, bytes)


def main() -> None:
    """Fuzz until the time is over, or until something is found."""
    with aiomoto.mock_aws():
        atheris.Setup(sys.argv, send.hypothesis.fuzz_one_input)  # type: ignore[attr-defined]
        atheris.Fuzz()


if __name__ == "__main__":
    main()
