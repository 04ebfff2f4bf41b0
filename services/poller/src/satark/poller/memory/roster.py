"""All links that were ever seen of an orchestrator: their entity keys through replacements, and their states. Pure.

A link's entity key is made of the internal id under which it was first seen. When a modem, SIM or card is swapped, the
orchestrator gives a new internal id to a link of the same edge, interface and name; its history goes on under the old
key (1.5 of the specification: continuity by a soft key). What is known survives a restart: it is read back from the
states' topic.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from satark.poller.inventory import Link, Place, entity_prefix
from satark.poller.readings import Reading
from satark.poller.schedule import EPOCH
from satark.schemas.identifiers import instant
from satark.schemas.metrics import WAN_LINK
from satark.schemas.states import EntityState, State, state_id

LinkKey = tuple[str, str]
"""The enterprise's key and a link's internal id, which need not differ between enterprises."""

SoftKey = tuple[str, str, str, str]
"""Ids of enterprise and edge, interface and name of the link."""


def alive_links(rows: Iterable[Reading]) -> set[LinkKey]:
    """Return the links that have values."""
    return {(row.enterprise, row.link.internal_id) for row in rows if row.metrics}


@dataclass(slots=True)
class Member:
    """What is known of one entity."""

    link_id: str
    labels: Mapping[str, str]
    state: State | None
    since: datetime
    note: str = ""


class Roster:
    """The links of one orchestrator, by entity key."""

    def __init__(self, orchestrator: str) -> None:
        self._prefix = entity_prefix(orchestrator)
        self._members: dict[str, Member] = {}
        self._by_link: dict[tuple[str, str], str] = {}
        self._by_soft: dict[SoftKey, str] = {}

    def __len__(self) -> int:
        """Return the number of entities."""
        return len(self._members)

    def __contains__(self, entity: object) -> bool:
        """Return whether the entity is known."""
        return entity in self._members

    def learn(self, known: EntityState) -> None:
        """Take over what was published before; other kinds and other orchestrators are of no interest."""
        if known.kind == WAN_LINK and known.entity.startswith(self._prefix):
            link_id = known.labels.get("link_id", known.entity.rpartition("/")[2])
            self._enter(known.entity, Member(link_id, known.labels, known.state, known.since))

    def entity(self, place: Place, link: Link, *, alive: Collection[LinkKey] = ()) -> str:
        """Return the entity key of a link; `alive` are the links that have values now.

        An unknown internal id with values continues the entity of the same edge, interface and name, unless that link
        has values too. When both turn out to live it was no replacement: each has its own key, and the first keeps the
        history. A link without values replaces nobody.
        """
        own = place.entity(link.internal_id)
        known = self._by_link.get((place.enterprise.stable_id, link.internal_id))
        entity = known or self._by_soft.get(_soft(place, link), own)
        if entity in self._members and _key(place, link.internal_id) not in alive:
            return entity
        was = self._members.get(entity)
        rivals = {entity.removeprefix(place.entity("")), was.link_id if was else ""} - {link.internal_id}
        if any(_key(place, rival) in alive for rival in rivals):
            entity, was = own, self._members.get(own)
        if was is None:
            self._enter(entity, Member(link.internal_id, place.labels(link.internal_id, link), None, EPOCH))
        elif was.link_id != link.internal_id:
            note = "" if known else f"link replaced: {was.link_id} is now {link.internal_id}"
            self._enter(entity, Member(link.internal_id, was.labels, was.state, was.since, note))
        return entity

    def link_id(self, entity: str) -> str:
        """Return the internal id that stands for an entity now."""
        return self._members[entity].link_id

    def changed(
        self, entity: str, state: State, labels: Mapping[str, str], since: datetime, now: datetime
    ) -> EntityState | None:
        """Return the event when an entity's state or names differ from what was told last, None when they do not."""
        member = self._members[entity]
        if member.state is state and member.labels == labels and not member.note:
            return None
        previous = member.state
        since = member.since if previous is state else since
        event = EntityState(
            id=state_id(entity, state, instant(now), member.note),
            entity=entity,
            kind=WAN_LINK,
            time=now,
            state=state,
            since=since,
            previous=previous,
            note=member.note,
            labels=dict(labels),
        )
        self._enter(entity, Member(member.link_id, dict(labels), state, since))
        return event

    def state(self, entity: str) -> State | None:
        """Return the state that was told last."""
        member = self._members.get(entity)
        return member.state if member else None

    def since(self, entity: str) -> datetime:
        """Return since when an entity is in its state."""
        return self._members[entity].since

    def missing(self, seen: Collection[str], enterprises: Collection[str]) -> Iterable[tuple[str, Mapping[str, str]]]:
        """Yield the entities of some enterprises, by their stable ids, that are not among those seen, with their labels."""
        for entity, member in list(self._members.items()):
            if entity not in seen and member.labels.get("enterprise_id") in enterprises:
                yield entity, member.labels

    def counts(self) -> dict[State, int]:
        """Return how many links are in each state."""
        found = dict.fromkeys(State, 0)
        for member in self._members.values():
            if member.state is not None:
                found[member.state] += 1
        return found

    def _enter(self, entity: str, member: Member) -> None:
        labels = member.labels
        enterprise = labels.get("enterprise_id", "")
        self._members[entity] = member
        self._by_link.setdefault((enterprise, entity.removeprefix(f"{self._prefix}{enterprise}/")), entity)
        self._by_link[enterprise, member.link_id] = entity
        soft = (enterprise, labels.get("edge_id", ""), labels.get("interface", ""), labels.get("link", ""))
        if all(soft):
            self._by_soft[soft] = entity


def _key(place: Place, internal_id: str) -> LinkKey:
    return place.enterprise.key, internal_id


def _soft(place: Place, link: Link) -> SoftKey:
    labels = place.labels(link.internal_id, link)
    return (place.enterprise.stable_id, place.edge.stable_id, labels.get("interface", ""), labels["link"])
