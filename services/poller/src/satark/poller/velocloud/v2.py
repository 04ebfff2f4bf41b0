"""The v2 API: REST by GET below `/api/sdwan/v2`, or `/sdwan` before release 5.0 (1.11 of the specification).

Statistics come by enterprise. Edges refer to all links they ever had; those of the last 24 hours count, which the v1 API
calls recent. They are included in the list of edges, or, where a release cannot do that, known from a day's statistics.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from msgspec import Raw

from satark.poller.errors import MethodError, PrivilegeError, UnknownApiError, ValidationError
from satark.poller.http.caller import Caller
from satark.poller.http.client import HttpClient
from satark.poller.http.exchange import Answer, Asked, Request
from satark.poller.inventory import Edge, Enterprise
from satark.poller.orchestrator import Orchestrator
from satark.poller.readings import Coverage, EdgePage, Enterprises, Readings, Scope, Skipped, VendorEvent, VendorEvents
from satark.poller.schedule import Window, chunks
from satark.poller.velocloud import v2_resources as resources
from satark.poller.velocloud.decoding import epoch_ms, shaped
from satark.poller.velocloud.identity import identity_of
from satark.poller.velocloud.series import entries_of, series
from satark.poller.velocloud.stats import FIELDS
from satark.poller.velocloud.v2_answers import MovedError, NotFoundError, body_of
from satark.poller.velocloud.v2_resources import EdgeLinks, Page

BASES = ("/api/sdwan/v2", "/sdwan")
ENTERPRISES = "/enterprises/"
SITE = tuple(f"site.{name}" for name in ("name", "city", "timezone"))
LINKS = tuple(
    f"links.{name}"
    for name in ("internalId", "displayName", "interface", "isp", "state", "linkMode", "backupState", "lastActive")
)
INCLUDES = (",".join(SITE + LINKS), ",".join(SITE), "")
"""What is included in the list of edges, from most to least: it is experimental, and releases refuse what they lack."""

RECENT = timedelta(hours=24)
RECENT_METRIC = "bestLatencyMsRx"
MAX_PAGES = 1_000
MAX_EVENT_PAGES = 20
SAMPLES_A_DAY = 288
FEWEST_SAMPLES = 12
"""Series of an hour are always of full resolution; there is no use in asking for less."""

T = TypeVar("T")
Query = tuple[tuple[str, str], ...]


class RestV2:
    """Speaks the v2 API."""

    name = "velocloud-v2"

    def __init__(self, orchestrator: Orchestrator, caller: Caller) -> None:
        self._orchestrator = orchestrator
        self._caller = caller
        self._base = BASES[0]
        self._is_settled = False
        self._includes: tuple[str, ...] = INCLUDES
        self._one: str | None = None
        self.detail_buckets = SAMPLES_A_DAY
        self.begin_cycle = caller.begin_cycle
        self.hopeless = caller.hopeless
        self.now = caller.clock.now
        self.close = caller.close

    async def probe(self) -> str:
        """Ask for one enterprise, for all when none is known; there is no release to be had."""
        if self._one is not None:
            try:
                await self._get("enterprise", _path(self._one, ""), (), lambda _: None)
            except (ValidationError, MethodError, PrivilegeError):
                self._one = None
        if self._one is None:
            await self._enterprise_page(())
        return f"API v2 at {self._base}"

    async def enterprises(self) -> Enterprises:
        """Return all enterprises that the credential sees."""
        rows: list[Enterprise] = []
        skipped: list[Skipped] = []
        async for page in self._pages(self._enterprise_page, (), MAX_PAGES):
            rows += page.rows
            skipped += page.skipped
        self._one = rows[0].stable_id if rows else None
        return Enterprises(tuple(rows), tuple(skipped))

    async def edges(self, enterprise: Enterprise) -> AsyncIterator[EdgePage]:
        """Yield an enterprise's edges with their recent links."""
        since = self.now(datetime.now(UTC)) - RECENT
        known: EdgeLinks | None = None
        async for page in self._pages(partial(self._edge_page, enterprise, since), (), MAX_PAGES):
            if page.is_bare and known is None:
                known = await self._links_since(enterprise, since)
            yield EdgePage(tuple(resources.with_links(edge, known or {}) for edge in page.rows), page.skipped)

    def scopes(self, enterprises: Sequence[Enterprise]) -> tuple[Scope, ...]:
        """Return a scope for each enterprise."""
        return tuple(Scope((enterprise,), Coverage.ENTERPRISE) for enterprise in enterprises)

    async def bulk(self, scope: Scope, window: Window) -> Readings:
        """Return the means of all links of the scope's enterprise over one sample."""
        rows: list[Any] = []
        skipped: list[Skipped] = []
        for enterprise in scope.enterprises:
            found = await self._get(
                "linkStats",
                _path(enterprise.stable_id, "linkStats"),
                _interval(window, ",".join(FIELDS)),
                partial(resources.stats, enterprise=enterprise.key, window=window),
            )
            rows += found.rows
            skipped += found.skipped
        return Readings(tuple(rows), tuple(skipped))

    async def detail(self, enterprise: Enterprise, edge: Edge, window: Window) -> Readings:
        """Return an edge's samples. A series that comes too coarse is asked for again in halves, from then on shorter."""
        step = timedelta(seconds=self._orchestrator.sample_s)
        samples = (window.end - window.start) // step
        entries: list[Any] = await self._get(
            "linkStats/timeSeries",
            _path(enterprise.stable_id, f"edges/{quote(edge.stable_id, safe='')}/linkStats/timeSeries"),
            _interval(window, ",".join(FIELDS)),
            lambda body: entries_of(body, window, self._orchestrator.sample_s),
        )
        is_coarse = resources.coarsest_ms(entries) > step.total_seconds() * 1000
        if not is_coarse or samples <= FEWEST_SAMPLES:
            return series(entries, enterprise.key, edge, window, sample_s=self._orchestrator.sample_s)
        self.detail_buckets = min(self.detail_buckets, max(FEWEST_SAMPLES, samples // 2))
        halves = chunks(window.start, window.end, -(-samples // 2) * step)
        parts = [await self.detail(enterprise, edge, half) for half in halves]
        return Readings(
            tuple(row for part in parts for row in part.rows), tuple(one for part in parts for one in part.skipped)
        )

    async def events(self, enterprise: Enterprise, since: datetime) -> VendorEvents:
        """Return events since a time, oldest first."""

        async def ask(query: Query) -> Page[VendorEvents]:
            since_then = (("start", str(epoch_ms(since))),)
            return await self._get(
                "events", _path(enterprise.stable_id, "events"), since_then + query, resources.events
            )

        rows: list[VendorEvent] = []
        skipped: list[Skipped] = []
        async for page in self._pages(ask, (), MAX_EVENT_PAGES):
            rows += page.rows.rows
            skipped += page.rows.skipped
        return VendorEvents(tuple(sorted(rows, key=lambda event: (event.time, event.id))), tuple(skipped))

    async def _edge_page(self, enterprise: Enterprise, since: datetime, query: Query) -> Page[tuple[Edge, ...]]:
        """Ask for edges. What a release refuses to include is not asked for any more."""
        path, parse = _path(enterprise.stable_id, "edges/"), partial(resources.edges, since=since)
        while True:
            included = (("include", self._includes[0]),) if self._includes[0] else ()
            try:
                return await self._get("edges", path, included + query, parse)
            except (ValidationError, UnknownApiError) as error:
                if not included or isinstance(error, NotFoundError | MovedError):
                    raise
                self._includes = self._includes[1:]

    async def _links_since(self, enterprise: Enterprise, since: datetime) -> EdgeLinks:
        window = Window(since, since + RECENT)
        query = _interval(window, RECENT_METRIC)
        return await self._get("linkStats", _path(enterprise.stable_id, "linkStats"), query, resources.links)

    async def _enterprise_page(self, query: Query) -> Page[tuple[Enterprise, ...]]:
        """Ask for enterprises; as long as nothing was ever found, where older releases have the API, too."""
        try:
            found = await self._get("enterprises", ENTERPRISES, query, resources.enterprises)
        except (MethodError, NotFoundError):
            if self._is_settled or self._base != BASES[0]:
                raise
            self._base = BASES[1]
            try:
                found = await self._get("enterprises", ENTERPRISES, query, resources.enterprises)
            finally:
                self._base = self._base if self._is_settled else BASES[0]
        return found

    async def _pages(self, ask: Callable[[Query], Any], query: Query, most: int) -> AsyncIterator[Any]:
        """Yield pages as long as each names one that was not asked for yet, up to `most`."""
        page = await ask(query)
        yield page
        asked: set[str] = set()
        while page.next_page and page.next_page not in asked and len(asked) + 1 < most:
            asked.add(page.next_page)
            page = await ask((*query, ("nextPageLink", page.next_page)))
            yield page

    async def _get(self, method: str, path: str, query: Query, parse: Callable[[Raw], T]) -> T:
        def read(answer: Answer, asked: Asked) -> T:
            body = body_of(answer, asked)
            return shaped(parse, body, asked, body=bytes(body))

        base = self._base
        try:
            found = await self._caller.ask(Request(method, base + path, verb="GET", query=query), read)
        except MovedError as error:
            base = self._moved(base, path, error)
            found = await self._caller.ask(Request(method, base + path, verb="GET", query=query), read)
            self._base = base
        self._is_settled = True
        return found

    def _moved(self, base: str, path: str, error: MovedError) -> str:
        """Return the new base that a redirect names. Raises the redirect where it leaves the host, or leads nowhere."""
        ours = urlsplit(self._orchestrator.base_url)
        theirs = urlsplit(urljoin(self._orchestrator.base_url + base + path, error.location))
        before, found, _ = theirs.path.partition(ENTERPRISES.rstrip("/"))
        moved = before.removeprefix(ours.path)
        is_here = (theirs.scheme, theirs.netloc.lower()) == (ours.scheme, ours.netloc) and before.startswith(ours.path)
        if not (error.location and is_here and found) or moved == base:
            raise error
        return moved


def build(orchestrator: Orchestrator, *, version: str) -> RestV2:
    """Return the driver, not connected. `version` is ours, for the User-Agent."""
    caller = Caller(orchestrator, HttpClient(orchestrator, version=version), identity_of(orchestrator))
    return RestV2(orchestrator, caller)


def _path(enterprise: str, rest: str) -> str:
    return f"{ENTERPRISES}{quote(enterprise, safe='')}/{rest}"


def _interval(window: Window, metrics: str) -> Query:
    """Return the query of statistics: times in milliseconds of 13 digits, nothing else is understood."""
    return ("start", str(epoch_ms(window.start))), ("end", str(epoch_ms(window.end))), ("metrics", metrics)
