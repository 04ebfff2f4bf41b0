"""Samples that arrive after younger ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.incidents.state import EntityState, MetricState
from satark.detector.seed import window
from satark.detector.seed.judgement import Verdict
from satark.schemas.incidents import IncidentOpened, IncidentResolved, IncidentUpdated, Reason
from satark.schemas.metrics import LATENCY_MS_RX, LOSS_PCT_RX, MetricSample
from tests.unit.detector.seed.test_history import assert_in_order
from tests.unit.detector.worlds import SeedRules, at, latency, run, sample, start

HOUR = [20.0, 21.0] * 6
RULES = SeedRules()


def link(state: EntityState | None) -> MetricState:
    """Return what is remembered of the latency."""
    assert state is not None
    return state.metrics[LATENCY_MS_RX]


def baseline_at(state: EntityState | None, bucket: int) -> list[float]:
    """Return the values that the baseline of a bucket rests on."""
    history = window.history(link(state).window, start(bucket), present_s=RULES.present_s, history_s=RULES.history_s)
    return [observation.value for observation in history]


class TestBaselineOfItsOwnTime:
    def test_a_late_sample_takes_its_place(self) -> None:
        """A good one is remembered where it belongs, and tells nothing."""
        state, events, steps = run([*latency([20.0] * 6), *latency([20.0] * 5, first=7), *latency([22.0], first=6)])

        assert [] == events
        assert {Verdict.LATE: 1} == dict(steps[-1].verdicts)
        assert [start(bucket) for bucket in range(12)] == [o.start for o in link(state).window]
        assert [20.0] * 6 + [22.0] + [20.0] * 5 == baseline_at(state, 12)

    def test_an_anomalous_one_never_enters_a_baseline(self) -> None:
        """Nothing was suspected when it came; it is kept out all the same."""
        state, _, _ = run(latency([*HOUR, 20.0, 20.0, 20.0, 20.0], first=1) + latency([20.0], first=18))
        state, _, _ = run(latency([500.0], first=17) + latency([20.0, 20.0], first=19), state=state)
        again, _, _ = run(latency([20.0] * 3, first=21), state=state)

        assert 500.0 in [o.value for o in link(again).window]
        assert 500.0 not in baseline_at(again, 24)

    def test_the_nearest_baseline_judges_where_its_own_time_has_none(self) -> None:
        """The first samples of a window may come last."""
        state, events, _ = run(latency(HOUR, first=2) + latency([500.0], first=1))

        assert [] == events
        assert [True] == [o.anomalous for o in link(state).window if o.value == 500.0]

    def test_is_not_that_of_today(self) -> None:
        """A link that was slower before: what was normal then is normal, what is today's normal counts for today."""
        before, after = [80.0, 81.0] * 8, [20.0, 21.0] * 4
        samples = latency([*before[:-1]]) + latency(after, first=16)
        state, events, _ = run(samples + latency([81.0], first=15))

        assert [] == events
        assert [] == [o for o in link(state).window if o.anomalous]

    def test_beyond_the_window_are_left_out(self) -> None:
        """A sample older than all that is remembered is counted and forgotten."""
        _, _, steps = run([*latency([20.0], first=100), *latency([20.0], first=0)])

        assert {Verdict.TOO_LATE: 1} == dict(steps[-1].verdicts)

    def test_a_late_double_changes_nothing(self) -> None:
        """The first sample of an interval wins, also when it was late."""
        samples = [*latency([20.0], first=0), *latency([20.0] * 5, first=2), *latency([21.0], first=1)]
        state, _, _ = run(samples)
        again, events, steps = run(latency([99.0], first=1), state=state)

        assert ([], state) == (events, again)
        assert {Verdict.DUPLICATE: 1} == dict(steps[-1].verdicts)

    def test_a_long_present_is_averaged(self) -> None:
        """With a present of 15 minutes a late sample is judged with its two predecessors."""
        rules = SeedRules(present_s=900)
        samples = latency([20.0] * 15) + latency([20.0], first=16)
        state, _, _ = run(samples + latency([45.0], first=15), rules)
        worse, _, _ = run(samples + latency([60.0], first=15), rules)

        assert [] == [o.value for o in link(state).window if o.anomalous]
        assert [60.0] == [o.value for o in link(worse).window if o.anomalous]


class TestSuspicion:
    THREE = SeedRules(open_after=3)

    def test_a_hole_that_is_filled_confirms_it(self) -> None:
        """Two bad samples and the missing one between them are three: it opens, once, dated back to the first."""
        samples = latency([*HOUR, 60.0]) + latency([61.0], first=14)
        _, events, _ = run(samples + latency([99.0], first=13) + latency([62.0], first=15), self.THREE)

        assert [IncidentOpened] == [type(event) for event in events]
        assert (at(12), at(13)) == (events[0].opened_at, events[0].time)
        assert (99.0, at(13)) == (events[0].symptoms[0].peak, events[0].symptoms[0].peak_time)

    def test_a_bad_one_before_it_lengthens_it(self) -> None:
        """The suspicion began a sample earlier than was known."""
        samples = latency(HOUR) + latency([60.0, 61.0], first=13)
        _, events, _ = run(samples + latency([62.0], first=12), self.THREE)

        assert [at(12)] == [event.opened_at for event in events]

    def test_a_good_one_within_breaks_it(self) -> None:
        """Bad, good, bad is no run of bad samples."""
        samples = latency([*HOUR, 60.0]) + latency([60.0], first=14)
        state, events, _ = run(samples + latency([20.0], first=13) + latency([60.0], first=15), self.THREE)

        assert [] == events
        assert 2 == link(state).bad

    def test_a_good_one_before_it_leaves_it(self) -> None:
        """What was good before says nothing about now."""
        samples = latency(HOUR[:-1]) + latency([60.0, 60.0], first=12)
        state, _, _ = run(samples + latency([20.0], first=11), self.THREE)

        assert 2 == link(state).bad

    def test_a_bad_one_apart_from_it_is_only_marked(self) -> None:
        """A good sample lies between."""
        samples = latency(HOUR) + latency([20.0, 60.0], first=13)
        state, events, _ = run(samples + latency([90.0], first=12), self.THREE)

        assert ([], 1) == (events, link(state).bad)
        assert [True] == [o.anomalous for o in link(state).window if o.value == 90.0]


class TestOpening:
    def test_trouble_that_may_last_opens(self) -> None:
        """A late bad sample with fewer good ones after it than end a symptom is an incident as it would have been."""
        samples = latency(HOUR) + latency([20.0], first=13)
        _, events, _ = run(samples + latency([90.0], first=12) + latency([20.0, 20.0], first=14))
        _, in_order, _ = run(latency([*HOUR, 90.0, 20.0, 20.0, 20.0]))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
        assert [event.id for event in in_order] == [event.id for event in events]

    def test_trouble_that_is_over_is_not_opened(self) -> None:
        """Three good samples came after it: it is marked, and nobody is told of the past."""
        samples = latency(HOUR) + latency([20.0] * 3, first=13)
        state, events, _ = run(samples + latency([90.0], first=12))

        assert [] == events
        assert [90.0] == [o.value for o in link(state).window if o.anomalous]

    def test_a_backfilled_one_opens_as_history(self) -> None:
        """Late and long after its time: recorded, not told, unless the present is bad."""
        samples = latency(HOUR) + latency([20.0], first=13)
        _, events, _ = run(samples + latency([90.0], first=12, backfilled=True) + latency([20.0, 20.0], first=14))

        assert [True, True] == [event.historical for event in events]


class TestIncident:
    BAD = latency([*HOUR, 60.0])

    def test_a_bad_one_within_it_counts(self) -> None:
        """It is marked, and the worst value is the worst of all."""
        samples = [*self.BAD, *latency([60.0], first=14), *latency([95.0], first=13)]
        state, events, _ = run(samples + latency([20.0] * 3, first=15))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
        assert (95.0, at(13)) == (events[-1].symptoms[0].peak, events[-1].symptoms[0].peak_time)
        assert [60.0, 95.0, 60.0] == [o.value for o in link(state).window if o.anomalous]

    def test_a_bad_one_right_before_it_does_not_move_its_beginning(self) -> None:
        """The beginning is the incident's identity, and was told."""
        samples = latency(HOUR) + latency([60.0], first=13) + latency([95.0], first=12)
        state, events, _ = run(samples + latency([20.0] * 3, first=14))

        assert [at(13)] * 2 == [event.opened_at for event in events]
        assert 60.0 == events[-1].symptoms[0].peak
        assert [95.0, 60.0] == [o.value for o in link(state).window if o.anomalous]

    def test_a_bad_one_moves_the_beginning_of_a_later_symptom(self) -> None:
        """Loss joined at 14; that it was there at 13 already is part of the incident."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}) for i in range(12)]
        bad = [sample(i, {LATENCY_MS_RX: 45.0}) for i in (12, 13)]
        joined = [sample(14, {LATENCY_MS_RX: 45.0, LOSS_PCT_RX: 2.0}), sample(13, {LOSS_PCT_RX: 2.5})]
        state, events, _ = run(calm + bad + joined)

        assert [IncidentOpened, IncidentUpdated] == [type(event) for event in events]
        assert state is not None
        assert state.incident is not None
        symptom = state.incident.symptoms[LOSS_PCT_RX]
        assert (start(13), 2.5) == (symptom.since, symptom.peak)

    def test_a_bad_one_among_the_good_ones_puts_the_end_off(self) -> None:
        """Good, bad, good is one good sample in a row."""
        samples = [*self.BAD, *latency([20.0], first=13), *latency([20.0], first=15), *latency([60.0], first=14)]
        state, events, _ = run(samples + latency([20.0], first=16))
        _, more, _ = run(latency([20.0], first=17), state=state)

        assert [IncidentOpened] == [type(event) for event in events]
        assert [at(15)] == [each.ended_at for each in more if isinstance(each, IncidentResolved)]

    def test_a_good_one_among_the_good_ones_may_end_it(self) -> None:
        """Three good samples in a row, whatever their order of arrival."""
        samples = [*self.BAD, *latency([20.0], first=13), *latency([20.0], first=15), *latency([20.0], first=14)]
        _, events, _ = run(samples + latency([20.0, 20.0], first=16))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
        assert at(14) == events[-1].time
        assert [at(13)] == [event.ended_at for event in events if isinstance(event, IncidentResolved)]

    def test_a_good_one_among_the_bad_ones_changes_nothing(self) -> None:
        """The incident that was told goes on."""
        samples = [*self.BAD, *latency([60.0], first=14), *latency([20.0], first=13)]
        _, events, _ = run(samples + latency([60.0, 20.0, 20.0, 20.0], first=15))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]

    def test_a_bad_one_after_its_told_end_opens_no_second_one(self) -> None:
        """A hole between the last bad and the good samples is filled after the end: it is marked only."""
        samples = [*self.BAD, *latency([20.0, 20.0, 20.0], first=14), *latency([60.0], first=13)]
        state, events, _ = run(samples + latency([20.0] * 3, first=17))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
        assert [60.0, 60.0] == [o.value for o in link(state).window if o.anomalous]

    def test_another_metric_of_that_time_opens_no_second_one(self) -> None:
        """What the loss was during an incident that is over comes after its end."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}) for i in range(12)]
        over = latency([90.0, 20.0, 20.0, 20.0], first=12)
        _, events, _ = run([*calm, *over, sample(12, {LOSS_PCT_RX: 9.0}), sample(15, {LOSS_PCT_RX: 9.0})])

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]

    def test_the_worst_of_a_cleared_symptom_may_come_late(self) -> None:
        """While the incident is open its cleared metrics still learn their worst value."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}) for i in range(12)]
        bad = [sample(i, {LATENCY_MS_RX: 45.0, LOSS_PCT_RX: 2.0}) for i in (12, 14)]
        cleared = [sample(i, {LATENCY_MS_RX: 45.0, LOSS_PCT_RX: 0.0}) for i in (15, 16, 17)]
        _, events, _ = run([*calm, *bad, *cleared, sample(13, {LOSS_PCT_RX: 8.0}), *latency([20.0] * 3, first=18)])

        assert [Reason.FIRST_SYMPTOM, Reason.SYMPTOM_CLEARED, Reason.ALL_CLEAR] == [event.reason for event in events]
        assert [8.0] == [each.peak for each in events[-1].symptoms if each.metric == LOSS_PCT_RX]

    def test_a_suspicion_from_before_an_end_begins_anew(self) -> None:
        """An incident never begins before the end of the last one: it could not be told from it."""
        rules = SeedRules(open_after=2)
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}) for i in range(12)]
        bad = [sample(12, {LATENCY_MS_RX: 90.0, LOSS_PCT_RX: 9.0}), sample(13, {LATENCY_MS_RX: 90.0})]
        _, events, _ = run([*calm, *bad, *latency([20.0] * 3, first=14), sample(17, {LOSS_PCT_RX: 9.0})], rules)

        assert [IncidentOpened, IncidentResolved, IncidentOpened] == [type(event) for event in events]
        assert [at(12), at(12), at(17)] == [event.opened_at for event in events]


healthy = st.lists(st.floats(20.0, 24.0), min_size=2, max_size=24)
cell = st.tuples(
    st.sampled_from([None, 20.0, 21.0, 60.0, 95.0]), st.sampled_from([None, 0.0, 0.0, 2.0, 9.0]), st.booleans()
)


class TestAnyOrder:
    @settings(max_examples=100)
    @given(healthy, st.randoms(use_true_random=False))
    def test_a_healthy_window_is_the_same(self, values: list[float], random: object) -> None:
        """Whatever the order of arrival, the same is remembered as in order, and so the same baseline learnt."""
        samples = latency(values)
        shuffled = [*samples]
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        in_order, _, _ = run(samples)
        state, events, _ = run(shuffled)

        assert [] == events
        assert in_order == state

    @settings(max_examples=100)
    @given(st.lists(st.floats(20.0, 24.0), min_size=13, max_size=24), st.integers(0, 22), st.floats(60.0, 1e6))
    def test_an_outlier_enters_no_baseline(self, values: list[float], place: int, outlier: float) -> None:
        """A healthy link and one bad sample, late by any time: it is in no baseline of any later time."""
        place = min(place, len(values) - 2)
        samples = latency(values)
        late = latency([outlier], first=place)
        state, _, _ = run(samples[:place] + samples[place + 1 :] + late)

        learnt = [baseline_at(state, bucket) for bucket in range(place, place + 14)]
        assert not any(outlier in history for history in learnt)

    @settings(max_examples=300, deadline=None)
    @given(
        st.lists(cell, min_size=1, max_size=36),
        st.lists(st.integers(0, 35), max_size=8),
        st.integers(1, 3),
        st.integers(1, 3),
        st.integers(0, 24),
        st.randoms(use_true_random=False),
    )
    def test_no_incident_is_told_twice(
        self,
        cells: list[tuple[float | None, float | None, bool]],
        again: list[int],
        open_after: int,
        resolve_after: int,
        farthest: int,
        random: object,
    ) -> None:
        """Samples in disorder, with holes, doubles and backfilled ones: incidents follow each other, each told once."""
        later: list[MetricSample] = []
        for i, (rx, loss, backfilled) in enumerate(cells):
            metrics = {n: v for n, v in ((LATENCY_MS_RX, rx), (LOSS_PCT_RX, loss)) if v is not None}
            if metrics:
                later.append(sample(12 + i, metrics, backfilled=backfilled))
        later += [later[i] for i in again if i < len(later)]
        later.sort(key=lambda each: (each.time, random.random()))  # type: ignore[attr-defined]
        for i in range(len(later)):
            j = min(len(later) - 1, i + random.randrange(farthest + 1))  # type: ignore[attr-defined]
            later[i], later[j] = later[j], later[i]
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}) for i in range(12)]
        rules = SeedRules(open_after=open_after, resolve_after=resolve_after)
        state, events, _ = run([*calm, *later], rules)

        assert_in_order(events)
        opened = [event.opened_at for event in events if isinstance(event, IncidentOpened)]
        assert sorted(set(opened)) == opened
        assert all(event.duration_s > 0 for event in events if isinstance(event, IncidentResolved))
        replayed, more, _ = run([*calm, *later], rules, state=state)
        assert ([], state) == (more, replayed)


@pytest.mark.parametrize("bucket", [6, 9, 12])
def test_the_state_of_a_late_outlier_survives_storage(bucket: int) -> None:
    """Marks are part of what is stored."""
    samples = [each for i, each in enumerate(latency([20.0] * 16)) if i != bucket]
    state, _, _ = run([*samples, *latency([90.0], first=bucket)])

    assert [bucket] == [i for i, o in enumerate(link(state).window) if o.anomalous]
