"""One request and its answer as the log and the metrics see them, and the headers that all answers have."""

import re
import uuid
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from satark.analytics.web.dispatch import UNKNOWN

REQUEST_ID = "X-Request-Id"
METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})

_PRIVATE = re.compile("/act/", re.IGNORECASE)
"""What follows it in a path is a credential, whatever stands before: proxies add prefixes."""

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

SECURITY: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""There is nothing here for a page of somebody else's, and so no CORS header either."""


def shown(path: str) -> str:
    """Return a path as the log may have it."""
    found = _PRIVATE.search(path)
    return f"{path[: found.end()][:256]}***" if found else path[:256]


class Exchange:
    """Sends an answer, and knows afterwards what was sent."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        given = Headers(scope=scope).get(REQUEST_ID, "")
        self.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        self.method = scope["method"] if scope["method"] in METHODS else "other"
        self.address = (scope.get("client") or ("", 0))[0]
        self.route = UNKNOWN
        self.caller = ""
        self.status = 0
        """0 while nothing is sent."""
        self.bytes = 0
        self.extra: dict[str, str] = {}
        """Headers that the answer gets besides its own."""

    async def send(self, message: Message) -> None:
        """Send a message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._add_headers(MutableHeaders(scope=message))
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self._send(message)

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers[REQUEST_ID] = self.request_id
        headers.setdefault("Cache-Control", "no-store")
        for name, value in {**SECURITY, **self.extra}.items():
            headers.setdefault(name, value)
