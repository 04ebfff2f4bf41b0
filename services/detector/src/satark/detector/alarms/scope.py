"""Which objects a rule is about: all of a type, one by name, or those of one project.

Source: analytics specification, 4.1 and appendix A (types and tables).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from satark.detector.alarms.model import AlarmRule
from satark.detector.alarms.paths import compiled

TABLES: Mapping[str, str] = {
    "address-group": "ObjectAddressGroupTable",
    "analytics-alarm-node": "ObjectAnalyticsAlarmInfo",
    "analytics-node": "ObjectCollectorInfo",
    "analytics-snmp-node": "ObjectAnalyticsSNMPInfo",
    "application-policy-set": "ObjectApplicationPolicySetTable",
    "bgp-peer": "ObjectBgpPeer",
    "config-database-node": "ObjectConfigDatabaseInfo",
    "config-node": "ObjectConfigNode",
    "control-node": "ObjectBgpRouter",
    "database-node": "ObjectDatabaseInfo",
    "dns-node": "ObjectDns",
    "firewall-policy": "ObjectFirewallPolicyTable",
    "firewall-rule": "ObjectFirewallRuleTable",
    "generator": "ObjectGeneratorInfo",
    "job-execution": "ObjectJobExecutionTable",
    "kubernetes-manager-node": "ObjectKubernetesManagerNode",
    "loadbalancer": "ObjectLBTable",
    "logical-interface": "ObjectLogicalInterfaceTable",
    "physical-interface": "ObjectPhysicalInterfaceTable",
    "project": "ObjectProjectTable",
    "prouter": "ObjectPRouter",
    "routing-instance": "ObjectRoutingInstance",
    "server": "ObjectServerTable",
    "service-chain": "ServiceChain",
    "service-group": "ObjectServiceGroupTable",
    "service-instance": "ObjectSITable",
    "storage-cluster": "ObjectStorageClusterTable",
    "storage-disk": "ObjectDiskTable",
    "storage-osd": "ObjectOsdTable",
    "storage-pool": "ObjectPoolTable",
    "tag": "ObjectTagTable",
    "user-defined-log-statistic": "UserDefinedLogStatTable",
    "virtual-machine": "ObjectVMTable",
    "virtual-machine-interface": "ObjectVMITable",
    "virtual-network": "ObjectVNTable",
    "vrouter": "ObjectVRouter",
    "xmpp-peer": "ObjectXmppPeerInfo",
}
"""The table of each type that operators know by name."""

_MACHINES = TABLES["virtual-machine"]
MACHINE_STRUCT = "UveVirtualMachineAgent"
"""The struct that tells of which project a virtual machine is."""

COLLECTORS = TABLES["analytics-node"]
COLLECTOR_STRUCT = "CollectorState"
"""The struct in which a collector tells of itself; the `build_info` of a gateway of Satark begins with its name."""

_MACHINE_INTERFACES = compiled(f"{MACHINE_STRUCT}.interface_list")


def table_of(kind: str) -> str:
    """Return the table of a type; a type without a name of its own is its table."""
    return TABLES.get(kind, kind)


@dataclass(frozen=True, slots=True)
class Scope:
    """The objects of a rule: those of the whole tables, those of the keys, and of them only a project's, if it is given."""

    tables: frozenset[str]
    keys: frozenset[str]
    project: str

    @property
    def all_tables(self) -> frozenset[str]:
        """The tables that the rule's objects are in."""
        return self.tables | {key.partition(":")[0] for key in self.keys}

    def covers(self, key: str, uve: Mapping[str, Any]) -> bool:
        """Return whether an object is of the scope. `key` is `table:name`; `uve` is its flat JSON.

        A gateway of Satark is a collector, but no node of Contrail: no node manager and no configuration speak of it, so only
        rules that name it are about it.
        """
        table, _, name = key.partition(":")
        if key not in self.keys and (table not in self.tables or _is_gateway(table, uve)):
            return False
        if not self.project:
            return True
        if table == _MACHINES:
            name = _first_interface(uve)
        return name == self.project or name.startswith(self.project + ":")


def scope_of(rule: AlarmRule) -> Scope:
    """Return the scope of a rule."""
    split = [one.partition(":") for one in rule.uve_keys]
    return Scope(
        tables=frozenset(table_of(kind) for kind, _, name in split if not name),
        keys=frozenset(f"{table_of(kind)}:{name}" for kind, _, name in split if name),
        project=rule.project,
    )


def _is_gateway(table: str, uve: Mapping[str, Any]) -> bool:
    said = uve.get(COLLECTOR_STRUCT) if table == COLLECTORS else None
    return isinstance(said, Mapping) and str(said.get("build_info", "")).startswith("satark ")


def _first_interface(uve: Mapping[str, Any]) -> str:
    """Return the first interface of a virtual machine: its own name is a UUID and tells of no project."""
    found = _MACHINE_INTERFACES.resolve(uve).leaves
    interfaces = found[0].value if found else None
    return interfaces[0] if isinstance(interfaces, list) and interfaces and isinstance(interfaces[0], str) else ""
