from datetime import UTC, datetime, timedelta, timezone

import pytest

from satark.detector.explain.words import Clock, MetricWords, duration, metric_words, number, place, printable
from tests.unit.detector.explain.incidents import LINK, opened

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class TestMetricWords:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("latency_ms_rx", MetricWords("download latency", "ms")),
            ("loss_pct_tx", MetricWords("upload loss", "%")),
            ("failed_cycles", MetricWords("failed cycles", "")),
            ("rx", MetricWords("rx", "")),
        ],
    )
    def test_a_name_is_taken_apart(self, name: str, expected: MetricWords) -> None:
        """Direction and unit are read from the end of a metric's name."""
        assert expected == metric_words(name)

    def test_the_title_has_the_unit(self) -> None:
        """A title names the unit where there is one."""
        assert [metric_words(name).title for name in ("jitter_ms_tx", "failed_cycles")] == [
            "upload jitter (ms)",
            "failed cycles",
        ]


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "expected"), [(0.0, "0"), (1250.04, "1250"), (31.26, "31.3"), (0.004212, "0.00421"), (-2.5, "-2.5")]
    )
    def test_decimals_are_those_worth_reading(self, value: float, expected: str) -> None:
        """Large values have one decimal at most, small ones three digits."""
        assert expected == number(value)


class TestDuration:
    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            (-3, "0 s"),
            (0, "0 s"),
            (59, "59 s"),
            (300, "5 min"),
            (5100, "1 h 25 min"),
            (86_400, "1 d"),
            (90_061, "1 d 1 h"),
        ],
    )
    def test_the_two_largest_units_are_told(self, seconds: float, expected: str) -> None:
        """What is smaller than the second unit is left out."""
        assert expected == duration(seconds)


class TestPlace:
    def test_names_are_preferred(self) -> None:
        """A link is told by edge and link, or by its key where it has no names; control characters stay out."""
        named = opened()
        nameless = opened("wan-link/\x1b[31m")

        assert place(named) == "LDN-BR-01 / Broadband B"
        nameless.labels.clear()
        assert place(nameless) == "wan-link/\\x1b[31m"
        assert printable("a\tb") == "a\\tb"
        assert named.entity == LINK


class TestClock:
    def test_times_are_told_in_the_zone(self) -> None:
        """UTC is the default; another zone moves date and hour."""
        east = Clock(timezone(timedelta(hours=13), "NZDT"))

        assert Clock().moment(NOON) == "2026-03-10 12:00 UTC"
        assert east.moment(NOON) == "2026-03-11 01:00 NZDT"
        assert (Clock().hour(NOON), east.hour(NOON, beside=NOON)) == ("12:00", "01:00")

    def test_another_day_is_named(self) -> None:
        """The hour of another day has its date."""
        assert Clock().hour(NOON + timedelta(days=1), beside=NOON) == "03-11 12:00"
