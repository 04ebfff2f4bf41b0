"""What can happen to a session."""

from dataclasses import dataclass
from typing import TypeAlias

from satark.sandesh.session.causes import RxCause
from satark.sandesh.wire.control import Hello, Reply
from satark.sandesh.wire.errors import SandeshError
from satark.sandesh.wire.xml import Received


@dataclass(frozen=True, slots=True)
class Start:
    """A generator begins."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The program ends, or wants no session any more."""


@dataclass(frozen=True, slots=True)
class TimerExpired:
    """The deadline may have passed; too early an event does nothing."""


@dataclass(frozen=True, slots=True)
class CollectorsChanged:
    """The list of collectors is now another."""

    collectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connected:
    """The connection that `Connect` asked for is there."""

    connection: int


@dataclass(frozen=True, slots=True)
class ConnectFailed:
    """It is not there and will not be."""

    connection: int
    problem: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The peer closed the connection, or it broke."""

    connection: int = 0
    problem: str = "closed by the peer"


@dataclass(frozen=True, slots=True)
class Broken:
    """The peer sent what makes the rest of the connection worthless."""

    error: SandeshError


@dataclass(frozen=True, slots=True)
class HelloReceived:
    """A generator told who it is."""

    hello: Hello


@dataclass(frozen=True, slots=True)
class ReplyReceived:
    """A collector answered."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message that is no negotiation."""

    received: Received


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A message that is not taken, and why; the connection is sound."""

    name: str
    length: int
    cause: RxCause
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Overflowed:
    """UVEs no longer fit into the send queue: only a new session, with a new synchronisation, makes up for it."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another session of the same generator has begun."""


Event: TypeAlias = (
    Start
    | Stop
    | TimerExpired
    | CollectorsChanged
    | Connected
    | ConnectFailed
    | Lost
    | Broken
    | HelloReceived
    | ReplyReceived
    | MessageReceived
    | Unwanted
    | Overflowed
    | Superseded
)
