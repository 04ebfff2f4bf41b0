import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.wire.errors import MalformedError
from satark.sandesh.wire.parse import parse
from satark.sandesh.wire.text import restore

BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;&c;</a>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a/>text",
        b"<a>x\0y</a>",
        b'<?xml version="1.0"?><a/>',
        b"<!-- --><a/>",
        b"\xef\xbb\xbf<a/>",
        BOMB,
        b"<a>" * 400 + b"</a>" * 400,
        b"<a>" * 100_000,
        b'<a xmlns="urn:x"/>',
        b'<a xmlns:b="urn:x"><b:c/></a>',
        b'<a xml:lang="en"/>',
        b"<b:a/>",
        b"<a><![CDATA[</a>",
    ],
)
def test_what_is_not_one_sound_element_is_malformed(data: bytes) -> None:
    """Anything else than one element without declarations and namespaces is refused."""
    with pytest.raises(MalformedError):
        parse(data)


def test_an_entity_of_a_declaration_is_never_expanded() -> None:
    """A name that XML does not know is its own text."""
    root, hidden = parse(b"<a>&lol;</a>")

    assert (root.text, hidden) == ("&lol;", True)


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    """As in the C++ original, such a message is not lost."""
    root, _ = parse(b"<a>\xff\xfe</a>")

    assert root.text == "\ufffd\ufffd"


def test_line_ends_stay_as_they_are() -> None:
    """A carriage return, which XML would turn into a line feed, is kept."""
    root, hidden = parse(b"<a>1\r\n2\r3</a>")

    assert hidden
    assert restore(root.text or "") == "1\r\n2\r3"


def test_comments_and_instructions_are_left_out() -> None:
    """They belong to nothing here."""
    root, _ = parse(b"<a>x<!-- c -->y<?p q?>z</a>")

    assert (root.text, len(root)) == ("xyz", 0)


def test_a_text_over_ten_million_bytes_is_malformed() -> None:
    """libxml2's own limit on one text holds, whatever the frame's limit is."""
    with pytest.raises(MalformedError, match="too long"):
        parse(b"<a>" + b"x" * 10_100_000 + b"</a>")


@pytest.mark.parametrize("data", [b"<a>" + b"<b/>" * 1_000_000 + b"</a>", b"<a>" + b"&" * 1_000_001 + b"</a>"])
def test_markup_is_bounded(data: bytes) -> None:
    """A frame of the allowed length may still hold too many elements to be worth its memory."""
    with pytest.raises(MalformedError, match="more than 1000000"):
        parse(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_element_or_malformed(data: bytes) -> None:
    """Nothing else is raised."""
    for candidate in (data, b"<a>" + data + b"</a>", b"<a b='" + data + b"'/>"):
        try:
            root, _ = parse(candidate)
        except MalformedError:
            continue
        assert isinstance(root.tag, str)
