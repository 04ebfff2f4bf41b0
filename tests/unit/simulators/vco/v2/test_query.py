from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.params import Window
from satark.simulators.vco.v2.errors import DataValidationError, ValidationError
from satark.simulators.vco.v2.query import accepts, epoch_ms, filters, interval, number, words

NOW = datetime(2026, 3, 10, 12, 10, tzinfo=UTC)
NOW_MS = 1773144600000


class TestTimes:
    @settings(deadline=None)
    @given(st.integers(10**12, 10**13 - 1))
    def test_thirteen_digits(self, milliseconds: int) -> None:
        """Thirteen digits are milliseconds."""
        assert epoch_ms({"start": str(milliseconds)}, "start") == milliseconds

    @settings(deadline=None)
    @given(st.text(max_size=14).filter(lambda text: not (len(text) == 13 and text.isascii() and text.isdigit())))
    def test_anything_else(self, text: str) -> None:
        """Anything else is refused."""
        with pytest.raises(ValidationError, match="13-digit"):
            epoch_ms({"start": text}, "start")

    @settings(deadline=None)
    @given(st.dictionaries(st.sampled_from(["start", "end"]), st.integers(10**12, 10**13 - 1).map(str)))
    def test_interval(self, query: dict[str, str]) -> None:
        """An interval has an end after its start, or is refused."""
        try:
            found = interval(query, NOW, required=False)
        except DataValidationError:
            found = None

        assert found is None or found.start_ms < found.end_ms

    def test_defaults(self) -> None:
        """The end is now; without a start, where that is allowed, the last twelve hours are meant."""
        start_ms = NOW_MS - 60_000

        assert Window(start_ms, NOW_MS) == interval({"start": str(start_ms)}, NOW)
        assert Window(NOW_MS - 43_200_000, NOW_MS) == interval({}, NOW, required=False)


class TestOthers:
    @settings(deadline=None)
    @given(st.text(max_size=15))
    def test_number(self, text: str) -> None:
        """A number is positive and at most the maximum, or refused."""
        try:
            found = number({"limit": text}, "limit", 5, 2048)
        except ValidationError:
            found = 1

        assert 1 <= found <= 2048

    def test_words(self) -> None:
        """Lists are separated by commas; empty parts are nothing."""
        assert words({"metrics": "a, b,,c"}, "metrics") == ["a", "b", "c"]
        assert words({}, "metrics") == []

    def test_filters(self) -> None:
        """Filters are fields with an op in brackets; other parameters are none."""
        assert filters({"name[in]": "a,b", "limit": "5"}, ["name"]) == [("name", "in", ("a", "b"))]
        assert accepts("a", "in", ("a", "b"))
        assert accepts("c", "notIn", ("a", "b"))
        assert not accepts("x", "contains", ("a", "b"))
