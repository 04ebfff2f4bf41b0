from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.detection import memory
from satark.detector.detection.detection import Detection, FutureSampleError
from satark.detector.detection.memory import UnreadableStateError
from satark.detector.seed.judgement import Verdict
from satark.schemas.incidents import IncidentOpened, IncidentResolved, IncidentUpdated, Reason, Severity
from satark.schemas.metrics import (
    JITTER_MS_RX,
    LATENCY_MS_RX,
    LATENCY_MS_TX,
    LOSS_PCT_RX,
)
from tests.unit.detector.worlds import SeedRules, at, latency, run, sample

HOUR = [20.0, 21.0] * 6


class TestOpening:
    def test_one_sample_beyond_the_limit_opens_an_incident(self) -> None:
        """By default the first present window that is too high opens, as the seed meant."""
        _, events, _ = run(latency([*HOUR, 60.0]))

        assert [IncidentOpened] == [type(event) for event in events]
        assert at(12) == events[0].opened_at == events[0].time

    def test_carries_the_evidence(self) -> None:
        """The opened event says value, centre, spread, floor, n, window, distance, limit and the recent samples."""
        _, events, _ = run(latency([*HOUR, 60.0]))

        symptom = events[0].symptoms[0]
        assert (LATENCY_MS_RX, True, 60.0, at(12)) == (symptom.metric, symptom.active, symptom.value, symptom.time)
        assert (symptom.baseline.centre, symptom.baseline.n, symptom.baseline.window_s) == (20.5, 12, 3600)
        assert pytest.approx(0.522, abs=0.001) == symptom.baseline.spread
        assert (symptom.baseline.floor, symptom.limit) == (5.0, 30.5)
        assert pytest.approx((60 - 20.5) / 5) == symptom.distance
        assert (at(0), at(12)) == (symptom.baseline.start, symptom.baseline.end)
        assert [*HOUR, 60.0] == [point.value for point in symptom.recent]
        assert [point.anomalous for point in symptom.recent] == [False] * 12 + [True]

    def test_history_excludes_the_present(self) -> None:
        """A step is measured against the hour before it: n values of 20 give a centre of 20, not a mixed one."""
        _, events, _ = run(latency([*[20.0] * 12, 100.0]))

        assert events[0].symptoms[0].baseline.centre == 20.0

    def test_nothing_is_judged_while_learning(self) -> None:
        """With fewer samples than asked for even a wild value opens nothing."""
        _, events, steps = run(latency([20.0] * 5 + [500.0]))

        assert events == []
        assert {Verdict.LEARNING} == {verdict for step in steps for verdict in step.verdicts}

    def test_a_fall_is_no_incident(self) -> None:
        """Only worse counts: latency that drops is silent."""
        assert run(latency([100.0] * 12 + [5.0]))[1] == []

    def test_the_limit_itself_is_not_beyond(self) -> None:
        """Strictly above the limit is anomalous."""
        assert run(latency([20.0] * 12 + [30.0]))[1] == []

    @pytest.mark.parametrize(
        ("metric", "usual", "value", "opens"),
        [
            (LOSS_PCT_RX, 0.0, 0.01, False),
            (LOSS_PCT_RX, 0.0, 3.0, True),
            (LATENCY_MS_RX, 2.0, 5.0, False),
            (LATENCY_MS_RX, 20.0, 90.0, True),
            (JITTER_MS_RX, 1.0, 2.0, False),
            (JITTER_MS_RX, 3.0, 31.0, True),
        ],
    )
    def test_spread_floors_keep_trifles_silent(self, metric: str, usual: float, value: float, *, opens: bool) -> None:
        """A flat history makes no mountain of a molehill, and still shows a mountain."""
        _, events, _ = run([sample(i, {metric: usual}) for i in range(12)] + [sample(12, {metric: value})])

        assert opens == bool(events)

    def test_directions_are_judged_apart(self) -> None:
        """An upload that degrades names the upload alone."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LATENCY_MS_TX: 18.0}) for i in range(12)]
        _, events, _ = run([*calm, sample(12, {LATENCY_MS_RX: 20.0, LATENCY_MS_TX: 90.0})])

        assert [symptom.metric for symptom in events[0].symptoms] == [LATENCY_MS_TX]

    def test_several_metrics_of_a_link_are_one_incident(self) -> None:
        """Latency and loss that go bad together are two symptoms of one incident."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}) for i in range(12)]
        _, events, _ = run([*calm, sample(12, {LATENCY_MS_RX: 90.0, LOSS_PCT_RX: 4.0})])

        assert len(events) == 1
        assert [symptom.metric for symptom in events[0].symptoms] == [LATENCY_MS_RX, LOSS_PCT_RX]

    def test_metrics_without_a_floor_are_not_judged(self) -> None:
        """A counter that no rule names can do what it wants."""
        _, events, steps = run([sample(i, {"bytes_rx": 1.0 + 1e9 * (i == 12)}) for i in range(13)])

        assert events == []
        assert dict(steps[-1].verdicts) == {Verdict.UNWATCHED: 1}

    def test_persistence_is_settable(self) -> None:
        """With open_after 3 two bad samples open nothing, the third does, dated back to the first."""
        rules = SeedRules(open_after=3)
        _, events, steps = run(latency([*HOUR, 60.0, 61.0, 62.0]), rules)

        assert [at(12)] == [event.opened_at for event in events]
        assert at(14) == events[0].time
        assert dict(steps[13].verdicts) == {Verdict.SUSPECT: 1}

    def test_an_unconfirmed_suspicion_returns_to_the_history(self) -> None:
        """A lone spike that opened nothing is normal afterwards, so the spread stays honest."""
        state, events, _ = run(latency([*HOUR, 60.0, 20.0]), SeedRules(open_after=2))

        assert events == []
        assert state is not None
        assert not any(o.anomalous for o in state.metrics[LATENCY_MS_RX].window)

    def test_a_longer_present_is_averaged(self) -> None:
        """With a present of 15 minutes the mean of three samples is judged, not the youngest."""
        rules = SeedRules(present_s=900)
        _, events, _ = run(latency([*[20.0] * 15, 45.0]), rules)

        assert events == []


class TestLastingFault:
    def test_is_never_absorbed_by_its_own_baseline(self) -> None:
        """A step that lasts six hours stays one open incident: nothing is resolved, nothing opened again."""
        state, events, _ = run(latency([*HOUR, *[90.0] * 72]))

        assert [IncidentOpened] == [type(event) for event in events]
        assert state is not None
        assert state.incident is not None

    def test_resolves_after_it_with_its_duration(self) -> None:
        """Six bad hours and three good samples: one opened, one resolved, duration of six hours."""
        _, events, _ = run(latency([*HOUR, *[90.0] * 72, 20.0, 21.0, 20.0]))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
        resolved = events[-1]
        assert isinstance(resolved, IncidentResolved)
        assert (6 * 3600, at(84)) == (resolved.duration_s, resolved.ended_at)
        assert events[0].incident == resolved.incident

    def test_leaves_no_blind_hour_behind(self) -> None:
        """Right after a long incident the old baseline still judges: the next fault opens a new incident."""
        _, events, _ = run(latency([*HOUR, *[90.0] * 30, 20.0, 21.0, 20.0, 90.0]))

        assert [IncidentOpened, IncidentResolved, IncidentOpened] == [type(event) for event in events]
        assert events[0].incident != events[2].incident


class TestUpdating:
    def test_another_metric_joins(self) -> None:
        """A second metric that goes bad later updates the incident, once."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}) for i in range(12)]
        worse = [sample(12, {LATENCY_MS_RX: 45.0, LOSS_PCT_RX: 0.0})] + [
            sample(i, {LATENCY_MS_RX: 45.0, LOSS_PCT_RX: 1.5}) for i in (13, 14)
        ]
        _, events, _ = run(calm + worse)

        assert [event.reason for event in events] == [Reason.FIRST_SYMPTOM, Reason.SYMPTOM_ADDED]
        assert [event.sequence for event in events] == [0, 1]
        assert isinstance(events[1], IncidentUpdated)

    def test_becomes_critical_and_stays_so(self) -> None:
        """Severity rises with the distance and does not fall while the incident is open."""
        _, events, _ = run(latency([*[20.0] * 12, 35.0, 80.0, 35.0]))

        assert [event.severity for event in events] == [Severity.WARNING, Severity.CRITICAL]
        assert Reason.SEVERITY_RAISED is events[1].reason

    def test_one_of_two_metrics_recovers(self) -> None:
        """An update tells which metric is well again, and since when."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}) for i in range(12)]
        bad = [sample(12, {LATENCY_MS_RX: 40.0, LOSS_PCT_RX: 2.0})]
        half = [sample(i, {LATENCY_MS_RX: 40.0, LOSS_PCT_RX: 0.0}) for i in (13, 14, 15)]
        _, events, _ = run(calm + bad + half)

        assert [event.reason for event in events] == [Reason.FIRST_SYMPTOM, Reason.SYMPTOM_CLEARED]
        cleared = next(symptom for symptom in events[1].symptoms if symptom.metric == LOSS_PCT_RX)
        assert (False, at(13), 2.0) == (cleared.active, cleared.until, cleared.peak)


class TestResolving:
    def test_needs_good_samples_in_a_row(self) -> None:
        """Values that swing around the limit give one incident, not one an hour."""
        swing = [60.0, 20.0, 20.0] * 12
        _, events, _ = run(latency([*HOUR, *swing, 20.0, 20.0, 20.0]))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]

    def test_missing_data_never_resolves(self) -> None:
        """A link that vanishes for hours during its incident stays in it."""
        state, events, _ = run(latency([*HOUR, 90.0]) + latency([90.0], first=60))

        assert [IncidentOpened] == [type(event) for event in events]
        assert state is not None
        assert state.incident is not None

    def test_a_missing_metric_never_resolves(self) -> None:
        """Samples without the sick metric say nothing about it: absent is not zero."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, LOSS_PCT_RX: 0.0}) for i in range(12)]
        bad = [sample(12, {LATENCY_MS_RX: 90.0, LOSS_PCT_RX: 0.0})]
        blind = [sample(i, {LOSS_PCT_RX: 0.0}) for i in range(13, 30)]
        _, events, _ = run(calm + bad + blind)

        assert [IncidentOpened] == [type(event) for event in events]

    def test_reports_the_worst_value(self) -> None:
        """The resolved event keeps the peak and its time."""
        _, events, _ = run(latency([*HOUR, 60.0, 95.0, 70.0, 20.0, 20.0, 20.0]))

        symptom = events[-1].symptoms[0]
        assert (95.0, at(13)) == (symptom.peak, symptom.peak_time)
        assert (False, at(15)) == (symptom.active, symptom.until)


class TestReplay:
    def test_a_double_changes_nothing(self) -> None:
        """Samples read twice give the same state and no event."""
        state, _, _ = run(latency([*HOUR, 60.0]))
        again, events, steps = run(latency([*HOUR, 60.0]), state=state)

        assert state == again
        assert events == []
        assert {Verdict.DUPLICATE} == {verdict for step in steps for verdict in step.verdicts}

    def test_the_same_decision_has_the_same_id(self) -> None:
        """Judging again from an older state publishes the same event under the same id."""
        before, _, _ = run(latency(HOUR))
        first, second = (run(latency([60.0], first=12), state=before)[1] for _ in range(2))

        assert first == second

    @settings(max_examples=60)
    @given(
        st.lists(st.sampled_from([20.0, 21.0, 22.0, 60.0, 95.0]), min_size=1, max_size=60),
        st.integers(0, 59),
        st.integers(1, 4),
    )
    def test_any_crash_point_gives_the_same_incidents(self, values: list[float], cut: int, depth: int) -> None:
        """Killed anywhere and replayed from any earlier position, the events that come out are the same ones."""
        samples = latency(values)
        cut = min(cut, len(samples))
        whole = run(samples)[1]
        state, before, _ = run(samples[:cut])
        after = run(samples[max(0, cut - depth) :], state=state)[1]

        assert whole == before + after

    @settings(max_examples=60)
    @given(st.lists(st.sampled_from([20.0, 21.0, 60.0, 95.0]), min_size=12, max_size=80))
    def test_incidents_alternate(self, values: list[float]) -> None:
        """Whatever happens, opened and resolved alternate, sequences count up, and one incident is open at a time."""
        _, events, _ = run(latency(values))
        edges = [event for event in events if not isinstance(event, IncidentUpdated)]

        assert all(type(left) is not type(right) for left, right in pairwise(edges))
        assert not edges or isinstance(edges[0], IncidentOpened)
        for left, right in pairwise(events):
            expected = (left.incident, left.sequence + 1)
            assert isinstance(right, IncidentOpened) or expected == (right.incident, right.sequence)

    def test_a_state_survives_storage(self) -> None:
        """What is written to the table comes back equal."""
        state, _, _ = run(latency([*HOUR, 60.0]))

        assert state is not None
        assert state == memory.load(memory.dump(state))


class TestBadInput:
    def test_a_sample_from_the_future_is_refused(self) -> None:
        """Believing tomorrow's sample would make all of today's late."""
        detection = Detection(SeedRules())

        with pytest.raises(FutureSampleError, match="2026-03-10T11:00:00"):
            detection.judge([sample(0, {LATENCY_MS_RX: 1.0})], at(0) - timedelta(hours=2))

    @pytest.mark.parametrize("raw", [b"", b"\xc1", b"\x94\x63\x00\x80\xc0"])
    def test_a_stored_state_that_is_not_ours_is_named(self, raw: bytes) -> None:
        """Damaged bytes and other versions raise the typed error."""
        with pytest.raises(UnreadableStateError):
            memory.load(raw)
