"""When an entity's normal is told."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.normals.beat import AT_ONCE, LOOKS_A_SECOND, Beat
from satark.schemas.baselines import BaselineState, EntityBaseline, MetricBaseline
from satark.schemas.metrics import MetricSample
from tests.unit.detector.normals.links import baseline, sample

LEARNING, WATCHING = BaselineState.LEARNING, BaselineState.WATCHING


def told(beat: Beat, samples: list[MetricSample], state: BaselineState = WATCHING, now_s: float = 0.0) -> list[str]:
    """Let samples come one by one; return the ids of what is told."""
    found = []
    for one in samples:
        for due in beat.due([one], now_s).values():
            made = baseline(due, state)
            if beat.looked(due, made):
                found.append(made.id)
    return found


class TestHalfHours:
    def test_each_is_told_once(self) -> None:
        """Of three hours of samples every five minutes, six normals."""
        assert 6 == len(set(told(Beat(), [sample(bucket) for bucket in range(36)])))

    def test_a_late_sample_is_no_reason(self) -> None:
        """What belongs to a half-hour that is told, or to one before, makes nobody look."""
        beat = Beat()
        told(beat, [sample(12)])

        assert {} == beat.due([sample(3), sample(13)], 0.0)

    def test_what_is_not_watched_is_not_asked_for_again(self) -> None:
        """Until the half-hour is over."""
        beat = Beat()

        assert not beat.looked(sample(0), None)
        assert {} == beat.due([sample(5)], 0.0)
        assert {sample(6).entity} == set(beat.due([sample(6)], 0.0))


class TestLearning:
    def test_the_end_of_learning_is_told_at_once(self) -> None:
        """Once as learning, once as watching, in the same half-hour, under different ids."""
        beat = Beat()
        first = told(beat, [sample(0), sample(1)], LEARNING)
        then = told(beat, [sample(2), sample(3)], WATCHING)

        assert (1, 1) == (len(first), len(then))
        assert first != then

    def test_a_half_hour_that_is_over_goes_first(self) -> None:
        """When looks are few, those that only may have been learnt wait."""
        beat = Beat()
        young = [sample(0, link) for link in range(int(AT_ONCE))]
        told(beat, young, LEARNING)
        samples = [sample(1, link) for link in range(int(AT_ONCE))] + [sample(1, 9_999)]

        found = beat.due(samples, 10 / LOOKS_A_SECOND)

        assert 10 == len(found)
        assert samples[-1].entity in found


class TestCost:
    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.floats(0, 3), min_size=1, max_size=6))
    def test_looks_are_bounded_by_time(self, pauses: list[float]) -> None:
        """However many entities are due, there are so many looks at once and so many more a second."""
        beat, now_s, looks = Beat(), 0.0, 0
        for number, pause_s in enumerate(pauses):
            now_s += pause_s
            samples = [sample(6 * number, link) for link in range(520)]
            looks += len(beat.due(samples, now_s))

        assert looks <= AT_ONCE + now_s * LOOKS_A_SECOND + 1

    def test_who_finds_no_look_is_looked_at_later(self) -> None:
        """All are told within the half-hour, although the first batch had too many."""
        beat, found = Beat(), set()
        for bucket in range(6):
            for due in beat.due([sample(bucket, link) for link in range(1200)], 300.0 * bucket).values():
                assert beat.looked(due, baseline(due))
                found.add(due.entity)

        assert 1200 == len(found)


def test_the_baseline_s_id_says_entity_half_hour_and_state() -> None:
    """Two of the same are one; another half-hour, entity or state is another."""
    metric = MetricBaseline(state=WATCHING, method="robust", n=40)
    one = baseline(sample(0))
    ids = {one.id, baseline(sample(6)).id, baseline(sample(0, 1)).id, baseline(sample(0), LEARNING).id}
    again = EntityBaseline.of(entity=one.entity, kind=one.kind, time=one.time, metrics={"m": metric}, labels={})

    assert 4 == len(ids)
    assert one.id == again.id
    assert timedelta(minutes=30) == one.until - one.time
