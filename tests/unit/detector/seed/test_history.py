"""What is collected long after its time is recorded, and pages nobody."""

from itertools import groupby, pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.detection import memory
from satark.detector.incidents.state import STATE_VERSION
from satark.schemas.incidents import (
    IncidentEvent,
    IncidentOpened,
    IncidentResolved,
    IncidentUpdated,
    Reason,
    Severity,
)
from satark.schemas.metrics import LATENCY_MS_RX, LOSS_PCT_RX
from tests.unit.detector.worlds import SeedRules, at, latency, run, sample

HOUR = [20.0, 21.0] * 6


def told(events: list[IncidentEvent]) -> list[tuple[type[IncidentEvent], Reason]]:
    """Return what people hear of."""
    return [(type(event), event.reason) for event in events if not event.historical]


class TestBackfilled:
    def test_a_past_incident_is_recorded_as_history(self) -> None:
        """It is opened and resolved like any other, and no event of it is for people."""
        _, events, _ = run(latency([*HOUR, 90.0, 95.0, 20.0, 20.0, 20.0], backfilled=True))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
        assert [True, True] == [event.historical for event in events]
        assert (at(12), at(14)) == (events[0].opened_at, _end(events[-1]).ended_at)

    def test_a_page_waits_for_the_present_to_be_bad(self) -> None:
        """An incident that goes on into the present is told once, as still open, with its true beginning."""
        gap = latency([*HOUR, 90.0, 90.0], backfilled=True)
        _, events, _ = run(gap + latency([90.0, 90.0, 90.0], first=14))

        assert [(IncidentUpdated, Reason.STILL_OPEN)] == told(events)
        assert (at(12), at(14), 1) == (events[1].opened_at, events[1].time, events[1].sequence)
        assert events[0].incident == events[1].incident

    def test_a_recovery_in_the_present_is_history_too(self) -> None:
        """Nobody was told that it began, so nobody is told that it ended."""
        gap = latency([*HOUR, 90.0, 90.0], backfilled=True)
        _, events, _ = run(gap + latency([20.0, 20.0, 20.0], first=14))

        assert [] == told(events)
        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]

    def test_a_change_in_a_recovering_present_is_history_too(self) -> None:
        """One metric of an untold incident recovers while nothing is known of the other: still nobody is told."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}, backfilled=True) for i in range(12)]
        bad = sample(12, {LATENCY_MS_RX: 90.0, LOSS_PCT_RX: 4.0}, backfilled=True)
        _, events, _ = run([*calm, bad, *(sample(i, {LATENCY_MS_RX: 20.0}) for i in (13, 14, 15))])

        assert [Reason.FIRST_SYMPTOM, Reason.SYMPTOM_CLEARED] == [event.reason for event in events]
        assert [] == told(events)

    def test_a_swinging_present_is_told_at_its_next_bad_sample(self) -> None:
        """A good sample of the present neither tells nor resolves; the bad one after it tells."""
        gap = latency([*HOUR, 90.0], backfilled=True)
        _, events, _ = run(gap + latency([20.0, 90.0], first=13))

        assert [(IncidentUpdated, Reason.STILL_OPEN)] == told(events)
        assert at(14) == events[-1].time

    def test_still_open_says_how_bad_it_is(self) -> None:
        """What changed with the same sample is part of the one event: it is told once, as critical."""
        gap = latency([*HOUR, 40.0], backfilled=True)
        _, events, _ = run(gap + latency([95.0], first=13))

        assert [Severity.WARNING, Severity.CRITICAL] == [event.severity for event in events]
        assert [(IncidentUpdated, Reason.STILL_OPEN)] == told(events)

    def test_what_was_told_is_told_to_its_end(self) -> None:
        """A fault that ends while the collector is away is closed for those who heard of it, once the gap is filled."""
        live = latency([*HOUR, 90.0])
        _, events, _ = run(live + latency([95.0, 20.0, 20.0, 20.0], first=13, backfilled=True))

        assert [(IncidentOpened, Reason.FIRST_SYMPTOM), (IncidentResolved, Reason.ALL_CLEAR)] == told(events)

    def test_a_past_change_of_a_told_incident_is_history(self) -> None:
        """That it was worse for a while in the gap pages nobody."""
        live = latency([*HOUR, 40.0])
        _, events, _ = run(live + latency([95.0], first=13, backfilled=True))

        assert [(IncidentOpened, Reason.FIRST_SYMPTOM)] == told(events)
        assert (Reason.SEVERITY_RAISED, True) == (events[-1].reason, events[-1].historical)


class TestTwoHours:
    """A stop of two hours: the gap is filled before the present goes on."""

    BEFORE = latency(HOUR)

    def test_with_an_incident_in_the_middle_page_nobody(self) -> None:
        """The incident is on record with its true times, and no event of it is for people."""
        gap = latency([20.0] * 10 + [90.0] * 5 + [20.0] * 9, first=12, backfilled=True)
        _, events, _ = run(self.BEFORE + gap + latency([20.0, 21.0] * 6, first=36))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
        assert (at(22), at(27)) == (events[0].opened_at, _end(events[-1]).ended_at)
        assert [] == told(events)

    def test_with_an_incident_that_lasts_page_once(self) -> None:
        """One page at the first sample of the present, and its end."""
        gap = latency([20.0] * 10 + [90.0] * 14, first=12, backfilled=True)
        _, events, _ = run(self.BEFORE + gap + latency([90.0] * 6 + [20.0] * 12, first=36))

        assert [(IncidentUpdated, Reason.STILL_OPEN), (IncidentResolved, Reason.ALL_CLEAR)] == told(events)
        assert {at(22)} == {event.opened_at for event in events}
        assert 1 == len({event.incident for event in events})

    def test_are_on_record_also_when_the_present_comes_first(self) -> None:
        """A gap that takes long to fill does not keep the present waiting; its incidents are recorded all the same."""
        gap = [20.0] * 8 + [90.0] * 4 + [20.0] * 4 + [95.0] * 2 + [20.0] * 5
        present = latency([20.0, 21.0], first=36)
        _, events, _ = run(self.BEFORE + present + latency(gap, first=13, backfilled=True) + latency([20.0], first=38))

        assert [IncidentOpened, IncidentResolved] * 2 == [type(event) for event in events]
        assert [at(21), at(29)] == [event.opened_at for event in events if isinstance(event, IncidentOpened)]
        assert [at(25), at(31)] == [event.ended_at for event in events if isinstance(event, IncidentResolved)]
        assert [] == told(events)

    def test_page_once_also_when_the_present_comes_first(self) -> None:
        """What lasts is told by the first bad sample of the present that is known to be bad."""
        gap = latency([20.0] * 10 + [90.0] * 13, first=13, backfilled=True)
        _, events, _ = run(self.BEFORE + latency([90.0], first=36) + gap + latency([90.0, 90.0], first=37))

        assert [(IncidentUpdated, Reason.STILL_OPEN)] == told(events)
        assert {at(23)} == {event.opened_at for event in events}


class TestAnyInterleaving:
    @settings(max_examples=200)
    @given(
        st.lists(st.tuples(st.sampled_from([20.0, 21.0, 40.0, 95.0]), st.booleans()), min_size=1, max_size=50),
        st.integers(1, 3),
    )
    def test_tells_each_incident_from_its_beginning_to_its_end(
        self, values: list[tuple[float, bool]], open_after: int
    ) -> None:
        """Of each incident people hear: opened or still open, then updates, then its end; or nothing at all."""
        known = latency(HOUR)
        samples = [sample(12 + i, {LATENCY_MS_RX: v}, backfilled=b) for i, (v, b) in enumerate(values)]
        state, events, _ = run(known + samples, SeedRules(open_after=open_after))

        assert_in_order(events)
        open_now = state.incident if state else None
        for each in _incidents(events):
            over = isinstance(each[-1], IncidentResolved)
            assert over or open_now is not None
            heard = told(each)
            assert not (heard and over) or heard[-1][0] is IncidentResolved


class TestStoredState:
    def test_of_the_version_before_is_read(self) -> None:
        """A state without the newer fields loads; its open incident was told, for all were."""
        state, _, _ = run(latency([*HOUR, 90.0]))
        assert state is not None
        assert state.incident is not None
        old = msgspec.msgpack.decode(memory.dump(state))
        old[0], metrics, incident = 1, old[2], old[3][:4]
        for name, metric in metrics.items():
            metrics[name] = [*metric[:1], metric[1][:6], *metric[2:5]]
            incident[3][name] = [*incident[3][name][:7], incident[3][name][7][:6]]
        old[3:] = [incident]

        found = memory.load(msgspec.msgpack.encode(old))

        assert STATE_VERSION == found.version
        assert state.newest == found.newest
        kept, before = found.metrics[LATENCY_MS_RX].kept, state.metrics[LATENCY_MS_RX].kept
        assert kept is not None
        assert before is not None
        assert (before.limit, before.is_critical(90.0)) == (kept.limit, kept.is_critical(90.0))
        assert found.incident is not None
        assert (0, True, False) == (found.incident.sequence, found.incident.told, found.incident.flapping)

    def test_remembers_that_nobody_was_told(self) -> None:
        """A restart between the gap and the present changes nothing."""
        state, _, _ = run(latency([*HOUR, 90.0], backfilled=True))
        assert state is not None
        _, events, _ = run(latency([90.0], first=13), state=memory.load(memory.dump(state)))

        assert [(IncidentUpdated, Reason.STILL_OPEN)] == told(events)


def assert_in_order(events: list[IncidentEvent]) -> None:
    """Check that incidents follow each other, whole and once, for the record and for people."""
    assert len(events) == len({event.id for event in events})
    for each in _incidents(events):
        assert [*range(len(each))] == [event.sequence for event in each]
        assert isinstance(each[0], IncidentOpened)
        assert not any(isinstance(event, IncidentOpened) for event in each[1:])
        assert not any(isinstance(event, IncidentResolved) for event in each[:-1])
        heard = [event for event in each if not event.historical]
        if heard:
            assert isinstance(heard[0], IncidentOpened) or heard[0].reason is Reason.STILL_OPEN
            assert all(event.reason is not Reason.STILL_OPEN for event in heard[1:])
    for left, right in pairwise(_incidents(events)):
        assert isinstance(left[-1], IncidentResolved)
        assert left[0].incident != right[0].incident
        assert right[0].opened_at >= _end(left[-1]).ended_at


def _incidents(events: list[IncidentEvent]) -> list[list[IncidentEvent]]:
    return [list(group) for _, group in groupby(events, key=lambda event: event.incident)]


def _end(event: IncidentEvent) -> IncidentResolved:
    assert isinstance(event, IncidentResolved)
    return event
