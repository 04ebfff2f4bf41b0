"""Virtual networks as agents, control nodes and configuration nodes know them; they need not agree."""

from collections import defaultdict
from collections.abc import Iterator

from satark.sandesh.types import UveMessage
from satark.simulators.generators.draws import identifier
from satark.simulators.generators.lives import Resident
from satark.simulators.generators.messages.networks import (
    InterVnStats,
    UveVirtualNetworkAgent,
    UveVirtualNetworkAgentTrace,
    UveVirtualNetworkConfig,
    UveVirtualNetworkConfigTrace,
    UveVirtualNetworkControl,
    UveVirtualNetworkControlTrace,
    VrfStats,
)
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.states.machines import PACKET_BYTES
from satark.simulators.generators.states.naming import (
    interface_name,
    machine_name,
    network_name,
    network_of,
    policy,
    rules,
)

MOST_OTHERS = 3
"""A network talks to so many others."""


def by_network(moment: Moment) -> dict[int, list[Resident]]:
    """Return the interfaces of an agent by their network, networks in order."""
    found: dict[int, list[Resident]] = defaultdict(list)
    for resident in moment.residents:
        found[network_of(moment, resident)].append(resident)
    return dict(sorted(found.items()))


def agent_networks(moment: Moment) -> Iterator[UveMessage]:
    """Yield the networks that an agent has interfaces in."""
    present = by_network(moment)
    for network, residents in present.items():
        others = [each for each in present if each != network][:MOST_OTHERS]
        yield UveVirtualNetworkAgentTrace(data=_agent_network(moment, network, residents, others))


def _agent_network(
    moment: Moment, network: int, residents: list[Resident], others: list[int]
) -> UveVirtualNetworkAgent:
    traffic = [_traffic(moment, network, other) for other in others]
    name = network_name(network)
    return UveVirtualNetworkAgent(
        name=name,
        total_acl_rules=rules(moment, network),
        acl=f"{name}:acl-{policy(moment, network)}",
        interface_list=[interface_name(moment, each) for each in residents],
        virtualmachine_list=[machine_name(moment, each) for each in residents],
        associated_fip_count=len(residents) // 2,
        in_bytes=sum(each.in_bytes or 0 for each in traffic),
        out_bytes=sum(each.out_bytes or 0 for each in traffic),
        in_stats=traffic,
        vrf_stats_list=[
            VrfStats(
                name=f"{name}:{name.rpartition(':')[2]}",
                discards=moment.counter(moment.draw("discards", network)),
                encaps=moment.counter(moment.number(10, 900, "encaps", network)),
                nh_errors=0,
            )
        ],
        flow_count=int(moment.gauge(40 * len(residents), "flows", network)),
        egress_flow_share=min(1.0, moment.gauge(0.5, "egress", network)),
    )


def _traffic(moment: Moment, network: int, other: int) -> InterVnStats:
    packets = moment.counter(moment.number(5, 500, "traffic", network, other))
    return InterVnStats(
        other_vn=network_name(other),
        in_tpkts=packets,
        in_bytes=packets * PACKET_BYTES,
        out_tpkts=packets // 2,
        out_bytes=packets // 2 * PACKET_BYTES,
    )


def control_networks(moment: Moment) -> Iterator[UveMessage]:
    """Yield all networks as a control node knows them."""
    for network in range(moment.scenario.networks):
        name = network_name(network)
        yield UveVirtualNetworkControlTrace(
            data=UveVirtualNetworkControl(
                name=name,
                routing_instance_list=[f"{name}:{name.rpartition(':')[2]}"],
                route_count=moment.number(10, 60, "routes", network, moment.tick // 6),
                total_acl_rules=rules(moment, network),
            )
        )


def config_networks(moment: Moment) -> Iterator[UveMessage]:
    """Yield all networks as they are configured."""
    count = moment.scenario.networks
    for network in range(count):
        version = policy(moment, network)
        yield UveVirtualNetworkConfigTrace(
            data=UveVirtualNetworkConfig(
                name=network_name(network),
                connected_networks=[network_name((network + step) % count) for step in range(1, min(count, 3))],
                attached_policies=[f"default-domain:project-0:policy-{network}-{version}"],
                total_acl_rules=rules(moment, network),
                uuid=identifier(moment.seed, "network", network),
            )
        )
