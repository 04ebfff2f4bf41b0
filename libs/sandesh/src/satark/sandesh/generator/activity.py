"""What a generator counts of its connection: bytes, waits, messages, and the events of its session (clause 5.1).

The names of events are those of the C++ original's client, which operators know.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from types import MappingProxyType

from satark.sandesh.generator.messages.state import (
    SandeshSessionStats,
    SandeshStateMachineEvStats,
    SandeshStateMachineStats,
    SocketIOStats,
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
from satark.sandesh.session.states import State

SENT = "scm::EvSandeshSend"
_IDLE_OVER, _WAIT_OVER = "scm::EvIdleHoldTimerExpired", "scm::EvConnectTimerExpired"
_RECEIVED = "scm::EvSandeshMessageRecv"
_EVENTS: Mapping[type[Event], str] = MappingProxyType(
    {
        Start: "scm::EvStart",
        Stop: "scm::EvStop",
        CollectorsChanged: "scm::EvCollectorUpdate",
        Connected: "scm::EvTcpConnected",
        ConnectFailed: "scm::EvTcpConnectFail",
        Lost: "scm::EvTcpClose",
        Broken: _RECEIVED,
        HelloReceived: _RECEIVED,
        ReplyReceived: _RECEIVED,
        MessageReceived: _RECEIVED,
        Unwanted: _RECEIVED,
        Overflowed: "scm::EvCollectorChange",
        Superseded: "scm::EvCollectorChange",
    }
)


@dataclass(slots=True)
class Traffic:
    """One direction of a connection; a call is blocked while the peer does not take, or send, more."""

    bytes: int = 0
    calls: int = 0
    blocked: int = 0
    blocked_s: float = 0.0
    errors: int = 0

    def moved(self, count: int) -> None:
        """One call moved so many bytes."""
        self.bytes += count
        self.calls += 1

    def waited(self, duration_s: float) -> None:
        """One call was blocked for so long."""
        self.blocked += 1
        self.blocked_s += duration_s

    def stats(self) -> SocketIOStats:
        """The struct of the wire; an average of no calls is 0, of no waits empty."""
        return SocketIOStats(
            bytes=self.bytes,
            calls=self.calls,
            average_bytes=float(self.bytes // self.calls) if self.calls else 0.0,
            blocked_duration=_duration(self.blocked_s),
            blocked_count=self.blocked,
            average_blocked_duration=_duration(self.blocked_s / self.blocked) if self.blocked else "",
            errors=self.errors,
        )


def _duration(duration_s: float) -> str:
    """`hh:mm:ss`, with microseconds where there are any."""
    whole, micros = divmod(timedelta(seconds=duration_s), timedelta(seconds=1))
    text = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{text}.{micros.microseconds:06}" if micros else text


@dataclass(slots=True)
class Messages:
    """Messages of one connection, as the struct of the wire names them."""

    num_recv_msg: int = 0
    num_recv_msg_fail: int = 0
    num_recv_fail: int = 0
    num_send_msg: int = 0
    num_send_msg_fail: int = 0
    num_send_buffer_fail: int = 0
    num_wait_msgq_enqueue: int = 0
    num_wait_msgq_dequeue: int = 0
    num_write_ready_cb_error: int = 0

    def stats(self) -> SandeshSessionStats:
        """The struct of the wire."""
        return SandeshSessionStats(**asdict(self))


@dataclass(slots=True)
class Activity:
    """Traffic and messages of the present connection, and all events since the start."""

    rx: Traffic = field(default_factory=Traffic)
    tx: Traffic = field(default_factory=Traffic)
    messages: Messages = field(default_factory=Messages)
    events: Counter[str] = field(default_factory=Counter)
    last_event: str = ""
    last_event_us: int = 0
    last_state: State = State.IDLE

    def happened(self, event: Event, state: State, now_us: int) -> None:
        """An event came to the session while it was in this state."""
        if isinstance(event, Connected):
            self.rx, self.tx, self.messages = Traffic(), Traffic(), Messages()
        if isinstance(event, TimerExpired):
            self._count(_IDLE_OVER if state is State.IDLE else _WAIT_OVER, 1, now_us)
        else:
            self._count(_EVENTS[type(event)], 1, now_us)
        if isinstance(event, MessageReceived):
            self.messages.num_recv_msg += 1
        elif isinstance(event, Unwanted):
            self.messages.num_recv_msg_fail += 1
        elif isinstance(event, Broken):
            self.messages.num_recv_fail += 1
            self.rx.errors += 1

    def sent(self, count: int, now_us: int) -> None:
        """So many messages were written."""
        self.messages.num_send_msg += count
        self._count(SENT, count, now_us)

    def send_failed(self) -> None:
        """A write failed."""
        self.messages.num_send_msg_fail += 1
        self.tx.errors += 1

    def held_up(self, count: int, duration_s: float) -> None:
        """So many messages had to wait until the collector took more."""
        self.messages.num_wait_msgq_enqueue += count
        self.messages.num_wait_msgq_dequeue += count
        self.tx.waited(duration_s)

    def state_stats(self, state: State, since_us: int) -> SandeshStateMachineStats:
        """The struct of the wire: events by name, their sum under the empty name; none waits, so none is lost."""
        by_name = [*sorted(self.events.items()), ("", self.events.total())]
        return SandeshStateMachineStats(
            ev_stats=[
                SandeshStateMachineEvStats(event=name, enqueues=count, dequeues=count, enqueue_fails=0, dequeue_fails=0)
                for name, count in by_name
            ],
            state=state.value,
            state_since=since_us,
            last_state=self.last_state.value,
            last_event=self.last_event,
            last_event_at=self.last_event_us,
        )

    def _count(self, name: str, count: int, now_us: int) -> None:
        self.events[name] += count
        self.last_event, self.last_event_us = name, now_us
