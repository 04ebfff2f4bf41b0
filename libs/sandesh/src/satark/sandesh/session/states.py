"""What a session is: which end, in which state, since when and until when (clause 4)."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

from satark.sandesh.wire.control import Identity


class Role(Enum):
    """Which end of a connection."""

    CLIENT = "client"
    SERVER = "server"


class State(Enum):
    """Where a session is; the values are the originals' names, which operators know."""

    IDLE = "Idle"
    DISCONNECT = "Disconnect"
    CONNECT = "Connect"
    CLIENT_INIT = "ClientInit"
    SERVER_INIT = "ServerInit"
    ESTABLISHED = "Established"
    CLOSED = "Closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """How long a session waits, in seconds, for a connection and a reply, and before it tries again.

    `stable_s`: one that lasted so long may be followed by another at once. `accept_s`: how long a server waits for
    the first control message.
    """

    connect_s: float = 5.0
    negotiate_s: float = 30.0
    first_hold_s: float = 1.0
    longest_hold_s: float = 30.0
    stable_s: float = 30.0
    accept_s: float = 60.0

    def hold_s(self, rounds: int) -> float:
        """The wait after so many rounds through the whole list of collectors: 1, 2, 4 and so on, at most 30."""
        if rounds <= 0:
            return 0.0
        doublings = min(rounds - 1, 32)
        return min(self.first_hold_s * 2.0**doublings, self.longest_hold_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session. The number `connection` tells events of the present connection from those of one before it.

    `deadline_s` is when `TimerExpired` is due, on the clock of `now_s`. `failures` counts what went wrong since a
    connection was stable, `connections` those that were made. `peer` is the other end's name for people.
    """

    role: Role
    state: State
    since_s: float
    timers: Timers = Timers()
    deadline_s: float | None = None
    collectors: tuple[str, ...] = ()
    collector: str | None = None
    connection: int = 0
    connections: int = 0
    failures: int = 0
    identity: Identity | None = None
    peer: str = ""
    reason: str = ""

    @classmethod
    def client(cls, collectors: tuple[str, ...], now_s: float, timers: Timers | None = None) -> Self:
        """A generator's session, which does nothing until `Start`."""
        return cls(role=Role.CLIENT, state=State.IDLE, since_s=now_s, collectors=collectors, timers=timers or Timers())

    @classmethod
    def server(cls, peer: str, now_s: float, timers: Timers | None = None) -> Self:
        """A collector's session for a connection from `peer` that it has just accepted."""
        known = timers or Timers()
        deadline_s = now_s + known.accept_s
        state = State.SERVER_INIT
        return cls(role=Role.SERVER, state=state, since_s=now_s, deadline_s=deadline_s, peer=peer, timers=known)

    def enter(self, state: State, now_s: float, *, reason: str, wait_s: float | None = None) -> Self:
        """The same session in another state, to leave it at the latest after `wait_s`."""
        deadline_s = None if wait_s is None else now_s + wait_s
        return replace(self, state=state, since_s=now_s, deadline_s=deadline_s, reason=reason)
