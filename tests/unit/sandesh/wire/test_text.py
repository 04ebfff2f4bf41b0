from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from satark.sandesh.wire.parse import parse
from satark.sandesh.wire.text import cdata, escape, escape_attribute, escape_markup, hide, restore

SENDABLE = st.text(
    st.characters(
        exclude_categories=["Cs"],
        exclude_characters=[chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"] + ["\ufffe", "\uffff"],
    )
)


def test_markup_is_escaped_as_the_originals_do_it() -> None:
    """Four characters are escaped; the double quote is not."""
    assert escape("""<tag a="v"> & 'q' ]]>""") == """&lt;tag a="v"&gt; &amp; &apos;q&apos; ]]&gt;"""


def test_what_xml_cannot_carry_is_replaced() -> None:
    """Control characters, lone surrogates and non-characters become U+FFFD; tab, CR and LF stay."""
    assert escape("a\x00b\x01c\ud800d\uffffe\t\r\n") == "a\ufffdb\ufffdc\ufffdd\ufffde\t\r\n"


def test_markup_alone_leaves_control_characters() -> None:
    """The originals' own form keeps them."""
    assert escape_markup("\x01<") == "\x01&lt;"


def test_the_end_of_a_cdata_section_is_protected() -> None:
    """A section that holds its own end becomes two, which are read as one text."""
    section = cdata("a]]>b\x02")

    assert section == "<![CDATA[a]]]]><![CDATA[>b\ufffd]]>"
    assert etree.fromstring(f"<a>{section}</a>").text == "a]]>b\ufffd"


@given(SENDABLE)
def test_any_sendable_text_survives_an_element(text: str) -> None:
    """Text comes back as it was, line ends included."""
    root, hidden = parse(f"<a>{escape(text)}</a>".encode())
    back = root.text or ""

    assert (restore(back) if hidden else back) == text


@given(SENDABLE)
def test_any_sendable_text_survives_an_attribute(text: str) -> None:
    """An annotation's value comes back as it was."""
    root, hidden = parse(f'<a b="{escape_attribute(text)}"/>'.encode())
    back = root.get("b", "")

    assert (restore(back) if hidden else back) == text


@given(SENDABLE)
def test_any_sendable_text_survives_cdata(text: str) -> None:
    """A piece of XML comes back as it was."""
    root, hidden = parse(f"<a>{cdata(text)}</a>".encode())
    back = root.text or ""

    assert (restore(back) if hidden else back) == text


@given(st.text(st.characters(max_codepoint=0x7F, exclude_characters="\0<&")))
def test_control_characters_come_back_raw(text: str) -> None:
    """What an original sends raw is read as it was."""
    root, hidden = parse(f"<a>\x01{text}</a>".encode())

    assert hidden
    assert restore(root.text or "") == f"\x01{text}"


def test_references_are_decoded_once() -> None:
    """Numbers and names are decoded, the ampersand last; unknown names and bare ampersands are text."""
    root, hidden = parse(b"<a>&amp;lt; &#65;&#x42;&quot; &#1; &nbsp; &#0; &#xD800; a & b</a>")

    assert hidden
    assert restore(root.text or "") == '&lt; AB" \x01 &nbsp; \ufffd \ufffd a & b'


def test_a_section_is_left_alone() -> None:
    """What looks like a reference inside a CDATA section is text."""
    assert hide("<![CDATA[a & &#1;]]>&") == "<![CDATA[a & &#1;]]>&amp;"
