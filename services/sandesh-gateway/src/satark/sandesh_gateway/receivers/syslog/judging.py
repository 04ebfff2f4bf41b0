"""What becomes of one line that was cut out of the wire. Pure."""

from datetime import datetime, tzinfo

from satark.sandesh_gateway.receivers.deliveries import DeadLine, Delivery, Frame, Heard, UndecodableError
from satark.sandesh_gateway.receivers.syslog.decoding import decode_line
from satark.sandesh_gateway.receivers.syslog.translation import KIND, Trust, message_of


def judged(frame: Frame, *, peer: str, now: datetime, zone: tzinfo, trust: Trust) -> Delivery:
    """Return the line as a message, or as it came with the cause why it is none."""
    if frame.error is not None:
        return DeadLine(KIND, peer, frame.raw, frame.error, now)
    try:
        line = decode_line(frame.raw, now=now, zone=zone)
    except UndecodableError as error:
        return DeadLine(KIND, peer, frame.raw, error, now)
    return Heard(KIND, message_of(line, raw=frame.raw, address=peer, now=now, trust=trust))
