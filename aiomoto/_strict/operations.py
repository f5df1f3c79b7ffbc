"""Operations of S3 that Moto does not implement, and answers as another."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qs

from botocore.model import OperationModel

from aiomoto._aws.operations import operation_model
from aiomoto._moto.s3_dispatch import lists_directory_buckets, taken_for
from aiomoto._strict.check import Rows, StrictCall


def refuse_operation(call: StrictCall) -> None:
    """Refuse an operation that Moto would take for another one, which has done or said something else.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html lists them all.

    Raises:
        NotImplementedError: Moto does not implement it.
    """
    if (other := _other(call.model.name)) is not None:
        raise NotImplementedError(
            f"it would run {other} instead, which strict mode refuses "
            '(mock_aws(strict={"operations": False}) switches off this check)'
        )


@lru_cache(maxsize=256)
def _other(name: str) -> str | None:
    if name == "ListDirectoryBuckets":
        return None if lists_directory_buckets() else "ListBuckets"
    model = operation_model("s3", name)
    return _taken_for(model) if model is not None else None


def _taken_for(model: OperationModel) -> str | None:
    path, _, query = model.http["requestUri"].partition("?")
    subresources = frozenset(parse_qs(query, keep_blank_values=True)) - {"x-id"}  # which S3 ignores
    return taken_for(model.http["method"], subresources, is_about_key="{Key" in path)


ROWS: Rows = {("s3", ""): (refuse_operation,)}
