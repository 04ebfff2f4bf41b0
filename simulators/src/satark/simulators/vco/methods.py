"""The portal's methods: one table, shared by both envelopes. Pure: (orchestrator, call) -> result, or a PortalError."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from satark.simulators.vco.aggregate import Era, IdleRows, aggregate_rows, check_metrics
from satark.simulators.vco.auth import Account
from satark.simulators.vco.errors import InvalidParams, InvalidRequest, MethodError, PrivilegeError
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.inventory import VERSION, edge_payload, enterprise_payload, enterprise_row, recent_links
from satark.simulators.vco.params import (
    MAX_PAGE,
    AggregateParams,
    EdgesParams,
    EnterpriseParams,
    NoParams,
    ProxyParams,
    QualityParams,
    check_with,
    decode_params,
    partitions,
    window,
)
from satark.simulators.vco.qoe import link_quality
from satark.simulators.vco.topology import Edge, Enterprise


@dataclass(frozen=True, slots=True)
class Orchestrator:
    """What the methods look at."""

    feed: Feed
    forbidden: frozenset[int] = frozenset()
    era: Era = "5.2"
    idle_rows: IdleRows = "absent"


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated call at a virtual time."""

    account: Account
    params: Any
    now: datetime


class Page(Struct, frozen=True, array_like=True):
    """What `nextPageLink` carries; opaque to clients."""

    enterprise_id: int
    offset: int
    limit: int
    with_: tuple[str, ...]


Method = Callable[[Orchestrator, Call], Any]


def answer(orchestrator: Orchestrator, method: str, call: Call) -> Any:
    """Return the result of a method.

    Raises PortalError: MethodError for an unknown one, and what the method itself refuses.
    """
    handler = METHODS.get(method)
    if handler is None:
        raise MethodError
    return handler(orchestrator, call)


def get_version_info(_: Orchestrator, call: Call) -> Any:
    """Handle `system/getVersionInfo`."""
    decode_params(call.params, NoParams)
    return VERSION


def get_enterprise(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `enterprise/getEnterprise`; operators and partners have to say which."""
    params = decode_params(call.params, EnterpriseParams)
    return enterprise_payload(_enterprise(orchestrator, call, params.id or params.enterprise_id, member="id"))


def get_network_enterprises(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `network/getNetworkEnterprises`, for operators."""
    decode_params(call.params, NoParams)
    if call.account.kind != "operator":
        raise PrivilegeError("READ:NETWORK")
    return [enterprise_row(enterprise) for enterprise in _visible(orchestrator, call)]


def get_proxy_enterprises(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `enterpriseProxy/getEnterpriseProxyEnterprises`, for partners and operators."""
    params = decode_params(call.params, ProxyParams)
    world = orchestrator.feed.world
    if call.account.kind == "customer":
        raise PrivilegeError("READ:ENTERPRISE_PROXY")
    if call.account.kind == "operator" and params.enterprise_proxy_id is None:
        raise _missing("enterpriseProxyId")
    if params.enterprise_proxy_id not in {None, world.proxy_id}:
        raise PrivilegeError("READ:ENTERPRISE_PROXY")
    return [enterprise_row(enterprise, world) for enterprise in _visible(orchestrator, call)]


def get_enterprise_edges(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `enterprise/getEnterpriseEdges`: a bare array, or pages once a limit or filter is sent (1.9)."""
    params = decode_params(call.params, EdgesParams)
    if params.next_page_link is not None:
        page = _read_page(params.next_page_link)
    else:
        limit = min(params.limit or MAX_PAGE, MAX_PAGE)
        asked = _enterprise(orchestrator, call, params.enterprise_id)
        page = Page(asked.id, 0, limit, tuple(sorted(check_with(params.with_))))
    enterprise = _enterprise(orchestrator, call, page.enterprise_id)
    edges = enterprise.edges[page.offset : page.offset + page.limit] if params.paged else enterprise.edges
    rows = [edge_payload(orchestrator.feed, enterprise, edge, call.now, page.with_) for edge in edges]
    if not params.paged:
        return rows
    following = page.offset + page.limit
    meta: dict[str, Any] = {"limit": page.limit, "more": following < len(enterprise.edges)}
    if meta["more"]:
        meta["nextPageLink"] = _page_link(msgspec.structs.replace(page, offset=following))
    return {"metaData": meta, "data": rows}


def get_aggregate_metrics(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `monitoring/getAggregateEdgeLinkMetrics`, over all enterprises the account sees unless some are named."""
    params = decode_params(call.params, AggregateParams)
    enterprises = _visible(orchestrator, call)
    if params.enterprises is not None:
        enterprises = [_enterprise(orchestrator, call, one) for one in dict.fromkeys(params.enterprises)]
    return aggregate_rows(
        orchestrator.feed,
        enterprises,
        window(params.interval, call.now),
        call.now,
        metrics=check_metrics(params.metrics),
        era=orchestrator.era,
        idle=orchestrator.idle_rows,
    )


def get_link_quality_events(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `linkQualityEvent/getLinkQualityEvents`."""
    params = decode_params(call.params, QualityParams)
    within = window(params.interval, call.now)
    cut = partitions(within, params)
    edge = _edge(_enterprise(orchestrator, call, params.enterprise_id), params.edge_id)
    links = [
        link
        for link in recent_links(orchestrator.feed, edge, call.now)
        if params.links is None or link.id in params.links
    ]
    return link_quality(orchestrator.feed, edge, links, cut, within.end_ms, call.now, scores=params.individual_scores)


METHODS: Mapping[str, Method] = {
    "system/getVersionInfo": get_version_info,
    "enterprise/getEnterprise": get_enterprise,
    "enterprise/getEnterpriseEdges": get_enterprise_edges,
    "enterpriseProxy/getEnterpriseProxyEnterprises": get_proxy_enterprises,
    "linkQualityEvent/getLinkQualityEvents": get_link_quality_events,
    "monitoring/getAggregateEdgeLinkMetrics": get_aggregate_metrics,
    "network/getNetworkEnterprises": get_network_enterprises,
}


def _visible(orchestrator: Orchestrator, call: Call) -> list[Enterprise]:
    return [
        enterprise
        for enterprise in orchestrator.feed.world.enterprises
        if enterprise.id in call.account.enterprise_ids and enterprise.id not in orchestrator.forbidden
    ]


def _enterprise(
    orchestrator: Orchestrator, call: Call, enterprise_id: int | None, member: str = "enterpriseId"
) -> Enterprise:
    """Return the enterprise a call is about: customers need not say it."""
    if enterprise_id is None:
        if call.account.kind != "customer":
            raise _missing(member)
        enterprise_id = call.account.enterprise_ids[0]
    for enterprise in _visible(orchestrator, call):
        if enterprise.id == enterprise_id:
            return enterprise
    raise PrivilegeError("READ:ENTERPRISE")


def _edge(enterprise: Enterprise, edge_id: int) -> Edge:
    for edge in enterprise.edges:
        if edge.id == edge_id:
            return edge
    raise PrivilegeError("READ:EDGE")


def _missing(member: str) -> InvalidRequest:
    problem = ("OBJECT_MISSING_REQUIRED_PROPERTY", f"Missing required property: {member}", "#/")
    return InvalidRequest("validation error", [problem])


def _page_link(page: Page) -> str:
    return urlsafe_b64encode(msgspec.json.encode(page)).decode()


def _read_page(link: str) -> Page:
    try:
        return msgspec.json.decode(urlsafe_b64decode(link.encode()), type=Page)
    except (binascii.Error, UnicodeEncodeError, msgspec.DecodeError) as error:
        raise InvalidParams("nextPageLink is invalid") from error
