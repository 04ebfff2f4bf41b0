import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.wire.errors import (
    BadLengthError,
    BadPrefixError,
    FrameError,
    FrameTooLargeError,
    TruncatedFrameError,
    WrongEndError,
)
from satark.sandesh.wire.frame import Frame, FrameReader, frame

HEADER = b"<SandeshHeader></SandeshHeader>"
BODY = b'<L type="sandesh"><a type="i32" identifier="1">5</a></L>'
FRAME = frame(HEADER, BODY)


def with_length(length: int, content: bytes = HEADER + BODY, end: bytes = b"</sandesh>") -> bytes:
    """A frame that says to have so many bytes."""
    return b'<sandesh length="%010d">%b%b' % (length, content, end)


def test_a_frame_counts_its_bytes_with_both_tags() -> None:
    """The length is that of everything, in ten digits."""
    assert frame(b"<h/>", "<ä/>".encode()) == '<sandesh length="0000000048"><h/><ä/></sandesh>'.encode()


def test_a_frame_over_the_limit_is_not_written() -> None:
    """Nothing is sent that a reader of the same limit would refuse."""
    with pytest.raises(FrameTooLargeError, match="126 bytes is over the limit of 125"):
        frame(HEADER, BODY, max_frame_bytes=125)


@given(st.lists(st.binary(max_size=40).filter(lambda each: b"</sandesh>" not in each), max_size=6), st.data())
def test_frames_come_out_however_the_stream_is_cut(contents: list[bytes], data: st.DataObject) -> None:
    """What was framed is read again, in whatever pieces it arrives."""
    stream = b"".join(frame(each, b"") for each in contents)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = FrameReader()

    bounds = zip([0, *cuts], [*cuts, len(stream)], strict=True)
    frames = [each for start, end in bounds for each in reader.feed(stream[start:end])]

    assert [each.content for each in frames] == contents
    assert reader.pending_bytes == 0


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"GET / HTTP/1.0\r\n\r\nxxxxxxxxxxxxxxxxxxxxxxxx", BadPrefixError),
        (b"\n" + FRAME, BadPrefixError),
        (b"\xef\xbb\xbf" + FRAME, BadPrefixError),
        (b'<sandesh length="00000000zz">' + b"x" * 40, BadLengthError),
        (b'<sandesh length="000000999">' + b"x" * 40, BadLengthError),
        (b'<sandesh length="-000000999">' + b"x" * 40, BadLengthError),
        (with_length(0), BadLengthError),
        (with_length(38), BadLengthError),
        (with_length(9_999_999_999), FrameTooLargeError),
        (with_length(64, b"x" * 1000, b""), WrongEndError),
    ],
)
def test_what_is_no_frame_is_a_typed_error(sent: bytes, error: type[FrameError]) -> None:
    """Every way to be wrong has its own error, which closes the connection."""
    reader = FrameReader()

    with pytest.raises(error) as caught:
        list(reader.feed(sent))

    assert caught.value.closes


def test_an_incomplete_opening_tag_is_waited_for() -> None:
    """Fewer bytes than an opening tag has are no error yet."""
    reader = FrameReader()

    assert list(reader.feed(b"hello")) == []
    assert reader.pending_bytes == 5


def test_sound_frames_before_a_wrong_one_are_delivered() -> None:
    """An error comes after the frames that were right."""
    frames = FrameReader().feed(FRAME + FRAME + b"\n" + FRAME)

    assert [next(frames).content, next(frames).content] == [HEADER + BODY] * 2
    with pytest.raises(BadPrefixError):
        next(frames)


def test_an_error_is_for_good() -> None:
    """After an error nothing is read any more."""
    reader = FrameReader()
    with pytest.raises(BadPrefixError):
        list(reader.feed(b"x" * 40))

    with pytest.raises(BadPrefixError):
        list(reader.feed(FRAME))


def test_a_stream_may_end_only_between_frames() -> None:
    """The end of the stream inside a frame is an error, between two it is none."""
    reader = FrameReader()
    list(reader.feed(FRAME))
    reader.finish()

    list(reader.feed(FRAME[:50]))

    with pytest.raises(TruncatedFrameError, match="50 bytes into a frame"):
        reader.finish()


@pytest.mark.parametrize("end", [b"</sandesX>", b" " * 10])
def test_a_wrong_closing_tag_at_the_right_place_is_taken(end: bytes) -> None:
    """The C++ original never looks at the closing tag, and neither do we if the message is whole."""
    frames = list(FrameReader().feed(with_length(126, end=end) + FRAME))

    assert frames == [Frame(HEADER + BODY, 126, mended=True), Frame(HEADER + BODY, 126)]


@pytest.mark.parametrize("short", [1, 5, 9, 10, 11, 30])
def test_a_length_in_characters_is_mended(short: int) -> None:
    """A frame of the Python original with non-ASCII text is longer than it says, and read whole."""
    frames = list(FrameReader().feed(with_length(126 - short) + FRAME))

    assert frames == [Frame(HEADER + BODY, 126, mended=True), Frame(HEADER + BODY, 126)]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_short_length_is_mended_when_its_end_arrives(cut: int) -> None:
    """The rest of a frame that is longer than it says may come later."""
    stream = with_length(126 - 5) + FRAME
    reader = FrameReader()

    first = list(reader.feed(stream[: 126 - cut]))
    later = list(reader.feed(stream[126 - cut :]))

    assert [each.content for each in first + later] == [HEADER + BODY] * 2


def test_a_long_length_is_mended_at_the_next_frame() -> None:
    """A frame that says too much ends where the next one begins."""
    frames = list(FrameReader().feed(with_length(130) + FRAME))

    assert [each.content for each in frames] == [HEADER + BODY] * 2


def test_without_mending_the_end_must_be_where_it_should() -> None:
    """A strict reader closes on what the tolerant one mends."""
    with pytest.raises(WrongEndError):
        list(FrameReader(mend=False).feed(with_length(120)))


def test_a_short_length_does_not_buffer_for_ever() -> None:
    """The end is looked for within what the length could mean in bytes, and no further."""
    reader = FrameReader()

    list(reader.feed(with_length(60, b"x" * 60, b"")))
    list(reader.feed(b"x" * 140))

    with pytest.raises(WrongEndError, match="nor near it"):
        list(reader.feed(b"x" * 11))


def test_waiting_for_an_end_costs_what_arrives() -> None:
    """However long the frame is that says too little, each piece is looked at once."""
    reader = FrameReader()
    began = time.process_time()
    list(reader.feed(with_length(2_000_000, HEADER + b"x" * 2_000_000, b"")))
    for _ in range(2_000):
        list(reader.feed(b"xx"))

    assert time.process_time() - began < 1


@given(st.binary(max_size=300))
def test_any_bytes_raise_nothing_but_frame_errors(data: bytes) -> None:
    """Garbage, alone or after an opening tag, is a frame or a typed error."""
    for stream in (data, b'<sandesh length="0000000060">' + data):
        reader = FrameReader(max_frame_bytes=1000)
        try:
            list(reader.feed(stream))
            reader.finish()
        except FrameError:
            assert reader.pending_bytes <= len(stream)
