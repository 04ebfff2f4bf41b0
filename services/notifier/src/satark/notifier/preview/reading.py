"""Incident events out of JSON, as Kafka has them or as `satark incidents ID --json` writes them. Pure."""

from collections.abc import Iterator
from typing import Any

import msgspec

from satark.notifier.events import Event
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.incidents import IncidentEvent

MAX_DEPTH = 6


class UnreadableEventsError(ValueError):
    """A file is no JSON, or holds no event. The text says which and where."""


def events_of(data: bytes) -> list[Event]:
    """Return the events of a JSON document, or of one document a line, in the order in which they stand there.

    Raises UnreadableEventsError.
    """
    found = [event for document in _documents(data) for event in _events(document, 0)]
    if not found:
        raise UnreadableEventsError("there is no incident event in it: an object with `event`, `entity` and `incident`")
    return found


def _documents(data: bytes) -> list[Any]:
    try:
        return [msgspec.json.decode(data)]
    except msgspec.DecodeError as error:
        whole = error
    try:
        return [msgspec.json.decode(line) for line in data.splitlines() if line.strip()]
    except msgspec.DecodeError:
        raise UnreadableEventsError(f"it is no JSON: {whole}") from None


def _events(node: Any, depth: int) -> Iterator[Event]:
    if depth > MAX_DEPTH:
        return
    if isinstance(node, list):
        for each in node:
            yield from _events(each, depth + 1)
    elif isinstance(node, dict) and isinstance(node.get("event"), str) and "entity" in node:
        yield _event(node)
    elif isinstance(node, dict):
        for each in node.values():
            yield from _events(each, depth + 1)


def _event(node: dict[str, Any]) -> Event:
    kind: Any = IncidentGroupEvent if "group" in node else IncidentEvent
    try:
        found: Event = msgspec.convert(node, kind)
    except msgspec.ValidationError as error:
        raise UnreadableEventsError(f"the event {node.get('id', '')} is none: {error}") from None
    return found
