import pytest

from satark.analytics.query.errors import InvalidQueryError
from satark.analytics.query.times import Span, instant, span

NOW = 1_700_000_000_000_000
MINUTE = 60_000_000


class TestInstant:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (5, 5),
            ("now", NOW),
            ("now-10m", NOW - 10 * MINUTE),
            ("now+5s", NOW + 5_000_000),
            ("now-2h", NOW - 120 * MINUTE),
            ("now-1d", NOW - 1440 * MINUTE),
        ],
    )
    def test_times_are_numbers_or_relative(self, given: int | str, expected: int) -> None:
        """A number is a time, a text is the present and a distance from it."""
        assert instant(given, NOW) == expected

    @pytest.mark.parametrize(
        "given", ["", "5", "now-", "now-5", "now-5w", "now - 5m", "NOW", "now-1h1m", "now-" + "9" * 99]
    )
    def test_other_texts_are_invalid(self, given: str) -> None:
        """A quoted number and a distance of two units are no times."""
        with pytest.raises(InvalidQueryError):
            instant(given, NOW)


class TestSpan:
    def test_the_relative_form_equals_the_whole_numbers(self) -> None:
        """now-10m to now is the same as its integers."""
        relative = span("now-10m", "now", now_us=NOW, keep_s=None)

        assert relative == span(NOW - 10 * MINUTE, NOW, now_us=NOW, keep_s=None)

    def test_it_is_cut_to_what_is_kept_and_to_now(self) -> None:
        """A start in 1970 is the beginning of what is kept, an end in the future is now."""
        assert span(0, "now+9d", now_us=NOW, keep_s=3600) == Span(NOW - 60 * MINUTE, NOW)

    def test_an_end_before_the_start_leaves_a_microsecond(self) -> None:
        """What begins after its end is the last microsecond before the end."""
        assert span("now", "now-1m", now_us=NOW, keep_s=None) == Span(NOW - MINUTE - 1, NOW - MINUTE)

    def test_names_are_looked_for_in_a_longer_time(self) -> None:
        """A short span is widened into the past."""
        assert span("now-1s", "now", now_us=NOW, keep_s=None, least_us=2**28) == Span(NOW - 2**28, NOW)

    @pytest.mark.parametrize("given", [-(10**30), 10**30])
    def test_any_number_is_within_what_the_store_takes(self, given: int) -> None:
        """Times beyond all bounds are cut."""
        found = span(given, given, now_us=NOW, keep_s=None)

        assert 0 <= found.start_us <= found.end_us <= NOW
