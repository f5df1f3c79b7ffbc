"""S3 clients that are not botocore's, in this process, against the loopback endpoint: `make native` runs this."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from aiomoto import MockAWS, mock_aws
from tests.buckets import SESSION, bucket_names

pytestmark = pytest.mark.native

LARGE = bytes(range(256)) * 50_000  # 12.8 MB: three parts


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    """A mock with an endpoint that the environment leads to, and a bucket."""
    with mock_aws(endpoint=True) as aws:
        SESSION.client("s3").create_bucket(Bucket="lake")
        yield aws


def keys() -> list[str]:
    """What is in the bucket, as a client in process sees it."""
    return [item["Key"] for item in SESSION.client("s3").list_objects_v2(Bucket="lake").get("Contents", ())]


def put(key: str, body: bytes) -> None:
    SESSION.client("s3").put_object(Bucket="lake", Key=key, Body=body)


def get(key: str) -> bytes:
    body: bytes = SESSION.client("s3").get_object(Bucket="lake", Key=key)["Body"].read()
    return body


# ---------------------------------------------------------------- polars


def test_polars_writes_and_reads(aws: MockAWS) -> None:
    polars = pytest.importorskip("polars", reason="needs polars")
    frame = polars.DataFrame({"name": ["ada", "grace"], "born": [1815, 1906]})
    frame.write_parquet("s3://lake/people.parquet")
    frame.write_csv("s3://lake/people.csv")
    assert keys() == ["people.csv", "people.parquet"]
    assert get("people.csv") == b"name,born\nada,1815\ngrace,1906\n"
    assert polars.read_parquet("s3://lake/people.parquet").equals(frame)
    assert polars.read_csv("s3://lake/people.csv").equals(frame)


def test_polars_scans_and_sinks(aws: MockAWS) -> None:
    polars = pytest.importorskip("polars", reason="needs polars")
    for number in range(5):
        polars.DataFrame({"n": [number] * 100}).lazy().sink_parquet(f"s3://lake/parts/{number}.parquet")
    put("lines.csv", b"n\n" + b"7\n" * 1000)
    assert polars.scan_parquet("s3://lake/parts/*.parquet").filter(polars.col("n") > 2).collect().height == 200
    assert polars.scan_csv("s3://lake/lines.csv").select(polars.col("n").sum()).collect().item() == 7000


def test_polars_takes_options_where_the_environment_says_nothing() -> None:
    polars = pytest.importorskip("polars", reason="needs polars")
    with mock_aws() as aws:
        SESSION.client("s3").create_bucket(Bucket="lake")
        options = aws.endpoint.storage_options()
        polars.DataFrame({"n": [1]}).write_parquet("s3://lake/n.parquet", storage_options=options)
        assert polars.read_parquet("s3://lake/n.parquet", storage_options=options)["n"].to_list() == [1]


# ---------------------------------------------------------------- pyarrow


def test_pyarrow_file_system_by_its_constructor(aws: MockAWS) -> None:
    fs = pytest.importorskip("pyarrow.fs", reason="needs pyarrow")
    system = fs.S3FileSystem(**aws.endpoint.pyarrow())
    with system.open_output_stream("lake/large.bin") as stream:
        stream.write(LARGE)
    assert get("large.bin") == LARGE
    with system.open_input_file("lake/large.bin") as file:
        file.seek(1_000_000)
        assert file.read(1000) == LARGE[1_000_000:1_001_000]
    system.copy_file("lake/large.bin", "lake/copy.bin")
    system.delete_file("lake/large.bin")
    assert [info.path for info in system.get_file_info(fs.FileSelector("lake"))] == ["lake/copy.bin"]
    assert system.get_file_info("lake/large.bin").type == fs.FileType.NotFound


def test_pyarrow_creates_and_deletes_buckets(aws: MockAWS) -> None:
    fs = pytest.importorskip("pyarrow.fs", reason="needs pyarrow")
    system = fs.S3FileSystem(**aws.endpoint.pyarrow(), allow_bucket_creation=True, allow_bucket_deletion=True)
    system.create_dir("other")
    assert bucket_names() == ["lake", "other"]
    system.delete_dir("other")
    assert bucket_names() == ["lake"]


def test_pyarrow_file_system_by_uri(aws: MockAWS) -> None:
    fs = pytest.importorskip("pyarrow.fs", reason="needs pyarrow")
    put("folder/key", b"body")
    system, path = fs.FileSystem.from_uri("s3://lake/folder/key")
    with system.open_input_stream(path) as stream:
        assert stream.read() == b"body"


def test_pyarrow_tables_and_datasets(aws: MockAWS) -> None:
    fs = pytest.importorskip("pyarrow.fs", reason="needs pyarrow")
    dataset = pytest.importorskip("pyarrow.dataset", reason="needs pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow")
    arrow = pytest.importorskip("pyarrow", reason="needs pyarrow")
    system = fs.S3FileSystem(**aws.endpoint.pyarrow())
    table = arrow.table({"n": list(range(100)), "tens": [n // 10 for n in range(100)]})
    parquet.write_table(table, "lake/table.parquet", filesystem=system)
    assert parquet.read_table("lake/table.parquet", filesystem=system).equals(table)
    assert parquet.read_table("s3://lake/table.parquet").equals(table)  # by the environment
    dataset.write_dataset(table, "lake/parts", filesystem=system, format="parquet", partitioning=["tens"])
    found = dataset.dataset("lake/parts", filesystem=system, partitioning=["tens"])
    assert found.count_rows(filter=dataset.field("tens") == 3) == 10


# ---------------------------------------------------------------- obstore


def test_obstore_by_the_environment(aws: MockAWS) -> None:
    obstore = pytest.importorskip("obstore", reason="needs obstore")
    store = pytest.importorskip("obstore.store", reason="needs obstore").S3Store("lake")
    obstore.put(store, "folder/key", b"0123456789")
    obstore.put(store, "large.bin", BytesIO(LARGE))
    assert (get("folder/key"), get("large.bin")) == (b"0123456789", LARGE)
    assert [bytes(part) for part in obstore.get_ranges(store, "folder/key", starts=[0, 7], ends=[2, 9])] == [
        b"01",
        b"78",
    ]
    assert sorted(item["path"] for item in obstore.list(store).collect()) == ["folder/key", "large.bin"]
    assert obstore.head(store, "large.bin")["size"] == len(LARGE)
    obstore.copy(store, "folder/key", "copy")
    obstore.delete(store, ["folder/key", "large.bin"])
    assert keys() == ["copy"]


def test_obstore_creates_an_object_once(aws: MockAWS) -> None:
    obstore = pytest.importorskip("obstore", reason="needs obstore")
    exceptions = pytest.importorskip("obstore.exceptions", reason="needs obstore")
    store = pytest.importorskip("obstore.store", reason="needs obstore").S3Store("lake")
    obstore.put(store, "once", b"first", mode="create")
    with pytest.raises(exceptions.AlreadyExistsError):
        obstore.put(store, "once", b"second", mode="create")
    assert get("once") == b"first"


@pytest.mark.asyncio
async def test_obstore_takes_options_and_runs_on_the_loop() -> None:
    obstore = pytest.importorskip("obstore", reason="needs obstore")
    stores = pytest.importorskip("obstore.store", reason="needs obstore")
    async with mock_aws() as aws:
        SESSION.client("s3").create_bucket(Bucket="lake")
        store = stores.S3Store("lake", config=aws.endpoint.storage_options())
        await obstore.put_async(store, "key", b"body")
        assert bytes(await (await obstore.get_async(store, "key")).bytes_async()) == b"body"
        assert get("key") == b"body"


# ---------------------------------------------------------------- deltalake


@pytest.mark.parametrize("by", ["environment", "options"])
def test_deltalake_creates_appends_and_reads(aws: MockAWS, by: str) -> None:
    deltalake = pytest.importorskip("deltalake", reason="needs deltalake")
    arrow = pytest.importorskip("pyarrow", reason="needs pyarrow")
    options = aws.endpoint.storage_options() if by == "options" else None
    for number in range(2):
        table = arrow.table({"n": [number]})
        deltalake.write_deltalake("s3://lake/delta", table, mode="append", storage_options=options)
    found = deltalake.DeltaTable("s3://lake/delta", storage_options=options)
    assert (found.version(), sorted(found.to_pyarrow_table()["n"].to_pylist())) == (1, [0, 1])
    assert [key for key in keys() if key.endswith(".json")] == [
        "delta/_delta_log/00000000000000000000.json",
        "delta/_delta_log/00000000000000000001.json",
    ]


def test_deltalake_commits_from_many_writers_are_all_there(aws: MockAWS) -> None:
    deltalake = pytest.importorskip("deltalake", reason="needs deltalake")
    arrow = pytest.importorskip("pyarrow", reason="needs pyarrow")
    deltalake.write_deltalake("s3://lake/delta", arrow.table({"n": [0]}))

    def append(number: int) -> None:
        deltalake.write_deltalake("s3://lake/delta", arrow.table({"n": [number]}), mode="append")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(append, range(1, 9)))
    found = deltalake.DeltaTable("s3://lake/delta")
    assert (found.version(), sorted(found.to_pyarrow_table()["n"].to_pylist())) == (8, list(range(9)))


# ---------------------------------------------------------------- duckdb


def test_duckdb_reads_and_writes(aws: MockAWS) -> None:
    duckdb = pytest.importorskip("duckdb", reason="needs duckdb")
    package = pytest.importorskip("duckdb_extension_httpfs", reason="needs duckdb-extension-httpfs")
    files = list(Path(package.__file__).parent.rglob(f"v{duckdb.__version__}/httpfs.duckdb_extension"))
    if not files:
        pytest.skip(f"duckdb-extension-httpfs has no extension for duckdb {duckdb.__version__}")
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{files[0]}'")
        connection.execute(aws.endpoint.duckdb_secret())
        connection.execute("COPY (SELECT range AS n FROM range(1000)) TO 's3://lake/n.parquet'")
        connection.execute("COPY (SELECT range AS n FROM range(1000)) TO 's3://lake/n.csv'")
        assert keys() == ["n.csv", "n.parquet"]
        for url in ("s3://lake/n.parquet", "s3://lake/*.parquet", "s3://lake/n.csv"):
            assert connection.execute(f"SELECT sum(n) FROM '{url}'").fetchone() == (499500,)


# ---------------------------------------------------------------- clients in Python that are not botocore's


def test_minio(aws: MockAWS) -> None:
    minio = pytest.importorskip("minio", reason="needs minio")
    options = aws.endpoint.storage_options()
    client = minio.Minio(
        aws.endpoint.url.removeprefix("http://"),
        access_key=options["aws_access_key_id"],
        secret_key=options["aws_secret_access_key"],
        region=options["aws_region"],
        secure=False,
    )
    client.make_bucket("other")
    client.put_object("other", "key", BytesIO(b"body"), 4)
    client.put_object("other", "large.bin", BytesIO(LARGE), -1, part_size=5 * 2**20)
    assert [item.object_name for item in client.list_objects("other")] == ["key", "large.bin"]
    assert client.stat_object("other", "large.bin").size == len(LARGE)
    with client.get_object("other", "large.bin", offset=1000, length=1000) as response:
        assert response.read() == LARGE[1000:2000]
    with pytest.raises(minio.error.S3Error, match="NoSuchKey"):
        client.get_object("other", "none")
    assert client.presigned_get_object("other", "key").startswith(f"{aws.endpoint.url}/other/key?")
    assert bucket_names() == ["lake", "other"]


@pytest.mark.asyncio
async def test_aiohttp_s3_client(aws: MockAWS) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    clients = pytest.importorskip("aiohttp_s3_client", reason="needs aiohttp-s3-client")
    options = aws.endpoint.storage_options()
    async with aiohttp.ClientSession() as session:
        client = clients.S3Client(
            session=session,
            url=aws.endpoint.url,
            access_key_id=options["aws_access_key_id"],
            secret_access_key=options["aws_secret_access_key"],
            region=options["aws_region"],
        )
        async with client.put("lake/key", b"body") as response:
            assert response.status == 200
        async with client.get("lake/key") as response:
            assert await response.read() == b"body"
        async with client.head("lake/none") as response:
            assert response.status == 404
        # Smaller parts than it takes, so that aiohttp does not warn of large ones; Moto takes them.
        await client.put_multipart("lake/parts", [LARGE[:500_000], LARGE[500_000:1_000_000]])
    assert (get("key"), get("parts")) == (b"body", LARGE[:1_000_000])


def test_s3fs_pointed_at_it(aws: MockAWS) -> None:
    s3fs = pytest.importorskip("s3fs", reason="needs s3fs")
    system = s3fs.S3FileSystem(endpoint_url=aws.endpoint.url, skip_instance_cache=True)
    system.pipe("lake/folder/key", b"body")
    assert system.find("lake") == ["lake/folder/key"]
    assert system.cat("lake/folder/key") == b"body"
    assert get("folder/key") == b"body"


def test_pandas_reads_what_polars_wrote(aws: MockAWS) -> None:
    polars = pytest.importorskip("polars", reason="needs polars")
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    pytest.importorskip("s3fs", reason="needs s3fs")
    polars.DataFrame({"n": [1, 2]}).write_csv("s3://lake/n.csv")
    found: Any = pandas.read_csv("s3://lake/n.csv")
    assert found["n"].to_list() == [1, 2]
