"""Whatever is read of another package is checked: where a release lacks it, the error names version and part.

What is replaced, and what is imported, is in tests/test_compatibility.py.
"""

from __future__ import annotations

import ast
import asyncio
import gc
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from aiomoto import AiomotoError, AioSession, mock_aws
from tests.buckets import bucket_names
from tests.programs import ROOT, run_source

pytestmark = pytest.mark.thorough

REGION = "us-east-1"
TABLE = ROOT / "aiomoto" / "_patching" / "required_names.py"


def table(name: str) -> list[tuple[str, str]]:
    """The modules and the parts of one of the tables."""
    for node in ast.walk(ast.parse(TABLE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            assert node.value is not None
            parts: dict[str, tuple[str, ...]] = ast.literal_eval(node.value)
            return [(module, part) for module, names in parts.items() for part in names]
    raise AssertionError(f"there is no table {name}")


def missing(module: str, part: str) -> str:
    library = module.partition(".")[0]
    return f"{library} {version(library)} has no {module}.{part}, which aiomoto builds on"


def take_away(patch: pytest.MonkeyPatch, module: str, part: str) -> None:
    """Delete what a release might lack, where it is."""
    *owners, name = part.split(".")
    owner: Any = import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    for place in owner.__mro__ if isinstance(owner, type) else (owner, *type(owner).__mro__):
        if name in vars(place):
            patch.delattr(place, name)


@pytest.mark.parametrize(("module", "part"), table("AT_START"), ids=str)
def test_a_name_that_is_gone_is_named_at_the_start(module: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    send = URLLib3Session.send
    aws = mock_aws()
    with monkeypatch.context() as patch:
        take_away(patch, module, part)
        with pytest.raises(AiomotoError) as raised:
            aws.start()

    assert missing(module, part) in str(raised.value)
    assert URLLib3Session.send is send
    with mock_aws():
        assert bucket_names() == []


@pytest.mark.parametrize(("module", "part"), table("WHEN_IMPORTED"), ids=str)
def test_a_name_that_is_gone_is_named_where_its_module_is_there(
    module: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(module)
    aws = mock_aws()
    with monkeypatch.context() as patch:
        take_away(patch, module, part)
        with pytest.raises(AiomotoError) as raised:
            aws.start()

    assert missing(module, part) in str(raised.value)
    with mock_aws():
        assert bucket_names() == []


@pytest.mark.parametrize(("module", "part"), table("FOR_SNAPSHOTS"), ids=str)
def test_a_name_that_is_gone_is_named_by_a_snapshot_and_by_nothing_else(
    module: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_module(module)
    with mock_aws() as aws:
        aws.snapshot()
        with monkeypatch.context() as patch:
            take_away(patch, module, part)
            with pytest.raises(AiomotoError) as raised:
                aws.snapshot()
        assert bucket_names() == []

    assert missing(module, part) in str(raised.value)


GONE_LATE = """
from importlib.abc import MetaPathFinder
import importlib.util, sys

class Older(MetaPathFinder):
    # As the release of tomorrow would have it.
    def find_spec(self, name, path=None, target=None):
        if name != "moto.s3.utils":
            return None
        return importlib.util.spec_from_loader(name, Loader())

class Loader:
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        pass

import aiomoto
with aiomoto.mock_aws():
    sys.meta_path.insert(1, Older())
    try:
        import moto.s3.utils
    except aiomoto.AiomotoError as error:
        print(error)
"""


def test_a_name_that_is_gone_is_named_when_its_module_is_imported_inside_a_mock() -> None:
    assert missing("moto.s3.utils", "bucket_name_from_url") in run_source(GONE_LATE).stdout


AT_LOADING = {
    "attribute-of-a-class": (
        "import moto.core.models as m; del m.MockAWS._mock_init_lock",
        "moto.core.models",
        "MockAWS._mock_init_lock",
    ),
    "attribute-of-a-module": ("import moto; del moto.__version__", "moto", "__version__"),
}


@pytest.mark.parametrize(("change", "module", "part"), AT_LOADING.values(), ids=AT_LOADING)
def test_a_name_that_is_gone_when_aiomoto_is_loaded_is_named(change: str, module: str, part: str) -> None:
    program = f"{change}\nfrom aiomoto import AiomotoError\ntry:\n    from aiomoto import mock_aws\n"
    program += "except AiomotoError as error:\n    print(error)"

    assert missing(module, part) in run_source(program).stdout


# ---------------------------------------------------------------- instances


class Hidden:
    """Stands for an attribute of instances, and hides it from aiomoto: their own library would miss it first."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self._name = name
        self._values = values  # the class's attributes from before

    def __get__(self, instance: Any, owner: type) -> Any:
        reader = sys._getframe(1).f_globals["__name__"]  # noqa: SLF001
        values = ChainMap({} if instance is None else vars(instance), dict(self._values))
        if reader.startswith("aiomoto.") or self._name not in values:
            raise AttributeError(self._name)
        return values[self._name]

    def __set__(self, instance: Any, value: Any) -> None:
        vars(instance)[self._name] = value


def hide(patch: pytest.MonkeyPatch, module: str, part: str) -> None:
    owner, _, name = part.partition(".")
    found = getattr(import_module(module), owner)
    patch.setattr(found, name, Hidden(name, dict(vars(found))), raising=False)


def let_go_of_file_systems() -> None:
    """Collect those that earlier tests have left: a mock that ends closes their sessions.

    Some are in s3fs's cache, and among what no later collection looks at.
    """
    if "s3fs" in sys.modules:
        sys.modules["s3fs"].S3FileSystem.clear_instance_cache()
        gc.unfreeze()
        gc.collect()
        gc.freeze()


Use = Callable[[], object]


def _by_boto3() -> Use:
    return lambda: boto3.Session().client("s3", region_name=REGION).list_buckets()


def _by_aiobotocore(**config: Any) -> Use:
    async def list_buckets() -> None:
        async with get_session().create_client("s3", region_name=REGION, config=AioConfig(**config)) as s3:
            await s3.list_buckets()

    return lambda: asyncio.run(list_buckets())


def _over_httpx() -> Use:
    httpxsession = pytest.importorskip("aiobotocore.httpxsession")
    if httpxsession.httpx is None:
        pytest.skip("needs httpx")
    return _by_aiobotocore(http_session_cls=httpxsession.HttpxSession)


def _by_s3fs() -> Use:
    s3fs = pytest.importorskip("s3fs")
    # Those of other tests lack the name too, and are looked at when the mock ends.
    s3fs.S3FileSystem.clear_instance_cache()
    gc.collect()
    return lambda: s3fs.S3FileSystem(skip_instance_cache=True).ls("")


def _by_a_poll() -> Use:
    def poll() -> None:
        sqs = boto3.client("sqs", region_name=REGION)
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)

    return poll


def _by_a_session_from_before() -> Use:
    session = botocore.session.Session()
    session.get_component("credential_provider")
    return lambda: session.create_client("s3", REGION).list_buckets()


def _with_a_token() -> Use:
    return lambda: boto3.client("sqs", REGION, config=Config(signature_version="bearer")).list_queues()


def _in_a_role() -> Use:
    session = botocore.session.Session()
    keys = Credentials("a", "b")
    fetcher = AssumeRoleCredentialFetcher(session.create_client, keys, "arn:aws:iam::1:role/x")
    return lambda: fetcher.fetch_credentials()


def _in_adaptive_mode() -> Use:
    def call_often() -> None:
        with mock_aws(sleep="instant") as aws:
            sqs = boto3.client("sqs", REGION, config=Config(retries={"mode": "adaptive"}))
            aws.faults.add("sqs", error="Throttling", times=4)
            for _ in range(8):
                with suppress(ClientError):
                    sqs.list_queues()

    return call_often


def _with_no_quota_left() -> Use:
    if tuple(map(int, version("botocore").split(".")[:2])) < (1, 44):
        pytest.skip("this botocore does not sleep before a long poll fails")

    def poll() -> None:
        with mock_aws(sleep="instant") as aws:
            config = Config(retries={"mode": "standard", "total_max_attempts": 50})
            aws.faults.add("sqs", error="InternalError")
            boto3.client("sqs", REGION, config=config).receive_message(QueueUrl="https://sqs.us-east-1.amazonaws.com/q")

    return poll


def _in_a_directory_bucket() -> Use:
    return lambda: boto3.client("s3", REGION).put_object(Bucket="data--use1-az4--x-s3", Key="key")


def _by_a_function() -> Use:
    def use() -> object:
        with mock_aws() as aws:
            aws.functions["resize"] = lambda event, context: None
            return boto3.client("lambda", REGION).list_functions()

    return use


# Code that uses instances of each class: each function runs outside of a mock, what it returns inside one.
USES: dict[str, Callable[[], Use]] = {
    "AIOHTTPSession": _by_aiobotocore,
    "AioBaseClient": _by_s3fs,
    "AioConfig": lambda: lambda: AioSession().set_default_client_config(AioConfig()),
    "AssumeRoleProvider": _by_a_session_from_before,
    "CachedCredentialFetcher": _in_a_role,
    "ComponentLocator": _by_boto3,
    "EnvironmentProvider": _by_a_session_from_before,
    "HttpxSession": _over_httpx,
    "IdentityCache": _in_a_directory_bucket,
    "LambdaBackend": _by_a_function,
    "LambdaStorage": _by_a_function,
    "Queue": _by_a_poll,
    "RequestSigner": _with_a_token,
    "RetryHandler": _with_no_quota_left,
    "S3FileSystem": _by_s3fs,
    "Session": _by_boto3,
    "TokenBucket": _in_adaptive_mode,
    "URLLib3Session": _by_boto3,
}


@pytest.mark.parametrize(("module", "part"), table("OF_INSTANCES"), ids=str)
def test_a_name_that_instances_lack_is_named_where_one_shows_up(
    module: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    use = USES[part.partition(".")[0]]()
    with monkeypatch.context() as patch:
        if module in ("aiobotocore.httpsession", "s3fs.core"):
            let_go_of_file_systems()
        hide(patch, module, part)
        with pytest.raises(AiomotoError) as raised, mock_aws():
            use()

    assert missing(module, part) in str(raised.value)
    with mock_aws():
        assert bucket_names() == []


# ---------------------------------------------------------------- the table itself

# Optional: where one is gone, something is slower, or is done in another way.
OPTIONAL = {"_alias_name_cache", "_regions", "_buckets", "_client", "_s3creator", "_session_is_owned", "_refresh"}
# Of what is ours, or Python's.
OWN = {
    "_replace",
    "_streaming",
    "_at_fork_reinit",
    "_is_owned",
    "_stop",
    "_file",
    "_max_size",
    "_data",
    "_shared",
    "_modules",
    "_versions",
}
FILES = sorted((ROOT / "aiomoto").rglob("*.py"))


def foreign_names(path: Path) -> Iterator[str]:
    """The private names that a file reads of something that is not its own."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    assigned = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    for node in ast.walk(tree):
        is_private = isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
        if not (is_private and isinstance(node, ast.Attribute)):
            continue
        if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            continue
        if node.attr not in defined | assigned:
            yield node.attr


NAMES = ("AT_START", "WHEN_IMPORTED", "OF_INSTANCES", "FOR_SNAPSHOTS", "FOR_WORLDS")


def test_every_private_name_that_is_read_is_in_the_table() -> None:
    listed = {part.rpartition(".")[2] for name in NAMES for _, part in table(name)}
    read = {(path.name, name) for path in FILES for name in foreign_names(path)}

    assert {(file, name) for file, name in read if name not in listed | OPTIONAL | OWN} == set()
