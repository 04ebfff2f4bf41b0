from xml.etree.ElementTree import Element

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from satark.sandesh.compiler.xml import NAMESPACE, XML, legal
from tests.unit.sandesh.compiler.programs import everything, program


def read(text: str) -> etree._Element:
    """The root of a document."""
    return etree.fromstring(text.encode())


def found(root: etree._Element, path: str) -> etree._Element:
    """The one element at a path."""
    one = root.find(path, {"": NAMESPACE})
    assert one is not None
    return one


def test_it_has_everything_resolved() -> None:
    """Included files, types and values are in the one document."""
    root = read(XML.generate(everything(), {})["everything.program.xml"])

    assert [each.get("name") for each in root.findall("unit", {"": NAMESPACE})] == ["common", "everything"]
    assert found(root, "unit/constant[@name='PROBE_PORT']/value").text == "8086"
    assert dict(found(root, "unit/struct[@name='Scalars']/field[@name='f_included']/enum-of").attrib) == {
        "unit": "common",
        "name": "PortState",
    }
    assert found(root, "unit/struct[@name='Scalars']/field[@name='f_senum']/scalar").get("type") == "string"
    assert found(root, "unit/struct[@name='Defaults']/field[@name='limit']/default/value").text == "16"


def test_messages_have_what_the_wire_needs() -> None:
    """Kind, signature, hint, ids and constant texts are there."""
    message = found(
        read(XML.generate(everything(), {})["everything.program.xml"]), "unit/message[@name='EverythingLog']"
    )

    assert (message.get("kind"), message.get("key-hint"), message.get("version-sig")) == (
        "systemlog",
        "false",
        "-1623360220",
    )
    assert [field.get("id") for field in message.findall("field", {"": NAMESPACE})] == [
        "1",
        "2",
        "3",
        "-1",
        "5",
        "-32768",
        "-32767",
    ]
    assert found(message, "field[@name='str1']/text").text == "it was"


@given(st.text())
def test_any_text_can_be_written(text: str) -> None:
    """Characters that XML forbids are replaced, the others stay."""
    element = Element("a")
    element.text = legal(text)

    assert set(legal(text)) - set(text) <= {"\N{REPLACEMENT CHARACTER}"}


def test_comments_with_strange_characters_do_not_break_it() -> None:
    """A control character in a comment becomes a mark of replacement."""
    root = read(XML.generate(program("/** a\x01b */\nstruct S { }"), {})["t.program.xml"])

    assert found(root, "unit/struct/doc").text == "a\N{REPLACEMENT CHARACTER}b"
