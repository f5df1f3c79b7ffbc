"""A test that imports the client and Moto, and calls nothing."""

from __future__ import annotations

import aiobotocore.session
import moto.core


def test_work() -> None:
    assert aiobotocore.session
    assert moto.core


if __name__ == "__main__":
    test_work()
