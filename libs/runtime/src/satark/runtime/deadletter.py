"""Dead letters: a record that cannot be processed is kept as it was, with its cause and place in headers."""

from collections.abc import Mapping
from datetime import datetime

from satark.runtime.records import OutgoingRecord, Record

PREFIX = "dlq_"
MAX_DETAIL_CHARS = 1_000


def dead_letter(record: Record, error: Exception, *, service: str, now: datetime) -> OutgoingRecord:
    """Return the record for `<topic>.dlq`: original key, value and headers, and `dlq_*` headers that say why.

    The reason is the error's `reason` attribute where it has one, else its class.
    """
    about = {
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "timestamp": record.timestamp.isoformat(),
        "reason": reason_of(error),
        "detail": str(error)[:MAX_DETAIL_CHARS],
        "service": service,
        "time": now.isoformat(),
    }
    original = tuple((name, value) for name, value in record.headers if not name.startswith(PREFIX))
    added = tuple((PREFIX + name, text.encode(errors="replace")) for name, text in about.items())
    return OutgoingRecord(topic=f"{record.topic}.dlq", key=record.key, value=record.value, headers=original + added)


def reason_of(error: Exception) -> str:
    """Return the short stable word for an error, fit to be a metric's label."""
    return str(getattr(error, "reason", type(error).__name__))


def about(letter: Record) -> Mapping[str, str]:
    """Return what a dead letter's headers say: topic, partition, offset, timestamp, reason, detail, service, time."""
    return {
        name.removeprefix(PREFIX): value.decode(errors="replace")
        for name, value in letter.headers
        if name.startswith(PREFIX)
    }


def revived(letter: Record) -> OutgoingRecord:
    """Return the original record of a dead letter, for its original topic.

    Raises ValueError when the letter does not name its topic: it is no dead letter, or it never was a record
    (an orchestrator's answer that was set aside).
    """
    topic = about(letter).get("topic")
    if not topic or topic == letter.topic:
        raise ValueError(
            f"{letter.topic} partition {letter.partition} offset {letter.offset} names no topic to go back to"
        )
    headers = tuple((name, value) for name, value in letter.headers if not name.startswith(PREFIX))
    return OutgoingRecord(topic=topic, key=letter.key, value=letter.value, headers=headers)
