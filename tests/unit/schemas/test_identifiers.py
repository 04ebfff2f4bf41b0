import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.schemas.identifiers import identifier, instant

PARTS = st.lists(st.text(), max_size=4)


class TestIdentifier:
    def test_is_frozen(self) -> None:
        """An id that was given once is given for ever: it is in Kafka and in people's mailboxes."""
        assert "8ae0eab6-da0d-5fcb-ae71-1f2149c7e6aa" == identifier("incident", "wan-link/vco/7/a", "x")

    @given(PARTS, PARTS)
    def test_differs_for_different_facts(self, one: list[str], other: list[str]) -> None:
        """Two facts have the same id only when all their parts are the same."""
        assert (one == other) == (identifier("kind", *one) == identifier("kind", *other))

    def test_is_a_version_5_uuid(self) -> None:
        """The id has the form that RFC 9562 gives to hashed names."""
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", identifier("kind"))

    def test_does_not_confuse_where_parts_end(self) -> None:
        """Moving a letter from one part to the next gives another id."""
        assert identifier("kind", "ab", "c") != identifier("kind", "a", "bc")


class TestInstant:
    def test_is_utc_with_milliseconds(self) -> None:
        """The text has always the same form."""
        assert "2026-03-02T10:00:00.000Z" == instant(datetime(2026, 3, 2, 10, tzinfo=UTC))

    def test_does_not_depend_on_the_offset(self) -> None:
        """One instant has one text, wherever it was read from a clock."""
        india = timezone(timedelta(hours=5, minutes=30))

        assert "2026-03-02T04:30:00.250Z" == instant(datetime(2026, 3, 2, 10, 0, 0, 250_999, tzinfo=india))

    def test_refuses_a_naive_time(self) -> None:
        """A time without an offset means different instants in different places."""
        with pytest.raises(ValueError, match="naive"):
            instant(datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake under test
