"""No sequence of events raises or leaves the table, and what a session asks for always makes sense."""

from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.session.actions import Action, Changed, Close, Connect, SendHello, SendReply, Synchronise
from satark.sandesh.session.causes import RxCause
from satark.sandesh.session.connection import Connection
from satark.sandesh.session.events import (
    Broken,
    CollectorsChanged,
    Connected,
    ConnectFailed,
    Event,
    HelloReceived,
    Lost,
    MessageReceived,
    Overflowed,
    ReplyReceived,
    Start,
    Stop,
    Superseded,
    TimerExpired,
    Unwanted,
)
from satark.sandesh.session.states import Role, Session, State
from satark.sandesh.session.table import TABLE, step
from satark.sandesh.types import Header
from satark.sandesh.wire.control import Hello, Identity, Reply, encode_hello, encode_reply
from satark.sandesh.wire.errors import BadPrefixError
from satark.sandesh.wire.tree import Tree
from satark.sandesh.wire.xml import Received, encode

NAMES = st.sampled_from(["a", "b", "c"])
LISTS = st.lists(NAMES, max_size=3, unique=True).map(tuple)
IDENTITIES = st.builds(Identity, NAMES, st.sampled_from(["", "Compute"]), NAMES, st.sampled_from(["", "0"]))
CONNECTIONS = st.integers(0, 6)
MESSAGE = Received(Header(), "L", Tree("L", []), 1)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from([Start(), Stop(), TimerExpired(), Overflowed(), Superseded(), MessageReceived(MESSAGE)]),
    st.builds(CollectorsChanged, LISTS),
    st.builds(Connected, CONNECTIONS),
    st.builds(ConnectFailed, CONNECTIONS, st.just("no")),
    st.builds(Lost, CONNECTIONS),
    st.builds(Broken, st.just(BadPrefixError("x"))),
    st.builds(HelloReceived, st.builds(Hello, IDENTITIES)),
    st.builds(ReplyReceived, st.builds(Reply, NAMES, st.booleans())),
    st.builds(Unwanted, NAMES, st.integers(0, 9), st.sampled_from(RxCause)),
)
STEPS = st.lists(st.tuples(st.floats(0, 100), EVENTS), max_size=40)
OF_A_CLIENT = {State.IDLE, State.DISCONNECT, State.CONNECT, State.CLIENT_INIT, State.ESTABLISHED}
OF_A_SERVER = {State.SERVER_INIT, State.ESTABLISHED, State.CLOSED}
CONNECTED = {State.CONNECT, State.CLIENT_INIT, State.ESTABLISHED}


def is_sound(session: Session, now_s: float) -> bool:
    """What holds of every session at any time."""
    states = OF_A_CLIENT if session.role is Role.CLIENT else OF_A_SERVER
    waits = session.state in {State.CONNECT, State.CLIENT_INIT, State.SERVER_INIT}
    return (
        session.state in states
        and session.state in TABLE
        and session.since_s <= now_s
        and (session.deadline_s is not None or not waits)
        and (session.deadline_s is None or session.deadline_s >= session.since_s)
        and (session.collector in session.collectors or session.state not in CONNECTED or session.role is Role.SERVER)
    )


def is_open_after(actions: list[Action], *, was_open: bool) -> bool:
    """Whether there is a connection, made or in the making, after these actions; never two, nor one closed twice."""
    is_open = was_open
    for action in actions:
        if isinstance(action, Connect):
            assert not is_open
            is_open = True
        elif isinstance(action, Close):
            assert is_open
            is_open = False
        elif isinstance(action, SendHello | SendReply | Synchronise):
            assert is_open
    return is_open


@given(LISTS, STEPS)
def test_a_generators_session_is_sound_under_any_events(
    collectors: tuple[str, ...], steps: list[tuple[float, Event]]
) -> None:
    """At most one connection at a time, a deadline wherever it waits, and only states of its role."""
    session = Session.client(collectors, 0.0)
    now_s, is_open = 0.0, False
    for later_s, event in steps:
        now_s += later_s
        before = session.state
        session, actions = step(session, event, now_s)

        assert is_sound(session, now_s)
        is_open = is_open_after(list(actions), was_open=is_open)
        assert is_open == (session.state in CONNECTED)
        assert [each.before for each in actions if isinstance(each, Changed)] in ([], [before])


@given(STEPS)
def test_a_collectors_session_is_sound_under_any_events(steps: list[tuple[float, Event]]) -> None:
    """Once closed it stays so, and it is closed once."""
    session = Session.server("peer", 0.0)
    now_s, is_open = 0.0, True
    for later_s, event in steps:
        now_s += later_s
        session, actions = step(session, event, now_s)

        assert is_sound(session, now_s)
        is_open = is_open_after(list(actions), was_open=is_open)
        assert is_open == (session.state is not State.CLOSED)


@given(STEPS)
def test_what_changes_nothing_asks_for_nothing(steps: list[tuple[float, Event]]) -> None:
    """An event for which the table has no entry leaves the session as it is."""
    session = Session.client(("a", "b"), 0.0)
    now_s = 0.0
    for later_s, event in steps:
        now_s += later_s
        after, actions = step(session, event, now_s)
        if type(event) not in TABLE[session.state]:
            assert (after, actions) == (session, ())
        session = after


FRAMES = st.sampled_from(
    [
        encode_hello(Hello(Identity("s", "n", "m", "0")), timestamp_us=1),
        encode_hello(Hello(Identity("s", "", "m", "")), timestamp_us=1),
        encode_reply(Reply("c", accepted=True), timestamp_us=1),
        encode_reply(Reply("c", accepted=False), timestamp_us=1),
        encode(Header(type=1, level=6), Tree("L", [])),
        encode(Header(type=1), Tree("L", [])),
        encode(Header(hints=2), Tree("Nope", [])),
        b'<sandesh length="0000000038">',
    ]
)
BYTES = st.lists(FRAMES | st.binary(max_size=30), max_size=8)


@given(BYTES, st.booleans(), st.integers(1, 500))
def test_any_bytes_are_actions(pieces: list[bytes], is_client: bool, size: int) -> None:
    """Whatever a peer sends, nothing is raised, and every frame is counted once."""
    session = Session.client(("a",), 0.0) if is_client else Session.server("peer", 0.0)
    connection = Connection(session)
    opening = [*connection.happen(Start(), 0.0), *connection.happen(Connected(1), 0.0)]
    is_open = is_open_after(opening, was_open=not is_client)
    stream = b"".join(pieces)
    for at in range(0, len(stream), size):
        is_open = is_open_after(connection.receive(stream[at : at + size], 1.0), was_open=is_open)

    assert is_sound(connection.session, 1.0)
    tally = connection.received
    assert tally.total <= len(pieces)
    assert tally.bytes + tally.dropped_bytes.total() <= len(stream)
