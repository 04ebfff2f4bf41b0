"""The orchestrator's own events as messages of the contract. Pure."""

from satark.poller.inventory import Enterprise
from satark.poller.readings import VendorEvent
from satark.schemas.identifiers import identifier
from satark.schemas.messages import Message

KIND = "vco-event"
MAX_ENTITY_CHARS = 512


def message_of(orchestrator: str, enterprise: Enterprise, event: VendorEvent) -> Message:
    """Return the message; its entity is the edge by its name, or the enterprise where no edge is named."""
    about = f"edge/{orchestrator}/{enterprise.stable_id}/{event.edge_name}"
    whole = f"enterprise/{orchestrator}/{enterprise.stable_id}"
    labels = {
        "orchestrator": orchestrator,
        "enterprise": enterprise.name or enterprise.key,
        "enterprise_id": enterprise.stable_id,
        "edge": event.edge_name,
    }
    return Message(
        id=identifier("message", orchestrator, enterprise.stable_id, event.id),
        entity=(about if event.edge_name else whole)[:MAX_ENTITY_CHARS],
        kind=KIND,
        time=event.time,
        name=event.name,
        level=event.level,
        category=event.category,
        text=event.text,
        fields=dict(event.fields),
        labels={name: text for name, text in labels.items() if text},
    )
