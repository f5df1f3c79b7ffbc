"""Convert a request into the form that the handlers of the installed version of Moto take."""

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

# Since Moto 5.2.4, handlers take Moto's own request class; before, botocore's prepared request.
try:
    from moto.core.request import Request, normalize_request

    _HAS_OWN_REQUEST = hasattr(Request, "raw_url")
except ImportError:
    _HAS_OWN_REQUEST = False

# Since 5.2.5, Moto exports where in the WSGI environment it looks for a header.
try:
    from moto.core.request import environ_key_for_header

    _environ_key = lru_cache(maxsize=512)(environ_key_for_header)
    _CAN_BUILD_ENVIRON = _HAS_OWN_REQUEST
except ImportError:
    _CAN_BUILD_ENVIRON = False


def moto_request(request: WireRequest, url: str, service: str) -> tuple[Any, str]:
    """Convert a request and its URL into what the handlers of this version of Moto take.

    Args:
        request: the request. It stays as it is: handlers change the headers of a copy.
        url: the URL that Moto gets to see.
        service: Moto's name of the service.
    """
    path, mark, query = url.partition("?")
    # By RFC 2396, which Moto follows, the key "report;v=2" is "report" with a parameter. aiohttp sends the semicolon
    # unquoted, though it was quoted for the signature.
    url = f"{path.replace(';', '%3B')}{mark}{query}"
    may_be_form = service != "s3" or _is_form_upload(request)
    if _CAN_BUILD_ENVIRON and not _has_odd_headers(request):
        prepared: Any = _moto_own_request(request, url, may_be_form)
        return prepared, prepared.raw_url
    headers = HeadersDict(request.headers)
    if not _HAS_OWN_REQUEST:
        headers = HeadersDict({_canonical_case(name): value for name, value in headers.items()})
    if url != request.url:
        headers.pop("host", None)  # Moto would prefer it to the URL
    prepared = AWSPreparedRequest(request.method, url, headers, request.body, False)
    if _HAS_OWN_REQUEST:
        prepared = normalize_request(prepared)
        if not may_be_form:
            prepared = _without_form(Request)(prepared.environ)
        return prepared, prepared.raw_url
    content_type = header(request, "content-type")
    if request.is_plain or (may_be_form and "multipart/form-data" in content_type):
        prepared = _flask_request(request, url, headers, may_be_form)
    elif may_be_form and "x-www-form-urlencoded" in content_type and not header(request, "content-encoding"):
        prepared.body = (request.body or b"").decode("utf-8", "surrogateescape")  # a string, as in botocore
    return prepared, url


def _is_form_upload(request: WireRequest) -> bool:
    """Tell whether a request to S3 may contain a form: only a POST without a query may (``PostObject``)."""
    return request.method == "POST" and not urlsplit(request.url).query


@lru_cache(maxsize=2)
def _without_form(kind: type[FormRequest]) -> type[FormRequest]:
    """Create a request class that leaves the body as it is, even if its content type is a form's: urllib's default."""
    # It keeps the name: up to 5.2.3, Moto recognizes werkzeug's requests by it.
    return type(kind.__name__, (kind,), {"__module__": kind.__module__, "want_form_data_parsed": False})


def _canonical_case(name: str) -> str:
    # Up to 5.2.3, Moto compares the headers of presigned URLs case-sensitively with these names.
    return name.title().replace("Md5", "MD5") if name.lower().startswith("content-") else name


# Headers that Moto or werkzeug interpret.
_INTERPRETED = ("content-length", "content-type", "transfer-encoding")


def _has_odd_headers(request: WireRequest) -> bool:
    """Whether a header occurs twice, contains a line break, or has an underscore, which WSGI confuses with a dash."""
    headers = request.lower_headers
    return (
        len(headers) < len(request.headers)
        or "_" in "".join(headers)
        or any(ending in "".join(headers.values()) for ending in "\r\n")
    )


def _moto_own_request(request: WireRequest, url: str, may_be_form: bool) -> Any:
    """Build Moto's own request. Its ``from_primitives`` spends a tenth of a call on headers, which are set here."""
    headers = _trailer(request) | request.lower_headers
    interpreted = {name: headers.pop(name) for name in _INTERPRETED if name in headers}
    if url != request.url:
        headers.pop("host", None)  # Moto would prefer it to the URL
    simple = _SIMPLE_URL.fullmatch(url)
    if simple and (request.body or not interpreted):
        environ = _environ(request.method, simple, interpreted.get("content-type"), request.body or b"")
    else:
        environ = Request.from_primitives(request.method, url, interpreted, request.body).environ
    environ.update({_environ_key(name): value for name, value in headers.items()})
    # The body is complete: with this, werkzeug does not copy it.
    environ["wsgi.input_terminated"] = True
    prepared = Request(environ) if may_be_form else _without_form(Request)(environ)
    if simple and f"{simple['origin']}/".endswith(f"/{environ['HTTP_HOST']}/"):
        # Preset this cached property, which takes most of the time of Moto's raw_url.
        vars(prepared)["url_root"] = _url_root(simple["origin"])
    return prepared


# A URL without quoting, which needs no normalization.
_SIMPLE_URL = re.compile(
    r"(?P<origin>https?://[a-z0-9.:-]+)(?P<path>/(?!/)[\w.~/-]*)(?:\?(?P<query>[!-\"$-~]*))?", re.ASCII
)


def _environ(method: str, url: re.Match[str], content_type: str | None, body: bytes) -> dict[str, Any]:
    """Build the WSGI environment that ``from_primitives`` builds for a simple URL."""
    path = url["path"]
    location = {"PATH_INFO": path, "REQUEST_URI": path, "RAW_URI": path, "QUERY_STRING": url["query"] or ""}
    content = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    if content_type is not None:
        content["CONTENT_TYPE"] = content_type
    return {**_base_environ(method, url["origin"]), **location, **content, "wsgi.errors": sys.stderr}


@lru_cache(maxsize=256)
def _url_root(origin: str) -> str:
    return str(Request.from_primitives("GET", f"{origin}/", {}, b"").url_root)


@lru_cache(maxsize=256)
def _base_environ(method: str, origin: str) -> dict[str, Any]:
    environ: dict[str, Any] = Request.from_primitives(method, f"{origin}/", {}, b"").environ
    del environ["werkzeug.request"]
    return environ


def _trailer(request: WireRequest) -> dict[str, str]:
    """Parse the announced trailer of an upload. Without these headers Moto searches the whole body for them."""
    announced = header(request, "x-amz-trailer").lower().split(",")
    if announced == [""] or not header(request, "x-amz-content-sha256").startswith("STREAMING-"):
        return {}
    try:
        fields = parse_chunks([request.body or b""]).trailer()
    except ValueError:  # a malformed body; Moto rejects it
        return {}
    return {name: fields[name] for name in map(str.strip, announced) if name in fields}


def _flask_request(request: WireRequest, url: str, headers: HeadersDict, may_be_form: bool) -> FormRequest:
    # Up to 5.2.3, Moto finds the fields of a form only in such a request, as its server and its mock of the requests
    # library pass it.
    split = urlsplit(url)
    headers.pop("transfer-encoding", None)  # the body is decoded, and werkzeug would prefer it to the length
    kind = FormRequest if may_be_form else _without_form(FormRequest)
    return kind.from_values(
        path=split.path,
        query_string=split.query,
        base_url=f"{split.scheme}://{split.netloc}",
        method=request.method,
        data=request.body or b"",
        headers=list(headers.items()),
    )
