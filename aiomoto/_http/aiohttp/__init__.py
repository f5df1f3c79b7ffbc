"""aiohttp: aiobotocore's session over it, and requests that are sent without an SDK."""
