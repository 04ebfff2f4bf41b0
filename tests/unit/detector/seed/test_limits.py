"""Metrics that are wrong above a limit, whatever was usual."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.schemas.codec import decode, encode
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved, Reason, Severity
from satark.schemas.metrics import LATENCY_MS_RX, MetricSample
from satark.schemas.states import ORCHESTRATOR
from tests.unit.detector.seed.test_history import assert_in_order
from tests.unit.detector.worlds import INTERVAL_S, SeedRules, at, run, sample


def cycles(failed: Iterable[int], first: int = 0) -> list[MetricSample]:
    """Return an orchestrator's samples: how many cycles failed in a row."""
    return [
        MetricSample.of(
            entity="orchestrator/vco.example.net",
            kind=ORCHESTRATOR,
            time=at(first + i),
            interval_s=INTERVAL_S,
            metrics={"failed_cycles": float(count)},
            labels={"orchestrator": "vco.example.net"},
        )
        for i, count in enumerate(failed)
    ]


class TestOrchestrator:
    def test_three_failed_cycles_are_critical_at_once(self) -> None:
        """Two are patience, three an incident, with no history to learn first."""
        _, events, _ = run(cycles([1, 2, 3, 4, 5]))

        assert [(IncidentOpened, Severity.CRITICAL)] == [(type(event), event.severity) for event in events]
        assert (at(2), at(2), ORCHESTRATOR) == (events[0].opened_at, events[0].time, events[0].kind)

    def test_one_good_cycle_resolves(self) -> None:
        """It can be read again: three good ones are not waited for, whatever the settings say of links."""
        _, events, _ = run(cycles([0, 1, 2, 3, 4, 5, 0, 0]), SeedRules(open_after=4, resolve_after=9))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]
        resolved = events[-1]
        assert isinstance(resolved, IncidentResolved)
        assert (at(6), 900, at(6)) == (resolved.ended_at, resolved.duration_s, resolved.time)
        assert (5.0, at(5)) == (resolved.symptoms[0].peak, resolved.symptoms[0].peak_time)

    def test_the_evidence_is_the_limits(self) -> None:
        """Nothing was learnt, and nothing pretends it was: no samples, centre and spread of zero, the limit as set."""
        _, events, _ = run(cycles([1, 2, 3]), SeedRules(factor=3.0))
        symptom = events[0].symptoms[0]

        assert ("limit", 3.0, 2.0, 3.0) == (events[0].method, symptom.value, symptom.limit, symptom.distance)
        normal = symptom.baseline
        assert (0.0, 0.0, 1.0, 0, 0) == (normal.centre, normal.spread, normal.floor, normal.n, normal.window_s)
        assert at(2) == normal.start == normal.end
        assert [1.0, 2.0, 3.0] == [point.value for point in symptom.recent]

    def test_the_events_keep_the_contract(self) -> None:
        """They come back from the topic as they were."""
        _, events, _ = run(cycles([1, 2, 3, 0]))

        for event in events:
            encoded = encode(event, source="/satark/detector")
            assert event == decode(encoded.topic, encoded.value, encoded.headers)

    def test_days_of_failure_are_no_new_normal(self) -> None:
        """The baseline method never sees it."""
        _, events, _ = run(cycles([*range(1, 1000), 0]))

        assert [IncidentOpened, IncidentResolved] == [type(event) for event in events]

    def test_the_limit_is_within(self) -> None:
        """Strictly above is wrong."""
        assert [] == run(cycles([2] * 20))[1]

    def test_the_limit_is_settable(self) -> None:
        """Whoever wants to know at the first failed cycle says so."""
        _, events, _ = run(cycles([0, 1]), SeedRules(limits={"failed_cycles": 0.0}))

        assert [Reason.FIRST_SYMPTOM] == [event.reason for event in events]

    def test_a_late_sample_opens_and_ends_nothing(self) -> None:
        """What is known of the present decides."""
        ended = run([*cycles([1, 2]), *cycles([0], first=3), *cycles([3], first=2)])[1]
        open_still = run([*cycles([1, 2, 3]), *cycles([5], first=4), *cycles([0], first=3)])[1]

        assert [] == ended
        assert [IncidentOpened] == [type(event) for event in open_still]

    @settings(max_examples=100)
    @given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
    def test_an_incident_is_open_exactly_while_beyond(self, counts: list[int]) -> None:
        """At any time: open when the newest value is above the limit, else not."""
        state, events, steps = run(cycles(counts))

        assert_in_order(events)
        assert [count > 2 for count in counts] == [step.state.incident is not None for step in steps]
        assert state is not None


class TestBesideABaseline:
    RULES = SeedRules(limits={"latency_ms": 300.0}, spread_floors={"latency_ms": 5.0, "loss_pct": 0.5})

    def test_a_limit_goes_before_a_floor(self) -> None:
        """A metric with both is judged by the limit alone."""
        _, events, _ = run([sample(i, {LATENCY_MS_RX: 20.0 if i < 12 else 200.0}) for i in range(14)], self.RULES)

        assert [] == events

    @pytest.mark.parametrize(("latency", "method"), [(20.0, "seed"), (500.0, "limit")])
    def test_the_event_names_the_method(self, latency: float, method: str) -> None:
        """An incident is by limit when no baseline has a part in it."""
        calm = [sample(i, {LATENCY_MS_RX: 20.0, "loss_pct_rx": 0.0}) for i in range(12)]
        bad = sample(12, {LATENCY_MS_RX: latency, "loss_pct_rx": 9.0 if method == "seed" else 0.0})
        events: list[IncidentEvent] = run([*calm, bad], self.RULES)[1]

        assert [method] == [event.method for event in events]
