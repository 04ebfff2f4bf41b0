"""What reads of objects and alarms share: what they cost, and how they say that not all has been read yet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.mirror.mirror import Mirror
from satark.analytics.uves.usage import ApiRead, Told
from satark.analytics.web.answers import tagged

INCOMPLETE = "Satark-Incomplete"
MAX_URL = 2048


@dataclass(slots=True)
class Count:
    """What has been sent of an answer."""

    objects: int = 0
    size_bytes: int = 0

    def sent(self, piece: bytes) -> bytes:
        """Count a piece and return it."""
        self.size_bytes += len(piece)
        return piece


@dataclass(frozen=True, slots=True)
class Read:
    """A read that has begun."""

    told: Told
    began_s: float
    known: ApiRead

    def answered(self, response: Response, *, objects: int) -> Response:
        """Tell what an answer cost that is whole; return it."""
        self._tell(Count(objects, len(response.body)), response.status_code)
        return response

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[Count]:
        """Count an answer in pieces; what it cost is told at its end, also of one that is cut short."""
        count = Count()
        try:
            yield count
        finally:
            self._tell(count, 200)

    def _tell(self, count: Count, status: int) -> None:
        duration_us = round((monotonic() - self.began_s) * 1e6)
        self.told(
            replace(
                self.known,
                objects=count.objects,
                size_bytes=count.size_bytes,
                status=status,
                duration_us=duration_us,
            )
        )


@dataclass(frozen=True, slots=True)
class Reads:
    """Begins reads."""

    told: Told

    def begun(self, request: Request, operation: str, object_type: str) -> Read:
        """Return the read that a request is."""
        known = ApiRead(
            operation=operation,
            remote_address=request.client.host if request.client else "",
            object_type=object_type[:256],
            url=str(request.url)[:MAX_URL],
            duration_us=0,
            objects=0,
            size_bytes=0,
            status=0,
            user_agent=request.headers.get("user-agent", "")[:256],
        )
        return Read(self.told, monotonic(), known)


def base_of(request: Request) -> str:
    """Return what links begin with: the server as its caller named it."""
    return str(request.base_url).rstrip("/")


def incomplete(mirror: Mirror) -> dict[str, str]:
    """Return the header that says why something may be lacking, none where there is no reason."""
    return {INCOMPLETE: mirror.lacking} if mirror.lacking else {}


def listed(request: Request, mirror: Mirror, content: bytes) -> Response:
    """Return a list, with the original's status for one that may lack something (2.1, degraded view)."""
    status = 200 if mirror.ready else 500
    return tagged(request, content, media_type="application/json", status=status, headers=incomplete(mirror))
