"""What a request may bring: limits on its address, its headers, its body, and the time that its body takes."""

import asyncio
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope

from satark.analytics.web.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes are in bytes. The defaults are those of common proxies, so that what passes them is not refused here."""

    target: int = 16_384
    """Path and query."""
    headers: int = 16_384
    header_count: int = 100
    body: int = 1_000_000
    body_wait_s: float = 20.0
    """Longest wait for the next piece of a body."""


def check_head(scope: Scope, limits: Limits) -> None:
    """Look at a request's address and headers. Raises Problem (400, 413, 414, 431)."""
    if len(scope.get("raw_path", b"")) + len(scope["query_string"]) > limits.target:
        raise Problem(414, "target_too_long", f"path and query may have {limits.target} bytes")
    headers = scope["headers"]
    if len(headers) > limits.header_count or sum(len(name) + len(value) for name, value in headers) > limits.headers:
        detail = f"there may be {limits.header_count} headers with {limits.headers} bytes in all"
        raise Problem(431, "headers_too_large", detail)
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > limits.body:
            raise too_large(limits)


def too_large(limits: Limits) -> Problem:
    """Return the refusal of a body that is too large."""
    return Problem(413, "body_too_large", f"a body may have {limits.body} bytes", limit=limits.body)


class Intake:
    """Receives a request, no more of it and no slower than the limits have it."""

    def __init__(self, receive: Receive, limits: Limits) -> None:
        self._receive = receive
        self._limits = limits
        self._bytes = 0
        self._whole = False

    async def __call__(self) -> Message:
        """Return the next message. Raises Problem (408, 413)."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._limits.body_wait_s):
                message = await self._receive()
        except TimeoutError:
            detail = f"nothing of the body came for {self._limits.body_wait_s:g} s"
            raise Problem(408, "body_too_slow", detail, headers={"Connection": "close"}) from None
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._bytes > self._limits.body:
                raise too_large(self._limits)
        return message
