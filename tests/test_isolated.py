"""``mock_aws(isolated=True)``: an AWS of its own, beside any number of others, in tasks, threads and loops."""

from __future__ import annotations

import asyncio
import gc
import threading
import unittest
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import boto3
import moto.core
import pytest
from aiobotocore.session import get_session
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID, config
from moto.core.base_backend import BackendDict
from moto.ec2.models import EC2Backend
from moto.s3.models import s3_backends

from aiomoto import AiomotoError, AioSession, ArgumentError, MockAWS, RequestBlockedError, mock_aws
from tests.buckets import bucket_names, create_bucket
from tests.snapshot import nothing_left_behind

REGION = "us-east-1"


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    with nothing_left_behind():
        yield


def in_thread(function: Callable[[], Any]) -> Any:
    """Call a function in a new thread, and return what it returns or raises."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


async def names(s3: Any) -> list[str]:
    return [each["Name"] for each in (await s3.list_buckets())["Buckets"]]


# ---------------------------------------------------------------- its own data


def test_it_begins_with_no_data_and_leaves_none_beside_a_shared_mock() -> None:
    with mock_aws():
        create_bucket("shared")
        with mock_aws(isolated=True):
            assert bucket_names() == []
            create_bucket("own")
            assert bucket_names() == ["own"]
        assert bucket_names() == ["shared"]
        with mock_aws(isolated=True):
            assert bucket_names() == []


def test_a_nested_mock_joins_it_and_a_nested_isolated_one_does_not() -> None:
    with mock_aws(isolated=True) as outer:
        create_bucket("outer")
        with mock_aws() as joining:
            assert bucket_names() == ["outer"]
            create_bucket("inner")
        with mock_aws(isolated=True) as inner:
            assert bucket_names() == []
        assert bucket_names() == ["inner", "outer"]

    both = ["CreateBucket", "ListBuckets"]
    assert [call.operation for call in joining.calls] == ["ListBuckets", *both]
    assert [call.operation for call in inner.calls] == ["ListBuckets"]
    assert [call.operation for call in outer.calls] == [*both, "ListBuckets", *both, "ListBuckets"]


def test_a_shared_mock_that_starts_and_ends_beside_it_has_no_data_of_others() -> None:
    def shared() -> list[str]:
        with mock_aws():
            return [*bucket_names(), *create_bucket("shared")]

    with mock_aws(isolated=True):
        create_bucket("own")
        with ThreadPoolExecutor(1) as before:
            assert before.submit(lambda: None).result() is None
            # Code that knows of no isolated mock.
            assert [in_new_context(shared) for _ in range(2)] == [["shared"], ["shared"]]
        assert bucket_names() == ["own"]


def in_new_context(function: Callable[[], Any]) -> Any:
    import contextvars

    return contextvars.Context().run(function)


def test_code_of_the_shared_mock_sees_the_shared_data() -> None:
    with mock_aws():
        create_bucket("shared")
        with mock_aws(isolated=True):
            create_bucket("own")
            assert in_new_context(bucket_names) == ["shared"]


def test_mocks_end_in_any_order() -> None:
    first, second, third = mock_aws(isolated=True), mock_aws(isolated=True), mock_aws()
    with mock_aws():
        create_bucket("shared")
        first.start()
        create_bucket("first")
        second.start()
        create_bucket("second")
        third.start()  # joins the second
        first.stop()
        assert bucket_names() == ["second"]
        second.stop()
        assert bucket_names() == ["second"]
        third.stop()
        assert bucket_names() == ["shared"]


def test_resetting_it_resets_nothing_else() -> None:
    with mock_aws() as shared:
        create_bucket("shared")
        with mock_aws(isolated=True) as one:
            create_bucket("one")
            with mock_aws(isolated=True) as two:
                create_bucket("two")
                one.reset()
                assert bucket_names() == ["two"]
                shared.reset()
                assert bucket_names() == ["two"]
                two.reset()
                assert bucket_names() == []
            assert bucket_names() == []
        assert bucket_names() == []


def test_objects_of_others_can_be_read_after_it_has_ended() -> None:
    with mock_aws():
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket="shared")
        s3.put_object(Bucket="shared", Key="k", Body=b"x" * 100)
        with mock_aws(isolated=True) as aws:
            s3.create_bucket(Bucket="own")
            s3.put_object(Bucket="own", Key="k", Body=b"y")
            aws.reset()
        assert s3.get_object(Bucket="shared", Key="k")["Body"].read() == b"x" * 100


def test_snapshots_and_states_are_its_own() -> None:
    with mock_aws() as shared:
        create_bucket("shared")
        snapshot = shared.snapshot()
        with mock_aws(isolated=True, state=snapshot) as aws:
            assert bucket_names() == ["shared"]
            create_bucket("own")
            own = aws.snapshot()
            with mock_aws(isolated=True, state=own):
                assert bucket_names() == ["own", "shared"]
                aws.restore(snapshot)
                assert bucket_names() == ["own", "shared"]
            assert bucket_names() == ["shared"]
        shared.restore(own)
        assert bucket_names() == ["own", "shared"]


def test_motos_backends_are_those_of_the_context() -> None:
    with mock_aws():
        create_bucket("shared")
        with mock_aws(isolated=True):
            create_bucket("own")
            assert list(s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets) == ["own"]
            assert list(get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"].buckets) == ["own"]
            assert list(s3_backends.bucket_accounts) == ["own"]
        assert list(s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets) == ["shared"]
        assert list(s3_backends.bucket_accounts) == ["shared"]


def test_accounts_of_others_are_as_they_were_after_it() -> None:
    accounts = [DEFAULT_ACCOUNT_ID, "111111111111", "222222222222"]
    with mock_aws():
        before = [get_backend("sqs")[account][REGION] for account in accounts]
        with mock_aws(isolated=True):
            assert all(get_backend("sqs")[account][REGION] not in before for account in accounts)
            assert sorted(get_backend("sqs")) == sorted(accounts)
        assert [get_backend("sqs")[account][REGION] for account in accounts] == before


@pytest.mark.thorough
def test_what_it_held_is_collected() -> None:
    def networks() -> list[Any]:
        gc.collect()
        return [each for each in gc.get_objects() if type(each) is EC2Backend]

    with mock_aws():
        ec2 = boto3.client("ec2", REGION)
        ec2.describe_vpcs()
        before = networks()
        for _ in range(2):
            with mock_aws(isolated=True):
                vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
                subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
                ec2.create_network_interface(SubnetId=subnet)
        assert networks() == before


# ---------------------------------------------------------------- which one a request belongs to


async def one_of_many(number: int, s3: Any = None) -> None:
    name = str(number).encode()
    async with mock_aws(isolated=True) as aws, get_session().create_client("s3", REGION) as own:
        s3 = s3 or own
        assert await names(s3) == []
        await s3.create_bucket(Bucket="same")
        await s3.put_object(Bucket="same", Key="key", Body=name)
        await asyncio.sleep(0)
        assert await (await s3.get_object(Bucket="same", Key="key"))["Body"].read() == name
        assert await names(s3) == ["same"]
        assert len(aws.calls) == 5


def test_tasks_of_one_loop_do_not_see_each_other() -> None:
    async def main() -> None:
        await asyncio.gather(*map(one_of_many, range(10)))

    asyncio.run(main())


def test_a_client_that_tasks_share_goes_to_the_mock_of_each() -> None:
    async def main() -> None:
        async with mock_aws(), get_session().create_client("s3", REGION) as s3:
            await asyncio.gather(*(one_of_many(number, s3) for number in range(10)))
            assert await names(s3) == []

    asyncio.run(main())


@pytest.mark.thorough
def test_a_hundred_tasks_beside_threads_with_loops_of_their_own_do_not_see_each_other() -> None:
    def in_loop_of_its_own(number: int) -> None:
        asyncio.run(one_of_many(number))

    def with_boto3(number: int) -> None:
        with mock_aws(isolated=True):
            assert create_bucket("same") == ["same"]
            s3 = boto3.client("s3", REGION)
            s3.put_object(Bucket="same", Key="key", Body=str(number).encode())
            assert s3.get_object(Bucket="same", Key="key")["Body"].read() == str(number).encode()

    async def main() -> None:
        threads = [asyncio.to_thread(work, number) for work in (in_loop_of_its_own, with_boto3) for number in range(8)]
        async with get_session().create_client("s3", REGION) as shared:
            tasks = [one_of_many(number, shared if number % 2 else None) for number in range(100)]
            await asyncio.gather(*tasks, *threads)
            assert await names(shared) == []

    with mock_aws():
        asyncio.run(main())


def test_threads_do_not_see_each_other() -> None:
    barrier = threading.Barrier(4)

    def work() -> list[str]:
        with mock_aws(isolated=True):
            barrier.wait(60)
            create_bucket("same")
            barrier.wait(60)
            return bucket_names()

    with ThreadPoolExecutor(4) as threads:
        assert [each.result() for each in [threads.submit(work) for _ in range(4)]] == [["same"]] * 4


def test_threads_and_executors_belong_to_the_mock_in_which_they_are_started() -> None:
    async def main() -> list[Any]:
        loop = asyncio.get_running_loop()
        return [await loop.run_in_executor(None, bucket_names), await asyncio.to_thread(bucket_names)]

    with ThreadPoolExecutor(1) as executor:
        executor.submit(lambda: None).result()
        with mock_aws():
            create_bucket("shared")
            with mock_aws(isolated=True):
                create_bucket("own")
                assert in_thread(bucket_names) == ["own"]
                assert in_thread(lambda: in_thread(bucket_names)) == ["own"]
                assert executor.submit(bucket_names).result() == ["own"]
                assert list(executor.map(lambda _: bucket_names(), range(2))) == [["own"], ["own"]]
                assert asyncio.run(main()) == [["own"], ["own"]]
            assert executor.submit(bucket_names).result() == ["shared"]
            assert in_thread(bucket_names) == ["shared"]


def test_a_worker_that_was_started_inside_works_for_others_later() -> None:
    with ThreadPoolExecutor(1) as executor, mock_aws():
        with mock_aws(isolated=True):
            create_bucket("own")
            assert executor.submit(bucket_names).result() == ["own"]
        assert executor.submit(bucket_names).result() == []


def test_a_thread_keeps_its_own_run_method() -> None:
    class Worker(threading.Thread):
        seen: Any = None

        def run(self) -> None:
            self.seen = bucket_names()

    with mock_aws(isolated=True):
        create_bucket("own")
        worker = Worker()
        worker.start()
        worker.join()

    assert worker.seen == ["own"]
    assert "run" not in vars(worker)


@contextmanager
def _thread_from_before() -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """A thread that is started before a mock, and calls functions that it is given."""
    with ThreadPoolExecutor(1) as executor:
        executor.submit(lambda: None).result()
        original = type(executor).submit
        yield lambda function: original(executor, function).result()


def test_a_call_that_belongs_to_none_is_refused() -> None:
    told, done, seen = threading.Event(), threading.Event(), []

    def work() -> None:
        told.wait(60)
        try:
            bucket_names()
        except RequestBlockedError as error:
            seen.append(str(error))
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    with mock_aws(isolated=True):
        told.set()
        assert done.wait(60)
    thread.join()

    assert seen == [
        "s3 ListBuckets (GET https://s3.amazonaws.com/) was blocked: only isolated mocks are active, and nothing tells "
        "which of them this call belongs to. Its task, thread or event loop was started outside of them, and its "
        "client was created there. Start or create one of them inside `with mock_aws(isolated=True):`, or leave out "
        "isolated=True"
    ]


def test_a_client_leads_to_the_mock_in_which_it_was_created() -> None:
    with mock_aws(isolated=True):
        create_bucket("own")
        s3 = boto3.client("s3", REGION)
        assert in_new_context(lambda: len(s3.list_buckets()["Buckets"])) == 1

        async def from_elsewhere(s3: Any) -> list[str]:
            return await names(s3)

        async def main() -> list[str]:
            async with get_session().create_client("s3", REGION) as s3:
                return await in_new_context(lambda: asyncio.ensure_future(from_elsewhere(s3)))  # type: ignore[no-any-return]

        assert asyncio.run(main()) == ["own"]


def test_a_task_that_outlives_it_is_refused() -> None:
    async def main() -> None:
        told = asyncio.Event()

        async def late(s3: Any) -> list[str]:
            await told.wait()
            return await names(s3)

        async with mock_aws(), get_session().create_client("s3", REGION) as s3:
            async with mock_aws(isolated=True):
                task = asyncio.create_task(late(s3))
            told.set()
            with pytest.raises(
                RequestBlockedError, match=r"the mock_aws\(isolated=True\) that this code ran in has ended"
            ):
                await task
            assert await names(s3) == []

    asyncio.run(main())


def test_a_wired_session_uses_the_mock_of_the_context_or_else_the_shared_data() -> None:
    async def list_them() -> list[str]:
        async with AioSession().create_client("s3", REGION) as s3:
            return await names(s3)

    with mock_aws(isolated=True):
        create_bucket("own")
        assert asyncio.run(list_them()) == ["own"]
        assert in_new_context(lambda: asyncio.run(list_them())) == []


# ---------------------------------------------------------------- what belongs to it


def test_rules_and_logs_are_its_own() -> None:
    with mock_aws() as shared:
        shared.faults.add("s3", "ListBuckets", error="SlowDown")
        with mock_aws(isolated=True) as aws:
            assert bucket_names() == []
            aws.answers.add("s3", "ListBuckets", {"Buckets": [{"Name": "scripted"}]})
            assert bucket_names() == ["scripted"]
        assert [call.operation for call in aws.calls] == ["ListBuckets", "ListBuckets"]
        assert len(shared.calls) == 0


def test_its_configuration_is_its_own() -> None:
    with mock_aws(isolated=True, config={"core": {"service_whitelist": ["sqs"]}}):
        with pytest.raises(Exception, match="s3"):
            bucket_names()
        with mock_aws(isolated=True):
            assert bucket_names() == []


def test_moto_reads_the_configuration_of_the_context_whichever_mock_made_the_last_request() -> None:
    def uses_docker() -> bool:
        return bool(config.default_user_config["lambda"]["use_docker"])

    before = config.default_user_config
    with mock_aws(), mock_aws(isolated=True, config={"lambda": {"use_docker": False}}):
        with mock_aws(isolated=True):
            bucket_names()
            assert uses_docker()
            with mock_aws(config={"lambda": {"use_docker": False}}):
                assert not uses_docker()
            assert uses_docker()
            assert in_new_context(uses_docker)
        assert not uses_docker()
        assert not in_thread(uses_docker)
        assert in_new_context(uses_docker)
        import moto.batch.responses

        assert not moto.batch.responses.default_user_config["lambda"]["use_docker"]
    assert uses_docker()
    assert config.default_user_config is moto.batch.responses.default_user_config is before


def test_each_has_an_endpoint_of_its_own() -> None:
    def via(url: str) -> list[str]:
        s3 = boto3.client("s3", REGION, endpoint_url=url)
        return [each["Name"] for each in s3.list_buckets()["Buckets"]]

    with mock_aws(isolated=True, endpoint=True) as one:
        create_bucket("one")
        with mock_aws(isolated=True, endpoint=True) as two:
            create_bucket("two")
            assert one.endpoint.url != two.endpoint.url
            assert via(one.endpoint.url) == ["two"]  # the mock of the context answers
            import urllib.request

            assert b"<Name>one</Name>" in urllib.request.urlopen(one.endpoint.url).read()
            assert b"<Name>two</Name>" in urllib.request.urlopen(two.endpoint.url).read()


def test_seeds_transitions_and_ids_are_its_own() -> None:
    def secret_arn() -> str:
        created = boto3.client("secretsmanager", REGION).create_secret(Name="s", SecretString="x")
        return str(created["ARN"])

    def seed() -> None:
        from moto.moto_api._internal import mock_random

        mock_random.seed(42)

    with mock_aws(isolated=True):
        seed()
        with mock_aws(isolated=True):
            other = secret_arn()
        first = secret_arn()
    with mock_aws(isolated=True):
        seed()
        assert secret_arn() == first
    assert other != first


def test_a_transition_of_the_process_holds_inside_and_one_from_inside_does_not_outside() -> None:
    from moto.moto_api import state_manager

    with mock_aws():
        state_manager.set_transition("dax::cluster", {"progression": "manual", "times": 3})
        try:
            with mock_aws(isolated=True):
                assert state_manager.get_transition("dax::cluster")["times"] == 3
                state_manager.set_transition("dax::cluster", {"progression": "manual", "times": 5})
                state_manager.set_transition("glue::job_run", {"progression": "immediate"})
            assert state_manager.get_transition("dax::cluster")["times"] == 3
        finally:
            state_manager.unset_transition("dax::cluster")


def test_what_is_unauthenticated_is_counted_apart() -> None:
    from moto.core import set_initial_no_auth_action_count

    @set_initial_no_auth_action_count(2)  # type: ignore[untyped-decorator]
    def calls() -> None:
        with mock_aws(isolated=True):
            bucket_names()
            with mock_aws(isolated=True):
                bucket_names()
                bucket_names()
                with pytest.raises(Exception, match="InvalidAccessKeyId"):
                    bucket_names()
            bucket_names()

    calls()


@pytest.mark.skipif(not hasattr(moto.core, "enable_iam_authentication"), reason="needs a newer Moto")
def test_iam_is_enforced_in_the_mock_that_switches_it_on_only() -> None:
    from moto.core import enable_iam_authentication, set_initial_no_auth_action_count

    @set_initial_no_auth_action_count(1)  # type: ignore[untyped-decorator]
    def second_is_refused() -> None:
        bucket_names()
        with pytest.raises(Exception, match="InvalidAccessKeyId"):
            bucket_names()

    with mock_aws():
        with mock_aws(isolated=True):
            bucket_names()
            switch = enable_iam_authentication()
            with switch:
                with pytest.raises(Exception, match="InvalidAccessKeyId"):
                    bucket_names()
                assert in_new_context(bucket_names) == []
                with mock_aws(isolated=True):
                    assert bucket_names() == []
                    second_is_refused()
                    assert bucket_names() == []
            second_is_refused()
            assert bucket_names() == []
        assert bucket_names() == []


# ---------------------------------------------------------------- its forms


def test_it_decorates_functions_and_coroutine_functions() -> None:
    @mock_aws(isolated=True)
    def plain() -> list[str]:
        return create_bucket("same")

    @mock_aws(isolated=True)
    async def coroutine() -> list[str]:
        async with get_session().create_client("s3", REGION) as s3:
            await s3.create_bucket(Bucket="same")
            await asyncio.sleep(0)
            return await names(s3)

    async def main() -> list[list[str]]:
        return list(await asyncio.gather(coroutine(), coroutine()))

    with mock_aws():
        create_bucket("shared")
        assert plain() == plain() == ["same"]
        assert asyncio.run(main()) == [["same"], ["same"]]
        assert bucket_names() == ["shared"]


def test_the_methods_of_a_test_share_one() -> None:
    seen: list[list[str]] = []

    @mock_aws(isolated=True)
    class Case(unittest.IsolatedAsyncioTestCase):
        def setUp(self) -> None:
            create_bucket("set-up")

        async def asyncSetUp(self) -> None:
            create_bucket("async-set-up")

        def helper(self) -> list[str]:
            return bucket_names()

        async def test_one(self) -> None:
            create_bucket("one")
            seen.append(self.helper())

        def test_two(self) -> None:
            seen.append(bucket_names())

        def tearDown(self) -> None:
            seen.append(bucket_names())

    with mock_aws():
        create_bucket("shared")
        result = unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(unittest.TestResult())
        assert not result.errors + result.failures
        assert seen == [["async-set-up", "one", "set-up"]] * 2 + [["async-set-up", "set-up"]] * 2
        assert bucket_names() == ["shared"]


def test_a_helper_of_a_test_leaves_what_is_around_the_test_as_it_was() -> None:
    @mock_aws(isolated=True)
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            create_bucket("set-up")

        def helper(self) -> list[str]:
            return bucket_names()

        def test_one(self) -> None:
            assert self.helper() == bucket_names() == ["set-up"]

    with mock_aws():
        create_bucket("shared")
        result = unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(unittest.TestResult())
        assert not result.errors + result.failures
        assert bucket_names() == ["shared"]


def test_start_and_stop_may_be_called_in_pairs() -> None:
    aws = mock_aws(isolated=True)
    aws.start()
    aws.start()
    create_bucket("own")
    aws.stop()
    assert bucket_names() == ["own"]
    aws.stop()
    aws.start()
    assert bucket_names() == []
    aws.stop()


@pytest.mark.parametrize("option", ["reset", "remove_data"])
def test_an_option_that_keeps_data_contradicts_it(option: str) -> None:
    with pytest.raises(ArgumentError, match=f"isolated=True begins with no data and leaves none, and {option}=False"):
        MockAWS(isolated=True, **{option: False})  # type: ignore[arg-type]


def test_a_release_of_moto_that_keeps_data_elsewhere_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def start_without(name: str) -> None:
        with monkeypatch.context() as patch:
            patch.delattr(BackendDict, name)
            with pytest.raises(AiomotoError, match=rf"BackendDict\.{name}"):
                aws.start()

    aws = mock_aws(isolated=True)
    start_without("_create_account_specific_backend")
    with mock_aws():
        create_bucket("shared")
        start_without("_create_account_specific_backend")
        with aws:  # the start that failed has left nothing half done
            assert bucket_names() == []
        assert bucket_names() == ["shared"]
