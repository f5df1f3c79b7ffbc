"""Really send the requests to one endpoint, here a server on this machine; all others go to Moto."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from aiobotocore.session import get_session

from aiomoto import mock_aws


class Archive(BaseHTTPRequestHandler):
    """A minimal object store: each object contains its own path."""

    def do_GET(self) -> None:
        """Respond to ``GetObject``."""
        body = f"archived {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def serve() -> Iterator[str]:
    """Run the archive, and yield its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Archive) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def main() -> None:
    """Read from the archive and from Moto inside one mock."""
    session = get_session()
    with serve() as url, mock_aws(config={"core": {"passthrough": {"urls": [f"{url}/"]}}}):
        async with session.create_client("s3", endpoint_url=url) as archive:
            letter = await archive.get_object(Bucket="letters", Key="1815.txt")
            text = await letter["Body"].read()
        async with session.create_client("s3") as s3:
            buckets = (await s3.list_buckets())["Buckets"]
    print(f"The server sent {text.decode()!r}; Moto has {len(buckets)} buckets.")
    assert text == b"archived /letters/1815.txt"
    assert buckets == []


if __name__ == "__main__":
    asyncio.run(main())
