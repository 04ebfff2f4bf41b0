"""Messages: a row each, and one for each object that they name."""

from collections.abc import Mapping
from types import MappingProxyType

from satark.analytics.ingest.mapping.origin import Origin, Values, microseconds
from satark.sandesh.types import SandeshType
from satark.schemas.messages import Message, SandeshHeader

NUMBERS: Mapping[str, int] = MappingProxyType({each.name: int(each) for each in SandeshType})
"""Types of messages as queries number them (analytics.md 3.5)."""

OTHER = 0
"""What came some other way than over Sandesh: an orchestrator's event."""

GRAVEST, MILDEST = 0, 7
MAX_COPIES_BYTES = 1_000_000
"""A message's body is with each of its objects, as long as all copies together are no larger."""

_NOBODY = SandeshHeader(type="")
_UINT32 = 2**32 - 1


def message_row(event: Message, origin: Origin) -> Values:
    """Return the row of `messages`."""
    said = event.sandesh or _NOBODY
    return (
        microseconds(event.time),
        event.id,
        source_of(event),
        said.node_type,
        module_of(event),
        said.instance,
        event.name,
        type_of(event),
        level_of(event),
        event.category,
        max(0, said.sequence_number),
        said.ip_address or "",
        min(max(0, said.pid or 0), _UINT32),
        said.context,
        event.entity,
        event.kind,
        event.text,
        event.body,
        event.fields,
        event.labels,
        event.objects,
        *origin,
    )


def object_rows(event: Message, origin: Origin) -> list[Values]:
    """Return rows of `objects`."""
    if not event.objects:
        return []
    said = event.sandesh or _NOBODY
    head = (microseconds(event.time), event.id)
    who = (source_of(event), module_of(event), said.node_type, said.instance)
    about = (*who, event.name, type_of(event), level_of(event))
    copies = max(1, MAX_COPIES_BYTES // max(1, len(event.body)))
    rows: list[Values] = []
    for at, key in enumerate(event.objects):
        table, _, name = key.partition(":")
        rows.append((*head, table, name, *about, event.body if at < copies else "", *origin))
    return rows


def type_of(event: Message) -> int:
    """Return the number of a message's type."""
    return NUMBERS.get(event.sandesh.type, OTHER) if event.sandesh else OTHER


def level_of(event: Message) -> int:
    """Return the severity as sent, or as the gateway took it when what was sent is none."""
    sent = event.sandesh.level if event.sandesh else int(event.level)
    return sent if GRAVEST <= sent <= MILDEST else int(event.level)


def source_of(event: Message) -> str:
    """Return the host that said it; of other systems their name."""
    return event.sandesh.source if event.sandesh else event.labels.get("orchestrator", "")


def module_of(event: Message) -> str:
    """Return the program that said it; of other systems what kind of message it is."""
    return event.sandesh.module if event.sandesh else event.kind
