"""After the last mock has ended, the process is as it was before the first."""

from __future__ import annotations

import asyncio
import gc
import os
import weakref
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import aiobotocore.httpsession
import aiohttp
import boto3
import botocore.httpsession
import moto
import pytest
import requests
from aiobotocore.session import get_session
from moto.core.config import default_user_config
from moto.core.models import botocore_stubber

from aiomoto import mock_aws
from tests.buckets import SESSION, bucket_names, create_bucket
from tests.snapshot import changes, nothing_left_behind, snapshot

CERTIFICATES: dict[str, Any] = {"iot": {"use_valid_cert": True}}
OWN_KEYS: dict[str, Any] = {"core": {"mock_credentials": False}}
OWN_SESSION: dict[str, Any] = {"core": {"reset_boto3_session": False}}


pytestmark = [pytest.mark.usefixtures("own_keys"), pytest.mark.thorough]


# ---------------------------------------------------------------- the snapshot itself


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (botocore.httpsession.URLLib3Session, "send"),
        (aiobotocore.httpsession.AIOHTTPSession, "send"),
        (requests.adapters.HTTPAdapter, "send"),
        (botocore.httpsession, "URLLib3Session"),
        (boto3, "DEFAULT_SESSION"),
        (botocore_stubber, "enabled"),
    ],
)
def test_the_snapshot_sees_a_replaced_attribute(owner: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot()
    monkeypatch.setattr(owner, name, object())
    assert [change for change in changes(before, snapshot()) if change.endswith(name)]


def test_the_snapshot_sees_environment_and_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot()
    monkeypatch.setenv("AWS_PROFILE", "other")
    monkeypatch.setitem(default_user_config["core"]["passthrough"], "urls", ["http://other"])
    assert changes(before, snapshot()) == ["moto.core.config.default_user_config[]", "os.environ"]


def test_the_snapshot_sees_a_live_mock() -> None:
    before = snapshot()
    with mock_aws():
        found = changes(before, snapshot())

    assert {"botocore.httpsession.URLLib3Session.send", "aiobotocore.httpsession.AIOHTTPSession.send"} <= set(found)
    assert changes(before, snapshot()) == []


# ---------------------------------------------------------------- one thread


def use_everything() -> None:
    """Make clients, sessions and resources of all kinds, and let them work."""

    async def use() -> None:
        async with get_session().create_client("s3", region_name="us-east-1") as s3:
            await s3.list_buckets()

    asyncio.run(use())
    create_bucket("photos")
    boto3.client("sts", region_name="us-east-1").get_caller_identity()
    boto3.resource("sqs", region_name="us-east-1").create_queue(QueueName="jobs")
    url = SESSION.client("s3").generate_presigned_url("list_objects_v2", {"Bucket": "photos"})
    assert requests.get(url, timeout=60).status_code == 200


def plain() -> None:
    with mock_aws():
        use_everything()


def nested() -> None:
    with mock_aws(), mock_aws(config=CERTIFICATES), mock_aws(config=OWN_KEYS), mock_aws(config=OWN_SESSION):
        use_everything()


def own_keys() -> None:
    with mock_aws(config=OWN_KEYS):
        use_everything()


def own_session() -> None:
    with mock_aws(config=OWN_SESSION):
        use_everything()


def started_twice() -> None:
    aws = mock_aws()
    aws.start()
    with aws:
        use_everything()
    use_everything()
    aws.stop()


def moto_inside() -> None:
    with mock_aws():
        with moto.mock_aws(config=CERTIFICATES):
            use_everything()
        use_everything()


def moto_inside_with_its_own_keys() -> None:
    with mock_aws():
        with moto.mock_aws(config=OWN_KEYS):
            use_everything()
        use_everything()


def moto_outside() -> None:
    with moto.mock_aws(config=CERTIFICATES):
        with mock_aws(config=OWN_KEYS):
            use_everything()
        create_bucket("videos")


def moto_on_both_sides() -> None:
    with moto.mock_aws(), mock_aws(config=CERTIFICATES), moto.mock_aws(config=CERTIFICATES), mock_aws():
        use_everything()


def reset_half_way() -> None:
    with mock_aws() as aws:
        use_everything()
        aws.reset()
        use_everything()


def data_kept() -> None:
    with mock_aws(reset=False, remove_data=False):
        use_everything()
    with mock_aws():
        pass


PROGRAMS = [
    plain,
    nested,
    own_keys,
    own_session,
    started_twice,
    moto_inside,
    moto_inside_with_its_own_keys,
    moto_outside,
    moto_on_both_sides,
    reset_half_way,
    data_kept,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_nothing_is_left_after(program: Callable[[], None]) -> None:
    with nothing_left_behind():
        program()


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_nothing_is_left_after_an_error_inside(error: type[BaseException]) -> None:
    with nothing_left_behind(), pytest.raises(error), mock_aws(), mock_aws():
        raise error


@pytest.mark.parametrize("config", [7, {"core": None}], ids=["no-dict", "no-section"])
def test_nothing_is_left_after_a_start_that_failed(config: Any) -> None:
    with nothing_left_behind():
        with pytest.raises((TypeError, AttributeError, ValueError)), mock_aws(config=config):
            pass
        plain()


def test_what_is_changed_through_motos_api_ends_with_the_mock() -> None:
    with nothing_left_behind():
        with mock_aws():
            changed = {"batch": {"use_docker": False}, "lambda": {"use_docker": False}}
            answer = requests.post("http://motoapi.amazonaws.com/moto-api/config", json=changed, timeout=60)
            assert answer.json()["batch"] == {"use_docker": False}
            create_bucket("photos")
        with mock_aws():
            assert default_user_config["batch"] == {"use_docker": True}


@pytest.mark.parametrize("before", [None, "sa-east-1"], ids=["no-region-before", "a-region-before"])
@pytest.mark.parametrize("name", ["AWS_DEFAULT_REGION", "AWS_REGION"])
def test_a_region_that_a_decorated_test_sets_is_the_tests_own(
    name: str, before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before:
        monkeypatch.setenv(name, before)
    with nothing_left_behind(), pytest.MonkeyPatch.context() as patch:

        @mock_aws
        def test() -> None:
            patch.setenv(name, "eu-north-1")
            if name == "AWS_DEFAULT_REGION":
                assert boto3.client("sqs").meta.region_name == "eu-north-1"

        test()
        assert os.environ[name] == "eu-north-1"


def test_what_a_test_deletes_keeps_nothing_else_from_being_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot()
    with monkeypatch.context() as patch:
        with mock_aws():
            patch.delattr(aiohttp.BaseConnector, "connect")
        assert changes(before, snapshot()) == ["aiohttp.connector.BaseConnector.connect"]
    with mock_aws():
        pass
    assert changes(before, snapshot()) == []


# ---------------------------------------------------------------- stop without start


def test_stop_before_start_is_motos_error_and_changes_nothing() -> None:
    with nothing_left_behind(), pytest.raises(RuntimeError, match=r"^Called stop\(\) before start\(\)\.$"):
        mock_aws().stop()


def test_one_stop_too_many_is_an_error_and_changes_nothing() -> None:
    aws = mock_aws()
    with nothing_left_behind():
        with aws:
            pass
        with pytest.raises(RuntimeError, match="before start"):
            aws.stop()


def test_stop_before_start_leaves_other_mocks_alone() -> None:
    with nothing_left_behind(), mock_aws():
        create_bucket("photos")
        with nothing_left_behind(), pytest.raises(RuntimeError, match="before start"):
            mock_aws().stop()
        assert bucket_names() == ["photos"]


# ---------------------------------------------------------------- what others had put there


@pytest.mark.parametrize("is_wrapper", [True, False], ids=["wrapper", "function"])
def test_what_somebody_else_had_replaced_is_not_kept_alive(is_wrapper: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    original = botocore.httpsession.URLLib3Session.send

    def send(self: Any, request: Any) -> Any:
        return original(self, request)

    if is_wrapper:
        update_wrapper(send, original)
    alive = weakref.ref(send)
    with monkeypatch.context() as patch:
        patch.setattr(botocore.httpsession.URLLib3Session, "send", send)
        for _ in range(2):
            with mock_aws():
                pass
        assert botocore.httpsession.URLLib3Session.send is send
    del send
    gc.collect()

    assert alive() is None
