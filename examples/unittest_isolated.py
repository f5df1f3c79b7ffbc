"""Mock an ``IsolatedAsyncioTestCase``: what ``asyncSetUp`` creates is there in each test, and gone before the next.

Run it with ``python -m unittest examples/unittest_isolated.py``, or with pytest.
"""

import unittest
from contextlib import AsyncExitStack

from aiobotocore.session import get_session

from aiomoto import mock_aws


@mock_aws
class SecretsTest(unittest.IsolatedAsyncioTestCase):
    """Test code that reads and rotates a secret."""

    async def asyncSetUp(self) -> None:
        stack = AsyncExitStack()
        self.addAsyncCleanup(stack.aclose)
        self.client = await stack.enter_async_context(get_session().create_client("secretsmanager"))
        await self.client.create_secret(Name="password", SecretString="swordfish")

    async def test_secret_is_read(self) -> None:
        secret = await self.client.get_secret_value(SecretId="password")
        assert secret["SecretString"] == "swordfish"

    async def test_secret_is_rotated(self) -> None:
        await self.client.put_secret_value(SecretId="password", SecretString="seahorse")
        secret = await self.client.get_secret_value(SecretId="password")
        assert secret["SecretString"] == "seahorse"
        assert len((await self.client.list_secrets())["SecretList"]) == 1


if __name__ == "__main__":
    unittest.main()
