"""The resources of v2, each a function: (orchestrator, request) -> body, or a RestError."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from satark.simulators.vco.aggregate import aggregate_rows, check_metrics
from satark.simulators.vco.alerts import alerts_between
from satark.simulators.vco.auth import Account
from satark.simulators.vco.errors import PortalError
from satark.simulators.vco.events import events_between
from satark.simulators.vco.inventory import edge_state, recent_links
from satark.simulators.vco.numbers import SERIES_ONLY
from satark.simulators.vco.params import MAX_PAGE
from satark.simulators.vco.scope import Orchestrator, visible
from satark.simulators.vco.series import has_values, link_series
from satark.simulators.vco.times import from_ms, to_ms
from satark.simulators.vco.topology import Edge, Enterprise
from satark.simulators.vco.v2.errors import DataValidationError, Forbidden, ResourceNotFoundError
from satark.simulators.vco.v2.pages import ListPage, listed, page_of
from satark.simulators.vco.v2.payloads import (
    alert_v2,
    base_of,
    edge_v2,
    enterprise_href,
    enterprise_v2,
    event_v2,
    link_v2,
)
from satark.simulators.vco.v2.quality import quality_series, quality_stats
from satark.simulators.vco.v2.query import Query, accepts, filters, interval, number, words

MAX_ALERTS = 512
NOT_IN_V2_ROW = frozenset({"linkId", "linkLogicalId", "state", "autoDualMode", "link"})


@dataclass(frozen=True, slots=True)
class RestRequest:
    """One authenticated GET: the logical ids of its path, its query, and the virtual time."""

    account: Account
    now: datetime
    query: Query
    enterprise_id: str = ""
    edge_id: str = ""


Resource = Callable[[Orchestrator, RestRequest], Any]


def enterprises(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET enterprises/."""
    base = base_of(orchestrator.era)
    page = page_of("enterprises", request.query, MAX_PAGE, dict)
    rows = [
        one
        for one in visible(orchestrator, request.account)
        if all(accepts(one.name, op, wanted) for _, op, wanted in filters(page.query, ["name"]))
    ]
    return listed(f"{base}/enterprises", page, rows, lambda one: enterprise_v2(base, one))


def enterprise(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET enterprises/{id}."""
    return enterprise_v2(base_of(orchestrator.era), _enterprise(orchestrator, request))


def edges(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET enterprises/{id}/edges/, with filters on name, edgeState and logicalId."""
    owner = _enterprise(orchestrator, request)
    page = page_of(f"{owner.logical_id}/edges", request.query, MAX_PAGE, dict)
    feed, wanted = orchestrator.feed, filters(page.query, ["name", "edgeState", "logicalId"])

    def shown(edge: Edge) -> bool:
        values = {"name": edge.name, "edgeState": edge_state(feed, edge, request.now), "logicalId": edge.logical_id}
        return all(accepts(values[field], op, one) for field, op, one in wanted)

    href = f"{enterprise_href(base_of(orchestrator.era), owner)}/edges"
    include = words(page.query, "include")
    rows = [edge for edge in owner.edges if shown(edge)]
    return listed(href, page, rows, lambda e: edge_v2(feed, owner, e, request.now, orchestrator.era, include))


def edge(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET enterprises/{id}/edges/{id}."""
    owner = _enterprise(orchestrator, request)
    include = words(request.query, "include")
    return edge_v2(orchestrator.feed, owner, _edge(owner, request), request.now, orchestrator.era, include)


def link_stats(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET linkStats of an enterprise or of one of its edges: v1's aggregate rows."""
    owner = _enterprise(orchestrator, request)
    within = interval(request.query, request.now)
    only = _edge(owner, request) if request.edge_id else None
    found = aggregate_rows(
        orchestrator.feed,
        [owner],
        within,
        request.now,
        metrics=frozenset(_metrics(request.query, frozenset())),
        idle=orchestrator.idle_rows,
        only_edge=only,
        shown_link=lambda _, edge, link: link_v2(orchestrator.feed, owner, edge, link, request.now, orchestrator.era),
    )
    return [
        {**{name: value for name, value in row.items() if name not in NOT_IN_V2_ROW}, "link": row["link"]}
        for row in found
    ]


def link_series_of_edge(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET edges/{id}/linkStats/timeSeries: v1's series."""
    owner = _enterprise(orchestrator, request)
    edge = _edge(owner, request)
    within = interval(request.query, request.now)
    metrics = _metrics(request.query, SERIES_ONLY if orchestrator.era == "6.4" else frozenset())
    samples = number(request.query, "maxSamples", 0, 100_000) or None
    feed, rows = orchestrator.feed, []
    recent = recent_links(feed, edge, request.now)
    for link in edge.links_at(request.now):
        series = link_series(feed, edge, link, within, request.now, metrics, samples)
        if link in recent or has_values(series):
            shown = link_v2(feed, owner, edge, link, request.now, orchestrator.era)
            rows.append({"series": series, "link": shown})
    return rows


def link_quality_stats(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET edges/{id}/linkQualityStats: scores over the whole interval."""
    owner = _enterprise(orchestrator, request)
    edge = _edge(owner, request)
    within = interval(request.query, request.now)
    rows = quality_stats(orchestrator.feed, edge, within, request.now)
    return [
        {"link": link_v2(orchestrator.feed, owner, edge, link, request.now, orchestrator.era), **scores}
        for link, scores in rows
    ]


def link_quality_series(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET edges/{id}/linkQualityStats/timeSeries: scores by partition."""
    owner = _enterprise(orchestrator, request)
    edge = _edge(owner, request)
    within = interval(request.query, request.now)
    minutes = number(request.query, "minutesPerSample", 5, 100_000)
    rows = quality_series(orchestrator.feed, edge, within, minutes, request.now)
    return [
        {"link": link_v2(orchestrator.feed, owner, edge, link, request.now, orchestrator.era), "series": series}
        for link, series in rows
    ]


def events(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET events, newest first."""
    owner, base = _enterprise(orchestrator, request), base_of(orchestrator.era)
    page = _log_page("events", owner, request, MAX_PAGE)
    found = events_between(orchestrator.feed, owner, from_ms(int(page.query["start"])), from_ms(int(page.query["end"])))
    wanted = filters(page.query, ["event", "severity", "category", "edgeName"])
    rows = [
        one
        for one in found
        if all(
            accepts(str({"event": one.name, "edgeName": one.edge.name}.get(field) or getattr(one, field)), op, values)
            for field, op, values in wanted
        )
    ]
    return listed(f"{enterprise_href(base, owner)}/events", page, rows, lambda one: event_v2(one, owner, base))


def alerts(orchestrator: Orchestrator, request: RestRequest) -> Any:
    """GET alerts, newest first."""
    owner, base = _enterprise(orchestrator, request), base_of(orchestrator.era)
    page = _log_page("alerts", owner, request, MAX_ALERTS)
    rows = alerts_between(orchestrator.feed, owner, from_ms(int(page.query["start"])), from_ms(int(page.query["end"])))
    href = f"{enterprise_href(base, owner)}/alerts"
    return listed(href, page, rows, lambda one: alert_v2(one, owner, request.now, base))


RESOURCES: Mapping[str, tuple[str, Resource]] = {
    "/": ("GET enterprises", enterprises),
    "/{enterprise}": ("GET enterprise", enterprise),
    "/{enterprise}/edges": ("GET edges", edges),
    "/{enterprise}/edges/{edge}": ("GET edge", edge),
    "/{enterprise}/linkStats": ("GET linkStats", link_stats),
    "/{enterprise}/edges/{edge}/linkStats": ("GET edges/linkStats", link_stats),
    "/{enterprise}/edges/{edge}/linkStats/timeSeries": ("GET edges/linkStats/timeSeries", link_series_of_edge),
    "/{enterprise}/edges/{edge}/linkQualityStats": ("GET edges/linkQualityStats", link_quality_stats),
    "/{enterprise}/edges/{edge}/linkQualityStats/timeSeries": (
        "GET edges/linkQualityStats/timeSeries",
        link_quality_series,
    ),
    "/{enterprise}/events": ("GET events", events),
    "/{enterprise}/alerts": ("GET alerts", alerts),
}
"""Path below `enterprises` -> (the name that calls are counted and failures set by, the resource)."""


def _log_page(what: str, owner: Enterprise, request: RestRequest, limit: int) -> ListPage:
    def begin(query: Query) -> dict[str, str]:
        within = interval(query, request.now, required=False)
        end_ms = min(within.end_ms, to_ms(request.now) + 1)
        return {**query, "start": str(within.start_ms), "end": str(end_ms)}

    return page_of(f"{owner.logical_id}/{what}", request.query, limit, begin)


def _metrics(query: Query, extra: frozenset[str]) -> list[str]:
    asked = words(query, "metrics")
    try:
        known = check_metrics(asked, extra)
    except PortalError as error:
        raise DataValidationError(f"unknown metric in {query['metrics'][:80]}") from error
    return list(dict.fromkeys(asked)) or sorted(known)


def _enterprise(orchestrator: Orchestrator, request: RestRequest) -> Enterprise:
    for one in visible(orchestrator, request.account):
        if one.logical_id == request.enterprise_id:
            return one
    if any(one.logical_id == request.enterprise_id for one in orchestrator.feed.world.enterprises):
        raise Forbidden("READ:ENTERPRISE")
    raise ResourceNotFoundError("No such enterprise")


def _edge(owner: Enterprise, request: RestRequest) -> Edge:
    for one in owner.edges:
        if one.logical_id == request.edge_id:
            return one
    raise ResourceNotFoundError("No such edge")
