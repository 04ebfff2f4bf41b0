import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh_gateway.receivers.deliveries import Frame
from satark.sandesh_gateway.receivers.syslog.framing import Framing

LONGEST = 64


def cut(*chunks: bytes, clean: bool = True) -> list[tuple[bytes, str]]:
    """What comes out of a connection: each line, with what is wrong with it."""
    framing = Framing(LONGEST)
    frames = [frame for chunk in chunks for frame in framing.feed(chunk)] + framing.close(clean=clean)
    return [shown(frame) for frame in frames]


def shown(frame: Frame) -> tuple[bytes, str]:
    """A frame as the test writes it."""
    return frame.raw, frame.error.reason if frame.error else ""


def counted(*lines: bytes) -> bytes:
    """Lines with their octets counted."""
    return b"".join(b"%d %s" % (len(line), line) for line in lines)


class TestEndedLines:
    @pytest.mark.parametrize("end", [b"\n", b"\0", b"\r\n"])
    def test_ends(self, end: bytes) -> None:
        """LF, CR LF and NUL end a line."""
        assert [(line.rstrip(b"\r"), error) for line, error in cut(b"<1>a" + end + b"<2>b" + end)] == [
            (b"<1>a", ""),
            (b"<2>b", ""),
        ]

    def test_the_last_needs_no_end(self) -> None:
        """A clean end of the stream ends the last line, too."""
        assert cut(b"<1>a\n<2>b") == [(b"<1>a", ""), (b"<2>b", "")]

    def test_cut_short(self) -> None:
        """An end that is not clean leaves a line that cannot be trusted."""
        assert cut(b"<1>a\n<2>b", clean=False) == [(b"<1>a", ""), (b"<2>b", "cut_short")]

    def test_empty_lines(self) -> None:
        """Empty lines are nothing."""
        assert cut(b"\n\r\n\0<1>a\n\n") == [(b"<1>a", "")]

    @pytest.mark.parametrize("first", [b"2023 Oct 16 10:00:00 UTC: %A-1-B: x", b"1: 2", b"12345678 <1>x", b"7", b"7 "])
    def test_digits_that_are_no_count(self, first: bytes) -> None:
        """A line without priority may begin with digits."""
        assert cut(first + b"\n", b"<1>a\n") == [(first, ""), (b"<1>a", "")]


class TestCountedLines:
    def test_counts(self) -> None:
        """A line has as many octets as its count says, whatever they are."""
        assert cut(counted(b"<1>a\nb", b"<2>\0", b"no priority")) == [
            (b"<1>a\nb", ""),
            (b"<2>\0", ""),
            (b"no priority", ""),
        ]

    def test_ends_between(self) -> None:
        """Senders that count and end their lines as well are understood."""
        assert cut(counted(b"<1>a") + b"\n" + counted(b"<2>b") + b"\r\n") == [(b"<1>a", ""), (b"<2>b", "")]

    def test_cut_short(self) -> None:
        """A line of which a part is missing at the end is told as such."""
        assert cut(b"9 <1>a") == [(b"9 <1>a", "cut_short")]

    @pytest.mark.parametrize("rest", [b"<2>b\n", b"0 <2>b", b"12345678 <2>b", b"x", b" " * 17])
    def test_lost_step(self, rest: bytes) -> None:
        """Without a count where one must be nothing after it can be told apart."""
        framing = Framing(LONGEST)

        frames = framing.feed(counted(b"<1>a") + rest)

        assert [shown(frame) for frame in frames] == [(b"<1>a", ""), (rest, "lost_step")]
        assert framing.lost
        assert framing.feed(b"4 <1>a") == []
        assert framing.close(clean=True) == []


class TestTooLong:
    def test_ended(self) -> None:
        """Of a line that is too long the head is kept; the next line is whole."""
        line = b"<1>" + b"x" * 200

        assert cut(line + b"\n<2>b\n") == [(line[:LONGEST], "too_long"), (b"<2>b", "")]

    def test_in_pieces(self) -> None:
        """It is one line however it arrives, and its length is told."""
        framing = Framing(LONGEST)
        frames = [frame for _ in range(50) for frame in framing.feed(b"y" * 10)] + framing.feed(b"\n<2>b\n")

        assert [shown(frame) for frame in frames] == [(b"y" * LONGEST, "too_long"), (b"<2>b", "")]
        assert str(frames[0].error).startswith("the line has 500 bytes")

    def test_counted(self) -> None:
        """A count that is too high costs its line, not the connection."""
        line = b"<1>" + b"x" * 200

        assert cut(counted(line, b"<2>b")) == [(line[:LONGEST], "too_long"), (b"<2>b", "")]

    @given(st.lists(st.binary(max_size=300), max_size=30))
    def test_memory(self, chunks: list[bytes]) -> None:
        """Whatever comes, no more is held than the longest line, a count, and what came last; nothing is raised."""
        framing = Framing(LONGEST)
        for chunk in chunks:
            framing.feed(chunk)

            rule = framing._rule
            held = len(framing._first) + (len(rule._buffer) if rule else 0)
            assert held <= LONGEST + 32
        framing.close(clean=False)


class TestChunks:
    LINES = st.lists(st.binary(max_size=LONGEST - 3).map(lambda text: b"<1>" + text), min_size=1, max_size=8)

    @given(LINES, st.data())
    def test_counted_lines(self, lines: list[bytes], data: st.DataObject) -> None:
        """Counted lines come out as they went in, wherever the stream is cut."""
        assert cut(*pieces(counted(*lines), data)) == [(line, "") for line in lines]

    @given(LINES, st.data())
    def test_ended_lines(self, lines: list[bytes], data: st.DataObject) -> None:
        """So do ended ones."""
        plain = [line.translate(None, b"\n\0") for line in lines]

        assert cut(*pieces(b"".join(line + b"\n" for line in plain), data)) == [(line, "") for line in plain]

    @given(st.binary(max_size=200), st.data())
    def test_any_bytes(self, raw: bytes, data: st.DataObject) -> None:
        """Where the stream is cut makes no difference to what comes out."""
        assert [each for each in cut(*pieces(raw, data)) if each[1] != "lost_step"] == [
            each for each in cut(raw) if each[1] != "lost_step"
        ]


def pieces(raw: bytes, data: st.DataObject) -> list[bytes]:
    """The bytes, cut somewhere."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=10)))
    return [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]


class TestPartial:
    @pytest.mark.parametrize(
        ("raw", "partial"),
        [(b"", False), (b"7", True), (b"<1>a", True), (b"<1>a\n", False), (b"4 <1>a", False), (b"5 <1>a", True)],
    )
    def test_it_is_known_whether_a_line_has_begun(self, raw: bytes, partial: bool) -> None:
        """A shell may wait less long for a line's end than for a line."""
        framing = Framing(LONGEST)
        framing.feed(raw)

        assert framing.partial is partial
