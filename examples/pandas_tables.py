"""Test pandas code that reads and writes s3:// URLs.

CSV, JSON and most other formats go through fsspec and s3fs. Parquet without ``storage_options`` goes through pyarrow's
own client instead, which reaches the mock with ``endpoint=True``.
"""

from collections.abc import Iterator

import boto3
import pandas as pd
import pytest
import s3fs  # pandas uses it for s3:// URLs

from aiomoto import mock_aws


def total(day: str) -> None:
    """Write the total of each customer: the code under test."""
    orders = pd.read_csv(f"s3://orders/{day}.csv")
    totals = orders.groupby("customer", as_index=False)["amount"].sum()
    totals.to_parquet(f"s3://orders/{day}.parquet")


@pytest.fixture(autouse=True)
def _orders() -> Iterator[None]:
    with mock_aws(endpoint=True):
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="orders")
        s3.put_object(Bucket="orders", Key="monday.csv", Body=b"customer,amount\nada,1\ngrace,2\nada,3\n")
        yield


def test_amounts_are_added_up() -> None:
    total("monday")

    totals = pd.read_parquet("s3://orders/monday.parquet", storage_options={})  # through s3fs this time
    assert totals.to_dict("list") == {"customer": ["ada", "grace"], "amount": [4, 2]}
    assert s3fs.S3FileSystem().ls("orders") == ["orders/monday.csv", "orders/monday.parquet"]
