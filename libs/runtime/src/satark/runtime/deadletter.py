"""Dead letters: a record that cannot be processed is kept as it was, with its cause and place in headers."""

from collections.abc import Mapping
from datetime import datetime

from satark.runtime.records import OutgoingRecord, Record

PREFIX = "dlq_"
MAX_DETAIL_CHARS = 1_000
CUT = "cut_from_bytes"
"""Said of a letter that holds only a part of the record: how large that was."""

MAX_BYTES = 900_000
"""What a letter keeps of key, headers and value together. With what it says it must fit into the million bytes that Kafka
and its clients take at most: a letter that cannot be written would stop whoever writes it for ever."""

MAX_KEY_BYTES, MAX_HEADERS_BYTES = 10_000, 100_000
"""What it keeps of each where all together are too much. Headers are kept all or none."""

Headers = tuple[tuple[str, bytes], ...]


def dead_letter(record: Record, error: Exception, *, service: str, now: datetime) -> OutgoingRecord:
    """Return the record for `<topic>.dlq`: original key, value and headers, and `dlq_*` headers that say why.

    The reason is the error's `reason` attribute where it has one, else its class. Of a record that is too large a part is
    kept, which is said too.
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
    key, value = record.key, record.value
    original = tuple((name, value) for name, value in record.headers if not name.startswith(PREFIX))
    if (size := _size(key, value, original)) > MAX_BYTES:
        about[CUT] = str(size)
        key, value, original = _part(key, value, original)
    added = tuple((PREFIX + name, text.encode(errors="replace")) for name, text in about.items())
    return OutgoingRecord(topic=f"{record.topic}.dlq", key=key, value=value, headers=original + added)


def _size(key: bytes | None, value: bytes | None, headers: Headers) -> int:
    return len(key or b"") + len(value or b"") + sum(len(name.encode()) + len(text) for name, text in headers)


def _part(key: bytes | None, value: bytes | None, headers: Headers) -> tuple[bytes | None, bytes | None, Headers]:
    """Return as much as a letter has room for."""
    key = key and key[:MAX_KEY_BYTES]
    if _size(None, None, headers) > MAX_HEADERS_BYTES:
        headers = ()
    return key, value and value[: MAX_BYTES - _size(key, None, headers)], headers


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
    (an orchestrator's answer that was set aside); and when it has a part of the record only.
    """
    said, place = about(letter), f"{letter.topic} partition {letter.partition} offset {letter.offset}"
    topic = said.get("topic")
    if not topic or topic == letter.topic:
        raise ValueError(f"{place} names no topic to go back to")
    if CUT in said:
        raise ValueError(f"{place} has only a part of a record of {said[CUT]} bytes")
    headers = tuple((name, value) for name, value in letter.headers if not name.startswith(PREFIX))
    return OutgoingRecord(topic=topic, key=letter.key, value=letter.value, headers=headers)
