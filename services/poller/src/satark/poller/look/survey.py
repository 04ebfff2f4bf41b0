"""After a look at the newest sample: how every link is, who is still awaited, and who came back. Pure."""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from satark.poller.inventory import Link, Place
from satark.poller.look.states import BY_DESIGN, MISSED, REPORTED_LATER, Evidence, is_wanted, state_of
from satark.poller.memory.absences import Absences
from satark.poller.memory.progress import EdgeKey
from satark.poller.memory.roster import Roster, alive_links
from satark.poller.readings import Reading
from satark.poller.schedule import Rules, Window
from satark.poller.telling.missing import MAX_COUNT, missing
from satark.schemas.metrics import MetricSample
from satark.schemas.states import EntityState, State


@dataclass(slots=True)
class Survey:
    """State events, the entities whose sample may still come, and edges to read again because they reported late.

    `missing` are samples that say which links were missed, and how often in a row, or are back.
    """

    events: list[EntityState] = field(default_factory=list)
    awaited: set[str] = field(default_factory=set)
    returned: dict[EdgeKey, Window] = field(default_factory=dict)
    missing: list[MetricSample] = field(default_factory=list)


@dataclass(slots=True)
class Hearing:
    """When each entity last had a value: the end of that sample, or of the first look at it; and who is missed."""

    last: dict[str, datetime] = field(default_factory=dict)
    absences: Absences = field(default_factory=Absences)

    def heard(self, entity: str, end: datetime) -> None:
        """Remember that a sample which ended then had a value."""
        self.last[entity] = max(end, self.last.get(entity, end))

    def keep_only(self, entities: Container[str]) -> None:
        """Forget entities that are no more."""
        self.last = {entity: time for entity, time in self.last.items() if entity in entities}
        self.absences.keep_only(entities)


class Surveyor:
    """Looks at the readings of one window; a link that only just fell silent keeps its state: its sample may come."""

    def __init__(self, roster: Roster, hearing: Hearing, window: Window, rules: Rules) -> None:
        self._roster = roster
        self._hearing = hearing
        self._window = window
        self._rules = rules

    def fell_silent(self, places: Iterable[Place], heard: Mapping[str, Reading]) -> set[str]:
        """Return the keys of enterprises with links that had a value the last time and have none now."""
        alive = alive_links(heard.values())
        return {
            place.enterprise.key
            for place in places
            for link in place.edge.links.values()
            if self._just_silent(self._roster.entity(place, link, alive=alive), heard)
        }

    def expected(self, places: Iterable[Place], heard: Mapping[str, Reading]) -> int:
        """Return how many links should have values: they had, and neither answer nor inventory says why not."""
        edges = _by_edge(heard.values())
        alive = alive_links(heard.values())
        return sum(
            self._roster.state(self._roster.entity(place, link, alive=alive)) is State.OK
            and state_of(_evidence(place, link, edges.get(place.key), has_value=False)) not in BY_DESIGN
            for place in places
            for link in place.edge.links.values()
        )

    def _just_silent(self, entity: str, heard: Mapping[str, Reading]) -> bool:
        row = heard.get(entity)
        is_silent = row is None or not row.metrics
        return is_silent and self._hearing.last.get(entity) == self._window.start

    def survey(self, places: Iterable[Place], heard: Mapping[str, Reading], *, whole: Collection[str]) -> Survey:
        """Return what a look means for all links of some places; `heard` are its readings by entity.

        `whole` are the stable ids of enterprises all of whose edges are among the places: a link of theirs that is not
        there is gone.
        """
        found = Survey()
        edges = _by_edge(heard.values())
        alive = alive_links(heard.values())
        seen: set[str] = set(heard)
        for place in places:
            for link in place.edge.links.values():
                entity = self._roster.entity(place, link, alive=alive)
                current = self._roster.link_id(entity)
                if current != link.internal_id and current in place.edge.links:
                    continue  # replaced, and still listed for a day
                seen.add(entity)
                row = heard.get(entity)
                self._link(found, place, entity, row.link if row else link, row, edges.get(place.key))
        for entity, labels in self._roster.missing(seen, whole):
            since = self._hearing.last.get(entity, self._window.end)
            self._miss(found, entity, labels)
            self._tell(found, entity, State.GONE, labels, since)
        return found

    def _link(
        self, found: Survey, place: Place, entity: str, link: Link, row: Reading | None, of_edge: Reading | None
    ) -> None:
        has_value = row is not None and bool(row.metrics)
        evidence = _evidence(place, link, of_edge, has_value=has_value)
        state, labels = state_of(evidence), place.labels(link.internal_id, link)
        before = self._roster.state(entity)
        start, end = self._window.start, self._window.end
        silent_since = self._roster.since(entity) if before not in {None, State.OK} else start
        known = before is not None or entity in self._hearing.last
        last = self._hearing.last.setdefault(entity, silent_since)
        since = start
        if has_value:
            if last < start and before in REPORTED_LATER:
                earlier = found.returned.get(place.key)
                found.returned[place.key] = Window(min(last, earlier.start) if earlier else last, start)
            self._hearing.last[entity] = end
            self._find(found, entity, labels)
        else:
            since = last
            if state not in BY_DESIGN and end - last <= self._rules.late:
                found.awaited.add(entity)
                if known:
                    state = before or State.OK
            if is_wanted(evidence):
                self._miss(found, entity, labels)
        self._tell(found, entity, state, labels, since)

    def _miss(self, found: Survey, entity: str, labels: Mapping[str, str]) -> None:
        """Count a link that had values and has none; tell of it, unless its sample may only be late."""
        absences = self._hearing.absences
        if entity in absences or self._roster.state(entity) is State.OK:
            count = absences.missed(entity, self._window.start, tell=entity not in found.awaited)
            if 0 < count <= MAX_COUNT:
                found.missing.append(missing(entity, labels, self._window, count))

    def _find(self, found: Survey, entity: str, labels: Mapping[str, str]) -> None:
        """Tell that a link is back, if anybody may have been told that it was missed."""
        if self._hearing.absences.returned(entity) or self._roster.state(entity) in MISSED:
            found.missing.append(missing(entity, labels, self._window, 0))

    def _tell(self, found: Survey, entity: str, state: State, labels: Mapping[str, str], since: datetime) -> None:
        event = self._roster.changed(entity, state, labels, since, self._window.end)
        if event is not None:
            found.events.append(event)


def _by_edge(rows: Iterable[Reading]) -> dict[EdgeKey, Reading]:
    """Return one reading for each edge, one with values where there is one."""
    edges: dict[EdgeKey, Reading] = {}
    for row in rows:
        key = (row.enterprise, row.edge.key)
        if row.metrics or key not in edges:
            edges[key] = row
    return edges


def _evidence(place: Place, link: Link, of_edge: Reading | None, *, has_value: bool) -> Evidence:
    return Evidence(
        has_value=has_value,
        edge_state=(of_edge.edge.state if of_edge else "") or place.edge.state,
        link_state=link.state,
        mode=link.mode,
        backup_state=link.backup_state,
        edge_has_values=of_edge is not None and bool(of_edge.metrics),
    )
