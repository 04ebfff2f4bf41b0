from dataclasses import replace

import pytest

from satark.sandesh.session.actions import (
    Action,
    Changed,
    Close,
    Connect,
    SendHello,
    SendReply,
    Synchronise,
)
from satark.sandesh.session.events import (
    CollectorsChanged,
    Connected,
    ConnectFailed,
    Event,
    HelloReceived,
    Lost,
    Overflowed,
    ReplyReceived,
    Start,
    Stop,
    Superseded,
    TimerExpired,
)
from satark.sandesh.session.states import Session, State, Timers
from satark.sandesh.session.table import TABLE, step
from satark.sandesh.wire.control import Hello, Identity, Reply

WHO = Identity("host", "Compute", "agent", "0")
YES = Reply("collector-1", accepted=True, seen={"NodeStatus": 4})
NO = Reply("collector-1", accepted=False)


def after(session: Session, *events: tuple[float, Event]) -> tuple[Session, list[Action]]:
    """The session after these events at these times, and all that was to be done."""
    actions: list[Action] = []
    for now_s, event in events:
        session, done = step(session, event, now_s)
        actions += done
    return session, actions


def client(*collectors: str) -> Session:
    """A generator's session before its start."""
    return Session.client(collectors, 0.0)


def established(*collectors: str, at_s: float = 2.0) -> Session:
    """A generator's session that has been accepted."""
    return after(client(*collectors), (0, Start()), (1, Connected(1)), (at_s, ReplyReceived(YES)))[0]


def test_a_generator_connects_at_once_introduces_itself_and_synchronises() -> None:
    """The sequence of clause 4.1."""
    session, actions = after(client("a"), (0, Start()), (1, Connected(1)), (2, ReplyReceived(YES)))

    assert actions == [
        Connect("a", 1),
        Changed(State.IDLE, State.CONNECT, "started"),
        SendHello(1),
        Changed(State.CONNECT, State.CLIENT_INIT, "connected"),
        Synchronise({"NodeStatus": 4}),
        Changed(State.CLIENT_INIT, State.ESTABLISHED, "accepted"),
    ]
    assert (session.peer, session.deadline_s, session.connections) == ("collector-1", None, 1)


def test_another_reply_synchronises_again() -> None:
    """A collector may ask for the rest at any time."""
    session, actions = after(established("a"), (9, ReplyReceived(replace(YES, seen={}))))

    assert (session.state, actions) == (State.ESTABLISHED, [Synchronise({})])


def test_without_a_collector_it_waits_for_a_list() -> None:
    """An empty list is a state of its own."""
    session, actions = after(client(), (0, Start()), (5, CollectorsChanged(("a",))))

    assert session.state is State.CONNECT
    assert actions[-2:] == [Connect("a", 1), Changed(State.DISCONNECT, State.CONNECT, "the list of collectors changed")]


def test_every_collector_is_tried_before_it_holds_back() -> None:
    """The wait comes after a whole round, and grows from round to round up to its limit."""
    session = after(client("a", "b"), (0, Start()))[0]
    waits: list[float] = []
    tried = [session.collector]
    now_s = 0.0
    for _ in range(16):
        session, _ = step(session, ConnectFailed(session.connection, "refused"), now_s)
        if session.deadline_s is not None and session.state is State.IDLE:
            waits.append(session.deadline_s - now_s)
            now_s = session.deadline_s
            session, _ = step(session, TimerExpired(), now_s)
        tried.append(session.collector)

    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert tried == ["a", "b"] * 8 + ["a"]


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([(5, TimerExpired())], "no connection in 5 s"),
        ([(1, Connected(1)), (31, TimerExpired())], "no reply in 30 s"),
        ([(1, Connected(1)), (2, ReplyReceived(NO))], "refused by the collector"),
        ([(1, Connected(1)), (2, Lost(1))], "closed by the peer"),
        ([(1, ConnectFailed(1, "no route"))], "no route"),
    ],
)
def test_what_fails_before_the_session_holds_back(events: list[tuple[float, Event]], reason: str) -> None:
    """The connection is closed, and the only collector is tried again after a second."""
    session, actions = after(client("a"), (0, Start()), *events)

    assert (session.state, session.reason, session.deadline_s) == (State.IDLE, reason, events[-1][0] + 1)
    assert actions[-2:] == [Close(reason), Changed(actions[-1].before, State.IDLE, reason)]  # type: ignore[union-attr]


def test_after_a_stable_session_it_connects_at_once_to_the_next() -> None:
    """A collector that goes away is replaced without a wait."""
    session, actions = after(established("a", "b"), (100, Lost(1)))

    assert (session.state, session.collector, session.connection) == (State.CONNECT, "b", 2)
    assert Connect("b", 2) in actions


def test_a_collector_that_closes_every_time_is_not_stormed() -> None:
    """A session that did not last counts as a failure: no fifteen connections a second."""
    session = established("a")
    session, _ = after(session, (3, Lost(1)))

    assert (session.state, session.deadline_s) == (State.IDLE, 4)


def test_a_late_event_of_an_earlier_connection_is_ignored() -> None:
    """Only the present connection counts."""
    session = after(established("a", "b"), (100, Lost(1)))[0]

    assert after(session, (101, Lost(1)), (101, Connected(1)), (101, ConnectFailed(1, "x"))) == (session, [])


def test_a_timer_that_comes_too_early_is_ignored() -> None:
    """The deadline decides."""
    session = after(client("a"), (0, Start()))[0]

    assert after(session, (4.9, TimerExpired())) == (session, [])


@pytest.mark.parametrize(("collectors", "state"), [(("b", "a"), State.ESTABLISHED), (("b",), State.CONNECT)])
def test_a_session_with_a_collector_that_is_still_listed_is_kept(collectors: tuple[str, ...], state: State) -> None:
    """A new list ends only what it no longer names."""
    session, actions = after(established("a"), (9, CollectorsChanged(collectors)))

    assert session.state is state
    assert (Close("the list of collectors changed") in actions) == (state is State.CONNECT)


def test_an_empty_list_ends_the_session() -> None:
    """No collector, no connection."""
    session, actions = after(established("a"), (9, CollectorsChanged(())))

    assert (session.state, actions[0]) == (State.DISCONNECT, Close("the list of collectors changed"))


def test_a_new_list_ends_the_wait() -> None:
    """While holding back, new collectors are tried at once."""
    held = after(client("a"), (0, Start()), (1, ConnectFailed(1, "refused")))[0]

    session, actions = after(held, (1.1, CollectorsChanged(("b",))))

    assert (held.state, session.state, actions[0]) == (State.IDLE, State.CONNECT, Connect("b", 2))


def test_before_its_start_it_only_remembers_a_list() -> None:
    """Nothing is opened before `Start`, nor after `Stop`."""
    session, actions = after(client("a"), (0, CollectorsChanged(("b",))))

    assert (session.state, session.collectors, actions) == (State.IDLE, ("b",), [])


def test_stop_closes_and_stays() -> None:
    """No timer runs after it."""
    session, actions = after(established("a"), (9, Stop()), (1000, TimerExpired()))

    assert (session.state, session.deadline_s) == (State.IDLE, None)
    assert actions == [Close("stopped"), Changed(State.ESTABLISHED, State.IDLE, "stopped")]


def test_an_overflow_of_state_begins_a_new_session() -> None:
    """The synchronisation makes up for what did not fit."""
    session, actions = after(established("a"), (100, Overflowed()))

    assert (session.state, actions[:2]) == (State.CONNECT, [Close("the send queue is full of UVEs"), Connect("a", 2)])


def test_a_server_answers_every_introduction_of_the_same_generator() -> None:
    """The first one establishes the session."""
    hello = Hello(WHO)

    session, actions = after(Session.server("peer", 0.0), (1, HelloReceived(hello)), (2, HelloReceived(hello)))

    assert (session.state, session.identity, session.peer) == (State.ESTABLISHED, WHO, "host:Compute:agent:0")
    assert [each for each in actions if isinstance(each, SendReply)] == [SendReply(hello), SendReply(hello)]


@pytest.mark.parametrize(
    ("identity", "reason"),
    [
        (Identity("host", "", "agent", "0"), "no node type or no instance in 'host::agent:0'"),
        (Identity("host", "Compute", "agent", ""), "no node type or no instance in 'host:Compute:agent:'"),
    ],
)
def test_a_server_refuses_who_does_not_say_what_it_is(identity: Identity, reason: str) -> None:
    """By closing, as the original does."""
    session, actions = after(Session.server("peer", 0.0), (1, HelloReceived(Hello(identity))))

    assert (session.state, actions[0]) == (State.CLOSED, Close(reason))


def test_a_server_closes_when_a_generator_becomes_another() -> None:
    """A connection is one generator's."""
    other = Hello(Identity("host-2", "Compute", "agent", "0"))

    session, _ = after(Session.server("peer", 0.0), (1, HelloReceived(Hello(WHO))), (2, HelloReceived(other)))

    assert session.state is State.CLOSED
    assert "now says that it is 'host-2:Compute:agent:0'" in session.reason


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (TimerExpired(), "no control message in 60 s"),
        (Lost(), "closed by the peer"),
        (Superseded(), "another session of the same generator has begun"),
        (Stop(), "stopped"),
    ],
)
def test_a_servers_session_ends_for_good(event: Event, reason: str) -> None:
    """Nothing leads out of Closed."""
    session, actions = after(Session.server("peer", 0.0), (60, event), (61, HelloReceived(Hello(WHO))))

    assert session.state is State.CLOSED
    assert actions == [Close(reason), Changed(State.SERVER_INIT, State.CLOSED, reason)]


@pytest.mark.parametrize("event", [HelloReceived(Hello(WHO)), Superseded()])
def test_events_of_the_other_role_are_ignored(event: Event) -> None:
    """A generator is not introduced to, nor replaced."""
    session = established("a")

    assert after(session, (3, event)) == (session, [])


def test_the_table_has_every_state() -> None:
    """There is no state without an entry."""
    assert set(TABLE) == set(State)


def test_waits_double_up_to_a_limit() -> None:
    """However many rounds there were."""
    assert [Timers().hold_s(rounds) for rounds in (-1, 0, 1, 2, 5, 6, 10_000)] == [0, 0, 1, 2, 16, 30, 30]
