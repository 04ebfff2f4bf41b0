"""Sessions and flows on the real embedded engine: sides, directions, flows of a session."""

from typing import Any

import pytest

from satark.analytics.store.client import Store
from tests.unit.analytics.query.scene import ask, flow, put, query, session, term, us

VN1, VN2 = "default-domain:admin:vn1", "default-domain:admin:vn2"
ENDS = ("sourcevn", "sourceip", "sport", "destvn", "destip", "dport")


@pytest.fixture
def sides(store: Store) -> Store:
    """A client's session with two flows, and a server's with one."""
    put(
        store,
        "sessions",
        session(1),
        session(
            2,
            client_session=0,
            vn=VN2,
            remote_vn=VN1,
            local_ip="10.2.2.3",
            flow_remote_ip=["10.1.1.3"],
            flow_client_port=[33000],
            flow_details=[flow("u3", 500, 7)],
            forward_sampled_bytes=500,
            reverse_sampled_bytes=150,
        ),
    )
    return store


class TestFlows:
    @pytest.mark.parametrize(
        ("direction", "expected"),
        [
            (
                1,
                [
                    (VN1, "10.1.1.3", 33000, VN2, "10.2.2.3", 80, "u1", 1000, 14, "pass"),
                    (VN1, "10.1.1.3", 33001, VN2, "10.2.2.4", 80, "u2", 800, 10, "pass"),
                    (VN2, "10.2.2.3", 80, VN1, "10.1.1.3", 33000, "ru3", None, None, "deny"),
                ],
            ),
            (
                0,
                [
                    (VN1, "10.1.1.3", 33000, VN2, "10.2.2.3", 80, "u3", 1000, 14, "pass"),
                    (VN2, "10.2.2.3", 80, VN1, "10.1.1.3", 33000, "ru1", None, None, "deny"),
                    (VN2, "10.2.2.4", 80, VN1, "10.1.1.3", 33001, "ru2", None, None, "deny"),
                ],
            ),
        ],
    )
    def test_records_are_told_by_direction(self, sides: Store, direction: int, expected: list[Any]) -> None:
        """Ingress goes from the end point to the other side, egress the other way; ports and counters go along."""
        fields = (*ENDS, "UuidKey", "agg-bytes", "agg-packets", "action")

        rows = ask(
            sides,
            query("FlowRecordTable", *fields, dir=direction, sort=1, sort_fields=["sourcevn", "destip", "sourceip"]),
        )

        assert [tuple(row.values()) for row in rows] == expected

    def test_what_the_tunnel_is_comes_with_a_record(self, sides: Store) -> None:
        """Tunnel and times are read from what the agent says of a flow."""
        fields = ("vrouter", "vrouter_ip", "other_vrouter_ip", "underlay_proto", "underlay_source_port")
        asked = query("FlowRecordTable", *fields, "setup_time", "teardown_time", filter=[term("UuidKey", "u1")])

        rows = ask(sides, asked | {"select_fields": [*asked["select_fields"], "UuidKey"]})

        assert [tuple(row.values()) for row in rows] == [
            ("a6s40", "10.0.0.1", "10.0.0.2", 2, 51234, us(1), None, "u1"),
        ]

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ([[term("sourceip", "10.1.1.3")]], {"u1", "u2"}),
            ([[term("destip", "10.2.2.4")]], {"u2"}),
            ([[term("protocol", 6), term("sport", 33001)]], {"u2"}),
            ([[term("protocol", 6), term("dport", 80, 3, value2=90)]], {"u1", "u2"}),
            ([[term("protocol", 17), term("dport", 80)]], set()),
            ([[term("vrouter", "a6", 7), term("direction_ing", 1), term("sourcevn", VN2)]], {"ru3"}),
        ],
    )
    def test_where_names_the_ends_of_a_flow(self, sides: Store, where: Any, expected: set[str]) -> None:
        """Source and destination are the local or the remote side, as the direction has it."""
        rows = ask(sides, query("FlowRecordTable", "UuidKey", where=where))

        assert {row["UuidKey"] for row in rows} == expected

    def test_a_series_by_address_adds_up_the_flows(self, sides: Store) -> None:
        """When the other side's address is a group key, bytes are those of the flows."""
        asked = query("FlowSeriesTable", "destip", "SUM(bytes)", "SUM(packets)", sort=1, sort_fields=["destip"])

        rows = ask(sides, asked)

        assert [tuple(row.values()) for row in rows] == [
            ("10.1.1.3", 150, 2),
            ("10.2.2.3", 500, 7),
            ("10.2.2.4", 400, 5),
        ]

    def test_raw_bytes_are_told_sample_by_sample(self, sides: Store) -> None:
        """A counter as it is makes each session a row."""
        rows = ask(sides, query("FlowSeriesTable", "sourcevn", "bytes", sort=1, sort_fields=["sourcevn"]))

        assert [tuple(row.values()) for row in rows] == [(VN1, 900), (VN2, 150)]


class TestSessions:
    @pytest.mark.parametrize(("side", "expected"), [("client", 900), ("server", 500)])
    def test_a_side_is_chosen(self, sides: Store, side: str, expected: int) -> None:
        """Only sessions of the asked side are summed."""
        asked = query("SessionSeriesTable", "session_type", "SUM(forward_sampled_bytes)", session_type=side)

        assert ask(sides, asked) == [{"session_type": side, "SUM(forward_sampled_bytes)": expected}]

    @pytest.mark.parametrize(("asked", "expected"), [(None, 1), (0, 1), (1, 0)])
    def test_service_instances_are_apart(self, sides: Store, asked: int | None, expected: int) -> None:
        """By default sessions of service instances are left out."""
        found = ask(sides, query("SessionSeriesTable", "vn", session_type="client", is_service_instance=asked))

        assert len(found) == expected

    def test_flows_are_opened_when_one_of_their_columns_is_named(self, sides: Store) -> None:
        """With the other side's address as a key, counters are those of the flows."""
        fields = ("remote_ip", "SUM(forward_sampled_bytes)", "COUNT_DISTINCT(remote_ip)")
        asked = query("SessionSeriesTable", *fields, session_type="client", sort=1, sort_fields=["remote_ip"])

        rows = ask(sides, asked)

        assert [tuple(row.values()) for row in rows] == [("10.2.2.3", 500, 1), ("10.2.2.4", 400, 1)]

    def test_filters_name_what_where_cannot(self, sides: Store) -> None:
        """The client's port is for filters only."""
        asked = query(
            "SessionRecordTable",
            *("client_port", "forward_flow_uuid", "SUM(forward_teardown_bytes)", "reverse_action", "labels"),
            session_type="client",
            filter=[term("client_port", 33001)],
        )

        assert ask(sides, asked) == [
            {
                "client_port": 33001,
                "forward_flow_uuid": "u2",
                "forward_teardown_bytes": 800,
                "reverse_action": "deny",
                "labels": ["label=web"],
            }
        ]

    @pytest.mark.parametrize(("label", "expected"), [("label=web", 1), ("label", 0)])
    def test_lists_are_filtered_as_text(self, sides: Store, label: str, expected: int) -> None:
        """A filter compares a list as its elements joined by commas."""
        asked = query("SessionSeriesTable", "labels", session_type="client", filter=[term("labels", label)])

        assert len(ask(sides, asked)) == expected

    def test_a_session_without_flows_keeps_its_counters(self, store: Store) -> None:
        """Opening finds nothing, and the session's own numbers count."""
        put(store, "sessions", session(1, flow_remote_ip=[], flow_client_port=[], flow_details=[]))

        rows = ask(store, query("SessionSeriesTable", "remote_ip", "SUM(forward_sampled_bytes)", session_type="client"))

        assert rows == [{"remote_ip": None, "SUM(forward_sampled_bytes)": 900}]
