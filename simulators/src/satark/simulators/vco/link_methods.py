"""The portal's methods about links: aggregate, per edge, series, status and quality of experience (1.6 to 1.9)."""

from collections.abc import Sequence
from typing import Any

from satark.simulators.vco.aggregate import aggregate_rows, check_metrics, metrics_row, monitored_link
from satark.simulators.vco.errors import PrivilegeError
from satark.simulators.vco.inventory import link_payload, link_status, recent_links
from satark.simulators.vco.numbers import SERIES_ONLY, link_numbers
from satark.simulators.vco.params import (
    AggregateParams,
    EdgeLinkParams,
    QualityParams,
    StatusParams,
    decode_params,
    partitions,
    window,
)
from satark.simulators.vco.qoe import link_quality
from satark.simulators.vco.scope import Call, Orchestrator, chosen, the_edge, the_enterprise
from satark.simulators.vco.series import has_values, link_series
from satark.simulators.vco.topology import Link


def get_aggregate_metrics(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `monitoring/getAggregateEdgeLinkMetrics`, over all enterprises the account sees unless some are named."""
    params = decode_params(call.params, AggregateParams)
    return aggregate_rows(
        orchestrator.feed,
        chosen(orchestrator, call, params.enterprises),
        window(params.interval, call.now),
        call.now,
        metrics=check_metrics(params.metrics),
        era=orchestrator.era,
        idle=orchestrator.idle_rows,
    )


def get_link_status(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `monitoring/getEnterpriseEdgeLinkStatus`, for operators and partners: recent links without numbers."""
    params = decode_params(call.params, StatusParams)
    if call.account.kind == "customer":
        raise PrivilegeError("READ:ENTERPRISE")
    feed = orchestrator.feed
    return [
        monitored_link(feed, enterprise, edge, link, link_status(feed, edge, link, call.now), call.now)
        for enterprise in chosen(orchestrator, call, params.enterprises)
        for edge in enterprise.edges
        for link in recent_links(feed, edge, call.now)
    ]


def get_edge_link_metrics(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `metrics/getEdgeLinkMetrics`: only links with some activity in the interval."""
    params = decode_params(call.params, EdgeLinkParams)
    within = window(params.interval, call.now)
    metrics = check_metrics(params.metrics)
    edge = the_edge(the_enterprise(orchestrator, call, params.enterprise_id), params.edge_id or params.id)
    feed, rows = orchestrator.feed, []
    for link in _asked(edge.links_at(call.now), params.links):
        buckets = list(feed.buckets(edge, link, within.start_ms, within.end_ms, call.now))
        if buckets:
            numbers = link_numbers(link, buckets, metrics)
            shown = link_payload(feed, edge, link, call.now)
            rows.append(metrics_row(link, link_status(feed, edge, link, call.now), numbers, shown, orchestrator.era))
    return rows[: params.limit]


def get_edge_link_series(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `metrics/getEdgeLinkSeries`: links that are recent, or have a value in the interval."""
    params = decode_params(call.params, EdgeLinkParams)
    within = window(params.interval, call.now)
    known = check_metrics(params.metrics, SERIES_ONLY if orchestrator.era == "6.4" else frozenset())
    metrics = list(dict.fromkeys(params.metrics)) if params.metrics else sorted(known)
    edge = the_edge(the_enterprise(orchestrator, call, params.enterprise_id), params.edge_id or params.id)
    feed, rows = orchestrator.feed, []
    recent = recent_links(feed, edge, call.now)
    for link in _asked(edge.links_at(call.now), params.links):
        series = link_series(feed, edge, link, within, call.now, metrics, params.max_samples)
        if link in recent or has_values(series):
            shown = link_payload(feed, edge, link, call.now)
            rows.append({"series": series, "linkId": link.id, "edgeId": edge.id, "link": shown})
    return rows[: params.limit]


def get_link_quality_events(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `linkQualityEvent/getLinkQualityEvents`."""
    params = decode_params(call.params, QualityParams)
    within = window(params.interval, call.now)
    cut = partitions(within, params)
    edge = the_edge(the_enterprise(orchestrator, call, params.enterprise_id), params.edge_id)
    links = _asked(recent_links(orchestrator.feed, edge, call.now), params.links)
    return link_quality(orchestrator.feed, edge, links, cut, within.end_ms, call.now, scores=params.individual_scores)


def _asked(links: Sequence[Link], ids: list[int] | None) -> list[Link]:
    return [link for link in links if ids is None or link.id in ids]
