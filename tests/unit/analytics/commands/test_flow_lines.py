"""Lines of flows."""

from datetime import UTC
from typing import Any

from satark.analytics.commands.flow_lines import flow

ROW: dict[str, Any] = {
    "vrouter": "a6s40",
    "vrouter_ip": "10.0.0.1",
    "direction_ing": 1,
    "action": "pass",
    "setup_time": 1_699_999_800_000_000,
    "teardown_time": None,
    "protocol": 6,
    "sourcevn": "default-domain:admin:vn1",
    "sourceip": "10.1.1.3",
    "sport": 33000,
    "vmi": "default-domain:admin:vmi1",
    "destvn": "default-domain:admin:vn2",
    "destip": "10.2.2.3",
    "dport": 80,
    "other_vrouter_ip": "10.0.0.2",
    "agg-packets": 12,
    "agg-bytes": 900,
    "UuidKey": "9f0c",
}


def test_a_flow_is_the_line_of_contrail_flows() -> None:
    """A flow is the line that `contrail-flows` prints."""
    expected = (
        "[SRC-VR:a6s40/10.0.0.1] ingress pass  (2023 Nov 14 22:10:00.000000 -- Active) TCP"
        " default-domain:admin:vn1:10.1.1.3:33000 [SRC VMI:default-domain:admin:vmi1] --->"
        " default-domain:admin:vn2:10.2.2.3:80 [DST-VR:10.0.0.2] <12 P (900 B)> : SG:None ACL:None 9f0c"
    )

    assert expected == flow(ROW, zone=UTC)


def test_the_tunnel_is_shown_when_asked_for() -> None:
    """The tunnel is shown when asked for."""
    line = flow(ROW | {"underlay_proto": 3, "underlay_source_port": 51234}, zone=UTC, tunnel=True)

    assert line.endswith("ACL:None [T:MPLSoUDP/Src Port:51234 ]9f0c")


def test_what_is_not_known_says_so() -> None:
    """What is not known says so."""
    line = flow({"protocol": 47}, zone=UTC)

    expected = (
        "[SRC-VR:NA/NA] Direction: NA Action: NA  (Setup Time: NA -- Active) 47 Source VN: NA:Source IP: NA:NA"
        " [SRC VMI:None] ---> Destination VN: NA:Destination IP: NA:NA [DST-VR:NA] <0 P (0 B)> : SG:None ACL:None UUID: NA"
    )
    assert expected == line
