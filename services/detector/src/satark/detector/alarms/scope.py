"""Which objects a rule is about: all of a type, one by name, or those of one project.

Source: analytics specification, 4.1 and appendix A (types and tables).
"""

from collections.abc import Mapping
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
_MACHINE_INTERFACES = compiled("UveVirtualMachineAgent.interface_list")


def table_of(kind: str) -> str:
    """Return the table of a type; a type without a name of its own is its table."""
    return TABLES.get(kind, kind)


def covers(rule: AlarmRule, key: str, uve: Mapping[str, Any]) -> bool:
    """Return whether a rule watches an object. `key` is `table:name`; `uve` is its flat JSON."""
    table, _, name = key.partition(":")
    return any(_names(one, table, name) for one in rule.uve_keys) and _is_of_project(rule.project, table, name, uve)


def _names(uve_key: str, table: str, name: str) -> bool:
    kind, _, wanted = uve_key.partition(":")
    return table_of(kind) == table and wanted in {"", name}


def _is_of_project(project: str, table: str, name: str, uve: Mapping[str, Any]) -> bool:
    if not project:
        return True
    if table == _MACHINES:
        name = _first_interface(uve)
    return name == project or name.startswith(project + ":")


def _first_interface(uve: Mapping[str, Any]) -> str:
    """Return the first interface of a virtual machine: its own name is a UUID and tells of no project."""
    found = _MACHINE_INTERFACES.resolve(uve).leaves
    interfaces = found[0].value if found else None
    return interfaces[0] if isinstance(interfaces, list) and interfaces and isinstance(interfaces[0], str) else ""
