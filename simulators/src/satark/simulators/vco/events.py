"""`event/getEnterpriseEvents`: what the world's outages look like in the event log, newest first (1.9).

An edge is called down after two missed heartbeats, a minute after it was last heard; its links a second later. An
event exists from its own time on. Names are the official enumeration's, texts are assumed (see the samples).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from satark.simulators.vco.errors import InvalidParams
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.outages import Outage, edge_outages, link_outages
from satark.simulators.vco.times import iso
from satark.simulators.vco.topology import Edge, Enterprise, Link

Name = Literal["EDGE_DOWN", "EDGE_UP", "LINK_DEAD", "LINK_ALIVE", "LINK_DETECTED"]
NAMES: tuple[Name, ...] = ("EDGE_DOWN", "EDGE_UP", "LINK_DEAD", "LINK_ALIVE", "LINK_DETECTED")
DETECTION = timedelta(seconds=60)
"""Two missed heartbeats of half a minute."""

AFTER_ITS_EDGE = timedelta(seconds=1)
ID_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
ID_SECONDS = 1 << 29
ID_OBJECTS = 1 << 21

Rule = tuple[str, str, tuple[str, ...]]
"""field, op, values."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of an edge, or of one of its links."""

    when: datetime
    name: Name
    edge: Edge
    link: Link | None = None

    @property
    def id(self) -> int:
        """A number that grows with time and is the event's own: seconds, name and object in 53 bits."""
        seconds = int((self.when - ID_EPOCH).total_seconds()) % ID_SECONDS
        number = (self.link.id if self.link else self.edge.id) % ID_OBJECTS
        return (seconds * len(NAMES) + NAMES.index(self.name)) * ID_OBJECTS + number

    @property
    def severity(self) -> str:
        """ALERT for what broke, INFO for what came back."""
        return "ALERT" if self.name in {"EDGE_DOWN", "LINK_DEAD"} else "INFO"

    @property
    def category(self) -> str:
        """EDGE or NETWORK."""
        return "EDGE" if self.link is None else "NETWORK"


def events_between(
    feed: Feed, enterprise: Enterprise, start: datetime, end: datetime, edges: Sequence[int] | None = None
) -> list[Event]:
    """Return an enterprise's events of [start, end), newest first, of all edges or of some by id."""
    early = start - DETECTION - AFTER_ITS_EDGE
    found = [
        event
        for edge in enterprise.edges
        if edges is None or edge.id in edges
        for event in _edge_events(feed, edge, early, end)
        if start <= event.when < end
    ]
    return sorted(found, key=lambda event: (event.when, event.id), reverse=True)


def matches(event: Event, rules: Sequence[Rule]) -> bool:
    """Return whether an event obeys all rules of a filter.

    Raises InvalidParams for a field or an op that there is not.
    """
    return all(_matches(event, *rule) for rule in rules)


def event_payload(event: Event) -> dict[str, Any]:
    """Return a row of the event log; `detail` is a JSON string or null."""
    edge, link = event.edge, event.link
    detail = link and {"logicalId": link.logical_id, "internalId": link.internal_id}
    return {
        "id": event.id,
        "eventTime": iso(event.when),
        "event": event.name,
        "category": event.category,
        "severity": event.severity,
        "message": _message(event),
        "detail": json.dumps(detail, separators=(",", ":")) if detail else None,
        "enterpriseUsername": None,
        "edgeName": edge.name,
        "segmentName": None,
    }


def _message(event: Event) -> str:
    if event.link is not None:
        happened = "detected" if event.name == "LINK_DETECTED" else f"is now {event.name.removeprefix('LINK_')}"
        return f"Link {event.link.interface} {happened}"
    return f"Edge [{event.edge.name}] is {'down' if event.name == 'EDGE_DOWN' else 'up'}"


def _edge_events(feed: Feed, edge: Edge, start: datetime, end: datetime) -> Iterator[Event]:
    offline = edge_outages(feed, edge, start, end)
    for outage in offline:
        if outage.ends is None or outage.ends - outage.begins >= DETECTION:
            yield Event(outage.begins + DETECTION, "EDGE_DOWN", edge)
            if outage.ends is not None:
                yield Event(outage.ends, "EDGE_UP", edge)
    for link in edge.links_at(end):
        if link.since is not None and not _within(offline, link.since):
            yield Event(link.since, "LINK_DETECTED", edge, link)
            yield Event(link.since + AFTER_ITS_EDGE, "LINK_ALIVE", edge, link)
        yield from _link_events(edge, link, link_outages(feed, link, start, end), offline)


def _link_events(edge: Edge, link: Link, own: Sequence[Outage], offline: Sequence[Outage]) -> Iterator[Event]:
    """Yield the deaths and lives of a link: with its edge, or of its own; what is dead does not die again."""
    for outage in offline:
        if outage.ends is not None and outage.ends - outage.begins < DETECTION:
            continue
        if link.since is not None and outage.begins < link.since:
            continue
        if not _within(own, outage.begins):
            yield Event(outage.begins + DETECTION + AFTER_ITS_EDGE, "LINK_DEAD", edge, link)
        if outage.ends is not None and not _within(own, outage.ends):
            yield Event(outage.ends + AFTER_ITS_EDGE, "LINK_ALIVE", edge, link)
    for outage in own:
        if not _within(offline, outage.begins):
            yield Event(outage.begins, "LINK_DEAD", edge, link)
        if outage.ends is not None and not _within(offline, outage.ends):
            yield Event(outage.ends, "LINK_ALIVE", edge, link)


def _within(outages: Sequence[Outage], when: datetime) -> bool:
    return any(one.holds(when) for one in outages)


def _matches(event: Event, field: str, op: str, values: Sequence[str]) -> bool:
    shown = {
        "event": event.name,
        "category": event.category,
        "severity": event.severity,
        "edgeName": event.edge.name,
        "message": _message(event),
    }
    if field not in shown:
        raise InvalidParams(f"filter field {field[:40]} is not supported")
    match op:
        case "=" | "is" | "in" | "equals":
            return shown[field] in values
        case "!=" | "isNot" | "notIn":
            return shown[field] not in values
        case "contains":
            return any(value in shown[field] for value in values)
        case _:
            raise InvalidParams(f"filter op {op[:40]} is not supported")
