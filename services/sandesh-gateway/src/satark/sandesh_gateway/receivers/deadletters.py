"""Lines that are no events as records of the dead letters' topic. Pure."""

from satark.runtime.deadletter import MAX_DETAIL_CHARS, PREFIX
from satark.runtime.records import OutgoingRecord
from satark.sandesh_gateway.receivers.deliveries import DeadLine
from satark.schemas.topics import FRAMES_DLQ


def dead_record(line: DeadLine, *, service: str) -> OutgoingRecord:
    """Return the record: the bytes as they came, keyed by the peer, and why they are dead in headers.

    It names no topic to go back to: it never was a record.
    """
    about = {
        "reason": line.error.reason,
        "detail": str(line.error)[:MAX_DETAIL_CHARS],
        "service": service,
        "time": line.received.isoformat(),
        "receiver": line.receiver,
        "peer": line.peer,
    }
    headers = tuple((PREFIX + name, text.encode(errors="replace")) for name, text in about.items())
    return OutgoingRecord(topic=FRAMES_DLQ, key=line.peer.encode(), value=line.raw, headers=headers)
