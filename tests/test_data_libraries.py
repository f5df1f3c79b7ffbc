"""Libraries that read and write data at s3:// addresses: most go through fsspec, and so through the mock, as they are.

`nox -s data` installs them.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator

import pytest

from aiomoto import MockAWS, mock_aws
from tests.buckets import SESSION, create_bucket

pytest.importorskip("s3fs", reason="needs s3fs")
pandas = pytest.importorskip("pandas", reason="needs pandas")

# What the libraries say of each other's newest releases.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

FRAME = pandas.DataFrame({"name": ["ada", "grace", "mary"], "born": [1815, 1906, 1930]})


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    """A mock with an empty bucket ``lake``."""
    with mock_aws() as aws:
        create_bucket("lake")
        yield aws


@pytest.fixture
def with_endpoint() -> Iterator[MockAWS]:
    """The same, also for what does not go through fsspec."""
    with mock_aws(endpoint=True) as aws:
        create_bucket("lake")
        yield aws


def keys() -> list[str]:
    return [item["Key"] for item in SESSION.client("s3").list_objects_v2(Bucket="lake").get("Contents", ())]


def write(key: str, body: bytes) -> None:
    SESSION.client("s3").put_object(Bucket="lake", Key=key, Body=body)


def backends(aws: MockAWS) -> set[str]:
    """What the calls came by, but for those of the tests' own."""
    return {call.backend for call in aws.calls} - {"boto3"}


# ---------------------------------------------------------------- pandas


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "json", "pickle", "feather"])
def test_pandas(kind: str, aws: MockAWS) -> None:
    if kind == "feather":
        pytest.importorskip("pyarrow", reason="needs pyarrow")
    name = kind.partition(".")[0]
    options = {"index": False} if name == "csv" else {}
    getattr(FRAME, f"to_{name}")(f"s3://lake/people.{kind}", **options)

    found = getattr(pandas, f"read_{name}")(f"s3://lake/people.{kind}")

    pandas.testing.assert_frame_equal(found, FRAME)
    assert keys() == [f"people.{kind}"]
    assert backends(aws) == {"aiohttp"}


def test_pandas_reads_what_boto3_wrote_since(aws: MockAWS) -> None:
    for year in (1815, 1816):
        write("people.csv", b"name,born\nada,%d\n" % year)
        assert pandas.read_csv("s3://lake/people.csv")["born"].to_list() == [year]


@pytest.mark.parametrize("engine", ["pyarrow", "fastparquet"])
def test_pandas_parquet_with_storage_options_goes_through_fsspec(engine: str, aws: MockAWS) -> None:
    pytest.importorskip(engine, reason=f"needs {engine}")
    FRAME.to_parquet("s3://lake/people.parquet", engine=engine, storage_options={})

    found = pandas.read_parquet("s3://lake/people.parquet", engine=engine, storage_options={})

    pandas.testing.assert_frame_equal(found, FRAME)
    assert keys() == ["people.parquet"]
    assert backends(aws) == {"aiohttp"}


def test_pandas_parquet_in_partitions(aws: MockAWS) -> None:
    pytest.importorskip("pyarrow", reason="needs pyarrow")
    FRAME.to_parquet("s3://lake/people", partition_cols=["born"], storage_options={})

    found = pandas.read_parquet("s3://lake/people", filters=[("born", ">", 1900)], storage_options={})

    assert found["name"].to_list() == ["grace", "mary"]
    assert [key.split("/")[1] for key in keys()] == ["born=1815", "born=1906", "born=1930"]


def test_pandas_parquet_without_storage_options_goes_past_fsspec(with_endpoint: MockAWS) -> None:
    pytest.importorskip("pyarrow", reason="needs pyarrow")
    FRAME.to_parquet("s3://lake/people.parquet")

    found = pandas.read_parquet("s3://lake/people.parquet")

    pandas.testing.assert_frame_equal(found, FRAME)
    assert backends(with_endpoint) == {"endpoint"}


def test_pandas_reads_orc_past_fsspec(with_endpoint: MockAWS) -> None:
    pytest.importorskip("pyarrow", reason="needs pyarrow")
    FRAME.to_orc("s3://lake/people.orc")
    assert backends(with_endpoint) == {"aiohttp"}

    found = pandas.read_orc("s3://lake/people.orc")

    pandas.testing.assert_frame_equal(found, FRAME)
    assert backends(with_endpoint) == {"aiohttp", "endpoint"}


@pytest.mark.parametrize("engine", ["fastparquet", "pyarrow"])
def test_pandas_says_what_is_not_there(engine: str, aws: MockAWS) -> None:
    pytest.importorskip(engine, reason=f"needs {engine}")
    with pytest.raises(FileNotFoundError):
        pandas.read_csv("s3://lake/none.csv")
    with pytest.raises(FileNotFoundError):
        pandas.read_parquet("s3://lake/none.parquet", engine=engine, storage_options={})


@pytest.mark.asyncio
@mock_aws
async def test_pandas_in_a_coroutine_and_in_its_threads() -> None:
    create_bucket("lake")
    FRAME.to_csv("s3://lake/people.csv", index=False)

    found = await asyncio.gather(*(asyncio.to_thread(pandas.read_csv, "s3://lake/people.csv") for _ in range(5)))

    for each in found:
        pandas.testing.assert_frame_equal(each, FRAME)


# ---------------------------------------------------------------- pyarrow


def test_pyarrow_datasets_and_files_through_fsspec(aws: MockAWS) -> None:
    arrow = pytest.importorskip("pyarrow", reason="needs pyarrow")
    dataset = pytest.importorskip("pyarrow.dataset", reason="needs pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow")
    s3fs = pytest.importorskip("s3fs", reason="needs s3fs")
    fs = s3fs.S3FileSystem()
    table = arrow.Table.from_pandas(FRAME)

    dataset.write_dataset(table, "lake/people", format="parquet", partitioning=["born"], filesystem=fs)
    parquet.write_table(table, "lake/people.parquet", filesystem=fs)

    found = dataset.dataset("lake/people", partitioning=["born"], filesystem=fs)
    assert found.to_table(filter=dataset.field("born") > 1900).column("name").to_pylist() == ["grace", "mary"]
    assert parquet.read_table("lake/people.parquet", filesystem=fs).equals(table)
    assert backends(aws) == {"aiohttp"}


# ---------------------------------------------------------------- dask


@pytest.mark.parametrize("scheduler", ["threads", "sync"])
def test_dask_data_frames(scheduler: str, aws: MockAWS) -> None:
    dask = pytest.importorskip("dask", reason="needs dask")
    frames = pytest.importorskip("dask.dataframe", reason="needs dask[dataframe]")
    with dask.config.set(scheduler=scheduler):
        frame = frames.from_pandas(FRAME, npartitions=2)
        frame.to_csv("s3://lake/people-*.csv", index=False)
        frame.to_parquet("s3://lake/people")

        assert frames.read_csv("s3://lake/people-*.csv")["born"].sum().compute() == FRAME["born"].sum()
        assert frames.read_parquet("s3://lake/people")["born"].sum().compute() == FRAME["born"].sum()

    assert keys() == ["people-0.csv", "people-1.csv", "people/part.0.parquet", "people/part.1.parquet"]
    assert backends(aws) == {"aiohttp"}


def test_dask_bags_in_threads(aws: MockAWS) -> None:
    dask = pytest.importorskip("dask", reason="needs dask")
    bag = pytest.importorskip("dask.bag", reason="needs dask")
    with dask.config.set(scheduler="threads"):
        bag.from_sequence(["ada", "grace"], npartitions=2).to_textfiles("s3://lake/people-*.txt")

        assert sorted(bag.read_text("s3://lake/people-*.txt").str.strip().compute()) == ["ada", "grace"]


def test_dask_reads_parquet_past_fsspec_when_told_to(with_endpoint: MockAWS) -> None:
    frames = pytest.importorskip("dask.dataframe", reason="needs dask[dataframe]")
    frames.from_pandas(FRAME, npartitions=2).to_parquet("s3://lake/people")
    assert backends(with_endpoint) == {"aiohttp"}

    assert len(frames.read_parquet("s3://lake/people", filesystem="arrow")) == len(FRAME)
    assert "endpoint" in backends(with_endpoint)


def test_dask_bags_in_processes_find_the_endpoint(with_endpoint: MockAWS) -> None:
    bag = pytest.importorskip("dask.bag", reason="needs dask")
    for name in (b"ada", b"grace"):
        write(f"{name.decode()}.txt", name + b"\n")

    assert sorted(bag.read_text("s3://lake/*.txt").str.strip().compute(num_workers=1)) == ["ada", "grace"]
    assert "endpoint" in backends(with_endpoint)


# ---------------------------------------------------------------- zarr


def test_zarr_arrays_and_groups(aws: MockAWS) -> None:
    zarr = pytest.importorskip("zarr", minversion="3", reason="needs zarr 3")
    array = zarr.create_array("s3://lake/array", shape=(10, 10), chunks=(5, 5), dtype="i4")
    array[:] = [[10 * row + column for column in range(10)] for row in range(10)]
    group = zarr.open_group("s3://lake/group", mode="w")
    group.create_array("numbers", shape=(3,), dtype="f8")[:] = [1, 2, 3]

    assert zarr.open_array("s3://lake/array", mode="r")[7].tolist() == list(range(70, 80))
    assert list(zarr.open_group("s3://lake/group", mode="r").array_keys()) == ["numbers"]
    assert {key for key in keys() if key.startswith("array/")} == {
        "array/zarr.json",
        *(f"array/c/{row}/{column}" for row in range(2) for column in range(2)),
    }
    assert backends(aws) == {"aiohttp"}


@pytest.mark.asyncio
async def test_zarr_on_a_loop() -> None:
    zarr = pytest.importorskip("zarr.api.asynchronous", reason="needs zarr 3")
    async with mock_aws():
        create_bucket("lake")
        array = await zarr.create(store="s3://lake/array", shape=(4,), dtype="i4")
        await array.setitem(slice(None), 7)
        again = await zarr.open_array(store="s3://lake/array", mode="r")

        assert (await again.getitem(slice(None))).tolist() == [7, 7, 7, 7]


# ---------------------------------------------------------------- universal_pathlib


def test_universal_paths(aws: MockAWS) -> None:
    upath = pytest.importorskip("upath", reason="needs universal_pathlib")
    root = upath.UPath("s3://lake")
    path = root / "notes" / "1.txt"
    path.write_text("one")
    with path.open("ab") as file:
        file.write(b" two")

    assert path.read_text() == "one two"
    assert (path.exists(), path.stat().st_size, path.suffix) == (True, 7, ".txt")
    assert list(root.rglob("*.txt")) == list((root / "notes").iterdir()) == [path]
    moved = path.rename(root / "notes" / "2.txt")
    assert (path.exists(), moved.read_bytes()) == (False, b"one two")
    moved.unlink()
    assert keys() == []
    assert backends(aws) == {"aiohttp"}


# ---------------------------------------------------------------- afterwards


def test_the_next_mock_begins_empty_for_all_of_them() -> None:
    upath = pytest.importorskip("upath", reason="needs universal_pathlib")
    for _ in range(2):
        with warnings.catch_warnings(), mock_aws():
            warnings.simplefilter("error")
            create_bucket("lake")
            assert list(upath.UPath("s3://lake").iterdir()) == []
            FRAME.to_csv("s3://lake/people.csv")
            assert [path.name for path in upath.UPath("s3://lake").iterdir()] == ["people.csv"]
