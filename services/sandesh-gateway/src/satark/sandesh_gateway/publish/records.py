"""Events as records: a withdrawal goes to every partition, anything else where its key says. Pure."""

from collections.abc import Iterable

from satark.runtime.records import OutgoingRecord
from satark.schemas.codec import Event, encode
from satark.schemas.topics import FRAMES_DLQ
from satark.schemas.uves import SharesWithdrawn

SOURCE = "/satark/gateway"
MAX_LETTER_BYTES = 900_000
PREFIX = "dlq_"


def records_of(events: Iterable[Event], uve_partitions: Iterable[int]) -> tuple[OutgoingRecord, ...]:
    """Return the records of events, in their order."""
    partitions = sorted(uve_partitions)
    records: list[OutgoingRecord] = []
    for event in events:
        made = encode(event, source=SOURCE)
        if isinstance(event, SharesWithdrawn):
            records += (
                OutgoingRecord(made.topic, made.key, made.value, made.headers, partition=each) for each in partitions
            )
        else:
            records.append(OutgoingRecord(made.topic, made.key, made.value, made.headers))
    return tuple(records)


def letter_of(data: bytes, *, sender: str, cause: str, detail: str, time: str) -> OutgoingRecord:
    """Return the dead letter of bytes that came over a socket; what does not fit into a record is cut, and said to be."""
    about = {"reason": cause, "detail": detail[:1_000], "service": "gateway", "time": time, "sender": sender}
    if len(data) > MAX_LETTER_BYTES:
        about["original_bytes"] = str(len(data))
    headers = tuple((PREFIX + name, text.encode(errors="replace")) for name, text in about.items())
    return OutgoingRecord(FRAMES_DLQ, sender.encode(), data[:MAX_LETTER_BYTES], headers)
