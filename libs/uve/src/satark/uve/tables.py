"""Names of objects and their tables (analytics.md 1.2 and appendix A): data, and how to go from one name to the other."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Table(NamedTuple):
    """A table of objects: its raw name, the type that URLs call it, and whether only administrators own its objects."""

    raw: str
    api_type: str
    is_global: bool = False


TABLES = (
    Table("ObjectAddressGroupTable", "address-group"),
    Table("ObjectAnalyticsAlarmInfo", "analytics-alarm-node", is_global=True),
    Table("ObjectCollectorInfo", "analytics-node", is_global=True),
    Table("ObjectAnalyticsSNMPInfo", "analytics-snmp-node", is_global=True),
    Table("ObjectApplicationPolicySetTable", "application-policy-set"),
    Table("ObjectBgpPeer", "bgp-peer", is_global=True),
    Table("ObjectConfigDatabaseInfo", "config-database-node", is_global=True),
    Table("ObjectConfigNode", "config-node", is_global=True),
    Table("ObjectBgpRouter", "control-node", is_global=True),
    Table("ObjectDatabaseInfo", "database-node", is_global=True),
    Table("ObjectDns", "dns-node", is_global=True),
    Table("ObjectFirewallPolicyTable", "firewall-policy"),
    Table("ObjectFirewallRuleTable", "firewall-rule"),
    Table("ObjectGeneratorInfo", "generator", is_global=True),
    Table("ObjectJobExecutionTable", "job-execution", is_global=True),
    Table("ObjectKubernetesManagerNode", "kubernetes-manager-node", is_global=True),
    Table("ObjectLBTable", "loadbalancer"),
    Table("ObjectLogicalInterfaceTable", "logical-interface", is_global=True),
    Table("ObjectPhysicalInterfaceTable", "physical-interface", is_global=True),
    Table("ObjectProjectTable", "project"),
    Table("ObjectPRouter", "prouter", is_global=True),
    Table("ObjectRoutingInstance", "routing-instance"),
    Table("ObjectServerTable", "server", is_global=True),
    Table("ServiceChain", "service-chain"),
    Table("ObjectServiceGroupTable", "service-group"),
    Table("ObjectSITable", "service-instance"),
    Table("ObjectStorageClusterTable", "storage-cluster", is_global=True),
    Table("ObjectDiskTable", "storage-disk", is_global=True),
    Table("ObjectOsdTable", "storage-osd", is_global=True),
    Table("ObjectPoolTable", "storage-pool", is_global=True),
    Table("ObjectTagTable", "tag"),
    Table("UserDefinedLogStatTable", "user-defined-log-statistic", is_global=True),
    Table("ObjectVMTable", "virtual-machine"),
    Table("ObjectVMITable", "virtual-machine-interface"),
    Table("ObjectVNTable", "virtual-network"),
    Table("ObjectVRouter", "vrouter", is_global=True),
    Table("ObjectXmppPeerInfo", "xmpp-peer", is_global=True),
)

BY_RAW: Mapping[str, Table] = MappingProxyType({table.raw: table for table in TABLES})
BY_API_TYPE: Mapping[str, Table] = MappingProxyType({table.api_type: table for table in TABLES})


def split_key(key: str) -> tuple[str, str]:
    """Return table and name of a UVE key: all behind the first colon is the name."""
    table, _, name = key.partition(":")
    return table, name


def api_type(raw: str) -> str:
    """Return the type of a raw table; a table that is not known goes by its own name."""
    table = BY_RAW.get(raw)
    return table.api_type if table else raw


def raw_table(name: str) -> str:
    """Return the raw name of a table, given that or its type; one that is not known is taken for raw."""
    table = BY_API_TYPE.get(name)
    return table.raw if table else name
