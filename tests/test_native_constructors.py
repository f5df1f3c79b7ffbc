"""Native clients as code under test creates them: led to the endpoint, or refused where there is none."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aiomoto import RequestBlockedError, mock_aws
from tests.buckets import SESSION

pytestmark = pytest.mark.native


def library(name: str) -> Any:
    return pytest.importorskip(name, reason=f"needs {name}")


def put(key: str, body: bytes = b"all is well") -> None:
    s3 = SESSION.client("s3")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key=key, Body=body)


# ---------------------------------------------------------------- with an endpoint


@pytest.mark.parametrize("arguments", [{}, {"endpoint_override": None, "region": "eu-west-1"}], ids=["bare", "region"])
def test_pyarrow_by_its_bare_constructor_reaches_the_mock(arguments: dict[str, Any]) -> None:
    fs = library("pyarrow.fs")
    original = fs.S3FileSystem
    with mock_aws(endpoint=True) as aws:
        put("june.txt")
        lake = fs.S3FileSystem(**arguments)
        assert lake.open_input_stream("lake/june.txt").read() == b"all is well"
        assert isinstance(lake, fs.S3FileSystem)
        assert isinstance(lake, fs.FileSystem)
        assert type(lake) is original
        assert pickle.loads(pickle.dumps(lake)).get_file_info("lake/june.txt").size == 11
        assert aws.calls.filter("s3", "GetObject")[0].backend == "endpoint"
    assert fs.S3FileSystem is original


def test_pyarrow_by_a_name_that_was_imported_before_reaches_the_mock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = library("pyarrow.fs").S3FileSystem
    (tmp_path / "under_test.py").write_text("from pyarrow.fs import S3FileSystem")
    monkeypatch.syspath_prepend(tmp_path)
    under_test = import_module("under_test")
    try:
        for _ in range(2):
            with mock_aws(endpoint=True):
                put("june.txt")
                assert under_test.S3FileSystem().get_file_info("lake/june.txt").size == 11
            assert under_test.S3FileSystem is original
    finally:
        del sys.modules["under_test"]


def test_pyarrow_with_an_endpoint_of_its_own_keeps_it() -> None:
    fs = library("pyarrow.fs")
    with mock_aws(endpoint=True) as aws, mock_aws() as inner:
        put("june.txt")
        own = fs.S3FileSystem(**inner.endpoint.pyarrow())
        assert own.get_file_info("lake/june.txt").size == 11
        assert [call.backend for call in inner.calls.filter("s3", "HeadObject")] == ["endpoint"]
        assert inner.endpoint.url != aws.endpoint.url


def test_pyarrow_reaches_an_endpoint_that_the_environment_does_not_name() -> None:
    fs = library("pyarrow.fs")
    with mock_aws() as aws:
        put("june.txt")
        assert aws.endpoint.url
        assert "AWS_ENDPOINT_URL" not in os.environ
        assert fs.S3FileSystem().get_file_info("lake/june.txt").size == 11
        lake, path = fs.FileSystem.from_uri("s3://lake/june.txt?region=us-east-1")
        assert lake.get_file_info(path).size == 11


def test_pyiceberg_reads_what_it_wrote_by_its_default_file_io() -> None:
    catalog_module, arrow = library("pyiceberg.catalog"), library("pyarrow")
    library("moto.glue.models")
    with mock_aws(endpoint=True):
        SESSION.client("s3").create_bucket(Bucket="lake")
        properties = {"type": "glue", "warehouse": "s3://lake/warehouse", "client.region": "us-east-1"}
        catalog = catalog_module.load_catalog("lake", **properties)
        catalog.create_namespace("ns")
        table = catalog.create_table("ns.t", schema=arrow.schema([("a", arrow.int64())]))
        table.append(arrow.table({"a": [1, 2]}))
        assert table.scan().to_arrow()["a"].to_pylist() == [1, 2]


# ---------------------------------------------------------------- without one


def arrow_table() -> Any:
    return library("pyarrow").table({"n": [1]})


# Each with the module that it needs.
CALLS: dict[str, tuple[str, Callable[[ModuleType], object]]] = {
    "pyarrow": ("pyarrow.fs", lambda fs: fs.S3FileSystem()),
    "pyarrow-uri": ("pyarrow.fs", lambda fs: fs.FileSystem.from_uri("s3://lake/x")),
    "pyarrow-table": ("pyarrow.parquet", lambda parquet: parquet.read_table("s3://lake/x")),
    "pyarrow-dataset": ("pyarrow.dataset", lambda dataset: dataset.dataset("s3://lake/x")),
    "pandas-write": ("pandas", lambda pandas: pandas.DataFrame({"n": [1]}).to_parquet("s3://lake/x")),
    "pandas-read": ("pandas", lambda pandas: pandas.read_parquet("s3://lake/x")),
    "obstore": ("obstore.store", lambda store: store.S3Store("lake")),
    "obstore-url": ("obstore.store", lambda store: store.from_url("s3://lake/x")),
    "deltalake-read": ("deltalake", lambda deltalake: deltalake.DeltaTable("s3://lake/x")),
    "deltalake-write": ("deltalake", lambda deltalake: deltalake.write_deltalake("s3://lake/x", arrow_table())),
    "polars-read": ("polars", lambda polars: polars.read_parquet("s3://lake/x")),
    "polars-scan": ("polars", lambda polars: polars.scan_csv("s3://lake/x").collect()),
    "polars-write": ("polars", lambda polars: polars.DataFrame({"n": [1]}).write_parquet("s3://lake/x")),
}


@pytest.mark.parametrize(("needs", "call"), CALLS.values(), ids=CALLS)
def test_a_client_without_an_endpoint_is_refused_at_once(needs: str, call: Callable[[ModuleType], object]) -> None:
    module = library(needs)
    with mock_aws(), pytest.raises(RequestBlockedError, match=r"Write mock_aws\(endpoint=True\)"):
        call(module)


def test_clients_with_another_endpoint_are_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    fs, store = library("pyarrow.fs"), library("obstore.store")
    with mock_aws():
        fs.S3FileSystem(endpoint_override="localhost:9000")
        fs.FileSystem.from_uri("s3://lake/x?endpoint_override=localhost:9000")
        store.S3Store("lake", endpoint="http://localhost:9000")
        store.S3Store("lake", config={"AWS_ENDPOINT_URL": "http://localhost:9000"})
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:9000")
        store.from_url("s3://lake/x")
        fs.FileSystem.from_uri("s3://lake/x")


def test_clients_of_services_that_pass_through_are_not_refused() -> None:
    fs, store = library("pyarrow.fs"), library("obstore.store")
    with mock_aws(config={"core": {"passthrough": {"services": ["s3"]}}}):
        fs.S3FileSystem()
        store.S3Store("lake")


def test_files_on_this_machine_are_not_refused(tmp_path: Path) -> None:
    deltalake, polars, parquet = library("deltalake"), library("polars"), library("pyarrow.parquet")
    with mock_aws():
        deltalake.write_deltalake(tmp_path / "table", arrow_table())
        assert deltalake.DeltaTable(tmp_path / "table").version() == 0
        parquet.write_table(arrow_table(), tmp_path / "n.parquet")
        assert polars.read_parquet(tmp_path / "n.parquet")["n"].to_list() == [1]


def test_after_the_mock_everything_is_as_before() -> None:
    fs, store = library("pyarrow.fs"), library("obstore.store")
    deltalake, polars = library("deltalake"), library("polars")
    before = fs.S3FileSystem, fs.FileSystem, store.S3Store, deltalake.DeltaTable.__init__
    call = polars.CredentialProviderAWS.__call__
    with mock_aws():
        assert fs.S3FileSystem is not before[0]
    assert (fs.S3FileSystem, fs.FileSystem, store.S3Store, deltalake.DeltaTable.__init__) == before
    assert polars.CredentialProviderAWS.__call__ is call
    fs.S3FileSystem(region="us-east-1")
