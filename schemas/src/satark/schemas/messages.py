"""Messages: what somebody else's system says in words: a vendor's event today, a daemon's log tomorrow."""

from enum import IntEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.metrics import EntityKey, LabelName, LabelValue, Time


class Level(IntEnum):
    """Syslog's severities (RFC 5424, 6.2.1); the lower, the graver."""

    EMERGENCY = 0
    ALERT = 1
    CRITICAL = 2
    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6
    DEBUG = 7


class SandeshHeader(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a daemon's message says of itself besides its content; numbers and names are the sender's."""

    type: Annotated[str, Meta(description="SYSTEM, OBJECT, TRACE, TRACE_OBJECT, RESPONSE, SYSLOG, FLOW and so on.")]
    source: str = ""
    node_type: str = ""
    module: str = ""
    instance: str = ""
    sequence_number: int = 0
    level: Annotated[int, Meta(description="Severity as sent; 2147483647 is none.")] = 2_147_483_647
    hints: int = 0
    context: Annotated[str, Meta(description="In an answer: the request's id.")] = ""
    namespace: str = ""
    version_sig: int = 0
    pid: int | None = None
    ip_address: str | None = None


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was said."""

    id: Annotated[str, Meta(description="The same message of the same source always has the same id.")]
    entity: Annotated[EntityKey, Meta(description="Whom it is about; also the Kafka key.")]
    kind: Annotated[str, Meta(description="What kind of message, for example vco-event.", max_length=64)]
    time: Annotated[Time, Meta(description="When it was said, UTC.")]
    name: Annotated[str, Meta(description="The message's type, for example LINK_DEAD.", max_length=256)]
    level: Annotated[Level, Meta(description="Syslog severity, 0 (emergency) to 7 (debug).")] = Level.INFO
    category: Annotated[str, Meta(description="The source's own grouping.", max_length=256)] = ""
    text: Annotated[str, Meta(description="The message in words.", max_length=32_768)] = ""
    fields: Annotated[
        dict[str, str], Meta(description="What else the source says, by its own names.", max_length=512)
    ] = {}
    labels: Annotated[
        dict[LabelName, LabelValue],
        Meta(description="Names a person knows the entity by: orchestrator, enterprise, edge.", max_length=64),
    ] = {}
    sandesh: Annotated[SandeshHeader | None, Meta(description="The header, when a daemon sent it over Sandesh.")] = None
    objects: Annotated[
        tuple[str, ...], Meta(description="Objects that it speaks of, each table:name.", max_length=256)
    ] = ()
    body: Annotated[str, Meta(description="The whole message as XML, when it came as such.")] = ""
