"""The portal's methods about enterprises and edges (1.9)."""

from typing import Any

import msgspec

from satark.simulators.vco.errors import InvalidParams, PrivilegeError
from satark.simulators.vco.inventory import edge_payload, enterprise_payload, enterprise_row, version_payload
from satark.simulators.vco.pages import BadPageLink, EdgesPage, page_link, read_page
from satark.simulators.vco.params import (
    MAX_PAGE,
    EdgeParams,
    EdgesParams,
    EnterpriseParams,
    NoParams,
    ProxyParams,
    StatusParams,
    check_with,
    decode_params,
)
from satark.simulators.vco.scope import Call, Orchestrator, chosen, missing, the_edge, the_enterprise, visible


def get_version_info(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `system/getVersionInfo`."""
    decode_params(call.params, NoParams)
    return version_payload(orchestrator.era)


def get_enterprise(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `enterprise/getEnterprise`; operators and partners have to say which."""
    params = decode_params(call.params, EnterpriseParams)
    return enterprise_payload(the_enterprise(orchestrator, call, params.id or params.enterprise_id, member="id"))


def get_network_enterprises(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `network/getNetworkEnterprises`, for operators."""
    decode_params(call.params, NoParams)
    if call.account.kind != "operator":
        raise PrivilegeError("READ:NETWORK")
    return [enterprise_row(enterprise) for enterprise in visible(orchestrator, call.account)]


def get_proxy_enterprises(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `enterpriseProxy/getEnterpriseProxyEnterprises`, for partners and operators."""
    params = decode_params(call.params, ProxyParams)
    world = orchestrator.feed.world
    if call.account.kind == "customer":
        raise PrivilegeError("READ:ENTERPRISE_PROXY")
    if call.account.kind == "operator" and params.enterprise_proxy_id is None:
        raise missing("enterpriseProxyId")
    if params.enterprise_proxy_id not in {None, world.proxy_id}:
        raise PrivilegeError("READ:ENTERPRISE_PROXY")
    return [enterprise_row(enterprise, world) for enterprise in visible(orchestrator, call.account)]


def get_aggregates(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `monitoring/getAggregates`, for operators and partners: how many edges each enterprise has."""
    params = decode_params(call.params, StatusParams)
    if call.account.kind == "customer":
        raise PrivilegeError("READ:ENTERPRISE")
    enterprises = chosen(orchestrator, call, params.enterprises)
    counts = {str(enterprise.id): len(enterprise.edges) for enterprise in enterprises}
    return {
        "edgeCount": sum(counts.values()),
        "edges": counts,
        "enterprises": [enterprise_row(enterprise) for enterprise in enterprises],
    }


def get_edge(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `edge/getEdge`."""
    params = decode_params(call.params, EdgeParams)
    enterprise = the_enterprise(orchestrator, call, params.enterprise_id)
    edge = the_edge(enterprise, params.edge_id or params.id)
    parts = check_with(params.with_, orchestrator.refused_with)
    return edge_payload(orchestrator.feed, enterprise, edge, call.now, parts, orchestrator.era)


def get_enterprise_edges(orchestrator: Orchestrator, call: Call) -> Any:
    """Handle `enterprise/getEnterpriseEdges`: a bare array, or pages once a limit or filter is sent (1.9)."""
    params = decode_params(call.params, EdgesParams)
    if params.next_page_link is not None:
        page = _page(params.next_page_link)
    else:
        limit = min(params.limit or MAX_PAGE, MAX_PAGE)
        asked = the_enterprise(orchestrator, call, params.enterprise_id)
        page = EdgesPage(asked.id, 0, limit, tuple(sorted(check_with(params.with_, orchestrator.refused_with))))
    enterprise = the_enterprise(orchestrator, call, page.enterprise_id)
    edges = enterprise.edges[page.offset : page.offset + page.limit] if params.paged else enterprise.edges
    rows = [edge_payload(orchestrator.feed, enterprise, edge, call.now, page.parts, orchestrator.era) for edge in edges]
    if not params.paged:
        return rows
    following = page.offset + page.limit
    meta: dict[str, Any] = {"limit": page.limit, "more": following < len(enterprise.edges)}
    if meta["more"]:
        meta["nextPageLink"] = page_link(msgspec.structs.replace(page, offset=following))
    return {"metaData": meta, "data": rows}


def _page(link: str) -> EdgesPage:
    try:
        return read_page(link, EdgesPage)
    except BadPageLink as error:
        raise InvalidParams("nextPageLink is invalid") from error
