"""The v1 portal API: JSON-RPC by POST to `/portal/` (1.2 of the specification)."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

from satark.poller.errors import (
    MethodError,
    OrchestratorError,
    PrivilegeError,
    ServerError,
    UnknownApiError,
    ValidationError,
    WrongShapeError,
)
from satark.poller.http.caller import Caller
from satark.poller.http.client import HttpClient
from satark.poller.http.exchange import Answer, Asked, Request
from satark.poller.inventory import Edge, Enterprise
from satark.poller.orchestrator import Orchestrator
from satark.poller.readings import Coverage, EdgePage, Enterprises, Readings, Scope, Skipped, VendorEvent, VendorEvents
from satark.poller.schedule import Window
from satark.poller.velocloud import listing
from satark.poller.velocloud.aggregate import aggregate
from satark.poller.velocloud.answers import result_of
from satark.poller.velocloud.decoding import epoch_ms, is_empty, shaped, with_originals
from satark.poller.velocloud.events import EventPage, events
from satark.poller.velocloud.identity import identity_of
from satark.poller.velocloud.quality import quality
from satark.poller.velocloud.series import entries_of, series
from satark.poller.velocloud.stats import FIELDS

AGGREGATE = "monitoring/getAggregateEdgeLinkMetrics"
SERIES = "metrics/getEdgeLinkSeries"
QUALITY = "linkQualityEvent/getLinkQualityEvents"
EDGES = "enterprise/getEnterpriseEdges"
EVENTS = "event/getEnterpriseEvents"
VERSION = "system/getVersionInfo"
DISCOVERY = (
    "enterprise/getEnterprise",
    "network/getNetworkEnterprises",
    "enterpriseProxy/getEnterpriseProxyEnterprises",
)
EDGES_WITH: tuple[tuple[str, ...], ...] = (("site", "recentLinks"), ("recentLinks",), ())
"""Options of `with`, most wanted first: some releases refuse those that they do not know."""

MAX_PAGES = 1_000
MAX_EVENT_PAGES = 20
SAMPLES_A_DAY = 288

T = TypeVar("T")


class PortalV1:
    """Speaks the portal API. With the source `quality` there is no bulk call, and detail is quality events."""

    name = "velocloud-v1"

    def __init__(self, orchestrator: Orchestrator, caller: Caller) -> None:
        self._orchestrator = orchestrator
        self._caller = caller
        self._discover: tuple[str, ...] = DISCOVERY
        self._with = 0
        self.detail_buckets = SAMPLES_A_DAY
        self.begin_cycle = caller.begin_cycle
        self.hopeless = caller.hopeless
        self.now = caller.clock.now
        self.close = caller.close

    async def probe(self) -> str:
        """Return the release."""
        return await self._call(VERSION, {}, listing.version)

    async def enterprises(self) -> Enterprises:
        """Return all enterprises that the credential may see, by the method that its kind of user has.

        Customers have one of their own; operators and partners have lists. What worked once is asked first.
        An empty list counts only when no other method failed in a way that may pass. Raises OrchestratorError: one that
        may pass, where there is one, else the last.
        """
        failures: list[OrchestratorError] = []
        empty: Enterprises | None = None
        self._with = 0
        for method in self._discover:
            try:
                found = await self._enterprises_by(method)
            except (
                PrivilegeError,
                MethodError,
                ValidationError,
                UnknownApiError,
                ServerError,
                WrongShapeError,
            ) as error:
                failures.append(error)
                continue
            empty = found or empty
            if found is not None and found.rows:
                self._discover = (method, *(other for other in DISCOVERY if other != method))
                return found
        passing = next((error for error in failures if error.retryable), None)
        if empty is not None and passing is None:
            return empty
        raise passing or (failures[-1] if failures else self._nobody())

    async def edges(self, enterprise: Enterprise) -> AsyncIterator[EdgePage]:
        """Yield an enterprise's edges.

        Where options of `with` are refused, others are tried; what works is kept until the enterprises are listed anew.
        """
        params: dict[str, Any] = {"enterpriseId": enterprise.id}
        listed = await self._first_page(params)
        yield listed.page
        asked: set[str] = set()
        while listed.next_page and listed.next_page not in asked and len(asked) < MAX_PAGES:
            asked.add(listed.next_page)
            listed = await self._call(
                EDGES, params | _options(self._with) | {"nextPageLink": listed.next_page}, listing.edges
            )
            yield listed.page

    def scopes(self, enterprises: Sequence[Enterprise]) -> tuple[Scope, ...]:
        """Return one scope: the aggregate covers all enterprises."""
        if self._orchestrator.source == "quality" or not enterprises:
            return ()
        return (Scope(tuple(enterprises), Coverage.ORCHESTRATOR),)

    async def bulk(self, scope: Scope, window: Window) -> Readings:
        """Return the aggregate over one sample. Enterprises are named only where some of them are not wanted."""
        params: dict[str, Any] = {"interval": _interval(window), "metrics": list(FIELDS)}
        chosen = bool(self._orchestrator.enterprises or self._orchestrator.exclude_enterprises)
        if chosen and all(isinstance(enterprise.id, int) for enterprise in scope.enterprises):
            params["enterprises"] = [enterprise.id for enterprise in scope.enterprises]
        return await self._call(AGGREGATE, params, lambda result: aggregate(result, window))

    async def detail(self, enterprise: Enterprise, edge: Edge, window: Window) -> Readings:
        """Return an edge's samples: series, or quality events where that is the source."""
        sample_s = self._orchestrator.sample_s
        params: dict[str, Any] = {
            "enterpriseId": enterprise.id,
            "edgeId": edge.id,
            "interval": _interval(window),
        }
        if self._orchestrator.source == "quality":
            return await self._call(
                QUALITY,
                params | {"minutesPerSample": sample_s // 60},
                lambda result: quality(result, enterprise.key, edge, window, sample_s=sample_s),
            )
        wanted = {"metrics": list(FIELDS), "maxSamples": int((window.end - window.start).total_seconds()) // sample_s}
        return await self._call(
            SERIES, params | wanted, lambda result: _series(result, enterprise, edge, window, sample_s)
        )

    async def events(self, enterprise: Enterprise, since: datetime) -> VendorEvents:
        """Return events since a time, oldest first; pages are followed, or only the newest would come (1.9)."""
        params: dict[str, Any] = {"enterpriseId": enterprise.id, "interval": {"start": epoch_ms(since)}}
        page = await self._call(EVENTS, params, _events)
        rows: list[VendorEvent] = [*page.events.rows]
        skipped: list[Skipped] = [*page.events.skipped]
        asked: set[str] = set()
        while page.next_page and page.next_page not in asked and len(asked) < MAX_EVENT_PAGES:
            asked.add(page.next_page)
            page = await self._call(EVENTS, params | {"nextPageLink": page.next_page}, _events)
            rows += page.events.rows
            skipped += page.events.skipped
        if page.next_page:
            skipped.append(Skipped("too_many_events", f"enterprise {enterprise.key}"))
        return VendorEvents(tuple(sorted(rows, key=lambda event: (event.time, event.id))), tuple(skipped))

    async def _first_page(self, params: Mapping[str, Any]) -> listing.Listed:
        for number in range(self._with, len(EDGES_WITH) - 1):
            try:
                listed = await self._call(EDGES, {**params, **_options(number)}, listing.edges)
            except (ValidationError, UnknownApiError):
                continue
            self._with = max(number, self._with)
            return listed
        listed = await self._call(EDGES, params, listing.edges)
        self._with = len(EDGES_WITH) - 1
        return listed

    async def _enterprises_by(self, method: str) -> Enterprises | None:
        if method == DISCOVERY[0]:
            own = await self._call(method, {}, listing.enterprise)
            return Enterprises((own,)) if own else None
        return await self._call(method, {}, listing.enterprises)

    def _nobody(self) -> OrchestratorError:
        return self._caller.asked(DISCOVERY[0]).fail(UnknownApiError, "the credential belongs to no enterprise")

    async def _call(self, method: str, params: Mapping[str, Any], parse: Callable[[Raw | None], T]) -> T:
        body = msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})

        def read(answer: Answer, asked: Asked) -> T:
            result = result_of(answer, asked)
            return shaped(parse, result, asked, body=bytes(result or b""))

        return await self._caller.ask(Request(method, "/portal/", body=body), read)


def build(orchestrator: Orchestrator, *, version: str) -> PortalV1:
    """Return the driver, not connected. `version` is ours, for the User-Agent."""
    caller = Caller(orchestrator, HttpClient(orchestrator, version=version), identity_of(orchestrator))
    return PortalV1(orchestrator, caller)


def _series(result: Raw | None, enterprise: Enterprise, edge: Edge, window: Window, sample_s: int) -> Readings:
    found = series(entries_of(result, window, sample_s), enterprise.key, edge, window, sample_s=sample_s)
    return replace(found, skipped=with_originals(found.skipped, result))


def _events(result: Raw | None) -> EventPage:
    return EventPage(VendorEvents(), None) if is_empty(result) else events(result)


def _options(number: int) -> dict[str, Any]:
    return {"with": list(EDGES_WITH[number])} if EDGES_WITH[number] else {}


def _interval(window: Window) -> dict[str, int]:
    return {"start": epoch_ms(window.start), "end": epoch_ms(window.end)}
