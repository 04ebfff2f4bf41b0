"""What the originals were given, varied: every field and every byte that can be missing, odd or wrong.

The outcomes follow the recorded ones by the same rules (clauses 3.1, 3.5 and 8): what can be understood is taken, what
cannot be trusted closes the connection with a reason, and nothing is raised.
"""

import re
from collections import Counter
from collections.abc import Callable

import pytest

from satark.sandesh.session.actions import Action, Close, Deliver, Discard, SendReply, Synchronise
from satark.sandesh.session.connection import Connection
from satark.sandesh.session.events import Connected, Start
from satark.sandesh.session.states import Session, State
from tests.unit.sandesh.captures import cases

SERVER = {case["name"]: case["sent"].encode("latin-1") for case in cases("cpp_server")}
HELLO, LOG = SERVER["ctrl_ok"], SERVER["log_before_ctrl"]
REPLY = next(case["reply"] for case in cases("cpp_client") if case["name"] == "good").encode()
TAKEN, REFUSED = (1, 0), (0, 1)
"""Replies, or synchronisations, and closes."""

FIELDS = [
    ("source", TAKEN),
    ("module_name", TAKEN),
    ("sucessful_connections", REFUSED),
    ("uve_types", REFUSED),
    ("pid", REFUSED),
    ("http_port", REFUSED),
    ("node_type_name", REFUSED),
    ("instance_id_name", REFUSED),
]
"""The fields of a hello, and what becomes of one in which the field is empty."""


def framed(frame: bytes) -> bytes:
    """The frame with the length that it has."""
    return frame[:17] + b"%010d" % len(frame) + frame[27:]


def changed(frame: bytes, pattern: str, replacement: str) -> bytes:
    """The frame with something in it replaced, which must be there, and the right length."""
    found, count = re.subn(pattern.encode(), replacement.encode(), frame, count=1)
    assert count == 1
    return framed(found)


def holding(frame: bytes, name: str, value: str) -> bytes:
    """The frame with another value in a field."""
    return changed(frame, f"(<{name} [^>]*>).*?(</{name}>)", rf"\g<1>{value}\g<2>")


def with_body(body: bytes) -> bytes:
    """The recorded log's header before another message."""
    return framed(LOG[: LOG.index(b"</SandeshHeader>") + 16] + body + b"</sandesh>")


def served(*pieces: bytes) -> tuple[Connection, Counter[type[Action]]]:
    """A server that was sent these bytes, and how many actions of each kind came of it."""
    connection = Connection(Session.server("192.0.2.1:40000", 0.0))
    return connection, Counter(type(each) for piece in pieces for each in connection.receive(piece, 1.0))


def answered(*pieces: bytes) -> tuple[Connection, Counter[type[Action]]]:
    """A client that said hello and was sent these bytes."""
    connection = Connection(Session.client(("192.0.2.2:8086", "192.0.2.3:8086"), 0.0))
    connection.happen(Start(), 0.0)
    connection.happen(Connected(1), 0.1)
    return connection, Counter(type(each) for piece in pieces for each in connection.receive(piece, 1.0))


class TestHello:
    @pytest.mark.parametrize(("name", "empty"), FIELDS)
    def test_a_field(self, name: str, empty: tuple[int, int]) -> None:
        """One that is missing, twice or without its attributes is no mistake; an empty one is, unless it may be."""
        whole = f"<{name} ([^>]*)>(.*?)</{name}>"
        other = rf'<{name} identifier="1">\g<2></{name}>' if name != "uve_types" else r"\g<0>"
        for replacement, expected in [
            ("", TAKEN),
            (r"\g<0>\g<0>", TAKEN),
            (other, TAKEN),
            (rf'<{name} \g<1> extra="x">\g<2></{name}>', TAKEN),
            (rf"<{name} \g<1>></{name}>", empty),
            (rf"<{name} \g<1>/>", empty),
        ]:
            _, done = served(changed(HELLO, whole, replacement))

            assert (done[SendReply], done[Close]) == expected, replacement

    @pytest.mark.parametrize("number", ["-1", "4294967296", "9" * 30, " 5", "5 ", "+5", "0x10", "1.0", "٣", "abc"])
    def test_a_number_that_is_no_u32(self, number: str) -> None:
        """It closes the connection, where it made the original crash."""
        connection, done = served(holding(HELLO, "pid", number))

        assert (done[SendReply], done[Close]) == REFUSED
        assert "pid" in connection.session.reason

    @pytest.mark.parametrize("size", ["0", "2", "-1", "x", "", "18446744073709551616"])
    def test_a_list_that_lies_about_its_size(self, size: str) -> None:
        """So does a list with another number of elements than it says."""
        _, done = served(changed(HELLO, 'size="1"', f'size="{size}"'))

        assert (done[SendReply], done[Close]) == REFUSED

    @pytest.mark.parametrize("source", ["hôst", "日本", "a&amp;b&lt;c", "a&b", "<![CDATA[a]]>", "a<!-- b -->", "\x01"])
    def test_a_name_in_any_writing(self, source: str) -> None:
        """Letters of any alphabet, entities and control characters are a name."""
        _, done = served(holding(HELLO, "source", source))

        assert (done[SendReply], done[Close]) == TAKEN

    def test_characters_counted_for_bytes(self) -> None:
        """The Python original's wrong length costs neither its frame nor the next one."""
        frame = holding(HELLO, "source", "hôst日本")
        wrong = frame[:17] + b"%010d" % len(frame.decode()) + frame[27:]

        _, done = served(wrong + LOG)

        assert (done[SendReply], done[Deliver], done[Close]) == (1, 1, 0)

    @pytest.mark.parametrize(
        ("hints", "replies"), [("0", 0), ("1", 0), ("2", 1), ("3", 1), ("6", 1), ("-1", 1), ("4", 0)]
    )
    def test_only_the_bit_makes_it_one(self, hints: str, replies: int) -> None:
        """Without it the message is delivered as any other."""
        _, done = served(holding(HELLO, "Hints", hints))

        assert (done[SendReply], done[Deliver], done[Close]) == (replies, 1 - replies, 0)

    def test_another_identity(self) -> None:
        """A session stays one generator's."""
        _, done = served(HELLO + holding(HELLO, "source", "other"))

        assert (done[SendReply], done[Close]) == (1, 1)


class TestStream:
    @pytest.mark.parametrize(
        "opening",
        [b"-000000040", b"+000000040", b"       040", b"00000000ff", b"0000000000", b"0000000038", b"0x00000040"],
    )
    def test_lengths_that_are_none(self, opening: bytes) -> None:
        """Anything but ten digits, and too few bytes for the tags, closes."""
        _, done = served(b'<sandesh length="%b">x</sandesh>' % opening)

        assert done[Close] == 1

    @pytest.mark.parametrize("off", [-100, -10, -1, 1, 10])
    def test_a_wrong_length_between_frames(self, off: int) -> None:
        """The next frame's opening tells where one ends."""
        _, done = served(HELLO[:17] + b"%010d" % (len(HELLO) + off) + HELLO[27:] + LOG)

        assert (done[SendReply], done[Deliver], done[Close]) == (1, 1, 0)

    @pytest.mark.parametrize("between", [b"\n", b"\r\n", b" ", b"\0", b"x", b"\xef\xbb\xbf", b"</sandesh>"])
    def test_nothing_stands_between_frames(self, between: bytes) -> None:
        """What does closes the connection, after the frames before it."""
        _, done = served(HELLO + between + LOG)

        assert (done[SendReply], done[Deliver], done[Close]) == (1, 0, 1)

    @pytest.mark.parametrize("size", [1, 2, 28, 29, 30, 763, 4096])
    def test_frames_in_pieces(self, size: int) -> None:
        """However a stream is cut, its frames are the same."""
        stream = LOG + HELLO + LOG * 3

        _, done = served(*(stream[at : at + size] for at in range(0, len(stream), size)))

        assert (done[SendReply], done[Deliver], done[Close]) == (1, 4, 0)

    def test_half_a_frame_waits(self) -> None:
        """Nothing happens before a frame is whole; that the peer left inside one is told."""
        connection, done = served(HELLO[:500])

        assert not done
        assert connection.lost(2.0)
        assert "500 bytes into a frame" in connection.session.reason


MESSAGES = [
    (b"", "closed"),
    (b"<A/>", "delivered"),
    (b'<A type="sandesh"></A>', "delivered"),
    (b'<A type="sandesh">text</A>', "delivered"),
    (b'<A type="sandesh"><a type="string" identifier="1">\xff\x01&#1;&#55296;&nope;</a></A>', "delivered"),
    (b'<A type="sandesh"><a type="i32" identifier="1">x</a></A>', "delivered"),
    (b'<A type="sandesh"><a type="foo" identifier="1">1</a></A>', "delivered"),
    (b'<A type="sandesh"><a>1</a></A>', "delivered"),
    (b'<A type="sandesh">\n <a type="i32" identifier="1">1</a>\n</A>\n', "delivered"),
    (b"<%b></%b>" % (b"A" * 1000, b"A" * 1000), "delivered"),
    (b'<A><a type="struct"><b/><c/></a></A>', "discarded"),
    (b'<A><a type="map"><map key="i32" value="i32" size="1"><element>1</element></map></a></A>', "discarded"),
    (b"<A>" + b'<a type="struct"><S>' * 100 + b"</S></a>" * 100 + b"</A>", "discarded"),
    (b"<A><b></A></b>", "closed"),
    (b"<A></A><B></B>", "closed"),
    (b"<A>a<b</A>", "closed"),
    (b"<A a='1' a='2'/>", "closed"),
    (b"<A a=1/>", "closed"),
    (b"<1A/>", "closed"),
    (b"< A/>", "closed"),
    (b"<a:A/>", "closed"),
    (b'<A xmlns="urn:x"/>', "closed"),
    (b"<A>\0</A>", "closed"),
    (b"<A><![CDATA[a</A>", "closed"),
    (b'<?xml version="1.0"?><A/>', "closed"),
    (b'<!DOCTYPE A [<!ENTITY b "x">]><A>&b;</A>', "closed"),
    (b"<A>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</A>", "closed"),
]


class TestMessages:
    @pytest.mark.parametrize(("body", "outcome"), MESSAGES, ids=lambda value: str(value)[:40])
    def test_a_body(self, body: bytes, outcome: str) -> None:
        """What is well-formed costs at most itself; what is not costs the connection, but not the frame before."""
        _, done = served(HELLO, with_body(body), LOG)

        counts = {"delivered": (2, 0, 0), "discarded": (1, 1, 0), "closed": (0, 0, 1)}
        assert done[SendReply] == 1
        assert (done[Deliver], done[Discard], done[Close]) == counts[outcome]

    @pytest.mark.parametrize("number", ["0", "-1", "2147483647"])
    def test_sequence_numbers(self, number: str) -> None:
        """Every i32 is one."""
        _, done = served(HELLO, holding(LOG, "SequenceNum", number))

        assert (done[Deliver], done[Close]) == (1, 0)

    @pytest.mark.parametrize("number", ["2147483648", "9" * 26, "x", "", "1 "])
    def test_no_sequence_numbers(self, number: str) -> None:
        """Anything else closes."""
        _, done = served(HELLO, holding(LOG, "SequenceNum", number))

        assert (done[Deliver], done[Close]) == (0, 1)

    def test_levels_that_are_dropped(self) -> None:
        """Of what has no level at all, logs are dropped and everything else is delivered."""
        frames = [holding(holding(LOG, "Level", "2147483647"), "Type", str(type_)) for type_ in range(13)]

        dropped = [type_ for type_, frame in enumerate(frames) if served(HELLO, frame)[1][Discard]]

        assert dropped == [1, 7, 8, 12]


def _entries(*entries: tuple[str, str]) -> bytes:
    """The reply with these sequence numbers."""
    items = "".join(
        f'<UVETypeInfo><type_name type="string" identifier="1">{name}</type_name>'
        f'<seq_num type="u32" identifier="2">{number}</seq_num></UVETypeInfo>'
        for name, number in entries
    )
    return changed(
        REPLY, '<list type="struct" size="0"></list>', f'<list type="struct" size="{len(entries)}">{items}</list>'
    )


REPLIES: list[tuple[str, Callable[[], bytes], tuple[int, int]]] = [
    *((f"success {text!r}", lambda text=text: holding(REPLY, "success", text), REFUSED) for text in ("1", "TRUE", "True", "false", "", " true", "yes")),
    ("no success", lambda: changed(REPLY, "<success .*?</success>", ""), REFUSED),
    ("empty success", lambda: changed(REPLY, "<success ([^>]*)>.*?</success>", r"<success \g<1>/>"), REFUSED),
    ("empty type_info", lambda: holding(REPLY, "type_info", ""), REFUSED),
    ("short list", lambda: changed(REPLY, "<list .*?</list>", '<list type="struct" size="0"/>'), TAKEN),
    ("no size", lambda: changed(REPLY, ' size="0"', ""), TAKEN),
    ("response", lambda: holding(REPLY, "Type", "3"), TAKEN),
    ("non-ASCII source", lambda: holding(REPLY, "Source", "hôst"), TAKEN),
    ("no source", lambda: changed(REPLY, "<Source .*?</Source>", ""), TAKEN),
    ("NUL in source", lambda: holding(REPLY, "Source", "a\0b"), REFUSED),
    ("no header", lambda: changed(REPLY, "<SandeshHeader>.*</SandeshHeader>", ""), REFUSED),
    ("empty header", lambda: changed(REPLY, "(<SandeshHeader>).*(</SandeshHeader>)", r"\g<1>\g<2>"), REFUSED),
    ("declaration", lambda: changed(REPLY, "<SandeshHeader>", '<?xml version="1.0"?><SandeshHeader>'), REFUSED),
    ("hello", lambda: HELLO, REFUSED),
    ("bytes", lambda: b"x" * 40, REFUSED),
    ("HTTP", lambda: b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", REFUSED),
    ("too long", lambda: b'<sandesh length="9999999999">', REFUSED),
    *((f"number {number!r}", lambda number=number: _entries(("A", number)), TAKEN) for number in ("0", "5", "4294967295", "-1")),
    *((f"number {number!r}", lambda number=number: _entries(("A", number)), REFUSED) for number in ("x", "", " 1", "1.5", "9" * 40)),
    ("a type twice", lambda: _entries(("A", "1"), ("A", "2")), TAKEN),
    ("many types", lambda: _entries(*((f"T{at}", str(at)) for at in range(3000))), TAKEN),
    ("log before", lambda: LOG + REPLY, TAKEN),
    ("reply twice", lambda: REPLY + REPLY, (2, 0)),
    ("refusal later", lambda: REPLY + holding(REPLY, "success", "false"), (1, 1)),
    ("garbage later", lambda: REPLY + b"garbage" * 10, (1, 1)),
]  # fmt: skip


class TestReplies:
    @pytest.mark.parametrize(("reply", "outcome"), [each[1:] for each in REPLIES], ids=[each[0] for each in REPLIES])
    def test_a_reply(self, reply: Callable[[], bytes], outcome: tuple[int, int]) -> None:
        """It synchronises, or closes and turns to the next collector with a reason; no client is stuck."""
        connection, done = answered(reply())

        assert (done[Synchronise], done[Close]) == outcome
        if done[Close]:
            assert connection.session.state is State.CONNECT
            assert connection.session.reason
            assert connection.session.collector == "192.0.2.3:8086"
