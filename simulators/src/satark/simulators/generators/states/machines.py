"""Virtual machines and their interfaces, as the agent of their host knows them."""

from collections.abc import Iterator

from satark.sandesh.types import UveMessage
from satark.simulators.generators.draws import identifier
from satark.simulators.generators.lives import Resident
from satark.simulators.generators.messages.machines import (
    FloatingIp,
    UveProuterAgent,
    UveProuterAgentTrace,
    UveVirtualMachineAgent,
    UveVirtualMachineAgentTrace,
    UveVMInterfaceAgent,
    UveVMInterfaceAgentTrace,
    VmCpuStats,
    VmInterfaceStats,
)
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.states.naming import (
    interface_name,
    machine_address,
    machine_name,
    network_name,
    network_of,
)

PACKET_BYTES = 600
FLOATING_TICKS = 20
"""A floating address comes and goes at this pace."""
DEVICE_EVERY = 5
"""Every fifth agent also answers for a switch."""
MIB = 1024


def machines(moment: Moment) -> Iterator[UveMessage]:
    """Yield the machine and the interface of every place."""
    for resident in moment.residents:
        yield UveVirtualMachineAgentTrace(data=_machine(moment, resident))
        yield UveVMInterfaceAgentTrace(data=interface(moment, resident))


def devices(moment: Moment) -> Iterator[UveMessage]:
    """Yield the switch that some agents answer for."""
    if moment.index % DEVICE_EVERY == 0:
        name = f"switch-{moment.index:05}"
        ports = [f"{name}:ge-0/0/{port}" for port in range(1 + moment.number(0, 3, "ports"))]
        yield UveProuterAgentTrace(
            data=UveProuterAgent(
                name=name, proxy=name, physical_interface_list=ports, connected_agent=moment.host, deleted=False
            )
        )


def interface(moment: Moment, resident: Resident) -> UveVMInterfaceAgent:
    """Return an interface as a whole."""
    who = (resident.place, resident.life)
    pace = moment.number(10, 2000, "pace", *who)
    packets = moment.counter(pace, resident.since)
    network = network_of(moment, resident)
    return UveVMInterfaceAgent(
        name=interface_name(moment, resident),
        vm_uuid=machine_name(moment, resident),
        virtual_network=network_name(network),
        ip_address=machine_address(moment, resident),
        mac_address="02:" + identifier(moment.seed, "mac", moment.index, *who).bytes[:5].hex(":"),
        active=moment.draw("active", *who, moment.tick // FLOATING_TICKS) >= 1 / 50,
        label=moment.number(16, 65_000, "label", *who),
        floating_ips=_floating(moment, resident),
        if_stats=VmInterfaceStats(
            in_pkts=packets,
            in_bytes=packets * PACKET_BYTES,
            out_pkts=packets * 4 // 5,
            out_bytes=packets * PACKET_BYTES * 2 // 3,
            in_bw_usage=moment.gauge(pace * PACKET_BYTES * 8, "in", *who),
            out_bw_usage=moment.gauge(pace * PACKET_BYTES * 8 * 2 / 3, "out", *who),
        ),
        drop_stats={
            "ds_flow_action_drop": moment.counter(pace / 5000, resident.since),
            "ds_interface_drop": moment.counter(pace / 90_000, resident.since),
        },
        port_security={"anti-spoof", "arp-check"},
    )


def _floating(moment: Moment, resident: Resident) -> list[FloatingIp]:
    window = moment.tick // FLOATING_TICKS
    if moment.draw("floating", resident.place, resident.life, window) >= 1 / 4:
        return []
    address = machine_address(moment, resident) + 2**24 * (93 + window % 4)
    return [FloatingIp(virtual_network="default-domain:public:internet", ip_address=address)]


def _machine(moment: Moment, resident: Resident) -> UveVirtualMachineAgent:
    who = (resident.place, resident.life)
    name = machine_name(moment, resident)
    return UveVirtualMachineAgent(
        name=name,
        uuid=name,
        vm_name=f"machine-{moment.index}-{resident.place}-{resident.life}",
        vrouter=moment.host,
        interface_list=[interface_name(moment, resident)],
        cpu_info=VmCpuStats(
            vcpu_count=2 ** moment.number(0, 4, "processors", *who),
            cpu_one_min_avg=moment.gauge(moment.draw("load", *who), "load", *who),
            rss=MIB * moment.number(200, 4000, "memory", *who, moment.tick // FLOATING_TICKS),
            virt_memory=MIB * 8000,
        ),
    )
