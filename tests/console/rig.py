"""The console on a real port, over a store of the test's own: all routes, with what people say kept in memory.

async with rig(store) as served, browser() as chromium, chromium.page(served.url) as page:
    await page.goto("console/incidents")
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

from satark.analytics.console import routes as console
from satark.analytics.routes import static
from satark.analytics.states import States
from satark.analytics.store.client import Store
from satark.analytics.web.access import Access
from satark.analytics.web.application import application
from satark.analytics.web.callers import Credential
from satark.analytics.web.route import Route
from satark.analytics.web.server import WebServer
from satark.runtime.records import Record
from satark.runtime.said import Said
from satark.schemas.codec import Event, encode
from tests.unit.analytics.routes.serving import Served, serving
from tests.unit.analytics.v1.scene import Post, v1

_offsets = itertools.count(1)


@dataclass(slots=True)
class Rig:
    """A console that is served at `url`. `posted` has what people said; `live` tells its streams."""

    url: str
    said: Said
    posted: Post
    live: Served = field(repr=False)

    def tell(self, *events: Event) -> None:
        """Tell the streams of events, as if Kafka had brought them."""
        self.live.take(*(_record(event) for event in events))


@asynccontextmanager
async def rig(
    store: Store,
    *,
    more: Iterable[Route] = (),
    credentials: Iterable[Credential] | None = None,
    states: States | None = None,
) -> AsyncIterator[Rig]:
    """Serve the console over a store for the time of the block, with more routes if given."""
    said, posted, live, stop = Said(), Post(), serving(), asyncio.Event()
    routes = (
        *console.routes(store, said, live.browser, (states or States()).state_of, now=_now),
        *v1(store, said=said, post=posted, states=states, now=_now),
        *live.routes(),
        *static.routes(),
        *more,
    )
    access = Access(credentials=credentials, rate=None, clock=monotonic)
    async with WebServer(application(routes, access=access, clock=monotonic), host="127.0.0.1", port=0) as server:
        running = asyncio.create_task(server.run(stop))
        try:
            yield Rig(server.url, said, posted, live)
        finally:
            live.hub.close()
            stop.set()
            await running


def _record(event: Event) -> Record:
    made = encode(event, source="/test")
    return Record(made.topic, 0, next(_offsets), _now(), made.key, made.value, made.headers)


def _now() -> datetime:
    return datetime.now(UTC)
