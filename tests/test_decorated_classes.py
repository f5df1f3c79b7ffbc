"""``mock_aws`` on test classes: which methods are mocked, and when their data is reset, by Moto's rules."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.session import get_session

from aiomoto import mock_aws
from tests.buckets import bucket_names, create_bucket
from tests.mocks import both
from tests.programs import run_as_tests
from tests.snapshot import nothing_left_behind

pytestmark = pytest.mark.usefixtures("no_data_left")


def run(case: type[unittest.TestCase]) -> int:
    """Run a test case's tests, and count them."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    for _, traceback in result.errors + result.failures:
        pytest.fail(traceback)
    return result.testsRun


# ---------------------------------------------------------------- unittest.TestCase


@both
def test_data_lives_from_set_up_to_tear_down_and_is_reset_between_tests(mock: Callable[[Any], Any]) -> None:
    seen: list[list[str]] = []

    @mock
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.names = create_bucket("set-up")

        def test_a(self) -> None:
            seen.append(create_bucket("test-a"))

        def test_b(self) -> None:
            seen.append(create_bucket("test-b"))

        def tearDown(self) -> None:
            seen.append(bucket_names())

    assert run(Case) == 2
    assert seen == [["set-up", "test-a"]] * 2 + [["set-up", "test-b"]] * 2


@both
def test_without_set_up_each_test_begins_with_no_data(mock: Callable[[Any], Any]) -> None:
    seen: list[list[str]] = []

    @mock
    class Case(unittest.TestCase):
        def test_a(self) -> None:
            seen.append(create_bucket("test-a"))

        def test_b(self) -> None:
            seen.append(create_bucket("test-b"))

    assert run(Case) == 2
    assert seen == [["test-a"], ["test-b"]]


@both
def test_set_up_of_a_decorated_base_class_counts(mock: Callable[[Any], Any]) -> None:
    seen: list[list[str]] = []

    @mock
    class Base(unittest.TestCase):
        def setUp(self) -> None:
            create_bucket("set-up")

    @mock
    class Case(Base):
        def test_a(self) -> None:
            seen.append(create_bucket("test-a"))

        def test_b(self) -> None:
            seen.append(create_bucket("test-b"))

    assert run(Case) == 2
    assert seen == [["set-up", "test-a"], ["set-up", "test-b"]]


@both
def test_tests_of_a_decorated_base_class_are_mocked(mock: Callable[[Any], Any]) -> None:
    seen: list[list[str]] = []

    @mock
    class Base(unittest.TestCase):
        def test_a(self) -> None:
            seen.append(create_bucket("test-a"))

    class Case(Base):
        pass

    assert run(Case) == 1
    assert seen == [["test-a"]]


@both
def test_set_up_may_call_that_of_the_base_class(mock: Callable[[Any], Any]) -> None:
    seen: list[list[str]] = []

    @mock
    class Base(unittest.TestCase):
        def setUp(self) -> None:
            create_bucket("base")

    @mock
    class Case(Base):
        def setUp(self) -> None:
            super().setUp()
            create_bucket("case")

        def test_a(self) -> None:
            seen.append(bucket_names())

        def test_b(self) -> None:
            seen.append(bucket_names())

    assert run(Case) == 2
    assert seen == [["base", "case"]] * 2


@both
def test_helpers_neither_reset_nor_remove_data(mock: Callable[[Any], Any], clean_up: None) -> None:
    seen: list[list[str]] = []

    @mock
    class Case(unittest.TestCase):
        def upload(self, name: str) -> None:
            create_bucket(name)

        def test_a(self) -> None:
            create_bucket("test-a")
            self.upload("helper")
            seen.append(bucket_names())

    assert run(Case) == 1
    assert seen == [["helper", "test-a"]]


@pytest.fixture
def clean_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto's mock leaves its keys in the environment when an instance is nested in itself."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_a_decorated_test_case_leaves_nothing_behind() -> None:
    @mock_aws
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.addCleanup(self.forget)
            create_bucket("set-up")

        def forget(self) -> None:
            create_bucket("clean-up")

        def test_a(self) -> None:
            create_bucket("test-a")

        def test_b(self) -> None:
            raise unittest.SkipTest("half way")

    with nothing_left_behind():
        assert run(Case) == 2


# ---------------------------------------------------------------- unittest.IsolatedAsyncioTestCase


async def create_bucket_async(name: str) -> list[str]:
    async with get_session().create_client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket=name)
    return bucket_names()


def test_data_of_set_up_is_there_in_an_async_test() -> None:
    seen: list[list[str]] = []

    @mock_aws
    class Case(unittest.IsolatedAsyncioTestCase):
        def setUp(self) -> None:
            create_bucket("set-up")

        async def test_a(self) -> None:
            seen.append(await create_bucket_async("test-a"))

        async def test_b(self) -> None:
            seen.append(await create_bucket_async("test-b"))

    with nothing_left_behind():
        assert run(Case) == 2
    assert seen == [["set-up", "test-a"], ["set-up", "test-b"]]


def test_data_of_async_set_up_lives_until_async_tear_down() -> None:
    seen: list[list[str]] = []

    @mock_aws
    class Case(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            await create_bucket_async("async-set-up")

        async def test_a(self) -> None:
            seen.append(await create_bucket_async("test-a"))

        async def test_b(self) -> None:
            seen.append(await create_bucket_async("test-b"))

        async def asyncTearDown(self) -> None:
            seen.append(bucket_names())

    with nothing_left_behind():
        assert run(Case) == 2
    assert seen == [["async-set-up", "test-a"]] * 2 + [["async-set-up", "test-b"]] * 2


def test_set_up_and_async_set_up_share_their_data() -> None:
    seen: list[list[str]] = []

    @mock_aws
    class Case(unittest.IsolatedAsyncioTestCase):
        def setUp(self) -> None:
            create_bucket("set-up")

        async def asyncSetUp(self) -> None:
            await create_bucket_async("async-set-up")

        async def test_a(self) -> None:
            seen.append(await create_bucket_async("test-a"))

        def test_b(self) -> None:
            seen.append(create_bucket("test-b"))

    with nothing_left_behind():
        assert run(Case) == 2
    assert seen == [["async-set-up", "set-up", "test-a"], ["async-set-up", "set-up", "test-b"]]


def test_without_set_up_each_async_test_begins_with_no_data() -> None:
    seen: list[list[str]] = []

    @mock_aws
    class Case(unittest.IsolatedAsyncioTestCase):
        async def test_a(self) -> None:
            seen.append(await create_bucket_async("test-a"))

        async def test_b(self) -> None:
            seen.append(await create_bucket_async("test-b"))

    with nothing_left_behind():
        assert run(Case) == 2
    assert seen == [["test-a"], ["test-b"]]


@pytest.mark.parametrize("base", [unittest.TestCase, unittest.IsolatedAsyncioTestCase])
def test_config_reaches_the_methods_of_a_class(base: type[unittest.TestCase]) -> None:
    from moto.core.exceptions import ServiceNotWhitelisted

    class Case(base):  # type: ignore[misc, valid-type]
        def test_a(self) -> None:
            with pytest.raises(ServiceNotWhitelisted):
                create_bucket("test-a")

    with nothing_left_behind():
        assert run(mock_aws(config={"core": {"service_whitelist": ["sqs"]}})(Case)) == 1


# ---------------------------------------------------------------- which methods


def test_a_decorated_class_is_the_same_class() -> None:
    class Case:
        def test_a(self) -> None: ...

    assert mock_aws(Case) is Case


@pytest.mark.parametrize("name", ["_private", "__init__", "static", "from_class", "value"])
def test_these_attributes_are_left_alone(name: str) -> None:
    class Case:
        value = 7

        def __init__(self) -> None: ...

        def _private(self) -> None: ...

        @staticmethod
        def static() -> None: ...

        @classmethod
        def from_class(cls) -> None: ...

    before = vars(Case)[name]
    mock_aws(Case)

    assert vars(Case)[name] is before


PLAIN_CLASSES = '''
import boto3
import pytest
from {library} import mock_aws

SESSION = boto3.Session(region_name="us-east-1")


def create(name):
    SESSION.client("s3").create_bucket(Bucket=name)
    return sorted(bucket["Name"] for bucket in SESSION.client("s3").list_buckets()["Buckets"])


@mock_aws
class TestPlain:
    def test_one(self):
        assert create("one") == ["one"]

    def test_two(self):
        assert create("two") == ["two"]

    @pytest.mark.parametrize("name", ["three", "four"])
    def test_with_parameters_and_fixtures(self, name, tmp_path):
        assert create(name) == [name]

    class TestNested:
        def test_one(self):
            assert create("one") == ["one"]

        def test_two(self):
            assert create("two") == ["two"]


@mock_aws
class TestSetupMethod:
    def setup_method(self, method):
        create("set-up")

    def test_one(self):
        assert create("one") == ["one", "set-up"]

    def test_two(self):
        assert create("two") == ["set-up", "two"]

    def teardown_method(self, method):
        assert "set-up" in create("torn-down")


@mock_aws
class TestSetupMethodBelow(TestSetupMethod):
    def test_three(self):
        assert create("three") == ["set-up", "three"]


@mock_aws()
class TestStaticAndClassMethods:
    @staticmethod
    def names(*args):
        return list(args)

    @classmethod
    def named(cls):
        return cls.__name__

    def test_one(self):
        assert (self.names("a"), self.named()) == (["a"], "TestStaticAndClassMethods")
        assert create("one") == ["one"]


@mock_aws
class TestThatIsNoUnittest:
    """pytest calls setUp() of unittest's classes only."""

    def setUp(self):
        raise AssertionError

    def test_one(self):
        assert create("one") == ["one"]

    def test_two(self):
        assert create("two") == ["two"]
'''


def outcome(folder: Path, tests: str) -> str:
    """What a run of a file of tests ends with, by pytest in a process of its own."""
    path = folder / "test_classes.py"
    path.write_text(tests)
    return run_as_tests(path, after_a_mock=True)


@pytest.mark.parametrize("library", ["aiomoto", pytest.param("moto", marks=pytest.mark.thorough)])
def test_plain_classes_under_pytest(library: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, PLAIN_CLASSES.format(library=library)) == "14 passed"


SETUP_METHODS = """
from aiomoto import mock_aws


@mock_aws
class TestBothMethods:
    def setup_method(self):
        self.state = "set up"

    def test_one(self):
        assert self.state == "set up"

    def teardown_method(self):
        self.state = "torn down"
"""


@pytest.mark.thorough
def test_setup_method_need_not_take_the_test_method(tmp_path: Path) -> None:
    assert outcome(tmp_path, SETUP_METHODS) == "1 passed"


ASYNC_CLASSES = """
import unittest

import pytest
from aiobotocore.session import get_session
from aiomoto import mock_aws


async def create(name):
    async with get_session().create_client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket=name)
        return sorted(bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"])


@pytest.mark.anyio
@mock_aws
class TestAnyio:
    async def test_one(self):
        assert await create("one") == ["one"]

    async def test_two(self, tmp_path):
        assert await create("two") == ["two"]

    @pytest.mark.parametrize("name", ["three", "four"])
    async def test_with_parameters(self, name):
        assert await create(name) == [name]


@pytest.mark.asyncio
@mock_aws
class TestAsyncio:
    async def test_one(self):
        assert await create("one") == ["one"]

    @pytest.fixture
    def name(self):
        return "two"

    async def test_two(self, name):
        assert await create(name) == [name]


@mock_aws
class TestCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        await create("set-up")

    async def test_one(self):
        assert await create("one") == ["one", "set-up"]

    async def test_two(self):
        assert await create("two") == ["set-up", "two"]


@pytest.fixture
def anyio_backend():
    return "asyncio"
"""


@pytest.mark.thorough
def test_async_classes_under_pytest(tmp_path: Path) -> None:
    assert outcome(tmp_path, ASYNC_CLASSES) == "8 passed"
