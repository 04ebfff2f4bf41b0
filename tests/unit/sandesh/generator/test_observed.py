from satark.sandesh.generator.activity import Activity
from satark.sandesh.generator.observed import ObservedConnection
from satark.sandesh.session.events import Connected, Start
from satark.sandesh.session.states import Session, State
from satark.sandesh.wire.control import Reply, encode_reply


def test_a_session() -> None:
    """All that happens to a connection is counted, and it happens as without."""
    activity = Activity()
    one = ObservedConnection(Session.client(("c:8086",), 0.0), activity, classes={})
    reply = encode_reply(Reply("c", accepted=True), timestamp_us=1)
    one.happen(Start(), 0.0)
    one.happen(Connected(one.session.connection), 1.0)
    one.receive(reply[:10], 2.0)
    one.receive(reply[10:], 2.0)

    assert (State.ESTABLISHED, State.CLIENT_INIT) == (one.session.state, activity.last_state)
    assert ["scm::EvStart", "scm::EvTcpConnected", "scm::EvSandeshMessageRecv"] == list(activity.events)
    assert (len(reply), 2) == (activity.rx.bytes, activity.rx.calls)


def test_no_frame() -> None:
    """What cannot be read is counted as such, and ends the connection."""
    activity = Activity()
    one = ObservedConnection(Session.client(("c:8086",), 0.0), activity, classes={})
    one.happen(Start(), 0.0)
    one.happen(Connected(one.session.connection), 1.0)
    one.receive(b"nonsense" * 10, 2.0)

    assert (1, 1) == (activity.messages.num_recv_fail, activity.rx.errors)
    assert one.session.state is not State.CLIENT_INIT
