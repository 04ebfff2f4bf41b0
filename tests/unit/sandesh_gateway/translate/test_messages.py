import pytest

from satark.sandesh.types import SandeshType
from satark.sandesh_gateway.translate.messages import level_of, message_of, type_of
from satark.schemas.messages import Level
from tests.unit.sandesh_gateway.translate.say import NOW, ORIGIN, SAID, said

BODY = (
    '<PeerChanged type="sandesh"><peer type="string" identifier="1" key="ObjectBgpPeer">p&amp;1</peer>'
    '<up type="bool" identifier="2">false</up>'
    '<paths type="list" identifier="3"><list type="i32" size="1"><element>5</element></list></paths></PeerChanged>'
)


def test_is_the_message_in_words_fields_and_whole() -> None:
    """For people, for programs, and for those who want everything."""
    message = message_of(said(BODY, SandeshType.OBJECT, level=3), ORIGIN, NOW)

    assert (message.entity, message.kind, message.name) == (
        "generator/host-1:Compute:agent:0",
        "sandesh",
        "PeerChanged",
    )
    assert (message.time, message.level, message.category) == (SAID, Level.ERROR, "VN")
    assert message.text == "peer = p&1 up = false paths = [5]"
    assert message.fields == {"peer": "p&1", "up": "false"}
    assert message.objects == ("ObjectBgpPeer:p&1",)
    assert message.body == BODY.replace(' identifier="1"', "").replace(' identifier="2"', "").replace(
        ' identifier="3"', ""
    )


def test_keeps_what_the_header_says() -> None:
    """By names and numbers of the sender."""
    header = message_of(said(BODY, SandeshType.OBJECT, level=3), ORIGIN, NOW).sandesh

    assert header is not None
    assert (header.type, header.source, header.node_type, header.module, header.instance) == (
        "OBJECT",
        "host-1",
        "Compute",
        "agent",
        "0",
    )
    assert (header.sequence_number, header.level) == (5, 3)


@pytest.mark.parametrize(
    ("level", "severity"), [(0, Level.EMERGENCY), (7, Level.DEBUG), (-100, Level.INFO), (2**31 - 1, Level.INFO)]
)
def test_levels_are_syslogs(level: int, severity: Level) -> None:
    """Those of Sandesh have the same numbers, but for none and for UVEs."""
    assert severity is level_of(level)


def test_types_that_nobody_knows_keep_their_number() -> None:
    """A peer may send any."""
    assert ["TRACE_OBJECT", "77"] == [type_of(SandeshType.TRACE_OBJECT), type_of(77)]
