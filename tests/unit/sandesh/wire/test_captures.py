"""Every recorded frame is read to what is known of it, and written again to the same bytes.

Freedoms of the bytes, all of them of values and none of order: the C++ original writes doubles with six digits, where
the shortest exact text is written here; both originals send control characters, which are replaced here unless
`verbatim`; the Python original's length counts characters, where bytes are counted here.
"""

from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

import pytest

from satark.sandesh.types import SandeshCtrlClientToServer, SandeshCtrlServerToClient
from satark.sandesh.wire.envelope import open_frame
from satark.sandesh.wire.frame import FrameReader, frame
from satark.sandesh.wire.generic import decode_tree, encode_tree
from satark.sandesh.wire.header import encode_header
from satark.sandesh.wire.reader import decode_message
from satark.sandesh.wire.writer import encode_message
from satark.sandesh.wire.xml import classes_by_name, decode_frame
from tests.unit.sandesh.captures import all_frames, captures, frame_named, frames_of, manifest
from tests.unit.sandesh.probe import CLASSES, Colour, Containers, Inner, ProbeScalarsLog, ProbeSystemLog, Scalars

KNOWN = classes_by_name((*CLASSES, SandeshCtrlClientToServer, SandeshCtrlServerToClient))
KINDS = {
    "systemlog": {1},
    "objectlog": {7},
    "flowlog": {8},
    "sessionlog": {12},
    "trace": {4},
    "traceobject": {4, 9},
    "uve": {6},
    "dynamicuve": {6},
    "alarm": {11},
    "request": {2},
    "response": {3},
}


def test_every_frame_of_every_capture_comes_out_as_it_went_in() -> None:
    """Header and message of more than six hundred frames, without any definition."""
    count = 0
    for name, sent, each in all_frames():
        envelope = open_frame(each)
        written = frame(encode_header(envelope.header), encode_tree(decode_tree(envelope.body), verbatim=True))
        count += 1

        assert written[29:] == sent[29:], name
        assert each.mended or written == sent, name

    assert count == 685


def test_only_lengths_of_the_python_original_are_mended() -> None:
    """The frames with non-ASCII text, and no others."""
    mended = {open_frame(each).name for _, _, each in all_frames() if each.mended}
    files = {name.split("/")[0] for name, _, each in all_frames() if each.mended}

    assert mended == {"ProbeSystemLog", "ProbeUveTrace"}
    assert files == {"py", "sessions"}


@pytest.mark.parametrize("row", manifest(), ids=lambda row: row["file"])
def test_headers_say_what_was_recorded(row: dict[str, str]) -> None:
    """Name, kind, number, hints, level, category and context of each frame."""
    header = open_frame(frame_named(row["file"])).header

    assert open_frame(frame_named(row["file"])).name == row["message"]
    assert header.type in KINDS.get(row["kind"], {header.type})
    assert [str(header.sequence_number), str(header.hints), str(header.level)] == [
        row["SequenceNum"],
        row["Hints"],
        row["Level"],
    ]
    assert [header.category, header.context, str(header.version_sig)] == [
        row["Category"],
        row["Context"],
        row["VersionSig"],
    ]


def test_known_messages_come_out_of_their_classes_as_they_went_in() -> None:
    """Typed values lose nothing but the digits of a double and the characters that XML cannot carry."""
    count = 0
    for name, _, each in all_frames():
        envelope = open_frame(each)
        if envelope.name in KNOWN:
            count += 1
            written = encode_message(decode_message(KNOWN[envelope.name], envelope.body))
            free = envelope.body.replace(b"\x01", "\ufffd".encode()).replace(b"1.23457e+06", b"1234570.0")

            assert written == free, name

    assert count == 224


def test_scalars_of_the_c_original_are_the_documented_values() -> None:
    """Every scalar type, from one frame."""
    message = decode_frame(frame_named("cpp/c2s/010_ProbeScalarsLog.bin"), KNOWN).body

    assert message == ProbeScalarsLog(
        s=Scalars(
            f_bool=True,
            f_byte=-7,
            f_i16=-300,
            f_i32=-70000,
            f_i64=-5000000000,
            f_u16=65535,
            f_u32=4294967295,
            f_u64=18446744073709551615,
            f_double=1.23457e06,
            f_string="a<b>&'\"\n\t\x01",
            f_xml='<q a="1">t</q>',
            f_ipv4=IPv4Address("10.1.2.3"),
            f_ipaddr4=IPv4Address("10.1.2.3"),
            f_ipaddr6=IPv6Address("fe80::1"),
            f_uuid=UUID("11223344-5566-7788-99aa-bbccddeeff00"),
            f_enum=Colour.GREEN,
            f_typedef=42,
        ),
        file="f",
        line=3,
    )


def test_containers_of_the_python_original_are_the_documented_values() -> None:
    """Every container, from one frame."""
    message = decode_frame(frame_named("py/c2s/018_ProbeContainersLog.bin"), KNOWN).body

    assert getattr(message, "c", None) == Containers(
        l_i32=[1, -2, 3],
        l_string=["a", "b<c>", ""],
        l_struct=[Inner(tag="t1", num=1), Inner(tag="t2", num=2)],
        s_string={"x"},
        s_i32={7},
        m_str_i32={"one": 1, "two": 2},
        m_i32_str={1: "one"},
        m_str_struct={"k": Inner(tag="v", num=9)},
        l_l_i32=[[1, 2], [], [3]],
        m_str_list={"k": ["a", "b"]},
        l_map=[{"a": 1}, {"b": 2}],
        l_bool=[True, False],
        l_enum=[Colour.RED, Colour.GREEN],
        l_uuid=[UUID(int=1)],
        l_ipaddr=[IPv4Address("1.2.3.4")],
        l_empty=[],
        m_empty={},
    )


def test_escapes_and_non_ascii_text_of_both_originals_are_text() -> None:
    """The Python original's with the wrong length, too."""
    first, second = frame_named("py/c2s/010_ProbeSystemLog.bin"), frame_named("py/c2s/012_ProbeSystemLog.bin")

    assert decode_frame(first, KNOWN).body == ProbeSystemLog(
        text='esc <tag attr="v"> & \'apos\' "quot" ]]> end', number=9
    )
    assert second.mended
    assert isinstance(body := decode_frame(second, KNOWN).body, ProbeSystemLog)
    assert not (body.text or "").isascii()


def test_a_stream_byte_by_byte_is_the_same_frames() -> None:
    """Where a stream is cut is of no account, even where its lengths are wrong."""
    stream = captures()["py/stream.c2s.bin"]
    reader = FrameReader()
    frames = [each for at in range(len(stream)) for each in reader.feed(stream[at : at + 1])]

    assert [each.content for each in frames] == [each.content for each in frames_of(stream)]
