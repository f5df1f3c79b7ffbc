"""Sessions from before a mock: mocked like any other, and themselves again after it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from inspect import isawaitable
from pathlib import Path
from typing import Any, NamedTuple

import aiobotocore.session
import boto3
import botocore.session
import pytest

from aiomoto import mock_aws
from tests.buckets import bucket_names, create_bucket
from tests.environments import use_files

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_files(tmp_path, monkeypatch)


class Kind(NamedTuple):
    """One library's session: how to make it, for which profile, and its like with keys of its own."""

    make: Callable[[str | None], Any]
    with_keys: Callable[[], Any]


def _with_keys(session: Any) -> Any:
    session.set_credentials("AKIAOWN", "own")
    return session


KINDS = {
    "boto3": Kind(
        lambda profile: boto3.Session(profile_name=profile),
        lambda: boto3.Session(aws_access_key_id="AKIAOWN", aws_secret_access_key="own"),
    ),
    "botocore": Kind(
        lambda profile: botocore.session.Session(profile=profile),
        lambda: _with_keys(botocore.session.Session()),
    ),
    "aiobotocore": Kind(
        lambda profile: aiobotocore.session.AioSession(profile=profile),
        lambda: _with_keys(aiobotocore.session.AioSession()),
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


async def key_of(session: Any) -> str:
    credentials = session.get_credentials()
    found: str = (await credentials if isawaitable(credentials) else credentials).access_key
    return found


def region_of(session: Any) -> Any:
    return session.region_name if isinstance(session, boto3.Session) else session.get_config_variable("region")


async def count_buckets(session: Any) -> int:
    if isinstance(session, aiobotocore.session.AioSession):
        async with session.create_client("s3") as s3:
            return len((await s3.list_buckets())["Buckets"])
    s3 = session.client("s3") if isinstance(session, boto3.Session) else session.create_client("s3")
    return len(s3.list_buckets()["Buckets"])


@every_kind
async def test_a_session_first_used_inside_finds_the_users_own_after(kind: Kind) -> None:
    session = kind.make(None)
    with mock_aws():
        assert await key_of(session) == "FOOBARKEY"
        assert await count_buckets(session) == 0

    assert (await key_of(session), region_of(session)) == ("AKIADEFAULT", "eu-west-3")


@every_kind
async def test_a_session_of_the_environments_profile_finds_it_after(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    session = kind.make(None)
    with mock_aws():
        assert await key_of(session) == "FOOBARKEY"
        assert await count_buckets(session) == 0

    assert (await key_of(session), region_of(session)) == ("AKIAWORK", "sa-east-1")


@every_kind
async def test_a_session_of_a_named_profile_finds_it_after(kind: Kind) -> None:
    session = kind.make("work")
    with mock_aws():
        pass
    assert (await key_of(session), region_of(session)) == ("AKIAWORK", "sa-east-1")


@every_kind
async def test_a_session_of_a_named_profile_is_mocked_too(kind: Kind) -> None:
    session = kind.make("work")
    with mock_aws():
        create_bucket("photos")
        assert await count_buckets(session) == 1

    assert (await key_of(session), region_of(session)) == ("AKIAWORK", "sa-east-1")


@every_kind
async def test_a_session_used_before_the_mock_goes_on_after_it(kind: Kind) -> None:
    session = kind.make(None)
    assert (await key_of(session), region_of(session)) == ("AKIADEFAULT", "eu-west-3")
    with mock_aws() as aws:
        create_bucket("photos")
        assert await count_buckets(session) == 1
        assert await key_of(session) == "FOOBARKEY"

    assert (await key_of(session), region_of(session)) == ("AKIADEFAULT", "eu-west-3")
    assert "AKIADEFAULT" not in str(aws.calls.last.headers)


@every_kind
async def test_keys_that_a_profile_gave_before_the_mock_sign_nothing_in_it(kind: Kind) -> None:
    session = kind.make("work")
    assert await key_of(session) == "AKIAWORK"
    with mock_aws() as aws:
        assert await count_buckets(session) == 0
        assert await key_of(session) == "FOOBARKEY"

    assert "Credential=FOOBARKEY/" in aws.calls.last.headers["Authorization"]
    assert await key_of(session) == "AKIAWORK"


@every_kind
async def test_keys_from_before_count_where_the_mock_gives_none(kind: Kind) -> None:
    session = kind.make("work")
    assert await key_of(session) == "AKIAWORK"
    with mock_aws(config={"core": {"mock_credentials": False}}):
        assert await key_of(session) == "AKIAWORK"


@every_kind
async def test_a_session_made_inside_finds_the_users_own_after(kind: Kind) -> None:
    with mock_aws():
        session = kind.make(None)
        assert await count_buckets(session) == 0
        assert region_of(session) == "us-east-1"

    assert (await key_of(session), region_of(session)) == ("AKIADEFAULT", "eu-west-3")


@every_kind
async def test_a_session_used_in_overlapping_mocks_finds_the_users_own_after(kind: Kind) -> None:
    session = kind.make(None)
    first, second = mock_aws(), mock_aws()
    first.start()
    await count_buckets(session)
    second.start()
    first.stop()
    assert await key_of(session) == "FOOBARKEY"
    second.stop()

    assert (await key_of(session), region_of(session)) == ("AKIADEFAULT", "eu-west-3")


@every_kind
async def test_a_session_that_was_used_in_one_mock_is_mocked_in_the_next(kind: Kind) -> None:
    session = kind.make(None)
    for _ in range(2):
        with mock_aws():
            assert await key_of(session) == "FOOBARKEY"
            create_bucket("photos")
            assert await count_buckets(session) == 1
            assert bucket_names() == ["photos"]


@every_kind
async def test_a_session_keeps_the_keys_that_it_was_made_with_inside(kind: Kind) -> None:
    with mock_aws():
        session = kind.with_keys()
        assert await key_of(session) == "AKIAOWN"
        assert await count_buckets(session) == 0

    assert await key_of(session) == "AKIAOWN"


@every_kind
async def test_a_session_that_nobody_holds_is_let_go_inside_the_mock(kind: Kind) -> None:
    with mock_aws():
        session = kind.make(None)
        await count_buckets(session)
        gone = weakref.ref(session)
        del session
        gc.collect()
        assert gone() is None


@every_kind
async def test_a_session_keeps_its_keys_from_before(kind: Kind) -> None:
    session = kind.with_keys()
    with mock_aws():
        assert await key_of(session) == "AKIAOWN"
        assert await count_buckets(session) == 0

    assert await key_of(session) == "AKIAOWN"


async def test_the_default_session_of_boto3_is_the_users_own_after() -> None:
    boto3.setup_default_session(profile_name="work")
    with mock_aws():
        boto3.client("s3").list_buckets()

    assert boto3.DEFAULT_SESSION.profile_name == "work"
    assert await key_of(boto3.DEFAULT_SESSION) == "AKIAWORK"
