"""Flow sessions: a row each, its flows as parallel lists."""

from satark.analytics.ingest.mapping.origin import Origin, Values, microseconds
from satark.schemas.flows import FlowSession

LARGEST = 2**64 - 1


def session_row(event: FlowSession, origin: Origin) -> Values:
    """Return the row of `sessions`."""
    local, remote, flows = event.local, event.remote, event.flows
    return (
        microseconds(event.time),
        event.id,
        event.generator,
        event.vrouter,
        event.vrouter_ip,
        event.vmi,
        event.local_ip,
        event.server_port,
        event.protocol,
        int(event.client_session),
        int(event.service_instance),
        event.security_policy_rule,
        local.vn,
        remote.vn,
        local.prefix,
        remote.prefix,
        local.deployment,
        local.tier,
        local.application,
        local.site,
        remote.deployment,
        remote.tier,
        remote.application,
        remote.site,
        local.labels,
        local.custom_tags,
        remote.labels,
        remote.custom_tags,
        *traffic_of(event),
        [flow.remote_ip for flow in flows],
        [flow.client_port for flow in flows],
        [flow.details for flow in flows],
        *origin,
    )


def traffic_of(event: FlowSession) -> tuple[int, ...]:
    """Return bytes and packets, forward then reverse, sampled then logged; what cannot be is none or the most there is."""
    traffic = event.traffic
    counts = (
        traffic.sampled_forward_bytes,
        traffic.sampled_forward_pkts,
        traffic.logged_forward_bytes,
        traffic.logged_forward_pkts,
        traffic.sampled_reverse_bytes,
        traffic.sampled_reverse_pkts,
        traffic.logged_reverse_bytes,
        traffic.logged_reverse_pkts,
    )
    return tuple(min(max(count, 0), LARGEST) for count in counts)
