"""Lines of logs."""

from datetime import UTC
from typing import Any

import pytest

from satark.analytics.commands.log_lines import as_json, level_name, message, object_log, trace

SYSTEM = (
    '<BgpPeerMessage type="sandesh"><text type="string" identifier="1">hello</text>'
    '<peer type="string" identifier="2">p1</peer><count type="i32" identifier="3">5</count>'
    '<file type="string" identifier="-32768">bgp.cc</file><line type="i32" identifier="-32767">12</line></BgpPeerMessage>'
)
OBJECT = (
    '<VncApiConfigLog type="sandesh"><api_log type="struct" identifier="1"><VncApiCommon>'
    '<identifier_uuid type="string" identifier="1">u1</identifier_uuid>'
    '<object_type type="string" identifier="3">virtual_network</object_type>'
    '<list1 type="list" identifier="4"><list type="string" size="2"><element>a</element><element>b</element></list></list1>'
    "</VncApiCommon></api_log></VncApiConfigLog>"
)
MAPPED = (
    '<Uve type="sandesh"><name type="string">n</name>'
    '<m type="map"><map key="string" value="i32" size="1"><element>k</element><element>1</element></map></m>'
    '<s type="list"><list type="struct" size="1"><St><a type="i32">1</a><b type="double">0.5</b></St></list></s>'
    '<up type="bool">true</up></Uve>'
)
ROW: dict[str, Any] = {
    "MessageTS": 1_700_000_000_123_456,
    "Source": "a6s40",
    "ModuleId": "contrail-control",
    "Category": "BGP",
    "Messagetype": "BgpPeerMessage",
    "SequenceNum": 4711,
    "Xmlmessage": SYSTEM,
    "Type": 1,
    "Level": 4,
    "NodeType": "Control",
    "InstanceId": "0",
}


def test_a_message_is_the_line_of_contrail_logs() -> None:
    """A message is the line that `contrail-logs` prints."""
    expected = (
        "2023 Nov 14 22:13:20.123456 a6s40 [Control:contrail-control:0:BGP][SYS_WARN] : BgpPeerMessage:4711 hello p1 5"
    )

    assert expected == message(ROW, zone=UTC)


def test_an_object_log_is_the_line_of_contrail_logs() -> None:
    """An object's log is the line that `contrail-logs` prints."""
    row = {
        "MessageTS": 1_700_000_000_123_456,
        "Source": "a6s40",
        "ModuleId": "contrail-api",
        "Messagetype": "VncApiConfigLog",
        "ObjectLog": OBJECT,
        "SystemLog": None,
    }

    expected = (
        "2023 Nov 14 22:13:20.123456 a6s40 [::contrail-api] : VncApiConfigLog:"
        " [VncApiCommon: identifier_uuid = u1, object_type = virtual_network, [list1: a b]]"
    )
    assert expected == object_log(row, zone=UTC)


def test_a_systems_log_of_an_object_is_shown_by_its_values() -> None:
    """A system's log of an object is shown by its values."""
    row = {"MessageTS": 1_700_000_000_000_000, "Source": "h", "Messagetype": "M", "ObjectLog": "", "SystemLog": SYSTEM}

    assert "2023 Nov 14 22:13:20.000000 h [::] : M: hello p1 5" == object_log(row, zone=UTC)


def test_a_trace_is_the_line_of_contrail_logs() -> None:
    """A trace is the line that `contrail-logs` prints."""
    assert "2023 Nov 14 22:13:20.123456 BgpPeerMessage:4711 hello p1 5" == trace(ROW, zone=UTC)


def test_raw_shows_the_xml() -> None:
    """Raw shows the XML as it was sent."""
    assert message(ROW, zone=UTC, raw=True).endswith(SYSTEM)


def test_a_uves_message_has_names_structs_lists_and_maps() -> None:
    """A UVE's message is shown with names, structs, lists and maps."""
    line = message(ROW | {"Type": 6, "Level": -100, "Xmlmessage": MAPPED}, zone=UTC)

    assert line.endswith("[SYS_UVE] : BgpPeerMessage:4711 name = n, m: {k: 1, }, [s: [St: a = 1, b = 0.5]], up = true")


@pytest.mark.parametrize("body", ["", "link down", "<broken", "<a><!ENTITY x>", "\x00"])
def test_what_is_no_xml_is_shown_as_it_stands(body: str) -> None:
    """What is no XML is shown as it stands."""
    assert message(ROW | {"Xmlmessage": body}, zone=UTC).endswith(f"BgpPeerMessage:4711 {body}")


def test_an_entity_is_not_expanded() -> None:
    """An entity is not expanded."""
    bomb = '<!DOCTYPE m [<!ENTITY e "boom">]><m type="sandesh"><a type="string">&e;</a></m>'

    assert "boom" not in message(ROW | {"Xmlmessage": bomb}, zone=UTC).removesuffix(bomb)


def test_a_level_without_a_name_is_its_number() -> None:
    """A level without a name is its number."""
    assert ["SYS_ERR", "42", "INVALID"] == [level_name(3), level_name(42), level_name(None)]


def test_json_has_messages_as_nested_objects() -> None:
    """JSON has messages as nested objects with numbers as numbers."""
    found = as_json({"MessageTS": 1, "Xmlmessage": MAPPED, "ObjectLog": None})

    expected = {"Uve": {"name": "n", "m": {"k": 1}, "s": [{"a": 1, "b": 0.5}], "up": True}}
    assert {"MessageTS": 1, "Xmlmessage": expected, "ObjectLog": None} == found
