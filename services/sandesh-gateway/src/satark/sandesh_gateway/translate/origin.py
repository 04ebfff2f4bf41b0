"""Where a message came from, and what becomes of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from satark.schemas.codec import Event

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_PAST = timedelta(days=3650)
FUTURE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Origin:
    """The generator's name, its session (0 before it said hello), and the gateway that holds it."""

    generator: str
    session: int
    gateway: str
    statistics_interval_s: int = 60


@dataclass(frozen=True, slots=True)
class Translation:
    """The events of one message; with a `cause` the message is set aside as well, for the reason given.

    `problems` are faults in its annotations, which cost statistics but not the message.
    """

    events: tuple[Event, ...] = ()
    cause: str = ""
    detail: str = ""
    problems: tuple[str, ...] = ()


def time_of(timestamp_us: int, now: datetime) -> datetime:
    """Return a header's time, UTC; that of its arrival where the header's is none that a daemon of today can mean."""
    try:
        said = EPOCH + timedelta(microseconds=timestamp_us)
    except OverflowError:
        return now
    return said if now - LONGEST_PAST < said < now + FUTURE else now
