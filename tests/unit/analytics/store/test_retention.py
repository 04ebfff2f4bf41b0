"""How long things are kept, in words; and which partitions go."""

from datetime import UTC, datetime, timedelta

import pytest

from satark.analytics.store.retention import (
    Limits,
    Partition,
    before,
    end_of,
    limits_of,
    oldest_kept,
    purge_time,
    too_old,
)
from satark.analytics.store.tables import Kept, Span

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def day(number: int, size: int = 10, *, table: str = "messages", kept: Kept = Kept.MESSAGES) -> Partition:
    """Return the partition of a day in March."""
    return Partition(table, kept, f"202603{number:02}", size, datetime(2026, 3, number, tzinfo=UTC) + timedelta(days=1))


class TestLimitsOf:
    @pytest.mark.parametrize(
        ("words", "limits"),
        [
            ("messages 30d", Limits(timedelta(days=30))),
            ("messages 2 weeks", Limits(timedelta(days=14))),
            ("messages 13 months", Limits(timedelta(days=13 * 30.5))),
            ("messages 36h 50GB", Limits(timedelta(hours=36), 50 * 10**9)),
            ("messages 2TB", Limits(None, 2 * 10**12)),
            ("messages forever", Limits()),
        ],
    )
    def test_words_are_limits(self, words: str, limits: Limits) -> None:
        """Ages and sizes are said as people say them."""
        assert limits_of([words]) == {Kept.MESSAGES: limits}

    @pytest.mark.parametrize(
        "words",
        ["messages", "nothing 3d", "messages 3 fortnights", "messages 0d", "messages 3d 0GB", "messages -3d", "3d"],
    )
    def test_words_that_mean_nothing_are_refused(self, words: str) -> None:
        """What is no limit is a mistake, not a guess."""
        with pytest.raises(ValueError, match=r"begin|no age|nothing"):
            limits_of([words])

    def test_a_class_has_one_limit(self) -> None:
        """A class that is named twice is a mistake."""
        with pytest.raises(ValueError, match="messages is given twice"):
            limits_of(["messages 1d", "messages 2d"])


class TestTooOld:
    def test_a_partition_goes_when_its_last_instant_is_too_old(self) -> None:
        """The day that has anything young enough stays whole."""
        limits = {Kept.MESSAGES: Limits(timedelta(days=3))}

        going = too_old([day(number) for number in range(14, 21)], limits, NOW)

        assert [each.id for each in going] == ["20260314", "20260315", "20260316"]

    def test_the_oldest_go_until_the_rest_is_small_enough(self) -> None:
        """Size takes from the old end, over all tables of the class."""
        partitions = [day(number, 10) for number in range(10, 14)]

        assert [each.id for each in too_old(partitions, {Kept.MESSAGES: Limits(None, 25)}, NOW)] == [
            "20260310",
            "20260311",
        ]

    def test_what_is_being_written_never_goes_for_its_size(self) -> None:
        """The newest partition stays, however large."""
        assert too_old([day(20, 1000)], {Kept.MESSAGES: Limits(None, 25)}, NOW) == []

    def test_classes_have_limits_of_their_own(self) -> None:
        """What is no part of a class does not count for it."""
        other = day(1, 1000, table="sessions", kept=Kept.SESSIONS)

        assert too_old([other, day(19), day(20)], {Kept.MESSAGES: Limits(timedelta(days=9), 100)}, NOW) == []


class TestPurge:
    def test_before_a_time_are_partitions_that_end_by_then(self) -> None:
        """A partition that reaches beyond the time stays."""
        partitions = [day(17), day(18), day(19)]

        assert [each.id for each in before(partitions, datetime(2026, 3, 19, 5, tzinfo=UTC))] == [
            "20260317",
            "20260318",
        ]

    def test_percent_are_of_the_span_from_the_oldest_to_now(self) -> None:
        """A quarter of eight days are two."""
        assert purge_time(NOW - timedelta(days=8), NOW, 25) == NOW - timedelta(days=6)


class TestTimes:
    @pytest.mark.parametrize(
        ("id_", "span", "end"),
        [
            ("20260228", Span.DAY, (2026, 3, 1)),
            ("202612", Span.MONTH, (2027, 1, 1)),
            ("202602", Span.MONTH, (2026, 3, 1)),
        ],
    )
    def test_a_partition_ends_where_the_next_begins(self, id_: str, span: Span, end: tuple[int, int, int]) -> None:
        """Days and months end at midnight, UTC."""
        assert end_of(id_, span) == datetime(*end, tzinfo=UTC)

    def test_what_is_kept_for_ever_has_a_first_day_too(self) -> None:
        """Rows of many years ago are not inserted whatever the limits say."""
        assert oldest_kept(Limits(), NOW) == NOW - timedelta(days=3653)
