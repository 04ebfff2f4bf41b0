"""What the manager of an analytics node knows: processes, disks, processors; and the alarms of the whole estate."""

from collections.abc import Iterator

from satark.sandesh.types import UveMessage
from satark.simulators.generators.kinds import Kind, host
from satark.simulators.generators.messages.nodes import (
    DiskPartitionUsageStats,
    ProcessCpuInfo,
    ProcessInfo,
    SysMemInfo,
)
from satark.simulators.generators.messages.processors import (
    AlarmMatch,
    CpuLoadInfo,
    ModuleCpuInfo,
    ModuleCpuState,
    ModuleCpuStateTrace,
    NodeAlarms,
    NodeAlarmTrace,
    RaisedAlarm,
)
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.scenario import Anomaly, Fault
from satark.simulators.generators.states.status import node_status

MODULES = ("contrail-collector", "contrail-query-engine", "contrail-alarm-gen", "contrail-topology")
DISK_KIB = 400_000_000
MEMORY_KIB = 65_536_000
SEVERITIES = {Fault.CPU: 1, Fault.DROPS: 0, Fault.PEER: 0}
ATTRIBUTES = {
    Fault.CPU: "VrouterStatsAgent.one_min_avg_cpuload",
    Fault.DROPS: "VrouterStatsAgent.drop_stats.ds_discard",
    Fault.PEER: "BgpRouterState.num_up_bgp_peer",
}


def known(moment: Moment) -> Iterator[UveMessage]:
    """Yield all UVEs of a node manager; the first of the estate raises the alarms."""
    yield node_status(moment, ("KafkaPub", "kafka"), **_resources(moment))
    yield ModuleCpuStateTrace(data=_processors(moment))
    if moment.index == moment.scenario.mix.index(Kind.NODE):
        yield from _alarms(moment)


def _resources(moment: Moment) -> dict[str, object]:
    used = DISK_KIB // 5 + moment.counter(40) % (DISK_KIB // 2)
    memory = int(moment.gauge(MEMORY_KIB / 4, "memory"))
    return {
        "process_info": [_process(moment, module) for module in MODULES],
        "disk_usage_info": {
            "/dev/sda1": DiskPartitionUsageStats(
                partition_type="ext4",
                partition_space_used_1k=used,
                partition_space_available_1k=DISK_KIB - used,
                percentage_partition_space_used=used * 100 // DISK_KIB,
            )
        },
        "process_mem_cpu_usage": {
            module: ProcessCpuInfo(
                num_thread=moment.number(4, 30, "threads", module),
                cpu_share=moment.gauge(0.2, "share", module),
                mem_virt=MEMORY_KIB // 8,
                mem_res=moment.number(50_000, 60_000, "resident", module, moment.tick // 6),
            )
            for module in MODULES
        },
        "system_mem_usage": SysMemInfo(
            total=MEMORY_KIB, used=memory, free=MEMORY_KIB - memory, node_type="analytics-node"
        ),
        "all_core_file_list": [],
    }


def _process(moment: Moment, module: str) -> ProcessInfo:
    exits = moment.tick // moment.number(200, 900, "exits", module)
    return ProcessInfo(
        process_name=module,
        process_state="PROCESS_STATE_RUNNING",
        start_count=exits + 1,
        stop_count=0,
        exit_count=exits,
        core_file_list=[],
    )


def _processors(moment: Moment) -> ModuleCpuState:
    infos = [
        ModuleCpuInfo(
            module_id=module,
            instance_id="0",
            cpu_info=CpuLoadInfo(
                num_cpu=8,
                cpu_share=moment.gauge(0.2, "processor", module),
                meminfo_res=moment.number(50_000, 60_000, "resident", module, moment.tick // 6),
                one_min_avg=moment.gauge(0.4, "average", module),
            ),
        )
        for module in MODULES
    ]
    share = sum(each.cpu_info.cpu_share or 0 for each in infos if each.cpu_info)
    return ModuleCpuState(name=moment.host, module_cpu_info=infos, node_cpu_share=round(share, 3))


def _alarms(moment: Moment) -> Iterator[UveMessage]:
    """Yield an alarm for each daemon that something is wrong with."""
    raised: dict[tuple[Kind, int], list[RaisedAlarm]] = {}
    for each in moment.scenario.anomalies_at(moment.tick):
        raised.setdefault((each.fault.kind, each.index), []).append(_alarm(moment, each))
    for (kind, index), alarms in raised.items():
        yield NodeAlarmTrace(data=NodeAlarms(name=host(kind, index), alarms=alarms), table=kind.value.table)


def _alarm(moment: Moment, anomaly: Anomaly) -> RaisedAlarm:
    attribute = ATTRIBUTES[anomaly.fault]
    return RaisedAlarm(
        type=f"default-global-system-config:system-defined-{anomaly.fault.value}",
        matches=[AlarmMatch(json_operand1_value="1", json_variables={attribute: "1"})],
        ack=False,
        timestamp=round((moment.scenario.start_s + anomaly.start_s) * 1_000_000),
        severity=SEVERITIES[anomaly.fault],
        description=f"{attribute} is not as it should be",
    )
