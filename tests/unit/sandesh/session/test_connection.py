from dataclasses import replace

import pytest

from satark.sandesh.session.actions import Close, Deliver, Discard, SendReply, Synchronise
from satark.sandesh.session.causes import RxCause
from satark.sandesh.session.connection import Connection
from satark.sandesh.session.events import Connected, Lost, Start
from satark.sandesh.session.states import Session, State
from satark.sandesh.types import Header, Level, SandeshType
from satark.sandesh.wire.control import Hello, Identity, Reply, encode_hello, encode_reply
from satark.sandesh.wire.frame import OPENING_BYTES
from satark.sandesh.wire.tree import Node, Tree
from satark.sandesh.wire.xml import classes_by_name, encode
from tests.unit.sandesh.probe import ProbeRequest

HELLO = encode_hello(Hello(Identity("host", "Compute", "agent", "0")), timestamp_us=1)
REPLY = encode_reply(Reply("collector", accepted=True), timestamp_us=1)
LOG = Header(type=SandeshType.SYSTEM, level=Level.SYS_INFO)
TREE = Tree("L", [Node("a", "i32", "1", "5")])
FRAME = encode(LOG, TREE)
REQUEST = encode(Header(type=SandeshType.REQUEST), ProbeRequest(name="x"))


def server() -> Connection:
    """A connection that was accepted."""
    return Connection(Session.server("192.0.2.1:40000", 0.0), classes=classes_by_name([ProbeRequest]))


def client() -> Connection:
    """A connection that waits for its reply."""
    connection = Connection(Session.client(("a",), 0.0), classes=classes_by_name([ProbeRequest]))
    connection.happen(Start(), 0.0)
    connection.happen(Connected(1), 0.0)
    return connection


def test_messages_are_delivered_before_and_after_the_introduction() -> None:
    """The Python original sends some first."""
    done = server().receive(FRAME + HELLO + FRAME, 1.0)

    assert [type(each).__name__ for each in done] == ["Deliver", "SendReply", "Changed", "Deliver"]


def test_every_frame_is_counted_once() -> None:
    """Passed, or by what was wrong with it."""
    connection = server()
    wrong = encode(LOG, Tree("ProbeRequest", [Node("count", "i32", "2", "x")]))
    dropped = encode(replace(LOG, level=Level.INVALID), TREE)

    done = connection.receive(HELLO + FRAME + wrong + dropped + FRAME, 1.0)

    assert connection.received.messages == 3
    assert connection.received.dropped == {RxCause.DECODING_FAILED: 1, RxCause.QUEUE_LEVEL: 1}
    assert connection.received.bytes == len(HELLO) + 2 * len(FRAME)
    assert [each.problem for each in done if isinstance(each, Discard)] == ["ProbeRequest.count: no i32: 'x'", ""]


@pytest.mark.parametrize(("level", "delivered"), [(Level.SYS_ERR, 0), (Level.SYS_INFO, 0), (Level.SYS_DEBUG, 1)])
def test_an_overloaded_receiver_drops_logs_by_level(level: Level, delivered: int) -> None:
    """State still passes."""
    connection = server()
    connection.drop_level = level

    done = connection.receive(FRAME + encode(Header(type=SandeshType.UVE, level=7), TREE), 1.0)

    assert sum(isinstance(each, Deliver) for each in done) == delivered + 1


def test_after_the_end_bytes_are_ignored() -> None:
    """One error closes, once."""
    connection = server()

    done = connection.receive(b"x" * 40 + HELLO, 1.0)
    later = connection.receive(HELLO, 2.0)

    assert [type(each).__name__ for each in done] == ["Close", "Changed"]
    assert later == []


def test_requests_are_delivered_and_unknown_ones_counted() -> None:
    """An unknown request does not end the session."""
    connection = client()

    done = connection.receive(REPLY + encode(Header(type=SandeshType.REQUEST), Tree("Nope", [])) + REQUEST, 1.0)

    assert [type(each).__name__ for each in done] == ["Synchronise", "Changed", "Discard", "Deliver"]
    assert connection.received.dropped == {RxCause.CREATE_FAILED: 1}


def test_a_new_connection_begins_a_new_stream() -> None:
    """What was left of the old one is forgotten."""
    connection = client()
    connection.receive(REPLY[:100], 1.0)
    connection.happen(Lost(1), 2.0)
    connection.happen(Start(), 3.0)
    connection.happen(Connected(2), 3.0)

    done = connection.receive(REPLY, 4.0)

    assert any(isinstance(each, Synchronise) for each in done)
    assert connection.session.state is State.ESTABLISHED


def test_a_reply_to_a_connection_that_is_gone_is_ignored() -> None:
    """Between two connections nothing is read."""
    connection = client()
    connection.happen(Lost(1), 2.0)

    assert connection.receive(REPLY, 2.5) == []


def test_an_end_inside_a_frame_is_told() -> None:
    """The reason says how far it came."""
    connection = server()
    connection.receive(FRAME[:50], 1.0)

    done = connection.lost(2.0)

    assert done[0] == Close("closed by the peer, 50 bytes into a frame")


def test_lengths_in_characters_are_counted() -> None:
    """A Python original with non-ASCII names is usable, and known."""
    connection = server()
    tree = Tree("L", [Node("a", "string", "1", "é")])
    sent = encode(LOG, tree)

    done = connection.receive(sent.replace(b"%010d" % len(sent), b"%010d" % (len(sent) - 1)) + HELLO, 1.0)

    assert connection.mended == 1
    assert [type(each) for each in done[:2]] == [Deliver, SendReply]


def test_what_cannot_be_read_is_handed_over_as_it_came() -> None:
    """A message of the wrong types, an introduction that is none, and what is no frame; not what is dropped by level."""
    rejected: list[tuple[RxCause, bytes]] = []
    session = Session.server("192.0.2.1:40000", 0.0)
    classes = classes_by_name([ProbeRequest])
    connection = Connection(session, classes=classes, reject=lambda cause, _, data: rejected.append((cause, data)))
    wrong = encode(LOG, Tree("ProbeRequest", [Node("count", "i32", "2", "x")]))
    dropped = encode(replace(LOG, level=Level.INVALID), TREE)

    connection.receive(HELLO + wrong + dropped + FRAME, 1.0)
    connection.receive(b"GET / HTTP/1.1\r\n\r\n" + FRAME, 2.0)

    content = wrong.removesuffix(b"</sandesh>")[OPENING_BYTES:]
    assert rejected == [
        (RxCause.DECODING_FAILED, content),
        (RxCause.DECODING_FAILED, b"GET / HTTP/1.1\r\n\r\n" + FRAME),
    ]


def test_bytes_that_are_no_frame_yet_are_told() -> None:
    """A server bounds what it holds of all peers."""
    connection = server()

    connection.receive(HELLO + FRAME[:30], 1.0)

    assert connection.pending_bytes == 30
