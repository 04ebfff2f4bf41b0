"""A syslog line as a message of the contract. Pure.

The id is made of what was said: host, time and bytes. The same line that comes twice (a datagram doubled, two gateways
told by one device) is one message. Two equal lines of one host in one second of a stamp without fraction are one, too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from satark.sandesh_gateway.receivers.syslog.line import SyslogLine
from satark.schemas.identifiers import identifier, instant
from satark.schemas.messages import Level, Message

KIND = "syslog"
UNNAMED = "-"
"""Name of a line that has neither application nor message type: RFC 5424's own word for nothing."""
MAX_NAME_CHARS = 256
MAX_TEXT_CHARS = 32_768


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a sender's clock may be off. Beyond, the time of reception counts and `stated_time` keeps the other."""

    ahead: timedelta
    age: timedelta

    def accepts(self, said: datetime, now: datetime) -> bool:
        """Return whether something may have been said then."""
        return now - self.age <= said <= now + self.ahead


def message_of(line: SyslogLine, *, raw: bytes, address: str, now: datetime, trust: Trust) -> Message:
    """Return the message of a line that came from an address at a time."""
    host = line.host or address
    time = line.time if line.time is not None and trust.accepts(line.time, now) else now
    said = {"msgid": line.msgid, "procid": line.procid}
    if line.time is not None and time is not line.time:
        said["stated_time"] = instant(line.time)
    return Message(
        id=identifier("message", KIND, host, instant(time), sha256(raw).hexdigest()),
        entity=f"{KIND}/{host}",
        kind=KIND,
        time=time,
        name=(line.app or line.msgid or UNNAMED)[:MAX_NAME_CHARS],
        level=Level(line.severity),
        category=line.facility,
        text=line.text[:MAX_TEXT_CHARS],
        fields={**line.data, **{name: value for name, value in said.items() if value}},
        labels={"source": KIND, "host": host, "address": address},
    )
