"""What is normal for entities, by each way of judging."""

from datetime import timedelta
from math import inf

import pytest

from satark.detector.detection.detection import Detection
from satark.detector.rules import Limit, Method, MetricPlan, Plan
from satark.schemas.baselines import BaselineState, MetricBaseline
from satark.schemas.metrics import MetricSample
from tests.unit.detector.detection.links import DAY, SEED, One, at, days, entity, judged, sample
from tests.unit.detector.detection.test_series import KNOWN, PLAN, VROUTER, usage

LEARNING, WATCHING = BaselineState.LEARNING, BaselineState.WATCHING


def normal(plan: Plan, samples: list[MetricSample], metric: str = "latency_ms_rx") -> MetricBaseline:
    """Return what is normal for a metric after samples."""
    detection = Detection(One(plan))
    judged(detection, samples)
    return detection.normals([samples[0].entity])[samples[0].entity].metrics[metric]


def numbers(found: MetricBaseline) -> list[float]:
    """Return low, centre, high and limit, infinite where there is none."""
    return [inf if each is None else each for each in (found.low, found.centre, found.high, found.limit)]


ROBUST = One().one
SLO = Plan(
    metrics={"latency_ms": MetricPlan(limit=Limit(above=21.5)), "lost": MetricPlan(Method.NONE, limit=Limit(2.0))}
)


class TestLearning:
    def test_a_young_link_has_only_an_absolute_limit(self) -> None:
        """Half of the samples are there: the other half is wanted, and nothing is called normal."""
        found = normal(ROBUST, days(range(18)))

        assert (LEARNING, 18, 18, None) == (found.state, found.n, found.wanted_samples, found.centre)
        assert 400.0 == found.limit == found.absolute

    def test_a_link_is_watched_from_the_sample_on_that_judging_is(self) -> None:
        """The thirty-sixth sample ends the learning."""
        assert LEARNING == normal(ROBUST, days(range(35))).state
        assert WATCHING == normal(ROBUST, days(range(36))).state

    def test_the_recent_past_is_learnt_from_a_few(self) -> None:
        """The seed's method wants six before the present."""
        found = normal(SEED, days(range(4)))

        assert (LEARNING, "seed", 3, 3, None) == (found.state, found.method, found.n, found.wanted_samples, found.limit)

    def test_a_series_of_no_known_kind_is_learnt_for_a_day(self) -> None:
        """Half a day has been seen: half a day is wanted."""
        found = normal(PLAN, usage(range(DAY // 2)), "cpu_share")

        assert (LEARNING, "novelty", DAY // 2) == (found.state, found.method, found.n)
        assert pytest.approx(43_200, abs=300) == found.wanted_s


class TestWatching:
    @pytest.mark.parametrize("plan", [ROBUST, SEED])
    def test_what_is_usual_is_in_the_band(self, plan: Plan) -> None:
        """Around twenty milliseconds, the limit not below the band."""
        found = normal(plan, days(range(60)))

        low, centre, high, limit = numbers(found)
        assert 19 < centre < 22
        assert low < centre < high <= limit
        assert (WATCHING, None, None) == (found.state, found.wanted_samples, found.absolute)

    def test_a_limit_that_is_set_counts_if_it_is_lower(self) -> None:
        """Both are told; the lower one is what is anomalous."""
        found = normal(SLO, days(range(60)))

        assert 21.5 == found.limit == found.absolute

    def test_a_metric_with_a_limit_only_has_no_normal(self) -> None:
        """Nothing is learnt, and none is waited for."""
        lost = MetricSample.of(entity="x", kind="poller", time=at(0), interval_s=300, labels={}, metrics={"lost": 1.0})
        found = normal(SLO, [lost], "lost")

        assert (WATCHING, "none", 2.0, None) == (found.state, found.method, found.limit, found.centre)

    def test_a_series_has_the_range_that_was_usual(self) -> None:
        """Two days of five percent."""
        found = normal(PLAN, KNOWN, "cpu_share")

        low, centre, high = numbers(found)[:3]
        assert 3 < low < 4.6 < centre < 5.4 < high < 7
        assert found.limit is None

    def test_trouble_is_not_normal(self) -> None:
        """In an incident the normal is the one from before, by either method."""
        slow = {"latency_ms_rx": 60.0, "latency_ms_tx": 60.0}
        for plan in (ROBUST, SEED):
            found = normal(plan, days(range(60)) + days(range(60, 72), slow))

            assert numbers(found)[3] < 45


class TestAsking:
    def test_it_changes_nothing(self) -> None:
        """What is remembered, and what is told afterwards, is the same whether or not anybody asked."""
        asked, other = Detection(One()), Detection(One())
        for one in days(range(80)):
            for detection in (asked, other):
                detection.judge([one], one.time + timedelta(hours=1))
            asked.normals([entity(0)])

        assert asked.dump([entity(0)]) == other.dump([entity(0)])

    def test_the_half_hour_is_that_of_the_newest_sample(self) -> None:
        """A sample at 00:55 asks for what is normal from 00:30 on."""
        detection = Detection(One())
        judged(detection, days(range(12)))

        assert int(at(6).timestamp()) == detection.normals([entity(0)])[entity(0)].slot

    def test_of_what_is_not_known_nothing_is_said(self) -> None:
        """An entity that is not in memory, one that no rule watches, and one whose state has just been read."""
        detection = Detection(One())
        judged(detection, [sample(0)])
        again = Detection(One())
        again.load(detection.dump([entity(0)]).items())

        assert {} == detection.normals(["wan-link/other"])
        assert {} == again.normals([entity(0)])
        assert VROUTER not in detection
