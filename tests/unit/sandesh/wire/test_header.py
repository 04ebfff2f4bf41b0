from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.types import Header
from satark.sandesh.wire.errors import EncodeError, HeaderError, MalformedError
from satark.sandesh.wire.header import decode_header, encode_header
from tests.unit.sandesh.wire.test_text import SENDABLE

I32 = st.integers(-(2**31), 2**31 - 1)
HEADERS = st.builds(
    Header,
    namespace=SENDABLE,
    timestamp_us=st.integers(-(2**63), 2**63 - 1),
    module=SENDABLE,
    source=SENDABLE,
    context=SENDABLE,
    sequence_number=I32,
    version_sig=I32,
    type=I32,
    hints=I32,
    level=I32,
    category=SENDABLE,
    node_type=SENDABLE,
    instance_id=SENDABLE,
    ip_address=st.none() | SENDABLE,
    pid=st.none() | I32,
)
HEADER = Header(timestamp_us=1, module="m", source="s", sequence_number=3, type=1, level=6, node_type="n")
ENCODED = encode_header(HEADER)


@given(HEADERS)
def test_any_header_survives_the_wire(header: Header) -> None:
    """Every field comes back as it was."""
    assert decode_header(encode_header(header)) == header


@given(HEADERS)
def test_both_ways_to_read_a_header_agree(header: Header) -> None:
    """A header that is not in the usual form, here with another attribute, is read to the same values."""
    unusual = encode_header(header).replace(b'identifier="13"', b'identifier="13" more="x"')

    assert decode_header(unusual) == header


def test_fields_may_be_in_any_order_and_unknown_ones_added() -> None:
    """What the original server dies of is no matter here."""
    body = ENCODED.removeprefix(b"<SandeshHeader>").removesuffix(b"</SandeshHeader>")
    fields = [each + b">" for each in body.replace(b'" identifier', b'"\x00identifier').split(b">") if each]
    pairs = [fields[at] + fields[at + 1] for at in range(0, len(fields), 2)]
    swapped = b"".join(reversed(pairs)).replace(b"\x00", b" ")
    extra = b'<Zz type="string" identifier="99">z</Zz>'

    assert decode_header(b"<SandeshHeader>" + swapped + extra + b"</SandeshHeader>") == HEADER


def test_attributes_may_be_swapped() -> None:
    """The order of attributes means nothing."""
    swapped = ENCODED.replace(b'type="i32" identifier="6"', b'identifier="6" type="i32"')

    assert decode_header(swapped) == HEADER


def test_missing_fields_have_their_defaults() -> None:
    """A log without a level is an ordinary one."""
    header = decode_header(b'<SandeshHeader><Type type="i32" identifier="8">1</Type></SandeshHeader>')

    assert header == Header(type=1, level=6)


@pytest.mark.parametrize(
    ("text", "replacement"),
    [
        (b">3<", b">abc<"),
        (b">3<", b">3.0<"),
        (b">3<", b"> 3<"),
        (b">3<", b"><"),
        (b">3<", b">99999999999<"),
        (b">3<", b">2147483648<"),
        (b">3<", b"><x/>3<"),
        (b">s<", b"><x/><"),
        (b"<Module", b"\n<Module"),
        (b"<Namespace", b" <Namespace"),
    ],
)
def test_a_field_of_another_type_is_an_error(text: bytes, replacement: bytes) -> None:
    """Numbers are numbers in their range, scalars hold no elements, and nothing stands between the fields."""
    with pytest.raises(HeaderError) as caught:
        decode_header(ENCODED.replace(text, replacement, 1))

    assert caught.value.closes


@pytest.mark.parametrize("change", [(b"</Module>", b"</Modul>"), (b">s<", b">\0<")])
def test_a_header_must_be_well_formed(change: tuple[bytes, bytes]) -> None:
    """It is XML like the rest."""
    with pytest.raises(MalformedError):
        decode_header(ENCODED.replace(*change, 1))


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    """A name in another encoding does not cost the message."""
    assert decode_header(ENCODED.replace(b">s<", b">\xe9<")).source == "\ufffd"


@pytest.mark.parametrize(("field", "number"), [("timestamp_us", 2**63), ("level", 2**31), ("pid", -(2**31) - 1)])
def test_a_number_out_of_range_is_not_sent(field: str, number: int) -> None:
    """The error names the field."""
    header: Header = replace(HEADER, **{field: number})  # type: ignore[arg-type]

    with pytest.raises(EncodeError, match=rf"SandeshHeader\.{field}: {number} is not within"):
        encode_header(header)


@given(st.binary(max_size=100), st.integers(0, len(ENCODED)), st.integers(0, len(ENCODED)))
def test_any_change_of_bytes_is_a_header_or_a_typed_error(data: bytes, start: int, end: int) -> None:
    """Nothing else is raised."""
    with suppress(MalformedError):
        decode_header(ENCODED[: min(start, end)] + data + ENCODED[max(start, end) :])
