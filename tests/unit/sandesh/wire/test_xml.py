import pytest

from satark.sandesh.types import Header, Hint, Level, SandeshType
from satark.sandesh.wire.envelope import open_frame
from satark.sandesh.wire.errors import BodyError, FrameTooLargeError, MalformedError
from satark.sandesh.wire.frame import Frame
from satark.sandesh.wire.tree import Node, Tree
from satark.sandesh.wire.xml import Received, classes_by_name, decode_frame, encode, header_of
from tests.unit.sandesh.captures import frames_of
from tests.unit.sandesh.probe import ProbeRequest, ProbeUve, ProbeUveTrace

MESSAGE = ProbeUveTrace(data=ProbeUve(name="n"))
SENDER = Header(source="host", module="m", node_type="Compute", instance_id="0")
HEADER = header_of(MESSAGE, SENDER, timestamp_us=5, sequence_number=3, level=Level.SYS_NOTICE, hints=Hint.SYNC)


def test_a_header_says_what_the_class_knows() -> None:
    """Type, hints and signature come from the class, the rest from the sender."""
    assert HEADER == Header(
        timestamp_us=5,
        module="m",
        source="host",
        sequence_number=3,
        type=SandeshType.UVE,
        hints=Hint.KEY | Hint.SYNC,
        level=Level.SYS_NOTICE,
        node_type="Compute",
        instance_id="0",
    )


def test_a_registered_message_is_its_class() -> None:
    """What was sent is what is received."""
    sent = encode(HEADER, MESSAGE)
    received = decode_frame(frames_of(sent)[0], classes_by_name([ProbeUveTrace]))

    expected = ProbeUveTrace(data=ProbeUve(name="n"), table="ObjectVNTable")
    assert received == Received(HEADER, "ProbeUveTrace", expected, len(sent))


def test_an_unknown_message_is_a_tree_that_can_be_sent_on() -> None:
    """Without a class nothing is lost."""
    sent = encode(HEADER, MESSAGE)
    received = decode_frame(frames_of(sent)[0])

    assert isinstance(received.body, Tree)
    assert encode(received.header, received.body) == sent


def test_two_classes_of_one_name_are_refused() -> None:
    """A registry is unambiguous; the same class twice is."""
    other = type("Other", (ProbeUveTrace,), {})

    assert set(classes_by_name([ProbeUveTrace, ProbeUveTrace, ProbeRequest])) == {"ProbeUveTrace", "ProbeRequest"}
    with pytest.raises(ValueError, match="two classes for ProbeUveTrace"):
        classes_by_name([ProbeUveTrace, other])


def test_a_message_over_the_limit_is_not_sent() -> None:
    """The limit of the writer is that of frames."""
    with pytest.raises(FrameTooLargeError):
        encode(HEADER, MESSAGE, max_frame_bytes=100)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<SandeshHeader>",
        b"<SandeshHeader></SandeshHeader>",
        b"<SandeshHeader></SandeshHeader>\n<L/>",
        b"<SandeshHeader></SandeshHeader><1/>",
        b"<L/><SandeshHeader></SandeshHeader>",
        b"<SandeshHeaderX></SandeshHeader><L/>",
        b'<?xml version="1.0"?><SandeshHeader></SandeshHeader><L/>',
    ],
)
def test_a_frame_is_a_header_and_a_message(content: bytes) -> None:
    """Anything else closes the connection."""
    with pytest.raises(MalformedError) as caught:
        open_frame(Frame(content, 0))

    assert caught.value.closes


def test_a_known_message_with_a_wrong_value_does_not_close() -> None:
    """One message is lost, and the error says which field."""
    tree = Tree("ProbeRequest", [Node("count", "i32", "2", "many")])

    with pytest.raises(BodyError, match=r"ProbeRequest\.count: no i32: 'many'") as caught:
        decode_frame(frames_of(encode(HEADER, tree))[0], classes_by_name([ProbeRequest]))

    assert not caught.value.closes
