"""survey: what a look at the newest sample means for each link; a link that only just fell silent keeps its state."""

from collections.abc import Iterable, Sequence

from satark.poller.inventory import Place
from satark.poller.look.survey import Hearing, Survey, Surveyor
from satark.poller.memory.roster import Roster
from satark.poller.readings import Reading
from satark.poller.telling.missing import MAX_COUNT, MISSING_CYCLES
from satark.schemas.states import State
from tests.unit.poller.links import ORCHESTRATOR, RULES, at, entity, link, place, reading, sample

FIBRE, CABLE = link("a"), link("b", "Cable B", "GE4")
BACKUP = link("c", "Mobile C", "USB1", state="STANDBY", mode="BACKUP")
DOWN = link("a", state="DISCONNECTED")
HERE = place(FIBRE, CABLE)
LATE = RULES.late // RULES.step


class Look:
    """A roster and a hearing over several looks."""

    def __init__(self) -> None:
        self.roster = Roster(ORCHESTRATOR)
        self.hearing = Hearing()

    def at(self, number: int, rows: Sequence[Reading] = (), places: Iterable[Place] = (HERE,)) -> Survey:
        """Return what a look at the sample means, where the places are all there are."""
        known = {(where.enterprise.key): where for where in places}
        heard = {known[row.enterprise].entity(row.link.internal_id): row for row in rows}
        surveyor = Surveyor(self.roster, self.hearing, sample(number), RULES)
        whole = {place.enterprise.stable_id for place in known.values()}
        return surveyor.survey(known.values(), heard, whole=whole)

    def state(self, internal_id: str = "a") -> State | None:
        """Return the state that was told last."""
        return self.roster.state(entity(internal_id))


def both(number: int, where: Place = HERE) -> list[Reading]:
    """Return readings of both links with values."""
    return [reading(where, one, number) for one in (FIBRE, CABLE)]


def told(survey: Survey) -> list[tuple[str, State]]:
    """Return the ends of the entities and the states that were told."""
    return [(event.entity.rpartition("/")[2], event.state) for event in survey.events]


def missed(survey: Survey) -> list[tuple[str, float]]:
    """Return the ends of the entities that were missed, and how often."""
    return [(one.entity.rpartition("/")[2], one.metrics[MISSING_CYCLES]) for one in survey.missing]


class TestSurvey:
    def test_first_look(self) -> None:
        """Links with values are well; that is told once."""
        look = Look()

        assert told(look.at(0, both(0))) == [("a", State.OK), ("b", State.OK)]
        assert look.at(1, both(1)) == Survey()

    def test_just_silent(self) -> None:
        """A link that just fell silent keeps its state and is awaited; after the longest delay it is idle."""
        look = Look()
        look.at(0, both(0))
        found = [look.at(number, both(number)[1:]) for number in range(1, LATE + 2)]

        assert [told(one) for one in found] == [[]] * LATE + [[("a", State.IDLE)]]
        assert [one.awaited for one in found] == [{entity("a")}] * LATE + [set()]
        assert [event.since for event in found[-1].events] == [at(1)]

    def test_known_cause(self) -> None:
        """A link that is down is told at once and not awaited."""
        look = Look()
        look.at(0, both(0))
        found = look.at(1, both(1)[1:], [place(DOWN, CABLE)])

        assert told(found) == [("a", State.LINK_DOWN)]
        assert found.awaited == set()

    def test_standby(self) -> None:
        """A link in reserve is not awaited."""
        found = Look().at(0, [], [place(BACKUP)])

        assert told(found) == [("c", State.STANDBY)]
        assert found.awaited == set()

    def test_new_and_silent(self) -> None:
        """A link that was never heard has no state to keep."""
        found = Look().at(0, both(0)[1:])

        assert told(found) == [("a", State.IDLE), ("b", State.OK)]
        assert found.awaited == {entity("a")}

    def test_catching_up_is_reopened(self) -> None:
        """An edge that was silent as a whole and comes back is read again from when it was last heard."""
        look = Look()
        look.at(0, both(0))
        for number in range(1, LATE + 2):
            look.at(number)
        assert look.state() is State.CATCHING_UP
        found = look.at(LATE + 2, both(LATE + 2))

        assert told(found) == [("a", State.OK), ("b", State.OK)]
        assert [(w.start, w.end) for w in found.returned.values()] == [(at(1), at(LATE + 2))]
        assert list(found.returned) == [HERE.key]

    def test_offline_is_reopened(self) -> None:
        """An edge that was offline and comes back may hand in what it measured meanwhile."""
        look, gone = Look(), place(FIBRE, CABLE, edge_state="OFFLINE")
        look.at(0, both(0))
        assert told(look.at(1, [], [gone])) == [("a", State.EDGE_OFFLINE), ("b", State.EDGE_OFFLINE)]

        assert [w.start for w in look.at(3, both(3)).returned.values()] == [at(1)]

    def test_link_down_is_not_reopened(self) -> None:
        """A link that was down measured nothing: there is nothing to ask for."""
        look = Look()
        look.at(0, both(0))
        look.at(1, both(1)[1:], [place(DOWN, CABLE)])

        assert look.at(2, both(2)).returned == {}

    def test_gone(self) -> None:
        """A link that is listed no more is gone since it was last heard, and never well; it may come back."""
        look = Look()
        look.at(0, both(0))
        found = look.at(1, both(1)[1:], [place(CABLE)])

        assert told(found) == [("a", State.GONE)]
        assert found.events[0].since == at(1)
        assert told(look.at(2, both(2)[1:], [place(CABLE)])) == []
        assert told(look.at(3, both(3))) == [("a", State.OK)]

    def test_enterprise_not_looked_at(self) -> None:
        """Links of an enterprise that was not looked at are not gone."""
        look, other = Look(), place(FIBRE, enterprise="2")
        look.at(0, both(0))

        assert told(look.at(1, [reading(other, FIBRE, 1)], [other])) == [("a", State.OK)]
        assert look.state() is State.OK

    def test_last_edge_gone(self) -> None:
        """The links of an enterprise that lists no edge any more are gone."""
        look = Look()
        look.at(0, both(0))
        found = Surveyor(look.roster, look.hearing, sample(1), RULES).survey([], {}, whole={"uid-1"})

        assert told(found) == [("a", State.GONE), ("b", State.GONE)]

    def test_replaced_while_listed(self) -> None:
        """While the old modem is still listed, its replacement alone speaks for the entity."""
        look, new = Look(), link("new")
        look.at(0, both(0))
        where = place(FIBRE, CABLE, new)
        look.roster.entity(where, new, alive={("1", "new")})
        heard = {entity("a"): reading(where, new, 1), entity("b"): reading(where, CABLE, 1)}
        found = Surveyor(look.roster, look.hearing, sample(1), RULES).survey([where], heard, whole={"uid-1"})

        assert [(e.entity, e.note) for e in found.events] == [(entity("a"), "link replaced: a is now new")]


class TestMissing:
    """Who is missed: told from when it can no longer be late, counted from when it fell silent."""

    def test_silent_among_others(self) -> None:
        """A link without values, while another of its look has some, is told once it is not only late."""
        look = Look()
        look.at(0, both(0))
        found = [missed(look.at(number, both(number)[1:])) for number in range(1, LATE + 3)]

        assert found == [[]] * LATE + [[("a", LATE + 1)], [("a", LATE + 2)]]

    def test_gone(self) -> None:
        """A link that is listed no more is missed at once, each time, and its return is told once."""
        look = Look()
        look.at(0, both(0))
        found = [missed(look.at(number, both(number)[1:], [place(CABLE)])) for number in (1, 2)]
        back = [missed(look.at(number, both(number))) for number in (3, 4)]

        assert found == [[("a", 1)], [("a", 2)]]
        assert back == [[("a", 0)], []]

    def test_down(self) -> None:
        """A link that broke is missed: that it is known to be down does not make it well."""
        look = Look()
        look.at(0, both(0))

        assert missed(look.at(1, both(1)[1:], [place(DOWN, CABLE)])) == [("a", 1)]

    def test_a_late_sample(self) -> None:
        """A link whose sample only came late was never missed, and its next one is no return."""
        look = Look()
        look.at(0, both(0))
        found = [missed(look.at(1, both(1)[1:])), missed(look.at(2, both(2)))]

        assert found == [[], []]

    def test_never_had_values(self) -> None:
        """A port that nothing was ever plugged into is not missed."""
        look = Look()
        found = [missed(look.at(number, both(number)[1:])) for number in range(LATE + 3)]

        assert found == [[]] * (LATE + 3)

    def test_in_reserve(self) -> None:
        """A link that goes into reserve, or whose edge is switched off, is not missed."""
        look = Look()
        look.at(0, both(0))
        resting = place(link("a", state="STANDBY", mode="BACKUP"), CABLE)
        off = place(FIBRE, CABLE, edge_state="DISABLED")

        assert missed(look.at(1, both(1)[1:], [resting])) == []
        assert missed(look.at(2, [], [off])) == []

    def test_after_a_restart(self) -> None:
        """The count goes on where it was told, and a look that was counted counts no more."""
        look = Look()
        look.at(0, both(0))
        without = [place(CABLE)]
        told_before = [sample for number in (1, 2) for sample in look.at(number, both(number)[1:], without).missing]
        look.hearing = Hearing()
        for sample_ in told_before:
            look.hearing.absences.learn(sample_.entity, sample_.time, int(sample_.metrics[MISSING_CYCLES]))

        assert missed(look.at(2, both(2)[1:], without)) == []
        assert missed(look.at(3, both(3)[1:], without)) == [("a", 3)]

    def test_not_for_ever(self) -> None:
        """What has been missing for a day is told no more; that it is back is."""
        look = Look()
        look.at(0, both(0))
        found = [missed(look.at(n, both(n)[1:], [place(CABLE)])) for n in range(1, MAX_COUNT + 3)]

        assert found[MAX_COUNT - 1 :] == [[("a", MAX_COUNT)], [], []]
        assert missed(look.at(MAX_COUNT + 3, both(MAX_COUNT + 3))) == [("a", 0)]


class TestFellSilent:
    def test_only_just(self) -> None:
        """Enterprises are named whose links had a value the last time and have none now."""
        look = Look()
        look.at(0, both(0))

        assert self.silent(look, 1, []) == {"1"}
        assert self.silent(look, 1, both(1)) == set()
        assert self.silent(look, 2, []) == set()

    @staticmethod
    def silent(look: Look, number: int, rows: list[Reading]) -> set[str]:
        """Return the enterprises with links that just fell silent."""
        heard = {entity(row.link.internal_id): row for row in rows}
        return Surveyor(look.roster, look.hearing, sample(number), RULES).fell_silent([HERE], heard)


class TestExpected:
    def test_had_values(self) -> None:
        """Links that had values are expected to have some."""
        look = Look()
        look.at(0, both(0))

        assert self.expected(look, [HERE], []) == 2

    def test_never_had(self) -> None:
        """Links that never had values are expected to go on like that."""
        look = Look()
        look.at(0, both(0)[:1])
        for number in range(1, 9):
            look.at(number, both(number)[:1])

        assert self.expected(look, [HERE], []) == 1

    def test_by_design(self) -> None:
        """Links that are down, in reserve, or of an edge that is offline now, are not expected, whatever they had."""
        look = Look()
        look.at(0, both(0))
        offline = [reading(HERE, FIBRE, 1, silent=True, edge_state="OFFLINE")]

        assert self.expected(look, [HERE], offline) == 0

    @staticmethod
    def expected(look: Look, places: list[Place], rows: list[Reading]) -> int:
        """Return how many links of the places should have values in the next window."""
        heard = {entity(row.link.internal_id): row for row in rows}
        return Surveyor(look.roster, look.hearing, sample(9), RULES).expected(places, heard)


class TestHearing:
    def test_newest_counts(self) -> None:
        """A late value does not make a link heard earlier than it was; links that are no more are forgotten."""
        hearing = Hearing()
        hearing.heard("a", at(2))
        hearing.heard("a", at(1))
        hearing.heard("b", at(1))
        hearing.keep_only({"a"})

        assert hearing.last == {"a": at(2)}
