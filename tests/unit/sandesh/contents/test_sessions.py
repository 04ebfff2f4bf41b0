import pytest

from satark.sandesh.contents import MAX_FLOWS, MAX_SESSIONS, TRAFFIC, Flow, SessionRow, Sessions, Side, sessions_of
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.xml import decode_frame
from tests.unit.sandesh.captures import frame_named
from tests.unit.sandesh.contents.receive import SOURCE, received, text

KEY = '<SessionIpPortProtocol><ip type="ipaddr">10.0.0.1</ip><port type="u16">443</port><protocol type="u16">6</protocol></SessionIpPortProtocol>'
NO_AGGREGATE = "<SessionAggInfo></SessionAggInfo>"
AGGREGATE = (
    '<SessionAggInfo><sampled_forward_bytes type="i64">33327</sampled_forward_bytes>'
    '<sampled_forward_pkts type="i64">69</sampled_forward_pkts>'
    '<logged_reverse_bytes type="i64">34646</logged_reverse_bytes>'
    '<sessionMap type="map"><map key="struct" value="struct" size="1">'
    '<SessionIpPort><ip type="ipaddr">10.0.0.51</ip><port type="u16">45085</port></SessionIpPort>'
    '<SessionInfo><forward_flow_info type="struct"><SessionFlowInfo><sampled_bytes type="i64">33327</sampled_bytes>'
    '<flow_uuid type="uuid_t">00000000-0000-0000-0000-000000000005</flow_uuid><action type="string">pass</action>'
    '</SessionFlowInfo></forward_flow_info><reverse_flow_info type="struct"><SessionFlowInfo>'
    '<drop_reason type="u16">3</drop_reason></SessionFlowInfo></reverse_flow_info><vm type="string">vm-1</vm>'
    '<other_vrouter_ip type="ipv4">167772162</other_vrouter_ip></SessionInfo></map></sessionMap></SessionAggInfo>'
)
SIDES = (
    text("vmi", "if-1")
    + text("vn", "vn1")
    + text("deployment", "prod")
    + text("tier", "web")
    + text("application", "shop")
    + text("site", "bern")
    + '<labels type="set"><set type="string" size="2"><element>blue</element><element>red</element></set></labels>'
    + '<custom_tags type="set"><set type="string" size="1"><element>x=1</element></set></custom_tags>'
    + text("remote_vn", "vn2")
    + text("remote_prefix", "192.0.2.0/24")
    + text("remote_tier", "db")
    + '<is_client_session type="bool">true</is_client_session><is_si type="byte">1</is_si>'
    + text("security_policy_rule", "rule-1")
    + '<vrouter_ip type="ipaddr">192.0.2.9</vrouter_ip>'
)


def entries(*pairs: str, name: str = "sess_agg_info") -> str:
    """A map with structs as keys, as agents send it."""
    return f'<{name} type="map"><map key="struct" value="struct" size="{len(pairs)}">{"".join(pairs)}</map></{name}>'


def sessions(*end_points: str, type_: int = SandeshType.SESSION) -> Sessions:
    """The rows of a message of these end points."""
    items = "".join(f"<SessionEndpoint>{each}</SessionEndpoint>" for each in end_points)
    data = f'<session_data type="list"><list type="struct" size="{len(end_points)}">{items}</list></session_data>'
    return sessions_of(received(f'<SessionEndpointObject type="sandesh">{data}</SessionEndpointObject>', type_, 0))


class TestRows:
    def test_an_entry_is_a_row(self) -> None:
        """With everything that is said of both sides, the traffic and its flows."""
        (row,) = sessions(SIDES + entries(KEY + AGGREGATE))

        assert row == SessionRow(
            vrouter=SOURCE,
            vrouter_ip="192.0.2.9",
            vmi="if-1",
            local_ip="10.0.0.1",
            server_port=443,
            protocol=6,
            client_session=True,
            service_instance=True,
            security_policy_rule="rule-1",
            local=Side(
                vn="vn1",
                deployment="prod",
                tier="web",
                application="shop",
                site="bern",
                labels=("blue", "red"),
                custom_tags=("x=1",),
            ),
            remote=Side(vn="vn2", prefix="192.0.2.0/24", tier="db"),
            traffic={"sampled_forward_bytes": 33327, "sampled_forward_pkts": 69, "logged_reverse_bytes": 34646},
            flows=(
                Flow(
                    remote_ip="10.0.0.51",
                    client_port=45085,
                    details={
                        "forward_sampled_bytes": "33327",
                        "forward_flow_uuid": "00000000-0000-0000-0000-000000000005",
                        "forward_action": "pass",
                        "reverse_drop_reason": "3",
                        "vm": "vm-1",
                        "other_vrouter_ip": "10.0.0.2",
                    },
                ),
            ),
            omitted_flows=0,
        )

    def test_every_end_point_has_rows(self) -> None:
        """One for each entry of each."""
        found = sessions(entries(KEY + AGGREGATE, KEY + NO_AGGREGATE), SIDES + entries(KEY + NO_AGGREGATE))

        assert ["", "", "if-1"] == [each.vmi for each in found]
        assert 3 == len(found)
        assert () == found.problems

    def test_a_single_end_point_needs_no_list(self) -> None:
        """Some definitions have the struct itself."""
        data = f'<session_data type="struct"><SessionEndpoint>{entries(KEY + NO_AGGREGATE)}</SessionEndpoint></session_data>'
        found = sessions_of(received(f'<S type="sandesh">{data}</S>', SandeshType.SESSION))

        assert [443] == [each.server_port for each in found]

    def test_what_is_not_said_is_empty(self) -> None:
        """Zero, false or empty, and no traffic at all."""
        (row,) = sessions(entries(KEY + NO_AGGREGATE))

        assert (Side(), Side(), {}, (), False, False) == (
            row.local,
            row.remote,
            row.traffic,
            row.flows,
            row.client_session,
            row.service_instance,
        )

    def test_structs_of_other_names_are_no_details(self) -> None:
        """Nor are structs within the flows of a direction: a row has texts by name."""
        inner = f'<more type="struct"><M>{text("a", "1")}</M></more>'
        session = f'{inner}<forward_flow_info type="struct"><F>{inner}{text("action", "deny")}</F></forward_flow_info>'
        flow = f'<K><ip type="ipaddr">10.0.0.1</ip></K><V>{session}</V>'
        (row,) = sessions(entries(f"{KEY}<A>{entries(flow, name='sessionMap')}</A>"))

        assert [Flow(remote_ip="10.0.0.1", client_port=0, details={"forward_action": "deny"})] == list(row.flows)

    def test_the_traffic_has_eight_numbers(self) -> None:
        """Sampled and logged, in both directions, in bytes and packets."""
        fields = "".join(f'<{name} type="i64">{at}</{name}>' for at, name in enumerate(TRAFFIC))
        (row,) = sessions(entries(f"{KEY}<SessionAggInfo>{fields}</SessionAggInfo>"))

        assert dict(zip(TRAFFIC, range(8), strict=True)) == row.traffic

    @pytest.mark.parametrize("type_", [each for each in SandeshType if each != SandeshType.SESSION])
    def test_other_messages_have_no_rows(self, type_: SandeshType) -> None:
        """Old agents' flows are none either."""
        assert Sessions() == sessions(entries(KEY + NO_AGGREGATE), type_=type_)


class TestProblems:
    def test_a_recorded_message_of_another_struct_has_no_rows(self) -> None:
        """Whoever sends sessions of his own is told so."""
        found = sessions_of(decode_frame(frame_named("py/c2s/023_ProbeSessionLog.bin")))

        assert ((), ("an end point without a map sess_agg_info",)) == (found.rows, found.problems)

    @pytest.mark.parametrize(
        ("fields", "problem"),
        [
            (text("vn", "x" * 1025), "vn is no text, or too long"),
            ('<vn type="struct"><S/></vn>', "vn is no text, or too long"),
            (text("labels", "x"), "labels is no list of texts, or too long"),
            (
                '<labels type="list"><list type="struct" size="1"><S/></list></labels>',
                "labels is no list of texts, or too long",
            ),
            (
                f'<labels type="list"><list type="string" size="1"><element>{"x" * 1025}</element></list></labels>',
                "labels is no list of texts, or too long",
            ),
        ],
    )
    def test_what_is_wrong_with_a_side_is_told(self, fields: str, problem: str) -> None:
        """The row is there without it."""
        found = sessions(fields + entries(KEY + NO_AGGREGATE))

        assert (problem,) == found.problems
        assert [Side()] == [each.local for each in found]

    @pytest.mark.parametrize(
        ("key", "value", "problem"),
        [
            ("<K/>", NO_AGGREGATE, "a key of sess_agg_info that is no address, port and protocol"),
            ('<K><port type="u16">65536</port></K>', NO_AGGREGATE, "port is no number from 0 to 65535"),
            ('<K><port type="u16">-1</port></K>', NO_AGGREGATE, "port is no number from 0 to 65535"),
            ('<K><protocol type="u16">256</protocol></K>', NO_AGGREGATE, "protocol is no number from 0 to 255"),
            (
                KEY,
                f'<A><sampled_forward_bytes type="i64">{"9" * 5000}</sampled_forward_bytes></A>',
                "sampled_forward_bytes is no text, or too long",
            ),
            (
                KEY,
                f'<A><sampled_forward_bytes type="i64">{2**63}</sampled_forward_bytes></A>',
                f"sampled_forward_bytes is no number from 0 to {2**63 - 1}",
            ),
            (
                KEY,
                f"<A>{entries('<K/><V/>', name='sessionMap')}</A>",
                "a key of sessionMap that is no address and port",
            ),
        ],
    )
    def test_what_is_wrong_with_an_entry_is_told(self, key: str, value: str, problem: str) -> None:
        """The row is there all the same."""
        found = sessions(entries(key + value))

        assert (1, (problem,)) == (len(found), found.problems)

    @pytest.mark.parametrize("body", ['<S type="sandesh"></S>', f'<S type="sandesh">{text("session_data", "x")}</S>'])
    def test_a_message_without_end_points_is_told(self, body: str) -> None:
        """It has no rows."""
        found = sessions_of(received(body, SandeshType.SESSION))

        assert ((), ("an end point without a map sess_agg_info",)) == (found.rows, found.problems)


class TestBounds:
    def test_rows_are_bounded(self) -> None:
        """What is left out is counted, over all end points."""
        found = sessions(*[entries(*[KEY + NO_AGGREGATE] * 3000)] * 3)

        assert (MAX_SESSIONS, 9000 - MAX_SESSIONS) == (len(found), found.omitted)

    def test_flows_are_bounded(self) -> None:
        """And counted in their row."""
        flow = '<K><ip type="ipaddr">10.0.0.1</ip></K><V/>'
        (row,) = sessions(entries(f"{KEY}<A>{entries(*[flow] * 3000, name='sessionMap')}</A>"))

        assert (MAX_FLOWS, 3000 - MAX_FLOWS) == (len(row.flows), row.omitted_flows)

    def test_problems_are_bounded(self) -> None:
        """No peer fills a log with one message."""
        fields = "".join(f'<{name} type="struct"><S/></{name}>' for name in TRAFFIC)
        others = "".join(f'<{name} type="struct"><S/></{name}>' for name in ("vn", "vmi", "tier", "site", "remote_vn"))
        remote = "".join(f'<remote_{name} type="struct"><S/></remote_{name}>' for name in ("tier", "site", "prefix"))

        assert 16 == len(sessions(others + remote + entries(f"<K/><A>{fields}</A>")).problems)
