"""Logs, objects' logs, traces, answers and the rest: one message, one event, with the whole as XML."""

from datetime import datetime

from satark.sandesh.contents import body_xml, object_keys, plain_text, tree_of
from satark.sandesh.types import Level as SandeshLevel
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.xml import Received
from satark.sandesh_gateway.translate.origin import Origin, time_of
from satark.schemas.identifiers import identifier
from satark.schemas.messages import Level, Message, SandeshHeader

KIND = "sandesh"
MAX_NAME = 256
MAX_FIELDS = 64
MAX_FIELD_CHARACTERS = 1_024


def message_of(received: Received, origin: Origin, now: datetime) -> Message:
    """Return the message as an event. Raises `ContentError`."""
    header = received.header
    number, stamp = str(header.sequence_number), str(header.timestamp_us)
    return Message(
        id=identifier("sandesh", origin.generator, received.name, number, stamp, str(header.type), header.context),
        entity=entity_of(origin.generator),
        kind=KIND,
        time=time_of(header.timestamp_us, now),
        name=received.name[:MAX_NAME],
        level=level_of(header.level),
        category=header.category[:MAX_NAME],
        text=plain_text(received),
        fields=_fields(received),
        labels={
            "source": header.source[:1024],
            "node_type": header.node_type[:1024],
            "module": header.module[:1024],
            "instance": header.instance_id[:1024],
        },
        sandesh=_header(received),
        objects=tuple(str(key) for key in object_keys(received)),
        body=body_xml(received),
    )


def entity_of(generator: str) -> str:
    """Return the entity of what a generator says: order holds for each generator."""
    return f"generator/{generator}"[:512]


def level_of(level: int) -> Level:
    """Return syslog's severity for a level of Sandesh; one that says nothing is informational."""
    if SandeshLevel.SYS_EMERG <= level <= SandeshLevel.SYS_DEBUG:
        return Level(level)
    return Level.INFO


def type_of(number: int) -> str:
    """Return the name of a header's type, or its number."""
    try:
        return SandeshType(number).name
    except ValueError:
        return str(number)


def _fields(received: Received) -> dict[str, str]:
    """The scalars at the top, by name: what a reader needs no XML for."""
    scalars = ((field.name, field.value) for field in tree_of(received).fields if isinstance(field.value, str))
    return {name[:MAX_NAME]: text[:MAX_FIELD_CHARACTERS] for name, text in list(scalars)[:MAX_FIELDS]}


def _header(received: Received) -> SandeshHeader:
    header = received.header
    return SandeshHeader(
        type=type_of(header.type),
        source=header.source,
        node_type=header.node_type,
        module=header.module,
        instance=header.instance_id,
        sequence_number=header.sequence_number,
        level=header.level,
        hints=header.hints,
        context=header.context,
        namespace=header.namespace,
        version_sig=header.version_sig,
        pid=header.pid,
        ip_address=header.ip_address,
    )
