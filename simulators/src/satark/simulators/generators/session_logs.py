"""The sessions that an agent's interfaces had since the last tick."""

from satark.simulators.generators.draws import identifier
from satark.simulators.generators.kinds import Kind
from satark.simulators.generators.lives import Resident
from satark.simulators.generators.messages.sessions import (
    SessionAggInfo,
    SessionEndpoint,
    SessionEndpointObject,
    SessionFlowInfo,
    SessionInfo,
    SessionIpPort,
    SessionIpPortProtocol,
)
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.states.machines import PACKET_BYTES
from satark.simulators.generators.states.naming import (
    host_address,
    interface_name,
    machine_address,
    network_name,
    network_of,
)

TCP = 6
PORTS = (22, 80, 443, 5432, 8080)
MOST_ENDPOINTS = 4
"""A tick's log has the sessions of so many interfaces."""
SITES = ("delhi", "mumbai", "pune")


def session_log(moment: Moment) -> SessionEndpointObject:
    """Return one message about some of an agent's interfaces, other ones at each tick."""
    count = len(moment.residents)
    some = {moment.residents[(moment.tick + step) % count] for step in range(min(count, MOST_ENDPOINTS))}
    endpoints = [_endpoint(moment, each) for each in sorted(some, key=lambda each: each.place)]
    return SessionEndpointObject(session_data=endpoints)


def _endpoint(moment: Moment, resident: Resident) -> SessionEndpoint:
    network = network_of(moment, resident)
    port = PORTS[moment.number(0, len(PORTS) - 1, "port", resident.place, moment.tick)]
    service = SessionIpPortProtocol(local_ip=machine_address(moment, resident), service_port=port, protocol=TCP)
    return SessionEndpoint(
        vmi=interface_name(moment, resident),
        vn=network_name(network),
        deployment="production",
        tier="web" if resident.place % 2 else "database",
        application=f"shop-{resident.place}",
        site=SITES[resident.place % len(SITES)],
        labels={"pci"} if resident.place % 3 == 0 else set(),
        remote_deployment="production",
        remote_tier="database" if resident.place % 2 else "web",
        remote_vn=network_name((network + 1) % moment.scenario.networks),
        is_client_session=bool(resident.place % 2),
        is_si=False,
        security_policy_rule=str(identifier(moment.seed, "rule", network)),
        vrouter_ip=host_address(Kind.VROUTER, moment.index),
        sess_agg_info=[(service, _sessions(moment, resident))],
    )


def _sessions(moment: Moment, resident: Resident) -> SessionAggInfo:
    packets = 1 + int(moment.gauge(100, "session", resident.place))
    forward = SessionFlowInfo(
        sampled_pkts=packets,
        sampled_bytes=packets * PACKET_BYTES,
        flow_uuid=identifier(moment.seed, "flow", moment.index, resident.place, moment.tick),
        action="pass",
    )
    reverse = SessionFlowInfo(sampled_pkts=packets // 2, sampled_bytes=packets // 2 * PACKET_BYTES, action="pass")
    other = SessionIpPort(
        ip=machine_address(moment, resident) + 1, port=moment.number(32_768, 60_999, "other", resident.place)
    )
    return SessionAggInfo(
        sampled_forward_bytes=forward.sampled_bytes,
        sampled_forward_pkts=forward.sampled_pkts,
        sampled_reverse_bytes=reverse.sampled_bytes,
        sampled_reverse_pkts=reverse.sampled_pkts,
        sessionMap=[(other, SessionInfo(forward_flow_info=forward, reverse_flow_info=reverse))],
    )
