"""What a receiver cuts out of the wire, and what it hands over: an event of the contract, or bytes that are none. Pure."""

from dataclasses import dataclass
from datetime import datetime

from satark.schemas.codec import Event


class UndecodableError(Exception):
    """A peer sent what cannot be understood. `reason` is a short stable word, fit to be a metric's label."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Frame:
    """One line; with an error only the head of one that is too long, or what came of one that was cut short."""

    raw: bytes
    error: UndecodableError | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """An event that a peer sent."""

    receiver: str
    event: Event


@dataclass(frozen=True, slots=True)
class DeadLine:
    """Bytes that are no event; `raw` is as received, or its head where it was longer than the limit."""

    receiver: str
    peer: str
    raw: bytes
    error: UndecodableError
    received: datetime


Delivery = Heard | DeadLine
