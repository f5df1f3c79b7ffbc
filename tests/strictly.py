"""Run tests with ``strict=True`` as the default of all mocks, but for the checks that some of them fail on purpose.

``nox -s strict``, or for a part ``pytest -p tests.strictly tests/test_s3.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import aiomoto

_MADE_UP = "has a signature that is made up (tests/wire.py)"
_UNSIGNED = "signs nothing, for what is not public"
_OTHER_METHOD = "uses a URL with another method than it was signed for"
_UNDECLARED = "sends a body without its length"
_WORDS = "compares the words in which Moto refuses what has expired"
# The tests that send what AWS refuses: by the beginning of their names, the checks that they do without, and why.
REFUSED: dict[str, dict[str, str]] = {
    "test_clock_tokens.py::test_presigned_urls_expire": {"presigned": _WORDS},
    "test_clock_tokens.py::test_presigned_urls_of_other_services": {"presigned": _OTHER_METHOD},
    "test_directory_buckets.py::test_a_session_is_asked_for": {"operations": "asks for a session, which Moto has not"},
    "test_endpoint.py": {"signatures": _MADE_UP, "anonymous": _UNSIGNED},
    "test_endpoint_requests.py": {"signatures": _MADE_UP, "anonymous": _UNSIGNED},
    "test_endpoint_uploads.py": {
        "signatures": _MADE_UP,
        "checksums": "has the checksum of another body",
    },
    "test_endpoint_wire.py": {"signatures": _MADE_UP, "anonymous": _UNSIGNED, "names": "has 3 KB of metadata"},
    "test_endpoints_s3.py::test_unsigned": {"anonymous": _UNSIGNED},
    "test_header_values.py": {"anonymous": _UNSIGNED},
    "test_isolated.py::test_each_has_an_endpoint": {"anonymous": _UNSIGNED},
    "test_plain_requests.py": {"presigned": "has a header that aiohttp adds and that was not signed"},
    "test_presigned.py::test_a_file_is_a_body": {"sizes": _UNDECLARED},
    "test_presigned.py::test_a_generator_is_a_body": {"sizes": _UNDECLARED},
    "test_presigned.py::test_other_services_are_answered": {"presigned": _OTHER_METHOD},
    "test_presigned_aiohttp.py::test_a_body_that_comes_in_pieces": {"sizes": _UNDECLARED},
    "test_presigned_sync.py::test_an_upload_in_pieces": {"sizes": _UNDECLARED},
    "test_streaming.py::test_every_way_to_read_compares": {"checksums": "stores the checksum of another body"},
    "test_streaming_boto3.py::test_every_way_to_read_compares": {"checksums": "stores the checksum of another body"},
}

_mock_aws = aiomoto.mock_aws
_off: dict[str, bool] = {}


def mock_aws(func: Any = None, /, **options: Any) -> Any:
    """Mock AWS, strictly by default."""
    return _mock_aws(func, **{"strict": dict(_off) or True, **options})


aiomoto.mock_aws = mock_aws


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Leave out the checks that a test fails on purpose."""
    name = item.nodeid.removeprefix("tests/")
    _off.clear()
    _off.update({check: False for begin, checks in REFUSED.items() if name.startswith(begin) for check in checks})
    return (yield)
