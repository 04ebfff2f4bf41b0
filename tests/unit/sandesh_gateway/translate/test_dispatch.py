import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.sandesh.types import Header, Hint, SandeshType
from satark.sandesh.wire.tree import ListValue, MapValue, Node, StructValue, Tree
from satark.sandesh.wire.xml import Received
from satark.sandesh_gateway.translate.dispatch import translate
from satark.schemas.codec import decode, encode
from satark.schemas.flows import FlowSession
from satark.schemas.messages import Message
from satark.schemas.metrics import MetricSample
from satark.schemas.uves import UveShare
from tests.unit.sandesh_gateway.translate.say import NOW, ORIGIN, said, uve

CPU = (
    '<cpu type="list" identifier="4" tags=".core"><list type="struct" size="2">'
    '<Cpu><core type="string" identifier="1">a</core><load type="double" identifier="2">0.5</load></Cpu>'
    '<Cpu><core type="string" identifier="1">b</core><load type="double" identifier="2">1.5</load></Cpu>'
    "</list></cpu>"
)
SESSIONS = (
    '<S type="sandesh"><session_data type="list" identifier="1"><list type="struct" size="1"><SessionEndpoint>'
    '<vmi type="string" identifier="1">vmi-1</vmi><sess_agg_info type="map" identifier="9">'
    '<map key="struct" value="struct" size="1">'
    '<SessionIpPortProtocol><ip type="ipaddr" identifier="1">192.0.2.1</ip><port type="u16" identifier="2">443</port>'
    '<protocol type="u16" identifier="3">6</protocol></SessionIpPortProtocol>'
    '<SessionAggInfo><sampled_forward_bytes type="u64" identifier="1">99</sampled_forward_bytes></SessionAggInfo>'
    "</map></sess_agg_info></SessionEndpoint></list></session_data></S>"
)


def test_state_is_a_share_and_its_statistics() -> None:
    """A row of a tagged list is a sample, of its own entity."""
    share, *samples = translate(uve(CPU), ORIGIN, NOW).events

    assert isinstance(share, UveShare)
    assert [{"cpu.load": 0.5}, {"cpu.load": 1.5}] == [s.metrics for s in samples if isinstance(s, MetricSample)]
    assert [f"statistic/host-1:Compute:agent:0/Vn.cpu/vn1/cpu.core={core}" for core in "ab"] == [
        s.entity for s in samples if isinstance(s, MetricSample)
    ]


def test_state_that_is_said_again_has_no_statistics() -> None:
    """They were told when it changed."""
    assert [UveShare] == [type(each) for each in translate(uve(CPU, hints=Hint.SYNC), ORIGIN, NOW).events]


def test_sessions_are_flow_sessions() -> None:
    """A row for each end point and port."""
    (row,) = translate(said(SESSIONS, SandeshType.SESSION), ORIGIN, NOW).events

    assert isinstance(row, FlowSession)
    assert (row.vmi, row.server_port, row.traffic.sampled_forward_bytes) == ("vmi-1", 443, 99)


@pytest.mark.parametrize(
    "type_",
    [
        SandeshType.SYSTEM,
        SandeshType.OBJECT,
        SandeshType.TRACE,
        SandeshType.TRACE_OBJECT,
        SandeshType.SYSLOG,
        SandeshType.RESPONSE,
        SandeshType.FLOW,
        SandeshType.BUFFER,
        SandeshType.SESSION,
        99,
    ],
)
def test_all_else_is_a_message(type_: int) -> None:
    """Also what has no type of ours, and sessions without any row: nothing is lost."""
    (message,) = translate(said('<L type="sandesh"></L>', type_), ORIGIN, NOW).events

    assert isinstance(message, Message)


def test_state_without_a_key_is_set_aside() -> None:
    """Nobody could find it."""
    body = '<VnTrace type="sandesh"><data type="struct" identifier="1"><Vn></Vn></data></VnTrace>'

    translation = translate(said(body, SandeshType.UVE), ORIGIN, NOW)

    assert (translation.events, translation.cause) == ((), "content")
    assert "no field with a key" in translation.detail


def test_an_attribute_that_is_too_large_is_set_aside_as_well() -> None:
    """The rest is told."""
    big = f'<big type="string" identifier="2">{"x" * 900_000}</big>'

    translation = translate(uve(big, length=900_000), ORIGIN, NOW)

    assert (len(translation.events), translation.cause, translation.detail) == (1, "attribute_too_large", "big")


def test_wrong_annotations_cost_statistics_alone() -> None:
    """And are told."""
    translation = translate(uve('<n type="i32" identifier="2" tags="a:b:c:.d">1</n>'), ORIGIN, NOW)

    assert any(isinstance(each, UveShare) for each in translation.events)
    assert translation.problems


NAMES = st.sampled_from(["name", "data", "deleted", "proxy", "value", "session_data", "é", "a" * 600])
TYPES = st.sampled_from(["i32", "string", "struct", "list", "map", "double", "", "nonsense"])
TEXTS = st.one_of(st.text(max_size=20), st.just("x" * 2_000), st.just("99999999999999999999999"), st.just("nan"))
ANNOTATIONS = st.dictionaries(st.sampled_from(["key", "tags", "aggtype"]), st.sampled_from(["", "T", ".a,b", "a:b:.c"]))


def _containers(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    nodes = st.lists(st.builds(Node, NAMES, TYPES, st.just("1"), inner, ANNOTATIONS), max_size=4)
    return st.one_of(
        st.builds(StructValue, NAMES, nodes),
        st.builds(ListValue, TYPES, st.lists(inner, max_size=3)),
        st.builds(MapValue, TYPES, TYPES, st.lists(st.tuples(inner, inner), max_size=3)),
    )


VALUES = st.recursive(TEXTS, _containers, max_leaves=10)
FIELDS = st.lists(st.builds(Node, NAMES, TYPES, st.just("1"), VALUES, ANNOTATIONS), max_size=5)


@settings(deadline=None)
@given(FIELDS, st.one_of(st.sampled_from(SandeshType), st.integers(-5, 99)), st.integers(-(2**63), 2**63))
def test_whatever_comes_makes_events_that_can_be_read_or_a_cause(fields: list[Node], type_: int, stamp: int) -> None:
    """Nothing is raised, and everything that is made is an event of the contract."""
    struct = Node("data", "struct", "1", StructValue("Vn", fields))
    tree = Tree("VnTrace", [struct, *fields])
    header = Header(source="h", type=type_, timestamp_us=stamp, hints=Hint.KEY)

    translation = translate(Received(header, "VnTrace", tree, 400_000), ORIGIN, NOW)

    assert translation.events or translation.cause
    for event in translation.events:
        encoded = encode(event, source="/test")
        assert event == decode(encoded.topic, encoded.value, encoded.headers)
