"""Roster: a link keeps its key through a swap of its modem or card, and a change of its state is told once."""

from collections.abc import Collection

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from satark.poller.inventory import Link, Place
from satark.poller.memory.roster import Roster, alive_links
from satark.schemas.states import EntityState, State
from tests.unit.poller.links import ORCHESTRATOR, at, entity, link, place, reading

OLD, NEW, NEWER = link("old"), link("new"), link("newer")
HERE = place(OLD)


def alive(*links: Link, enterprise: str = "1") -> set[tuple[str, str]]:
    """Return the keys of links that have values."""
    return {(enterprise, one.internal_id) for one in links}


def tell(
    roster: Roster, where: Place, one: Link, state: State = State.OK, *, now: int = 0, values: Collection[Link] = ()
) -> EntityState | None:
    """Return the event of a link's being in a state."""
    key = roster.entity(where, one, alive=alive(*values))
    return roster.changed(key, state, where.labels(one.internal_id, one), at(now), at(now))


def told(roster: Roster, where: Place, one: Link, now: int = 0) -> EntityState:
    """Return the event of a link's being alive and well; there must be one."""
    event = tell(roster, where, one, now=now, values=[one])
    assert event is not None
    return event


class TestReplacement:
    def test_continues(self) -> None:
        """A new internal id of the same edge, interface and name continues the entity, with a note that is told once."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)
        event = told(roster, HERE, NEW, now=1)

        assert event.entity == entity("old")
        assert event.note == "link replaced: old is now new"
        assert event.labels["link_id"] == "new"
        assert event.state is event.previous is State.OK
        assert event.since == at(0)
        assert tell(roster, HERE, NEW, now=2, values=[NEW]) is None
        assert len(roster) == 1

    def test_note_waits(self) -> None:
        """The note is told with the next look at the newest sample, however often the link is met before."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)
        for _ in range(3):
            roster.entity(HERE, NEW, alive=alive(NEW))

        assert told(roster, HERE, NEW).note == "link replaced: old is now new"

    def test_again(self) -> None:
        """A link that is replaced twice is still the same entity."""
        roster = Roster(ORCHESTRATOR)
        for one in (OLD, NEW, NEWER):
            told(roster, HERE, one)

        assert roster.link_id(entity("old")) == "newer"
        assert [roster.entity(HERE, one) for one in (OLD, NEW, NEWER)] == [entity("old")] * 3

    def test_still_listed(self) -> None:
        """The old id, which is listed for a day after, does not take the entity back while it is silent."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)
        told(roster, HERE, NEW)
        roster.entity(HERE, OLD, alive=alive(NEW))

        assert roster.link_id(entity("old")) == "new"

    def test_comes_back(self) -> None:
        """An old modem that is put back continues the entity; its names are told."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)
        told(roster, HERE, NEW)
        event = told(roster, HERE, OLD, now=3)

        assert (event.entity, event.labels["link_id"]) == (entity("old"), "old")
        assert tell(roster, HERE, OLD, now=4, values=[OLD]) is None

    @pytest.mark.parametrize(
        ("where", "one"),
        [
            (place(edge="8"), NEW),
            (HERE, link("new", name="Fibre B")),
            (HERE, link("new", interface="GE4")),
            (place(enterprise="2"), NEW),
        ],
        ids=["edge", "name", "interface", "enterprise"],
    )
    def test_another_link(self, where: Place, one: Link) -> None:
        """A link of another edge, name, interface or enterprise is another link."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)

        assert told(roster, where, one).entity == where.entity("new")
        assert len(roster) == 2

    def test_nameless(self) -> None:
        """Links of which only the id is known are never taken for each other."""
        roster = Roster(ORCHESTRATOR)
        nameless = [Link("old"), Link("new")]

        assert [roster.entity(HERE, one) for one in nameless] == [entity("old"), entity("new")]


class TestBothAlive:
    def test_same_names(self) -> None:
        """Two links with the same names that both have values are two entities from the start."""
        roster = Roster(ORCHESTRATOR)
        both = alive(OLD, NEW)

        assert [roster.entity(HERE, one, alive=both) for one in (OLD, NEW)] == [entity("old"), entity("new")]

    def test_second_is_silent(self) -> None:
        """A new link without values replaces nobody yet; once it has values and the old one none, it does."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)

        assert roster.entity(HERE, NEW, alive=alive(OLD)) == entity("old")
        assert roster.entity(HERE, NEW) == entity("old")
        assert roster.link_id(entity("old")) == "old"
        assert told(roster, HERE, NEW).note == "link replaced: old is now new"

    @pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
    def test_no_replacement_after_all(self, order: tuple[Link, Link]) -> None:
        """When the replaced link lives beside its replacement, each has its own key at once, in any order."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)
        told(roster, HERE, NEW)
        keys = {one.internal_id: roster.entity(HERE, one, alive=alive(OLD, NEW)) for one in order}

        assert keys == {"old": entity("old"), "new": entity("new")}
        assert [roster.entity(HERE, one, alive=alive(one)) for one in order] == [keys[one.internal_id] for one in order]

    def test_same_id_elsewhere(self) -> None:
        """An id that another enterprise uses too says nothing of this one's link."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)

        assert roster.entity(HERE, NEW, alive=alive(OLD, enterprise="2") | alive(NEW)) == entity("old")


class TestRestart:
    def test_replacement_is_known(self) -> None:
        """After a restart both ids of a replaced link are known to be one entity, and nothing is told again."""
        roster = Roster(ORCHESTRATOR)
        again = restarted([told(roster, HERE, OLD), told(roster, HERE, NEW)])

        assert [again.entity(HERE, one, alive=alive(NEW)) for one in (OLD, NEW)] == [entity("old")] * 2
        assert again.link_id(entity("old")) == "new"
        assert tell(again, HERE, NEW, now=5, values=[NEW]) is None

    def test_replaced_meanwhile(self) -> None:
        """A link that was replaced while nobody looked continues its entity."""
        again = restarted([told(Roster(ORCHESTRATOR), HERE, OLD)])

        assert told(again, HERE, NEW).note == "link replaced: old is now new"

    def test_not_ours(self) -> None:
        """States of other orchestrators and of the orchestrator itself are of no interest."""
        theirs = told(Roster(ORCHESTRATOR), HERE, OLD)
        roster = Roster("vco.example.org")
        roster.learn(theirs)

        assert len(roster) == 0


class TestChanged:
    def test_first(self) -> None:
        """The first state of a link is told without one before it."""
        event = told(Roster(ORCHESTRATOR), HERE, OLD)

        assert (event.previous, event.state, event.note) == (None, State.OK, "")
        assert event.labels["enterprise_id"] == "uid-1"

    def test_once(self) -> None:
        """A state is told once, with the one before and since when it is."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)
        event = tell(roster, HERE, OLD, State.LINK_DOWN, now=3)

        assert event is not None
        assert (event.previous, event.state, event.since) == (State.OK, State.LINK_DOWN, at(3))
        assert tell(roster, HERE, OLD, State.LINK_DOWN, now=4) is None
        assert roster.since(entity("old")) == at(3)

    def test_renamed(self) -> None:
        """A new name is told; the state goes on since when it was."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)
        event = tell(roster, place(link("old", name="Fibre Z")), link("old", name="Fibre Z"), now=6)

        assert event is not None
        assert (event.labels["link"], event.since, event.entity) == ("Fibre Z", at(0), entity("old"))

    def test_counts(self) -> None:
        """Links are counted by state; one whose state is not known yet is in none."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)
        roster.entity(HERE, link("b", "Fibre B"))

        assert roster.counts() == dict.fromkeys(State, 0) | {State.OK: 1}
        assert roster.state(entity("b")) is None
        assert roster.state("unknown") is None

    def test_missing(self) -> None:
        """Links that were not seen are found, within the enterprises that were looked at."""
        roster = Roster(ORCHESTRATOR)
        told(roster, HERE, OLD)
        told(roster, HERE, link("b", "Fibre B"))
        told(roster, place(enterprise="2"), OLD)

        assert [key for key, _ in roster.missing({entity("b")}, {"uid-1"})] == [entity("old")]


def test_alive_links() -> None:
    """Links with values are alive, by their enterprise."""
    rows = [reading(HERE, OLD), reading(HERE, NEW, silent=True), reading(place(enterprise="2"), OLD)]

    assert alive_links(rows) == {("1", "old"), ("2", "old")}


def restarted(published: Collection[EntityState]) -> Roster:
    """Return the roster that a new process has: the latest state of each entity."""
    roster = Roster(ORCHESTRATOR)
    for event in {event.entity: event for event in published}.values():
        roster.learn(event)
    return roster


SITES = (
    (place(), tuple(link(f"a{number}") for number in range(4))),
    (place(enterprise="2"), tuple(link(f"a{number}") for number in range(4))),
    (place(edge="8"), tuple(link(f"b{number}") for number in range(4))),
)
"""Four modems for one line each of two edges and, with the same ids, for one of another enterprise."""


class RosterMachine(RuleBasedStateMachine):
    """Looks at places with any links alive, and restarts, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.roster = Roster(ORCHESTRATOR)
        self.published: dict[str, EntityState] = {}
        self.holders: dict[str, tuple[Place, Link]] = {}
        self.now = 0

    @rule(site=st.sampled_from(SITES), order=st.permutations(range(4)), values=st.sets(st.integers(0, 3)))
    def look(self, site: tuple[Place, tuple[Link, ...]], order: list[int], values: set[int]) -> None:
        """See the links of an edge, in any order: each that has values has an entity of its own, told once."""
        self.now += 1
        where, links = site
        living = [links[number] for number in order if number in values]
        keys = alive(*living, enterprise=where.enterprise.key)
        found = [self.roster.entity(where, links[number], alive=keys) for number in order]
        entities = [self.roster.entity(where, one, alive=keys) for one in living]
        assert len(set(entities)) == len(living)
        assert set(entities) <= set(found)
        for one, key in zip(living, entities, strict=True):
            self._tell(where, one, key)

    def _tell(self, where: Place, one: Link, key: str) -> None:
        labels = where.labels(one.internal_id, one)
        before = self.published.get(key)
        event = self.roster.changed(key, State.OK, labels, at(self.now), at(self.now))
        assert (event is None) is (before is not None and before.labels == labels)
        assert self.roster.changed(key, State.OK, labels, at(self.now), at(self.now)) is None
        assert key.startswith(where.entity(""))
        if before is not None:
            assert before.labels["edge_id"] == where.edge.stable_id
        if event is not None:
            self.published[key] = event
        self.holders[key] = (where, one)

    @rule()
    def restart(self) -> None:
        """Learn everything again from the latest states."""
        self.roster = restarted(self.published.values())

    @invariant()
    def holders_stay(self) -> None:
        """Whoever held an entity last holds it while nobody else comes, also after a restart."""
        for key, (where, one) in self.holders.items():
            assert self.roster.link_id(key) == one.internal_id or key not in self.published
            assert self.roster.entity(where, one) == key


TestRosterMachine = RosterMachine.TestCase
TestRosterMachine.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
