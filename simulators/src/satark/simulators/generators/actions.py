"""What a simulated daemon does, as values."""

from dataclasses import dataclass
from typing import TypeAlias

from satark.sandesh.types import Message


@dataclass(frozen=True, slots=True)
class Tell:
    """Send a message; the level and category are a log's."""

    message: Message
    level: int | None = None
    category: str = ""


@dataclass(frozen=True, slots=True)
class Keep:
    """Put a message into a trace buffer."""

    buffer: str
    message: Message


@dataclass(frozen=True, slots=True)
class TellTraces:
    """Send what a trace buffer has gathered."""

    buffer: str


@dataclass(frozen=True, slots=True)
class Restart:
    """The process ends, without a word, and another begins; `life` is its number."""

    life: int


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The session is lost."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Go to the collector of this number, modulo their count; nothing happens if that is the present one."""

    collector: int


@dataclass(frozen=True, slots=True)
class Load:
    """Send `count` more messages, spread over the tick; `first` is the number of the first."""

    first: int
    count: int


Action: TypeAlias = Tell | Keep | TellTraces | Restart | Disconnect | Connect | Load
