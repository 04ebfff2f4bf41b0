"""What a vrouter agent knows: its machines and networks, and how it does itself."""

from collections.abc import Iterator

from satark.sandesh.types import UveMessage
from satark.simulators.generators.kinds import Kind
from satark.simulators.generators.messages.vrouter import (
    DropStats,
    FlowRate,
    PhysicalInterfaceStats,
    VrouterAgent,
    VrouterAgentTrace,
    VrouterStatsAgent,
    VrouterStatsAgentTrace,
    XmppStatsInfo,
)
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.scenario import Fault
from satark.simulators.generators.states.machines import PACKET_BYTES, devices, machines
from satark.simulators.generators.states.naming import BUILD_INFO, host_address, neighbours, network_name
from satark.simulators.generators.states.networks import agent_networks, by_network
from satark.simulators.generators.states.status import node_status

BUSY_LOAD = 7.5
"""The load of a processor that is busy for no good reason; 0.3 is usual."""
BAD_DROPS = 5000.0
"""Packets a second that are dropped while that is wrong; one in two seconds is usual."""
CONTROL_NODES = 2


def known(moment: Moment) -> Iterator[UveMessage]:
    """Yield all UVEs of an agent."""
    yield node_status(moment, ("XMPP", "control-node"))
    yield VrouterAgentTrace(data=_agent(moment))
    yield VrouterStatsAgentTrace(data=_statistics(moment))
    yield from devices(moment)
    yield from agent_networks(moment)
    yield from machines(moment)


def _agent(moment: Moment) -> VrouterAgent:
    networks = by_network(moment)
    return VrouterAgent(
        name=moment.host,
        self_ip_list=[host_address(Kind.VROUTER, moment.index)],
        build_info=BUILD_INFO,
        connected_networks=[network_name(each) for each in networks],
        total_interface_count=len(moment.residents),
        down_interface_count=0,
        vn_count=len(networks),
        vm_count=len(moment.residents),
        hypervisor="kvm",
        error_interfaces={},
    )


def _statistics(moment: Moment) -> VrouterStatsAgent:
    pace = moment.number(2000, 40_000, "pace")
    packets = moment.counter(pace)
    load = moment.gauge(0.3, "load") + (BUSY_LOAD if Fault.CPU in moment.faults else 0)
    return VrouterStatsAgent(
        name=moment.host,
        one_min_avg_cpuload=round(load, 3),
        drop_stats=DropStats(
            ds_discard=moment.counter(0.5) + int(BAD_DROPS * moment.faulty_s(Fault.DROPS)),
            ds_flow_unusable=moment.counter(0.01),
            ds_invalid_nh=moment.counter(0.05),
            ds_ttl_exceeded=moment.counter(0.002),
        ),
        flow_rate=FlowRate(
            added_flows=int(moment.gauge(50, "added")),
            deleted_flows=int(moment.gauge(50, "deleted")),
            active_flows=int(moment.gauge(90 * (1 + len(moment.residents)), "active")),
        ),
        phy_if_stats=[
            PhysicalInterfaceStats(
                name="eth0",
                in_pkts=packets,
                in_bytes=packets * PACKET_BYTES,
                out_pkts=packets * 9 // 10,
                out_bytes=packets * PACKET_BYTES * 8 // 10,
                speed_mbps=10_000,
            )
        ],
        phy_band_in_bps={"eth0": moment.gauge(pace * PACKET_BYTES * 8, "in")},
        phy_band_out_bps={"eth0": moment.gauge(pace * PACKET_BYTES * 6, "out")},
        xmpp_stats_list=[
            XmppStatsInfo(
                ip=host_address(Kind.CONTROL, index),
                reconnects=moment.process.life,
                in_msgs=moment.counter(3),
                out_msgs=moment.counter(2),
            )
            for index in neighbours(moment, Kind.CONTROL, CONTROL_NODES)
        ],
        exception_packets=moment.counter(0.2),
    )
