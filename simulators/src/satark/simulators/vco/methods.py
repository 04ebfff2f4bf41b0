"""The portal's methods: one table, shared by both envelopes. Pure: (orchestrator, call) -> result, or a PortalError."""

from collections.abc import Callable, Mapping
from typing import Any

from satark.simulators.vco import inventory_methods, link_methods, log_methods
from satark.simulators.vco.errors import MethodError
from satark.simulators.vco.scope import Call, Orchestrator

__all__ = ["METHODS", "Call", "Orchestrator", "answer"]

Method = Callable[[Orchestrator, Call], Any]

METHODS: Mapping[str, Method] = {
    "edge/getEdge": inventory_methods.get_edge,
    "enterprise/getEnterprise": inventory_methods.get_enterprise,
    "enterprise/getEnterpriseAlerts": log_methods.get_enterprise_alerts,
    "enterprise/getEnterpriseEdgeList": inventory_methods.get_enterprise_edges,
    "enterprise/getEnterpriseEdges": inventory_methods.get_enterprise_edges,
    "enterpriseProxy/getEnterpriseProxyEnterprises": inventory_methods.get_proxy_enterprises,
    "event/getEnterpriseEvents": log_methods.get_enterprise_events,
    "linkQualityEvent/getLinkQualityEvents": link_methods.get_link_quality_events,
    "metrics/getEdgeLinkMetrics": link_methods.get_edge_link_metrics,
    "metrics/getEdgeLinkSeries": link_methods.get_edge_link_series,
    "monitoring/getAggregateEdgeLinkMetrics": link_methods.get_aggregate_metrics,
    "monitoring/getAggregates": inventory_methods.get_aggregates,
    "monitoring/getEnterpriseEdgeLinkStatus": link_methods.get_link_status,
    "network/getNetworkEnterprises": inventory_methods.get_network_enterprises,
    "system/getVersionInfo": inventory_methods.get_version_info,
}


def answer(orchestrator: Orchestrator, method: str, call: Call) -> Any:
    """Return the result of a method.

    Raises PortalError: MethodError for an unknown one, and what the method itself refuses.
    """
    handler = METHODS.get(method)
    if handler is None:
        raise MethodError
    return handler(orchestrator, call)
