"""A request in the form in which Moto's handlers take it, which is another one in each of some versions."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from werkzeug.wrappers import Request as FormRequest

from aiomoto._aws.scope import header
from aiomoto._wire.aws_chunked import parse_chunks
from aiomoto._wire.message import WireRequest

# From Moto 5.2.4 on, handlers take a request class of Moto's own; before that, botocore's prepared request.
try:
    from moto.core.request import Request, normalize_request

    _HAS_OWN_REQUEST = hasattr(Request, "raw_url")
except ImportError:
    _HAS_OWN_REQUEST = False

# From 5.2.5 on, Moto says where it looks for a header.
try:
    from moto.core.request import environ_key_for_header

    _environ_key = lru_cache(maxsize=512)(environ_key_for_header)
    _IS_LAID_OUT = _HAS_OWN_REQUEST
except ImportError:
    _IS_LAID_OUT = False


def moto_request(request: WireRequest, url: str) -> tuple[Any, str]:
    """Give a request the form that this Moto's handlers take, and the URL as they take it.

    Args:
        request: the request. Moto writes into the headers of what it gets; this one's stay as they are.
        url: where it is to have been sent.
    """
    path, mark, query = url.partition("?")
    # Moto reads a URL by RFC 2396, to which the key "report;v=2" is "report" with a parameter. aiohttp sends the
    # semicolon as it is, though it was quoted when it was signed.
    url = f"{path.replace(';', '%3B')}{mark}{query}"
    if _IS_LAID_OUT and not _has_odd_headers(request):
        prepared: Any = _laid_out(request, url)
        return prepared, prepared.raw_url
    headers = HeadersDict(request.headers)
    if not _HAS_OWN_REQUEST:
        headers = HeadersDict({_usual_case(name): value for name, value in headers.items()})
    if url != request.url:
        headers.pop("host", None)  # Moto believes it before the URL
    prepared = AWSPreparedRequest(request.method, url, headers, request.body, False)
    if _HAS_OWN_REQUEST:
        prepared = normalize_request(prepared)
        return prepared, prepared.raw_url
    if request.is_plain or "multipart/form-data" in header(request, "content-type"):
        prepared = _flask_request(request, url, headers)
    elif "x-www-form-urlencoded" in header(request, "content-type") and not header(request, "content-encoding"):
        prepared.body = (request.body or b"").decode("utf-8", "surrogateescape")  # text, as botocore has it
    return prepared, url


def _usual_case(name: str) -> str:
    # Up to 5.2.3, Moto compares with these names, the case included, what a presigned URL says of a request's headers.
    return name.title().replace("Md5", "MD5") if name.lower().startswith("content-") else name


# What Moto or werkzeug do more with than to pass it on.
_TREATED = ("content-length", "content-type", "transfer-encoding")


def _has_odd_headers(request: WireRequest) -> bool:
    """Whether two headers have one name, or one means something to Moto by its spelling, or is no header at all."""
    headers = request.lower_headers
    return (
        len(headers) < len(request.headers)
        or "_" in "".join(headers)
        or any(ending in "".join(headers.values()) for ending in "\r\n")
    )


def _laid_out(request: WireRequest, url: str) -> Any:
    """Moto's own request, most of its headers put where werkzeug puts them: it takes a tenth of a call for that."""
    headers = _trailer(request) | request.lower_headers
    treated = {name: headers.pop(name) for name in _TREATED if name in headers}
    if url != request.url:
        headers.pop("host", None)  # Moto believes it before the URL
    place = _PLAIN_URL.fullmatch(url)
    if place and (request.body or not treated):
        environ = _environ(request.method, place, treated.get("content-type"), request.body or b"")
    else:
        environ = Request.from_primitives(request.method, url, treated, request.body).environ
    environ.update({_environ_key(name): value for name, value in headers.items()})
    # The body is there as a whole: with this, werkzeug hands it over instead of a copy.
    environ["wsgi.input_terminated"] = True
    prepared = Request(environ)
    if place and f"{place['origin']}/".endswith(f"/{environ['HTTP_HOST']}/"):
        # In the place of a cached property, which is worked out anew for each request and is most of Moto's raw_url.
        vars(prepared)["url_root"] = _url_root(place["origin"])
    return prepared


# One of which no part is quoted, and none means something else in another place.
_PLAIN_URL = re.compile(
    r"(?P<origin>https?://[a-z0-9.:-]+)(?P<path>/(?!/)[\w.~/-]*)(?:\?(?P<query>[!-\"$-~]*))?", re.ASCII
)


def _environ(method: str, url: re.Match[str], content_type: str | None, body: bytes) -> dict[str, Any]:
    """What ``from_primitives`` makes of a request, for the URLs of which it leaves every part as it is."""
    path = url["path"]
    place = {"PATH_INFO": path, "REQUEST_URI": path, "RAW_URI": path, "QUERY_STRING": url["query"] or ""}
    content = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    if content_type is not None:
        content["CONTENT_TYPE"] = content_type
    return {**_environ_of(method, url["origin"]), **place, **content, "wsgi.errors": sys.stderr}


@lru_cache(maxsize=256)
def _url_root(origin: str) -> str:
    return str(Request.from_primitives("GET", f"{origin}/", {}, b"").url_root)


@lru_cache(maxsize=256)
def _environ_of(method: str, origin: str) -> dict[str, Any]:
    environ: dict[str, Any] = Request.from_primitives(method, f"{origin}/", {}, b"").environ
    del environ["werkzeug.request"]
    return environ


def _trailer(request: WireRequest) -> dict[str, str]:
    """The headers announced to come after the body of an upload. Moto searches all of the body for them otherwise."""
    announced = header(request, "x-amz-trailer").lower().split(",")
    if announced == [""] or not header(request, "x-amz-content-sha256").startswith("STREAMING-"):
        return {}
    try:
        fields = parse_chunks([request.body or b""]).trailer()
    except ValueError:  # not framed as it says, which is for Moto to refuse
        return {}
    return {name: fields[name] for name in map(str.strip, announced) if name in fields}


def _flask_request(request: WireRequest, url: str, headers: HeadersDict) -> FormRequest:
    # Up to 5.2.3, Moto's mock of the requests library hands over what a server of its own would, and Moto finds the
    # fields of a form in nothing else.
    split = urlsplit(url)
    headers.pop("transfer-encoding", None)  # undone, and werkzeug believes it before the length
    return FormRequest.from_values(
        path=split.path,
        query_string=split.query,
        base_url=f"{split.scheme}://{split.netloc}",
        method=request.method,
        data=request.body or b"",
        headers=list(headers.items()),
    )
