"""Routes of objects, alarms and streams over a mirror that holds some records."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from satark.analytics.mirror.mirror import Mirror
from satark.analytics.routes import alarms, streams, uves
from satark.analytics.routes.v1 import objects
from satark.analytics.streams.hub import Hub, Limits
from satark.analytics.streams.response import Pace, Streams
from satark.analytics.uves.browsing import Browser
from satark.analytics.uves.tokens import Tokens
from satark.analytics.uves.usage import ApiRead
from satark.analytics.web.route import Route
from satark.runtime.kafka import KafkaError
from satark.runtime.records import Record
from satark.schemas.alarms import AlarmAcknowledged
from tests.unit.analytics.mirror.records import TIME
from tests.unit.analytics.web.asking import ask, served

TOKENS = Tokens(b"a key for tests")
NOW_US = 10_000_000


@dataclass(slots=True)
class Served:
    """What is served, and what came of it: reads that were told, acknowledgements that were written."""

    mirror: Mirror = field(default_factory=Mirror)
    limits: Limits = field(default_factory=Limits)
    pace: Pace = field(default_factory=Pace)
    reads: list[ApiRead] = field(default_factory=list)
    written: list[AlarmAcknowledged] = field(default_factory=list)
    refusal: KafkaError | None = None
    hub: Hub = field(init=False)
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        """Begin with a mirror that has read everything."""
        self.mirror.ready, self.mirror.reading = True, ""
        self.hub = Hub(self.mirror, TOKENS, epoch="e1", limits=self.limits)
        self.browser = Browser(self.mirror, TOKENS)

    def take(self, *records: Record) -> None:
        """Take in records as they come from Kafka."""
        for record in records:
            change = self.mirror.apply(record)
            if change is not None and self.mirror.ready:
                self.hub.tell(change)

    def routes(self) -> tuple[Route, ...]:
        """Return all routes."""
        return (
            *uves.routes(self.mirror, TOKENS, told=self.reads.append, now_us=lambda: NOW_US),
            *alarms.routes(
                self.mirror, TOKENS, self.hub, publish=self.publish, told=self.reads.append, now=lambda: TIME
            ),
            *streams.routes(Streams(self.hub, self.pace)),
            *objects.routes(self.browser),
        )

    async def publish(self, event: AlarmAcknowledged) -> None:
        """Note an acknowledgement, unless Kafka refuses."""
        if self.refusal is not None:
            raise self.refusal
        self.written.append(event)

    async def ask(self, path: str, *, method: str = "GET", **options: Any) -> httpx2.Response:
        """Return the answer to a request."""
        return await ask(served(*self.routes()), path, method=method, **options)

    async def json(self, path: str) -> Any:
        """Return the JSON of an answer that is 200."""
        response = await self.ask(path)
        assert 200 == response.status_code, response.text
        return response.json()


def serving(records: Iterable[Record] = (), **options: Any) -> Served:
    """Serve a mirror with these records."""
    found = Served(**options)
    found.take(*records)
    return found
