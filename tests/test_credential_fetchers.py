"""What botocore asks of an instance's or a container's metadata service stays in the process while a mock is live."""

from __future__ import annotations

import os
from collections.abc import Iterator
from inspect import isawaitable
from typing import Any

import aiobotocore.utils
import botocore.session
import botocore.utils
import pytest
from aiobotocore import httpxsession
from aiobotocore.session import get_session

from aiomoto import RequestBlockedError, mock_aws
from tests.conftest import MOTO
from tests.loopback import LoopbackServer, loopback_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def metadata() -> Iterator[LoopbackServer]:
    """A metadata service that is there, and that nobody should ask."""
    with loopback_server() as server:
        yield server
        assert server.received == []


async def result(found: Any) -> Any:
    return await found if isawaitable(found) else found


LIBRARIES = {
    "botocore": (
        botocore.utils.InstanceMetadataFetcher,
        botocore.utils.InstanceMetadataRegionFetcher,
        botocore.utils.ContainerMetadataFetcher,
    ),
    "aiobotocore": (
        aiobotocore.utils.AioInstanceMetadataFetcher,
        aiobotocore.utils.AioInstanceMetadataRegionFetcher,
        aiobotocore.utils.AioContainerMetadataFetcher,
    ),
}
# Since aiobotocore 3.9, and of use with httpx only.
if httpxsession.httpx is not None and hasattr(aiobotocore.utils, "AnyioContainerMetadataFetcher"):
    LIBRARIES["aiobotocore-anyio"] = (
        aiobotocore.utils.AnyioInstanceMetadataFetcher,
        aiobotocore.utils.AnyioInstanceMetadataRegionFetcher,
        aiobotocore.utils.AnyioContainerMetadataFetcher,
    )
every_library = pytest.mark.parametrize(("instance", "region", "container"), LIBRARIES.values(), ids=LIBRARIES.keys())


@every_library
async def test_instance_metadata_is_off(instance: Any, region: Any, container: Any, metadata: LoopbackServer) -> None:
    with mock_aws():
        # It is for the SDKs: others have clients of their own for it, which read this variable too.
        assert "AWS_EC2_METADATA_DISABLED" not in os.environ
        fetcher = instance(num_attempts=1, base_url=f"{metadata.url}/")
        assert await result(fetcher.retrieve_iam_role_credentials()) == {}


@pytest.mark.skipif(MOTO < (5, 2), reason="this Moto's instance metadata has no tokens")
@every_library
async def test_a_fetcher_that_asks_all_the_same_is_answered_by_moto(instance: Any, region: Any, container: Any) -> None:
    fetcher = instance(num_attempts=1, env={})
    with mock_aws():
        found = await result(fetcher.retrieve_iam_role_credentials())

    assert found["access_key"] == "test-key"


@every_library
async def test_a_fetcher_with_an_endpoint_of_its_own_is_blocked(
    instance: Any, region: Any, container: Any, metadata: LoopbackServer
) -> None:
    fetchers = [kind(num_attempts=1, base_url=f"{metadata.url}/", env={}) for kind in (instance, region)]
    with mock_aws():
        with pytest.raises(RequestBlockedError, match=metadata.url):
            await result(fetchers[0].retrieve_iam_role_credentials())
        with pytest.raises(RequestBlockedError, match=metadata.url):
            await result(fetchers[1].retrieve_region())


@every_library
@pytest.mark.parametrize("uri", ["{metadata}/credentials", "http://169.254.170.2/credentials"])
async def test_container_credentials_are_blocked(
    instance: Any, region: Any, container: Any, uri: str, metadata: LoopbackServer
) -> None:
    fetcher = container()
    with mock_aws(), pytest.raises(RequestBlockedError, match=r"GET http://[0-9.:]+/credentials"):
        await result(fetcher.retrieve_full_uri(uri.format(metadata=metadata.url)))


@pytest.mark.parametrize("make", [botocore.session.get_session, get_session], ids=["botocore", "aiobotocore"])
async def test_a_mock_that_leaves_the_environment_alone_lets_nothing_out_either(
    make: Any, metadata: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{metadata.url}/credentials")
    with mock_aws(config={"core": {"mock_credentials": False}}), pytest.raises(RequestBlockedError):
        await result(make().get_credentials())
