"""httpx and httpx2: aiobotocore's session over them, and requests that are sent without an SDK."""
