"""intake: each new value becomes one sample, of the right link, once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satark.poller.inventory import Link, Place
from satark.poller.look.intake import Harvest, harvest
from satark.poller.memory.ledger import Ledger
from satark.poller.memory.roster import Roster
from satark.poller.readings import Reading
from tests.unit.poller.links import ORCHESTRATOR, RULES, VALUES, at, entity, link, place, reading

FIBRE, CABLE = link("a"), link("b", "Cable B", "GE4")
HERE, THERE = place(FIBRE, CABLE), place(FIBRE, CABLE, enterprise="2")
PLACES = {"1": HERE, "2": THERE}
NOW = at(3)


def new_ledger() -> Ledger:
    """Return a ledger that knows of nothing."""
    return Ledger(since=at(-1_000), sample_s=300)


def gathered(
    rows: Iterable[Reading],
    *,
    roster: Roster | None = None,
    ledger: Ledger | None = None,
    now: datetime = NOW,
    places: Mapping[str, Place] = PLACES,
) -> Harvest:
    """Return what readings come to."""
    return harvest(
        rows,
        lambda row: places.get(row.enterprise),
        Roster(ORCHESTRATOR) if roster is None else roster,
        new_ledger() if ledger is None else ledger,
        now,
        RULES,
    )


class TestHarvest:
    def test_sample(self) -> None:
        """A reading becomes a sample of its link, at its own time, with the names of the inventory."""
        (sample,) = gathered([reading(HERE, FIBRE)]).samples

        assert (sample.entity, sample.time, sample.interval_s) == (entity("a"), at(0), 300)
        assert sample.metrics == VALUES
        assert (sample.labels["link"], sample.labels["edge"]) == ("Fibre A", "Edge 7")
        assert not sample.backfilled

    def test_published_before(self) -> None:
        """What the ledger holds is not published again."""
        ledger = new_ledger()
        ledger.add(entity("a"), at(0), 0, 0)
        found = gathered([reading(HERE, FIBRE), reading(HERE, FIBRE, 1)], ledger=ledger)

        assert [sample.time for sample in found.samples] == [at(1)]
        assert found.counted == Counter(duplicate=1)

    def test_twice_in_an_answer(self) -> None:
        """Of two values of the same link and time the first counts."""
        found = gathered([reading(HERE, FIBRE)] * 2)

        assert len(found.samples) == 1
        assert found.counted == Counter(duplicate=1)

    def test_unwanted_enterprise(self) -> None:
        """Links of an enterprise that is not wanted are left out and counted."""
        found = gathered([reading(HERE, FIBRE), reading(THERE, FIBRE)], places={"2": THERE})

        assert [sample.entity for sample in found.samples] == [entity("a", "2")]
        assert found.left_out == Counter(unwanted_enterprise=1)
        assert list(found.heard) == [entity("a", "2")]

    def test_enterprises_are_not_mixed(self) -> None:
        """The same internal id in two enterprises is two links."""
        found = gathered([reading(HERE, FIBRE), reading(THERE, FIBRE)])

        assert [(s.entity, s.labels["enterprise"]) for s in found.samples] == [
            (entity("a"), "Customer 1"),
            (entity("a", "2"), "Customer 2"),
        ]

    def test_endless_id(self) -> None:
        """A link whose id is longer than an entity key may be is left out and counted."""
        found = gathered([reading(HERE, link("x" * 600))])

        assert found.samples == []
        assert found.left_out == Counter(bad_link_id=1)
        assert found.heard == {}

    def test_backfilled(self) -> None:
        """A value that comes long after it was due is marked as of the past."""
        rows = [reading(HERE, FIBRE), reading(HERE, FIBRE, 8)]
        found = gathered(rows, now=at(0) + timedelta(minutes=50))

        assert [sample.backfilled for sample in found.samples] == [True, False]

    def test_no_value(self) -> None:
        """A link without a value is heard of, but no sample: nothing is not zero."""
        row = reading(HERE, FIBRE, silent=True)
        found = gathered([row])

        assert found.samples == []
        assert found.heard == {entity("a"): row}

    def test_zero(self) -> None:
        """A measured zero is a value."""
        row = Reading("1", HERE.edge, FIBRE, at(0), {"latency_ms_tx": 0.0})

        assert [sample.metrics for sample in gathered([row]).samples] == [{"latency_ms_tx": 0.0}]

    def test_heard_with_values(self) -> None:
        """Of several readings the newest with values counts, and without any value the newest."""
        rows = [
            reading(HERE, FIBRE, 0),
            reading(HERE, FIBRE, 1),
            reading(HERE, FIBRE, 2, silent=True),
            reading(HERE, CABLE, 0, silent=True),
            reading(HERE, CABLE, 1, silent=True),
        ]

        assert gathered(rows).heard == {entity("a"): rows[1], entity("b"): rows[4]}

    def test_alive_beside_each_other(self) -> None:
        """Two links with the same names in one answer are no replacement of each other."""
        roster = Roster(ORCHESTRATOR)
        gathered([reading(HERE, FIBRE)], roster=roster)
        found = gathered([reading(HERE, FIBRE, 1), reading(HERE, link("c"), 1)], roster=roster)

        assert [sample.entity for sample in found.samples] == [entity("a"), entity("c")]

    def test_replaced(self) -> None:
        """A new modem's samples continue the old one's, under its own names."""
        roster = Roster(ORCHESTRATOR)
        gathered([reading(HERE, FIBRE)], roster=roster)
        (sample,) = gathered([reading(HERE, FIBRE, 1, silent=True), reading(HERE, link("c"), 1)], roster=roster).samples

        assert (sample.entity, sample.labels["link_id"]) == (entity("a"), "c")

    def test_replaced_and_silent(self) -> None:
        """When an old and a new modem are both listed without values, the new one speaks for the entity."""
        roster, new = Roster(ORCHESTRATOR), link("c")
        gathered([reading(HERE, FIBRE)], roster=roster)
        gathered([reading(HERE, new, 1)], roster=roster)
        rows = [reading(HERE, new, 2, silent=True), reading(HERE, FIBRE, 2, silent=True)]

        assert gathered(rows, roster=roster).heard == {entity("a"): rows[0]}

    @given(
        st.lists(
            st.lists(
                st.tuples(
                    st.sampled_from([HERE, THERE]),
                    st.sampled_from([FIBRE, CABLE]),
                    st.integers(0, 5),
                    st.booleans(),
                ),
                max_size=12,
            ),
            max_size=6,
        )
    )
    def test_each_value_once(self, answers: list[list[tuple[Place, Link, int, bool]]]) -> None:
        """Over any answers, each link and time that ever had a value is published exactly once."""
        roster, ledger = Roster(ORCHESTRATOR), new_ledger()
        published: list[tuple[str, datetime]] = []
        for answer in answers:
            rows = [reading(where, one, number, silent=silent) for where, one, number, silent in answer]
            found = gathered(rows, roster=roster, ledger=ledger)
            assert found.counted.total() + len(found.samples) == sum(bool(row.metrics) for row in rows)
            for sample in found.samples:
                ledger.add(sample.entity, sample.time, 0, len(published))
                published.append((sample.entity, sample.time))
        expected = {
            (where.entity(one.internal_id), at(number))
            for answer in answers
            for where, one, number, silent in answer
            if not silent
        }

        assert sorted(published) == sorted(expected)
