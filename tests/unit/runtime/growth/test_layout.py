from dataclasses import replace

import pytest

from satark.runtime.growth.layout import (
    GROWING,
    IN_ORDER,
    LAST,
    STATE,
    WRITTEN,
    GrowthError,
    Standing,
    Step,
    differing,
    is_moving,
    judged,
    next_step,
)
from satark.schemas.topics import ACCEPTANCES, METRICS

ALIKE = dict.fromkeys(GROWING, 12)
WRITTEN_TO = ALIKE | dict.fromkeys(WRITTEN, 24)
CUT = {(name, number): 7 for name in IN_ORDER for number in range(12)}
READY = Standing(WRITTEN_TO, cut=CUT, read=CUT)


class TestJudged:
    def test_as_many_are_read_as_all_topics_have(self) -> None:
        """Topics that have more are named; topics that our user may not see do not count."""
        assert (12, list(WRITTEN)) == (judged(WRITTEN_TO), differing(WRITTEN_TO))
        assert (3, []) == (judged({METRICS: 3, ACCEPTANCES: 3}), differing({METRICS: 3, ACCEPTANCES: 3}))

    def test_the_state_is_being_moved_until_the_last_topic_has_as_many(self) -> None:
        """Tables with more partitions than the last topic say so, but not where nothing is written to the new ones."""
        moving = WRITTEN_TO | dict.fromkeys(STATE, 24)

        assert [False, True, False] == [is_moving(each) for each in (WRITTEN_TO, moving, moving | {LAST: 24})]
        assert not is_moving(ALIKE | dict.fromkeys(STATE, 24))


class TestNextStep:
    def test_it_goes_from_step_to_step(self) -> None:
        """First what services write, then a note of the ends, then the state; in the end there is nothing to do."""
        moving = WRITTEN_TO | dict.fromkeys(STATE, 24)
        stands = (
            Standing(ALIKE),
            Standing(WRITTEN_TO),
            READY,
            Standing(moving),
            Standing(moving | {LAST: 24}, members=2),
        )

        assert [Step.ADD, Step.NOTE, Step.MOVE, Step.MOVE, Step.NOTHING] == [next_step(each, 24) for each in stands]

    def test_ends_of_another_time_do_not_count(self) -> None:
        """When twelve became twenty-four, the ends of twelve were noted; for forty-eight those of twenty-four are wanted."""
        counts = dict.fromkeys(GROWING, 24) | dict.fromkeys(WRITTEN, 48)

        assert Step.NOTE is next_step(Standing(counts, cut=CUT, read=CUT), 48)

    @pytest.mark.parametrize(
        ("standing", "said"),
        [
            (replace(READY, read={}, members=2), "are not judged yet: let them go on"),
            (replace(READY, read={}), "start the detectors again"),
            (replace(READY, ends={(LAST, 0): 1}), "1 records of before"),
            (replace(READY, members=2), "2 detectors run: stop them all"),
            (replace(READY, counts=WRITTEN_TO | dict.fromkeys(STATE, 24), members=1), "stop them all"),
        ],
    )
    def test_the_state_moves_when_all_is_judged_and_nobody_runs(self, standing: Standing, said: str) -> None:
        """What was written before must be read to its end, and all detectors be stopped."""
        with pytest.raises(GrowthError, match=said):
            next_step(standing, 24)

    @pytest.mark.parametrize(
        ("counts", "wanted", "said"),
        [
            ({}, 24, "run satark topics apply"),
            (ALIKE, 18, "must be a multiple"),
            (ALIKE, 6, "must be a multiple"),
            (WRITTEN_TO, 48, "SATARK_KAFKA_PARTITIONS=24"),
        ],
    )
    def test_what_cannot_be_is_said(self, counts: dict[str, int], wanted: int, said: str) -> None:
        """Missing topics, fewer partitions, a number by which keys would move anywhere, and another one half-way."""
        with pytest.raises(GrowthError, match=said):
            next_step(Standing(counts), wanted)
