import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.export.naming import LABELS, entity_labels, metric_of, snake, statistic_of, tag_labels

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class TestNames:
    @pytest.mark.parametrize(
        ("kind", "metric", "expected"),
        [
            ("wan-link", "latency_ms_rx", ("satark_link_latency_ms", {"direction": "rx"})),
            ("wan-link", "loss_pct_tx", ("satark_link_loss_pct", {"direction": "tx"})),
            ("wan-link", "missing_cycles", ("satark_link_missing_cycles", {})),
            ("vrouter", "cpu.load", ("satark_vrouter_cpu_load", {})),
            ("x", "rx", ("satark_x_rx", {})),
        ],
    )
    def test_of_entities(self, kind: str, metric: str, expected: tuple[str, dict[str, str]]) -> None:
        """A metric's name has the kind and the unit; the direction is a label."""
        assert metric_of(kind, metric) == expected

    @pytest.mark.parametrize(
        ("stat", "column", "expected"),
        [
            (
                "NodeStatus.disk_usage_info",
                "disk_usage_info.partition_space_used_1k",
                "satark_uve_node_status_disk_usage_info_partition_space_used_1k",
            ),
            ("VirtualMachineStats.cpu_stats", "cpu_stats.rss", "satark_uve_virtual_machine_stats_cpu_stats_rss"),
            ("BgpPeerInfoData.flaps", "flaps", "satark_uve_bgp_peer_info_data_flaps"),
            ("UFlowData.flow", "vrouter", "satark_uve_u_flow_data_flow_vrouter"),
        ],
    )
    def test_of_statistics(self, stat: str, column: str, expected: str) -> None:
        """A statistic's column is named by struct, attribute and member."""
        assert statistic_of(stat, column) == expected

    @given(st.text(), st.text())
    def test_any_text_makes_a_name(self, one: str, other: str) -> None:
        """Whatever comes makes a name that Prometheus takes."""
        assert NAME.fullmatch(metric_of(one, other)[0])
        assert NAME.fullmatch(statistic_of(one, other))
        assert re.fullmatch(r"[a-z0-9_]*", snake(one))


class TestLabels:
    def test_of_entities(self) -> None:
        """Only known labels are exported, and those that are not empty."""
        labels = {"edge": "Pune-01", "isp": "", "timezone": "Asia/Kolkata"}

        assert entity_labels("wan-link/a", labels) == {"entity": "wan-link/a", "edge": "Pune-01"}
        assert "edge" in LABELS

    def test_of_statistics(self) -> None:
        """Tags are labels under their own names, or another where that is taken."""
        tags = {"disk.name": "/dev/sda1", "disk.partition": "root"}

        assert tag_labels("a6s40", "node", "disk", tags) == {
            "source": "a6s40",
            "name": "node",
            "tag_name": "/dev/sda1",
            "partition": "root",
        }

    @given(st.dictionaries(st.text(), st.text()))
    def test_are_bounded(self, tags: dict[str, str]) -> None:
        """There are so many labels of so many characters, whatever comes."""
        found = tag_labels("s", "n", "a", tags)

        assert len(found) <= 8
        assert all(len(value) <= 256 for value in found.values())
