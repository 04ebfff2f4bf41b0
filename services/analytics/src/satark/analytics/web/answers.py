"""JSON in and out: bodies that are decoded into Structs, and answers that need not be sent twice."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.web.problem import Problem

T = TypeVar("T")

JSON = "application/json"
_encoder = msgspec.json.Encoder()


def answer(request: Request, value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a value as JSON with an ETag, or 304 where the caller has it already."""
    return tagged(request, _encoder.encode(value), media_type=JSON, status=status, headers=headers)


def tagged(
    request: Request, content: bytes, *, media_type: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return content with an ETag, or 304 where the caller has it already."""
    tag = etag(content)
    shown = {"Cache-Control": "private, no-cache", "ETag": tag, **(headers or {})}
    if request.method in {"GET", "HEAD"} and status == 200 and has(request.headers.get("if-none-match", ""), tag):  # noqa: PLR2004 - OK
        return Response(status_code=304, headers=shown)
    return Response(content, status, shown, media_type)


def etag(content: bytes) -> str:
    """Return the tag of a content; weak, for compression changes the bytes and not what they mean."""
    return f'W/"{urlsafe_b64encode(sha256(content).digest()[:18]).decode()}"'


def has(if_none_match: str, tag: str) -> bool:
    """Return whether an If-None-Match header names a tag, by weak comparison (RFC 9110, 8.8.3.2)."""
    named = [one.strip() for one in if_none_match.split(",")]
    return "*" in named or tag.removeprefix("W/") in (one.removeprefix("W/") for one in named)


async def json_body(request: Request, kind: type[T]) -> T:
    """Return the request's body as a value of a type. Raises Problem (400 no JSON, 413, 415, 422 not of the type)."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != JSON:
        raise Problem(415, "not_json", f"the body must be {JSON}", headers={"Accept": JSON})
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.ValidationError as error:
        raise Problem(422, "bad_body", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "bad_json", f"the body is no JSON: {error}") from None
