"""What a session wants done, in the order given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from satark.sandesh.session.causes import RxCause
from satark.sandesh.session.states import State
from satark.sandesh.wire.control import Hello
from satark.sandesh.wire.xml import Received


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a connection to `collector`; give up by `ConnectFailed`, or at `Close`."""

    collector: str
    connection: int


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection, made or in the making, and log why."""

    reason: str


@dataclass(frozen=True, slots=True)
class SendHello:
    """Send the control message that opens a session."""

    connections: int


@dataclass(frozen=True, slots=True)
class SendReply:
    """Take the generator and answer it, with an entry for each of its types of UVE in its own spelling."""

    hello: Hello


@dataclass(frozen=True, slots=True)
class Synchronise:
    """Send again every cached UVE of a later number than the collector has seen of its type (clause 4.5)."""

    seen: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message for the application."""

    received: Received


@dataclass(frozen=True, slots=True)
class Discard:
    """A message that nobody gets, to be counted by its cause."""

    name: str
    length: int
    cause: RxCause
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The session is in another state; a generator tells it in its own UVEs."""

    before: State
    after: State
    reason: str


Action: TypeAlias = Connect | Close | SendHello | SendReply | Synchronise | Deliver | Discard | Changed
