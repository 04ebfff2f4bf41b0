"""What a control node knows: its peers, the agents' sessions, its tables."""

from collections.abc import Iterator

from satark.sandesh.types import UveMessage
from satark.simulators.generators.kinds import Kind, host
from satark.simulators.generators.lives import Resident, is_cut_off
from satark.simulators.generators.messages.control import (
    BGPPeerInfo,
    BgpPeerInfoData,
    BGPRouterInfo,
    BgpRouterState,
    PeerEventInfo,
    PeerUpdateStats,
    XMPPPeerInfo,
    XmppPeerInfoData,
)
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.scenario import Fault
from satark.simulators.generators.states.naming import BUILD_INFO, host_address, neighbours
from satark.simulators.generators.states.networks import control_networks
from satark.simulators.generators.states.status import node_status

ASN = 64_512
UP = "Established"
DOWN = "Active"
CYCLE = 500
OUTAGE = 5
"""A peer is down for so many ticks of each cycle."""
FABRIC = "default-domain:default-project:ip-fabric:__default__"


def known(moment: Moment) -> Iterator[UveMessage]:
    """Yield all UVEs of a control node."""
    peers = [_peer(moment, each) for each in moment.residents]
    agents = [_agent(moment, each) for each in neighbours(moment, Kind.VROUTER, moment.scenario.objects)]
    yield node_status(moment, ("Database", "cassandra"), ("Database", "rabbitmq"))
    yield BGPRouterInfo(data=_router(moment, peers, agents))
    yield from (BGPPeerInfo(data=each) for each in peers)
    yield from (XMPPPeerInfo(data=each) for each in agents)
    yield from control_networks(moment)


def _peer(moment: Moment, resident: Resident) -> BgpPeerInfoData:
    who = (resident.place, resident.life)
    is_wrong = Fault.PEER in moment.faults and resident == moment.residents[0]
    cycles, position = divmod(moment.tick + moment.number(0, CYCLE - 1, "cycle", *who), CYCLE)
    is_down = is_wrong or position < OUTAGE
    remote = moment.number(ASN + 1, ASN + 900, "asn", *who)
    updates = moment.counter(moment.number(1, 20, "updates", *who), resident.since)
    return BgpPeerInfoData(
        name=f"{FABRIC}:{moment.host}:{FABRIC}:edge-{moment.index}-{resident.place}-{resident.life}",
        state=DOWN if is_down else UP,
        last_state=UP if is_down else "OpenConfirm",
        peer_asn=remote,
        local_asn=ASN,
        peer_address=host_address(Kind.CONFIG, 2**16 + moment.index * 256 + resident.place),
        hold_time=90,
        families=["IPv4:Vpn", "Evpn", "Erm-Vpn", "Route-Target"],
        event_info=PeerEventInfo(
            last_event="EvHoldTimerExpired" if is_down else "EvBgpKeepalive",
            last_event_at=moment.time_us,
        ),
        flap_count=cycles + is_wrong,
        rx_update_stats=PeerUpdateStats(total=updates, reach=updates * 3 // 4, unreach=updates - updates * 3 // 4),
        tx_update_stats=PeerUpdateStats(total=updates // 2, reach=updates // 2, unreach=0),
        send_state=not is_down,
    )


def _agent(moment: Moment, index: int) -> XmppPeerInfoData:
    """Return an agent's session, which is lost while the agent itself is cut off."""
    is_down = is_cut_off(moment.scenario, index, moment.tick, moment.seed)
    messages = moment.counter(2)
    return XmppPeerInfoData(
        name=f"{host_address(Kind.VROUTER, index)}:{host(Kind.VROUTER, index)}",
        state_info=DOWN if is_down else UP,
        close_reason="closed by peer" if is_down else "",
        flap_count=int(is_down),
        rx_update_stats=PeerUpdateStats(total=messages, reach=messages, unreach=0),
    )


def _router(moment: Moment, peers: list[BgpPeerInfoData], agents: list[XmppPeerInfoData]) -> BgpRouterState:
    since = moment.process.since
    return BgpRouterState(
        name=moment.host,
        uptime=round(moment.scenario.clock_s(since)) * 1_000_000,
        router_id=host_address(Kind.CONTROL, moment.index),
        num_bgp_peer=len(peers),
        num_up_bgp_peer=sum(each.state == UP for each in peers),
        num_xmpp_peer=len(agents),
        num_up_xmpp_peer=sum(each.state_info == UP for each in agents),
        table_sizes={
            "bgp.l3vpn.0": moment.number(900, 1100, "l3vpn", moment.tick // 3),
            "bgp.evpn.0": moment.number(400, 500, "evpn", moment.tick // 3),
        },
        build_info=BUILD_INFO,
        global_asn=ASN,
    )
