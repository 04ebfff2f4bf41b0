"""Samples that come late, or in another order: what they teach, and that what is told stays the same."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from satark.detector.detection.bank import RECENT
from satark.detector.detection.detection import Detection
from satark.detector.rules import Plan
from satark.schemas.baselines import MetricBaseline
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from satark.schemas.metrics import MetricSample
from tests.unit.detector.detection.links import DAY, ROBUST, One, at, days, entity, judged, sample
from tests.unit.detector.detection.test_normals import numbers

SLOW = {"latency_ms_rx": 60.0, "latency_ms_tx": 60.0}
LATENCY = "latency_ms_rx"
TOLERANCE = {"latency_ms": 8 / 3, "jitter_ms": 2.0, "loss_pct": 0.5 / 3}
"""A third of the least rise worth a page; nine orders in ten are within a twentieth."""


def learnt(samples: Sequence[MetricSample], plan: Plan = ROBUST) -> dict[str, MetricBaseline]:
    """Return what is normal after samples in the order given."""
    detection = Detection(One(plan))
    judged(detection, samples)
    return detection.normals([entity(0)])[entity(0)].metrics


def displaced(samples: Sequence[MetricSample], places: int, seed: int) -> list[MetricSample]:
    """Return samples in another order, none of them overtaken by one that is `places` or more behind it."""
    draw = Random(seed)  # noqa: S311 - an order
    arrivals = [(number + draw.uniform(0, places), number) for number in range(len(samples))]
    return [samples[number] for _, number in sorted(arrivals)]


class TestTeaching:
    @pytest.mark.parametrize("late_by", [1, 5, 20])
    def test_a_single_late_sample_is_learnt(self, late_by: int) -> None:
        """In the half-hour at hand, or in one that is over: it counts, and the normal is as if it had come in time."""
        course = days(range(100))
        order = course[:60] + course[61 : 61 + late_by] + [course[60]] + course[61 + late_by :]
        normal, late = learnt(course)[LATENCY], learnt(order)[LATENCY]

        assert normal.n == late.n
        assert numbers(normal) == pytest.approx(numbers(late), abs=0.1)

    def test_it_teaches_the_half_hour_that_it_belongs_to(self) -> None:
        """Not the one in which it came: what is usual then stays as it was."""
        course = days(range(DAY + 8))
        odd = sample(DAY - 3, {LATENCY: 3.0})
        whole, other = (Detection(One()) for _ in range(2))
        for detection, late in ((whole, []), (other, [odd])):
            judged(detection, [*course[: DAY - 3], *course[DAY - 2 :], *late])
        profiles = [detection._bank._state.profiles.table[0].astype(float) for detection in (whole, other)]

        changed = {int(slot) for slot in (profiles[0] != profiles[1]).any(axis=1).nonzero()[0]}
        assert {47} == changed

    def test_a_double_teaches_nothing(self) -> None:
        """Also of a sample that was late itself: what is remembered stays byte for byte."""
        detection = Detection(One())
        judged(detection, days([*range(60), *range(61, 66), 60]))
        before = detection.dump([entity(0)])
        judged(detection, days([60, 63]))

        assert before == detection.dump([entity(0)])

    def test_what_is_older_than_what_is_kept_teaches_nothing(self) -> None:
        """Whether it is a double nobody knows any more."""
        detection = Detection(One())
        judged(detection, days([*range(60), *range(61, 61 + RECENT)]))
        before = detection.dump([entity(0)])
        judged(detection, days([60]))

        assert before == detection.dump([entity(0)])

    def test_late_trouble_is_no_normal(self) -> None:
        """A late sample of sixty milliseconds moves the limit by less than half a millisecond, and opens nothing."""
        course = days(range(80))
        normal = learnt([*course[:70], *course[71:]])[LATENCY]
        order = [*course[:70], *course[71:], sample(70, SLOW)]

        assert numbers(normal) == pytest.approx(numbers(learnt(order)[LATENCY]), abs=0.5)
        assert [] == judged(Detection(One()), order)


class TestOrder:
    @settings(max_examples=8, deadline=None)
    @given(places=st.integers(2, 4), seed=st.integers(0, 2**31))
    @example(places=4, seed=1)
    def test_any_order_within_a_quarter_of_an_hour_gives_the_same_normal(self, places: int, seed: int) -> None:
        """A day of samples that overtake each other by up to three: the same band and limit, but for little."""
        course = days(range(DAY))
        normal, other = learnt(course), learnt(displaced(course, places, seed))

        assert normal.keys() == other.keys()
        for name in normal:
            assert normal[name].n == pytest.approx(other[name].n, abs=4)
            tolerance = TOLERANCE[name.rpartition("_")[0]]
            assert numbers(normal[name]) == pytest.approx(numbers(other[name]), abs=tolerance)

    @settings(max_examples=8, deadline=None)
    @example(places=4, seed=3166236)  # what was open before a gap had ended when the gap was filled
    @given(places=st.integers(2, 4), seed=st.integers(0, 2**31))
    def test_any_order_tells_the_same_incidents(self, places: int, seed: int) -> None:
        """Forty minutes of trouble open one incident and end it, at most as many samples later as others overtook."""
        course = days(range(60)) + days(range(60, 68), SLOW) + days(range(68, 84))
        events = judged(Detection(One()), displaced(course, places, seed))

        turns = [event for event in events if isinstance(event, IncidentOpened | IncidentResolved)]
        assert [IncidentOpened, IncidentResolved] == [type(event) for event in turns]
        assert at(60) <= turns[0].opened_at <= at(60 + places)
        assert turns[0].time <= at(62 + places)

    @settings(max_examples=6, deadline=None)
    @given(seed=st.integers(0, 2**31), cuts=st.lists(st.integers(1, 119), max_size=6))
    def test_batches_change_nothing(self, seed: int, cuts: list[int]) -> None:
        """The same order in any batches: the same events and the same stored bytes."""
        order = displaced(days(range(120)), 4, seed)
        one, other = Detection(One()), Detection(One())
        events = judged(one, order)
        parts = pairwise([0, *sorted(set(cuts)), len(order)])
        batched = [event for a, b in parts for event in other.judge(order[a:b], at(400)).events]

        assert events == batched
        assert one.dump([entity(0)]) == other.dump([entity(0)])
