"""Dead letters as a person sees them: which are meant, what each says, and which can go back. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from satark.runtime import deadletter
from satark.runtime.records import OutgoingRecord, Record

SUFFIX = ".dlq"
MAX_KEY_CHARS = 200
UNKNOWN = "unknown"

_AGO = re.compile(r"(?P<count>\d{1,6})(?P<unit>[smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_PLACE = re.compile(r"(?:(?P<topic>[A-Za-z0-9._-]{1,249})/)?(?P<partition>\d{1,9})/(?P<offset>\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dead letter is; without a topic it is the only selected one's."""

    topic: str | None
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters are meant. Empty means all; `places` are (partition, offset)."""

    reason: str | None = None
    since: datetime | None = None
    places: frozenset[tuple[int, int]] = frozenset()

    def includes(self, letter: Record) -> bool:
        """Return whether a letter is meant."""
        return (
            (self.reason is None or reason(letter) == self.reason)
            and (self.since is None or letter.timestamp >= self.since)
            and (not self.places or (letter.partition, letter.offset) in self.places)
        )


@dataclass(slots=True)
class Tally:
    """What a replay would do, or did: letters by topic and reason, and why others are left out.

    `ends` is the last selected offset of each (topic, partition): later letters came while we were at work.
    """

    replayed: Counter[tuple[str, str]] = field(default_factory=Counter)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    ends: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, letter: Record, outgoing: OutgoingRecord | str) -> None:
        """Count one letter with its verdict (see `verdict`)."""
        self.ends[letter.topic, letter.partition] = letter.offset
        if isinstance(outgoing, str):
            self.skipped[letter.topic, outgoing] += 1
        else:
            self.replayed[letter.topic, reason(letter)] += 1


def dead_letter_topic(name: str) -> str:
    """Return the topic of dead letters for its own name or the original topic's."""
    return name if name.endswith(SUFFIX) else name + SUFFIX


def place(text: str) -> Place:
    """Return the place of `topic/partition/offset`, or of `partition/offset`.

    Raises ValueError.
    """
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not topic/partition/offset or partition/offset")
    topic = found["topic"]
    return Place(dead_letter_topic(topic) if topic else None, int(found["partition"]), int(found["offset"]))


def since(text: str, now: datetime) -> datetime:
    """Return the time that `30m`, `2h`, `7d` ago was, or that an RFC 3339 time says; without an offset it is UTC.

    Raises ValueError.
    """
    if found := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[found["unit"]]: int(found["count"])})
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is neither a time like 2026-03-02T10:00Z nor an age like 30m, 2h, 7d") from error
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def reason(letter: Record) -> str:
    """Return why a letter is dead, in a word."""
    return deadletter.about(letter).get("reason", UNKNOWN)


def verdict(letter: Record, topics: Collection[str]) -> OutgoingRecord | str:
    """Return the original record of a letter, or why it cannot go back. `topics` are those that exist."""
    if deadletter.CUT in deadletter.about(letter):
        return "only a part of it was kept"
    try:
        record = deadletter.revived(letter)
    except ValueError:
        return "it came from no topic"
    if dead_letter_topic(record.topic) != letter.topic:
        return f"it says that it came from {printable(record.topic)}, whose letters are elsewhere"
    if record.topic not in topics:
        return f"the topic {record.topic} does not exist"
    return record


def summary(letter: Record) -> dict[str, Any]:
    """Return what a list shows of a letter, ready for JSON."""
    about = deadletter.about(letter)
    return {
        "time": letter.timestamp.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "key": None if letter.key is None else printable(letter.key.decode(errors="replace"))[:MAX_KEY_CHARS],
        "reason": about.get("reason", UNKNOWN),
        "detail": about.get("detail", ""),
        "service": about.get("service", UNKNOWN),
        "bytes": len(letter.value or b""),
        "from": _origin(about),
    }


def _origin(about: Mapping[str, str]) -> str | None:
    if "topic" not in about:
        return None
    return "/".join((about["topic"], about.get("partition", "?"), about.get("offset", "?")))


def printable(text: str) -> str:
    """Return a text in which nothing can move the cursor or colour the terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
