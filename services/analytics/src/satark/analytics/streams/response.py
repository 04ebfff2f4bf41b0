"""The shell of a stream: it waits for the bell, sends pieces, and gives up on readers that take nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from satark.analytics.streams import metrics
from satark.analytics.streams.hub import Hub
from satark.analytics.streams.reader import Reader
from satark.analytics.web.problem import Problem

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Times in seconds: between heartbeats, and how long a reader may take nothing; and how many streams there may be."""

    heartbeat_s: float = 15.0
    patience_s: float = 30.0
    most: int = 500


class Streams:
    """Opens streams, so many at once and no more."""

    def __init__(self, hub: Hub, pace: Pace | None = None) -> None:
        self.hub = hub
        self.pace = pace or Pace()
        self.open = 0

    def response(self, name: str, reader: Reader[Any]) -> "EventStream":
        """Return a stream. Raises Problem (503) when there are too many."""
        if self.hub.closed or self.open >= self.pace.most:
            raise Problem(503, "too_many_streams", f"{self.open} streams are open", headers={"Retry-After": "30"})
        return EventStream(name, reader, self)


class EventStream(StreamingResponse):
    """A response that ends when its reader is too slow or the process ends."""

    def __init__(self, name: str, reader: Reader[Any], streams: Streams) -> None:
        super().__init__(self._pieces(), media_type=MEDIA_TYPE, headers=HEADERS)
        self._name = name
        self._reader = reader
        self._streams = streams

    async def stream_response(self, send: Send) -> None:
        """Send the pieces. A reader that takes none for too long is left alone."""
        self._streams.open += 1
        metrics.STREAMS.labels(self._name).inc()

        async def sent(message: Message) -> None:
            async with asyncio.timeout(self._streams.pace.patience_s):
                await send(message)

        try:
            await super().stream_response(sent)
        except TimeoutError:
            self._reader.dropped = True
        finally:
            self._streams.open -= 1
            metrics.STREAMS.labels(self._name).dec()
            if self._reader.dropped:
                metrics.DROPPED.labels(self._name).inc()

    async def _pieces(self) -> AsyncIterator[bytes]:
        hub, reader = self._streams.hub, self._reader
        while not reader.ended:
            piece = reader.stop() if hub.closed else reader.take()
            if piece is None:
                piece = b"" if await hub.rung(self._streams.pace.heartbeat_s) else reader.heartbeat()
            if piece:
                metrics.BYTES.labels(self._name).inc(len(piece))
                yield piece
            await asyncio.sleep(0)
