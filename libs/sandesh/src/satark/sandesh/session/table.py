"""The state table of both roles: `(state, event) -> (state, actions)`, with `now_s` an argument (clauses 4.2 to 4.4)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias

from satark.sandesh.session.actions import (
    Action,
    Changed,
    Close,
    Connect,
    Deliver,
    Discard,
    SendHello,
    SendReply,
    Synchronise,
)
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

Step: TypeAlias = tuple[Session, tuple[Action, ...]]
Handler: TypeAlias = Callable[[Session, Any, float], Step]

_OF_A_CLIENT = frozenset((CollectorsChanged, Overflowed, ReplyReceived))
_OF_A_SERVER = frozenset((HelloReceived, Superseded))
_UNCONNECTED = frozenset((State.IDLE, State.DISCONNECT))


def step(session: Session, event: Event, now_s: float) -> Step:
    """What becomes of a session, and what is to be done, in order. What the table has no entry for changes nothing."""
    handler = TABLE[session.state].get(type(event))
    if handler is None or _is_void(session, event, now_s):
        return session, ()
    after, actions = handler(session, event, now_s)
    if after.state is session.state and after.connection == session.connection:
        return after, actions
    return after, (*actions, Changed(session.state, after.state, after.reason))


def _is_void(session: Session, event: Event, now_s: float) -> bool:
    """Whether it is of the other role, of an earlier connection, or of a deadline that has not come."""
    if isinstance(event, TimerExpired):
        return session.deadline_s is None or now_s < session.deadline_s
    if isinstance(event, Connected | ConnectFailed | Lost):
        return event.connection != session.connection
    return type(event) in (_OF_A_CLIENT if session.role is Role.SERVER else _OF_A_SERVER)


def _connect(session: Session, collector: str, now_s: float, reason: str) -> Step:
    connection = session.connection + 1
    asked = replace(session, collector=collector, connection=connection, peer=collector)
    after = asked.enter(State.CONNECT, now_s, reason=reason, wait_s=session.timers.connect_s)
    return after, (Connect(collector, connection),)


def _start(session: Session, _event: Start, now_s: float) -> Step:
    return _try_again(session, now_s, "started")


def _try_again(session: Session, now_s: float, reason: str) -> Step:
    """Connect to the collector whose turn it is."""
    if not session.collectors:
        return session.enter(State.DISCONNECT, now_s, reason="no collector is known"), ()
    collector = session.collector
    if collector not in session.collectors:
        collector = session.collectors[0]
    return _connect(session, collector, now_s, reason)


def _next(session: Session, now_s: float, reason: str) -> Step:
    """Turn to the next collector: at once, or after a hold when the whole list has been tried."""
    collectors = session.collectors
    if not collectors:
        return replace(session, collector=None).enter(State.DISCONNECT, now_s, reason="no collector is known"), ()
    at = collectors.index(session.collector) if session.collector in collectors else -1
    turned = replace(session, collector=collectors[(at + 1) % len(collectors)])
    rounds, tried = divmod(session.failures, len(collectors))
    wait_s = 0.0 if tried else session.timers.hold_s(rounds)
    if wait_s > 0:
        return turned.enter(State.IDLE, now_s, reason=reason, wait_s=wait_s), ()
    return _try_again(turned, now_s, reason)


def _failed(session: Session, now_s: float, reason: str) -> Step:
    """A connection or its negotiation came to nothing."""
    after, actions = _next(replace(session, failures=session.failures + 1), now_s, reason)
    return after, (Close(reason), *actions)


def _held(session: Session, _event: TimerExpired, now_s: float) -> Step:
    return _try_again(session, now_s, "waited")


def _connected(session: Session, _event: Connected, now_s: float) -> Step:
    counted = replace(session, connections=session.connections + 1)
    after = counted.enter(State.CLIENT_INIT, now_s, reason="connected", wait_s=session.timers.negotiate_s)
    return after, (SendHello(after.connections),)


def _connect_failed(session: Session, event: ConnectFailed, now_s: float) -> Step:
    return _failed(session, now_s, event.problem)


def _connect_late(session: Session, _event: TimerExpired, now_s: float) -> Step:
    return _failed(session, now_s, f"no connection in {session.timers.connect_s:g} s")


def _reply_late(session: Session, _event: TimerExpired, now_s: float) -> Step:
    return _failed(session, now_s, f"no reply in {session.timers.negotiate_s:g} s")


def _replied(session: Session, event: ReplyReceived, now_s: float) -> Step:
    if not event.reply.accepted:
        return _ended(session, now_s, "refused by the collector")
    if session.state is State.ESTABLISHED:
        return session, (Synchronise(event.reply.seen),)
    named = replace(session, peer=event.reply.collector or session.peer)
    return named.enter(State.ESTABLISHED, now_s, reason="accepted"), (Synchronise(event.reply.seen),)


def _ended(session: Session, now_s: float, reason: str) -> Step:
    """The connection is over. A session that was stable is followed at once; one that was not counts as a failure."""
    if session.role is Role.SERVER:
        return session.enter(State.CLOSED, now_s, reason=reason), (Close(reason),)
    stable = session.state is State.ESTABLISHED and now_s - session.since_s >= session.timers.stable_s
    if not stable:
        return _failed(session, now_s, reason)
    after, actions = _next(replace(session, failures=0), now_s, reason)
    return after, (Close(reason), *actions)


def _lost(session: Session, event: Lost, now_s: float) -> Step:
    return _ended(session, now_s, event.problem)


def _broken(session: Session, event: Broken, now_s: float) -> Step:
    return _ended(session, now_s, f"{type(event.error).__name__}: {event.error}")


def _overflowed(session: Session, _event: Overflowed, now_s: float) -> Step:
    return _ended(session, now_s, "the send queue is full of UVEs")


def _collectors_changed(session: Session, event: CollectorsChanged, now_s: float) -> Step:
    """A connection to a collector that is still listed is kept; any other is given up for the new list."""
    changed = replace(session, collectors=event.collectors, failures=0)
    has_connection = session.state not in _UNCONNECTED
    if has_connection and session.collector in event.collectors:
        return changed, ()
    reason = "the list of collectors changed"
    after, actions = _try_again(changed, now_s, reason)
    return after, ((Close(reason), *actions) if has_connection else actions)


def _remembered(session: Session, event: CollectorsChanged, _now_s: float) -> Step:
    """Before `Start`, and after `Stop`, a list is kept for later; while holding back, it is tried at once."""
    if session.deadline_s is None:
        return replace(session, collectors=event.collectors, failures=0), ()
    return _collectors_changed(session, event, _now_s)


def _stopped(session: Session, _event: Stop, now_s: float) -> Step:
    state = State.CLOSED if session.role is Role.SERVER else State.IDLE
    after = replace(session, failures=0).enter(state, now_s, reason="stopped")
    return after, () if session.state in _UNCONNECTED else (Close("stopped"),)


def _introduced(session: Session, event: HelloReceived, now_s: float) -> Step:
    """Every control message is answered; but a session is one generator's for good (clause 8)."""
    identity = event.hello.identity
    if not identity.node_type or not identity.instance_id:
        return _ended(session, now_s, f"no node type or no instance in {str(identity)!r}")
    if session.identity is not None and session.identity != identity:
        return _ended(session, now_s, f"{str(session.identity)!r} now says that it is {str(identity)!r}")
    if session.state is State.ESTABLISHED:
        return session, (SendReply(event.hello),)
    known = replace(session, identity=identity, peer=str(identity))
    return known.enter(State.ESTABLISHED, now_s, reason="introduced itself"), (SendReply(event.hello),)


def _no_introduction(session: Session, _event: TimerExpired, now_s: float) -> Step:
    return _ended(session, now_s, f"no control message in {session.timers.accept_s:g} s")


def _superseded(session: Session, _event: Superseded, now_s: float) -> Step:
    return _ended(session, now_s, "another session of the same generator has begun")


def _delivered(session: Session, event: MessageReceived, _now_s: float) -> Step:
    return session, (Deliver(event.received),)


def _discarded(session: Session, event: Unwanted, _now_s: float) -> Step:
    return session, (Discard(event.name, event.length, event.cause, event.problem),)


_OPEN: Mapping[type[Event], Handler] = {
    Lost: _lost,
    Broken: _broken,
    MessageReceived: _delivered,
    Unwanted: _discarded,
    Stop: _stopped,
}

TABLE: Mapping[State, Mapping[type[Event], Handler]] = MappingProxyType(
    {
        State.IDLE: {Start: _start, TimerExpired: _held, CollectorsChanged: _remembered, Stop: _stopped},
        State.DISCONNECT: {CollectorsChanged: _collectors_changed, Stop: _stopped},
        State.CONNECT: {
            Connected: _connected,
            ConnectFailed: _connect_failed,
            Lost: _lost,
            TimerExpired: _connect_late,
            CollectorsChanged: _collectors_changed,
            Stop: _stopped,
        },
        State.CLIENT_INIT: {
            **_OPEN,
            ReplyReceived: _replied,
            TimerExpired: _reply_late,
            CollectorsChanged: _collectors_changed,
        },
        State.SERVER_INIT: {
            **_OPEN,
            HelloReceived: _introduced,
            TimerExpired: _no_introduction,
            Superseded: _superseded,
        },
        State.ESTABLISHED: {
            **_OPEN,
            ReplyReceived: _replied,
            HelloReceived: _introduced,
            CollectorsChanged: _collectors_changed,
            Overflowed: _overflowed,
            Superseded: _superseded,
        },
        State.CLOSED: {},
    }
)
"""What every state makes of every event; an event without an entry is ignored."""
