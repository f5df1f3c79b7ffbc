"""Let one endpoint out on purpose: requests to a server on this machine are really sent, all others go to Moto."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from aiobotocore.session import get_session

from aiomoto import mock_aws


class Archive(BaseHTTPRequestHandler):
    """An object store of sorts, in which every object tells its own path."""

    def do_GET(self) -> None:
        """Answer ``GetObject``."""
        body = f"archived {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@contextmanager
def serve() -> Iterator[str]:
    """The URL of a running archive."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Archive) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def main() -> None:
    """Read from the archive and from Moto in one mock."""
    session = get_session()
    with serve() as url, mock_aws(config={"core": {"passthrough": {"urls": [f"{url}/"]}}}):
        async with session.create_client("s3", endpoint_url=url) as archive:
            answer = await archive.get_object(Bucket="letters", Key="1815.txt")
            sent = await answer["Body"].read()
        async with session.create_client("s3") as s3:
            buckets = (await s3.list_buckets())["Buckets"]
    print(f"The server answered {sent.decode()!r}; Moto has {len(buckets)} buckets.")
    assert sent == b"archived /letters/1815.txt"
    assert buckets == []


if __name__ == "__main__":
    asyncio.run(main())
