"""The worked examples of clause 3.3, with exact numbers on the real embedded engine."""

from typing import Any

import pytest

from satark.analytics.store.client import Store
from tests.unit.analytics.query.scene import (
    ask,
    flow,
    learnt_column,
    message,
    named,
    put,
    query,
    sample,
    session,
    term,
    us,
)

CPU = "NodeStatus.process_mem_cpu_usage"
VN1, VN2 = "default-domain:admin:vn1", "default-domain:admin:vn2"


class TestMessages:
    def test_q1_is_an_or_of_ands_then_a_filter(self, store: Store) -> None:
        """Rows of the host and module, or of the type, that are severe enough come newest first."""
        put(
            store,
            "messages",
            message(1),
            message(2, module="contrail-api", message_type="VncApiInfo"),
            message(3, source="a6s41", module="contrail-dns", message_type="BgpPeerClose"),
            message(4, level=6),
        )
        asked = query(
            "MessageTable",
            *("MessageTS", "Source", "ModuleId", "Category", "Messagetype", "SequenceNum", "Xmlmessage"),
            *("Type", "Level", "NodeType", "InstanceId"),
            start_time="now-10m",
            where=[
                [term("Source", "a6s40"), term("ModuleId", "contrail-control")],
                [term("Messagetype", "BgpPeer", 7)],
            ],
            filter=[[term("Level", 4, 5)]],
            sort=2,
            sort_fields=["MessageTS"],
            limit=100,
        )

        rows = ask(store, asked)

        assert [row["SequenceNum"] for row in rows] == [3, 1]
        assert rows[1] == {
            "MessageTS": us(1),
            "Source": "a6s40",
            "ModuleId": "contrail-control",
            "Category": "BGP",
            "Messagetype": "BgpPeerMessage",
            "SequenceNum": 1,
            "Xmlmessage": "<BgpPeerMessage>1</BgpPeerMessage>",
            "Type": 1,
            "Level": 4,
            "NodeType": "Control",
            "InstanceId": "0",
        }

    def test_q2_names_are_told_once(self, store: Store) -> None:
        """ObjectId alone gives each name that was seen in the time once."""
        put(store, "objects", named(1), named(2), named(3, name=VN2), named(4, object_table="ObjectVRouter", name="v"))

        rows = ask(store, query("ObjectVNTable", "ObjectId"))

        assert sorted(row["ObjectId"] for row in rows) == [VN1, VN2]

    def test_q3_is_the_history_of_one_object(self, store: Store) -> None:
        """What was said of one object comes in order; kinds of logs that are not selected are left out."""
        put(
            store,
            "objects",
            named(2, object_table="ConfigObjectTable", name=f"virtual_network:{VN1}"),
            named(1, object_table="ConfigObjectTable", name=f"virtual_network:{VN1}"),
            named(3, object_table="ConfigObjectTable", name=f"virtual_network:{VN1}", type=1),
            named(4, object_table="ConfigObjectTable", name=f"virtual_network:{VN2}"),
        )
        asked = query(
            "ConfigObjectTable",
            *("MessageTS", "Source", "ModuleId", "Messagetype", "ObjectLog"),
            start_time="now-1d",
            where=[[term("ObjectId", f"virtual_network:{VN1}")]],
            sort=1,
            sort_fields=["MessageTS"],
        )

        rows = ask(store, asked)

        assert [row["MessageTS"] for row in rows] == [us(1), us(2)]
        assert rows[0]["ObjectLog"] == "<VncApiConfigLog>1</VncApiConfigLog>"


class TestStatistics:
    def test_q4_is_one_row_a_bin(self, store: Store) -> None:
        """Samples at 0 s (1.0) and 50 s (1.5) are one bin of 60 s with AVG 1.25 and COUNT 2; one at 60 s opens another."""
        put(store, "statistics", *(self._cpu(*each) for each in ((0, 1.0, 182_000), (50, 1.5, 182_340), (60, 3.0, 7))))
        asked = query(
            f"StatTable.{CPU}",
            *("T=60", "name", "process_mem_cpu_usage.__key", "AVG(process_mem_cpu_usage.cpu_share)"),
            *("MAX(process_mem_cpu_usage.mem_res)", "COUNT(process_mem_cpu_usage)", "CLASS(T=)"),
            where=[[term("name", "a6s40")]],
        )

        first, second = ask(store, asked)

        assert first["CLASS(T=)"] == second["CLASS(T=)"]
        assert first == {
            "T=": us(0),
            "name": "a6s40",
            "process_mem_cpu_usage.__key": "contrail-collector",
            "AVG(process_mem_cpu_usage.cpu_share)": 1.25,
            "MAX(process_mem_cpu_usage.mem_res)": 182_340,
            "COUNT(process_mem_cpu_usage)": 2,
            "CLASS(T=)": first["CLASS(T=)"],
        }
        assert (second["T="], second["COUNT(process_mem_cpu_usage)"]) == (us(60), 1)

    def test_q5_has_seven_percentiles(self, store: Store) -> None:
        """PERCENTILES is an object of seven members, near the exact ones on 10^5 samples."""
        stat = "AnalyticsApiStats.api_stats"
        put(store, "stat_columns", learnt_column(stat, "api_stats.response_time_in_usec", "int"))
        store.tell(
            "INSERT INTO statistics (time, id, stat, source, name, texts, integers) SELECT"
            " toDateTime64('2023-11-14 22:13:00', 6, 'UTC'), toString(number),"
            " 'AnalyticsApiStats.api_stats', 'a6s40', '', map('api_stats.object_type', 'virtual-network'),"
            " map('api_stats.response_time_in_usec', number + 1) FROM numbers(100000)"
        )
        field = "PERCENTILES(api_stats.response_time_in_usec)"
        asked = query(
            f"StatTable.{stat}",
            *("api_stats.object_type", field, "COUNT(api_stats)"),
            start_time="now-1d",
            where=[[term("Source", "", 7)]],
        )

        (row,) = ask(store, asked)

        assert (row["api_stats.object_type"], row["COUNT(api_stats)"]) == ("virtual-network", 100_000)
        assert list(row[field]) == ["01", "05", "25", "50", "75", "95", "99"]
        assert all(abs(value - int(level) * 1000) < 1000 for level, value in row[field].items())

    def test_q6_has_a_second_level(self, store: Store) -> None:
        """A term with a suffix is two terms."""
        put(store, "statistics", *(self._underlay(*each) for each in ((1, 17, 4500), (2, 17, 80), (3, 6, 4500))))
        suffix = term("flow.dport", 4000, 3, value2=5000)
        asked = query(
            "StatTable.UFlowData.flow",
            *("T", "name", "flow.pifindex", "flow.sip", "flow.dip"),
            where=[[term("flow.protocol", 17, suffix=suffix)]],
        )

        rows = ask(store, asked)

        assert rows == [
            {"T": us(1), "name": "spine-1", "flow.pifindex": 12, "flow.sip": "10.0.0.1", "flow.dip": "10.0.0.2"}
        ]

    def _cpu(self, second: float, share: float, resident: int) -> dict[str, Any]:
        return sample(
            second,
            CPU,
            texts={"process_mem_cpu_usage.__key": "contrail-collector"},
            integers={"process_mem_cpu_usage.mem_res": resident},
            doubles={"process_mem_cpu_usage.cpu_share": share},
        )

    def _underlay(self, second: float, protocol: int, port: int) -> dict[str, Any]:
        return underlay(second, {"flow.protocol": protocol, "flow.dport": port})


class TestTraffic:
    def test_q7_sums_flows_by_network(self, store: Store) -> None:
        """Bytes a minute between two networks are those of the sessions in that direction."""
        put(store, "sessions", session(1), session(2), session(3, remote_vn="other"), session(61))
        asked = query(
            "FlowSeriesTable",
            *("T=60", "sourcevn", "destvn", "SUM(bytes)", "SUM(packets)", "flow_class_id"),
            start_time="now-10m",
            dir=1,
            where=[[term("sourcevn", VN1), term("destvn", VN2)]],
        )

        first, second = ask(store, asked)

        assert first["flow_class_id"] == second["flow_class_id"]
        assert first == {
            "T=": us(0),
            "sourcevn": VN1,
            "destvn": VN2,
            "SUM(bytes)": 1800,
            "SUM(packets)": 24,
            "flow_class_id": first["flow_class_id"],
        }
        assert (second["T="], second["SUM(bytes)"]) == (us(60), 900)

    @pytest.mark.parametrize("label", ["label=web", "label=none"])
    def test_q8_counts_sessions(self, store: Store, label: str) -> None:
        """Sessions with a label are summed, their samples and their other sides counted."""
        put(store, "sessions", session(1), session(2, flow_remote_ip=["10.2.2.3", "10.2.2.9"]))
        asked = query(
            "SessionSeriesTable",
            *("T=60", "vn", "remote_vn", "application", "SUM(forward_sampled_bytes)"),
            *("COUNT_DISTINCT(remote_ip)", "sample_count"),
            start_time="now-10m",
            session_type="client",
            where=[[term("labels", label, 9), term("protocol", 6)]],
        )

        rows = ask(store, asked)

        expected = {
            "T=": us(0),
            "vn": VN1,
            "remote_vn": VN2,
            "application": "shop",
            "SUM(forward_sampled_bytes)": 1800,
            "COUNT_DISTINCT(remote_ip)": 3,
            "sample_count": 2,
        }
        assert rows == ([expected] if label == "label=web" else [])

    def test_q9_finds_the_switches_that_carried_a_flow(self, store: Store) -> None:
        """The underlay's samples with the tunnel's addresses, protocol and port are the answer."""
        tunnel = {"flow.protocol": 17, "flow.sport": 51234}
        put(
            store,
            "statistics",
            underlay(1, tunnel),
            underlay(2, tunnel),
            underlay(3, tunnel, "leaf-2"),
            underlay(4, tunnel | {"flow.sport": 9}, "elsewhere"),
        )
        put(store, "sessions", session(1), session(2, local_ip="10.1.1.9", flow_details=[flow("x", 1, 1)] * 2))
        asked = query(
            "OverlayToUnderlayFlowMap",
            *("u_prouter", "u_pifindex", "u_vlan"),
            start_time="now-10m",
            where=[[term("o_svn", VN1, suffix=term("o_sip", "10.1.1.3"))]],
            sort=1,
            sort_fields=["u_prouter"],
        )

        rows = ask(store, asked)

        assert rows == [
            {"u_prouter": "leaf-2", "u_pifindex": 12, "u_vlan": "7"},
            {"u_prouter": "spine-1", "u_pifindex": 12, "u_vlan": "7"},
        ]


def underlay(second: float, numbers: dict[str, int], name: str = "spine-1") -> dict[str, Any]:
    """Return a sample of a switch."""
    return sample(
        second,
        "UFlowData.flow",
        name=name,
        texts={"flow.sip": "10.0.0.1", "flow.dip": "10.0.0.2", "flow.vlan": "7"},
        integers={"flow.pifindex": 12} | numbers,
    )
