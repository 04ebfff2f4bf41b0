"""Rows of FlowRecordTable as lines, as `contrail-flows` writes them. Pure."""

from datetime import tzinfo
from typing import Any

from satark.analytics.commands.times import shown

PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "igmp": 2}
COLUMNS = [
    "vrouter",
    "sourcevn",
    "sourceip",
    "destvn",
    "destip",
    "protocol",
    "sport",
    "dport",
    "direction_ing",
    "UuidKey",
    "setup_time",
    "teardown_time",
    "agg-packets",
    "agg-bytes",
    "action",
    "sg_rule_uuid",
    "nw_ace_uuid",
    "vrouter_ip",
    "other_vrouter_ip",
    "drop_reason",
    "vmi",
]
TUNNEL_COLUMNS = ("underlay_proto", "underlay_source_port")
TUNNELS = {1: "GRE", 2: "MPLSoGRE", 3: "MPLSoUDP", 4: "VXLAN"}

_NAMES = {number: name.upper() for name, number in PROTOCOLS.items()}

Row = dict[str, Any]


def flow(row: Row, *, zone: tzinfo | None, tunnel: bool = False) -> str:
    """Return the line of a flow; what is not known is shown as NA."""
    times = (
        f"({_time(row.get('setup_time'), zone, 'Setup Time: NA')} -- {_time(row.get('teardown_time'), zone, 'Active')})"
    )
    source = (
        f"{_or(row, 'sourcevn', 'Source VN: NA')}:{_or(row, 'sourceip', 'Source IP: NA')}:{_or(row, 'sport', 'NA')}"
    )
    target = f"{_or(row, 'destvn', 'Destination VN: NA')}:{_or(row, 'destip', 'Destination IP: NA')}:{_or(row, 'dport', 'NA')}"
    parts = [
        f"[SRC-VR:{_or(row, 'vrouter', 'NA')}/{_or(row, 'vrouter_ip', 'NA')}]",
        {1: "ingress", 0: "egress"}.get(_number(row.get("direction_ing")), "Direction: NA"),
        _or(row, "action", "Action: NA"),
        _or(row, "drop_reason", ""),
        times,
        _protocol(row.get("protocol")),
        source,
        f"[SRC VMI:{_or(row, 'vmi', 'None')}]",
        "--->",
        target,
        f"[DST-VR:{_or(row, 'other_vrouter_ip', 'NA')}]",
        f"<{_or(row, 'agg-packets', '0')} P ({_or(row, 'agg-bytes', '0')} B)>",
        ":",
        f"SG:{_or(row, 'sg_rule_uuid', 'None')}",
        f"ACL:{_or(row, 'nw_ace_uuid', 'None')}",
    ]
    if tunnel:
        proto = _or(row, "underlay_proto", "NA")
        parts.append(f"[T:{TUNNELS.get(_number(proto), proto)}/Src Port:{_or(row, 'underlay_source_port', 'NA')} ]")
    return f"{' '.join(parts)}{'' if tunnel else ' '}{_or(row, 'UuidKey', 'UUID: NA')}"


def _or(row: Row, name: str, missing: str) -> str:
    value = row.get(name)
    return missing if value is None or value == "" else str(value)


def _protocol(value: Any) -> str:
    number = _number(value)
    return _NAMES.get(number, str(number)) if number >= 0 else "Protocol: NA"


def _time(value: Any, zone: tzinfo | None, missing: str) -> str:
    time_us = _number(value)
    return shown(time_us, zone) if time_us > 0 else missing


def _number(value: Any) -> int:
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdigit() else -1
