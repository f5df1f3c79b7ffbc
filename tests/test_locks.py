"""A generator that was abandoned in a mock may be collected anywhere: its mock ends, and nothing hangs."""

from __future__ import annotations

import gc
from pathlib import Path
from textwrap import dedent
from threading import Event, Thread

import pytest
from moto.s3.models import S3Backend

from aiomoto import mock_aws
from tests.buckets import bucket_names
from tests.programs import run_as_script
from tests.snapshot import nothing_left_behind

pytestmark = [pytest.mark.usefixtures("own_keys"), pytest.mark.thorough]

# Each program is one that a dead lock would keep from its end. Then it says where, and fails.
HEAD = """
    import contextvars, faulthandler, gc, itertools, os, random, sys, threading
    import boto3, botocore.session
    from botocore.config import Config
    from botocore.httpsession import URLLib3Session
    from aiomoto import mock_aws
    faulthandler.dump_traceback_later(90, exit=True)

    real_send, environment = URLLib3Session.send, dict(os.environ)

    def client(service):
        return boto3.session.Session().client(service, region_name="us-east-1")

    class Cycle:
        pass

    def fixture():
        with mock_aws():
            yield

    def decorated():
        yield

    def started_and_stopped():
        aws = mock_aws()
        aws.start()
        try:
            yield
        finally:
            try:
                raise KeyError("in the clean-up")
            except KeyError:
                aws.stop()

    ways = itertools.cycle([fixture, mock_aws(decorated), started_and_stopped])

    def abandon():
        cycle = Cycle()
        cycle.itself, cycle.generator = cycle, next(ways)()
        next(cycle.generator)

    def assert_all_have_ended():
        # Those whose end was left to a thread end at the latest with the next mock.
        gc.collect()
        with mock_aws():
            pass
        assert URLLib3Session.send is real_send
        assert dict(os.environ) == environment, set(os.environ.items()) ^ set(environment.items())
"""

IN_A_HANDLER_WHILE_ANOTHER_THREAD_STARTS_A_MOCK = """
    from moto.s3.models import S3Backend
    list_buckets = S3Backend.list_buckets
    is_starting = threading.Event()

    def start_and_stop():
        is_starting.set()
        with mock_aws():
            pass

    def collect(*args, **kwargs):
        thread.start()
        is_starting.wait()
        gc.collect()
        return list_buckets(*args, **kwargs)

    gc.disable()
    with mock_aws():
        abandon()
        S3Backend.list_buckets = collect
        thread = threading.Thread(target=start_and_stop)
        client("s3").list_buckets()
        S3Backend.list_buckets = list_buckets
        thread.join()
    assert_all_have_ended()
"""

IN_THE_START_AND_IN_THE_END_OF_MOTOS_OWN_MOCK = """
    import moto.core.models
    mock_credentials = moto.core.models.mock_credentials

    def collect():
        gc.collect()
        return mock_credentials()

    gc.disable()
    moto.core.models.mock_credentials = collect
    with mock_aws():
        for _ in range(3):
            abandon()
            with moto.mock_aws():
                abandon()
    moto.core.models.mock_credentials = mock_credentials
    assert_all_have_ended()
"""

IN_THE_START_AND_IN_THE_END_OF_ANOTHER_MOCK = """
    from moto.core.base_backend import BackendDict
    reset = BackendDict.reset

    def collect():
        gc.collect()
        reset()

    gc.disable()
    BackendDict.reset = collect
    for _ in range(3):
        abandon()
        with mock_aws():
            abandon()
            aws_in_thread = threading.Thread(target=lambda: client("s3").list_buckets())
            aws_in_thread.start()
            aws_in_thread.join()
    BackendDict.reset = reset
    assert_all_have_ended()
"""

# A collection after so many allocations, in the midst of each thing that a thread may do, while others do the same.
AT_ANY_ALLOCATION = """
    random.seed(7)

    def request():
        s3.list_buckets()

    def poll():
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0)

    def wait_in_a_poll():
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)

    def start_and_stop():
        with mock_aws(sleep="instant"):
            pass

    def make_a_client():
        client("sqs")

    def use_rules_and_the_log():
        with aws.faults.add("s3", "PutObject", error="SlowDown"):
            list(aws.calls)
        aws.calls.clear()

    def fail():
        try:
            client("s3").get_object(Bucket="none", Key="none")
        except Exception:
            pass

    def start_motos():
        import moto
        with moto.mock_aws():
            pass

    over = threading.Event()

    def go_on(function):
        while not over.is_set():
            function()

    with mock_aws() as aws:
        s3, sqs = client("s3"), client("sqs")
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        others = [
            threading.Thread(target=contextvars.copy_context().run, args=(go_on, each), daemon=True)
            for each in (request, start_and_stop, poll)
        ]
        for other in others:
            other.start()
        functions = [request, start_and_stop, make_a_client, use_rules_and_the_log, fail, start_motos]
        steps = [(random.randrange(1, 2000), function) for _ in range(20) for function in functions]
        for allocations, function in steps + [(allocations, wait_in_a_poll) for allocations in (1, 30)]:
            faulthandler.dump_traceback_later(90, exit=True)
            abandon()
            gc.set_threshold(allocations, 1, 1)
            function()
            gc.set_threshold(700, 10, 10)
        over.set()
        for other in others:
            other.join()
    assert_all_have_ended()
"""

PROGRAMS = {
    "handler": IN_A_HANDLER_WHILE_ANOTHER_THREAD_STARTS_A_MOCK,
    "motos-own": IN_THE_START_AND_IN_THE_END_OF_MOTOS_OWN_MOCK,
    "start-and-end": IN_THE_START_AND_IN_THE_END_OF_ANOTHER_MOCK,
    "any-allocation": AT_ANY_ALLOCATION,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_mock_ends_wherever_its_generator_is_collected(program: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(dedent(HEAD) + dedent(program))

    run_as_script(path)


def test_a_generator_that_is_closed_does_not_wait_for_a_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    is_in_handler, goes_on = Event(), Event()

    def wait(*_: object, **__: object) -> list[object]:
        is_in_handler.set()
        assert goes_on.wait(30)
        return []

    def fixture() -> object:
        with mock_aws():
            yield

    with nothing_left_behind():
        with mock_aws():
            generator = fixture()
            next(generator)  # type: ignore[call-overload]
            with monkeypatch.context() as patch:
                patch.setattr(S3Backend, "list_buckets", wait)
                thread = Thread(target=bucket_names)
                thread.start()
                assert is_in_handler.wait(30)
                generator.close()  # type: ignore[attr-defined]
                goes_on.set()
                thread.join()
        with mock_aws():  # at the latest with the next one, the end that was left to a thread has come
            pass


def test_a_generator_that_is_closed_ends_its_mock_at_once_where_nothing_is_in_its_way() -> None:
    def fixture() -> object:
        with mock_aws():
            yield

    with nothing_left_behind():
        generator = fixture()
        next(generator)  # type: ignore[call-overload]
        generator.close()  # type: ignore[attr-defined]
    with nothing_left_behind():
        generator = fixture()
        next(generator)  # type: ignore[call-overload]
        del generator
        gc.collect()
