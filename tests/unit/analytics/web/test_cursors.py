from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.web.cursors import MAX_LENGTH, limit, opened, seal
from satark.analytics.web.problem import Problem

QUESTION = {"label": ("edge=Pune",), "state": None, "cursor": None, "limit": 10}
TIMES = st.datetimes(timezones=st.just(UTC))


class TestCursors:
    @given(TIMES, st.text(max_size=200))
    def test_a_place_comes_back(self, time: datetime, name: str) -> None:
        """The place that went into a cursor comes out of it, whatever the page's size."""
        cursor = seal(QUESTION, (time, name))

        assert opened({**QUESTION, "cursor": cursor, "limit": 99}, tuple[datetime, str]) == (time, name)

    def test_no_cursor_is_no_place(self) -> None:
        """A question without a cursor begins at the beginning."""
        assert opened(QUESTION, tuple[str]) is None

    @pytest.mark.parametrize(
        "question", [{**QUESTION, "state": "open"}, {**QUESTION, "label": ()}, {**QUESTION, "more": 1}]
    )
    def test_of_another_question(self, question: dict[str, Any]) -> None:
        """A cursor belongs to its question."""
        with pytest.raises(Problem, match="another question"):
            opened({**question, "cursor": seal(QUESTION, ("a",))}, tuple[str])

    def test_of_another_shape(self) -> None:
        """A place of another kind is refused."""
        with pytest.raises(Problem, match="none that this server gave"):
            opened({**QUESTION, "cursor": seal(QUESTION, ("a",))}, tuple[datetime, str])

    @given(st.text(max_size=100) | st.from_regex(r"[A-Za-z0-9_-]{1,200}"))
    def test_any_text_is_refused(self, text: str) -> None:
        """What this server did not give is refused."""
        with pytest.raises(Problem) as raised:
            opened({**QUESTION, "cursor": text}, tuple[str])

        assert (raised.value.status, raised.value.code) == (400, "bad_cursor")

    def test_limits(self) -> None:
        """The size of a page is bounded, and so is a cursor."""
        assert limit(5, 9).schema == {"type": "integer", "minimum": 1, "maximum": 9, "default": 5}
        assert MAX_LENGTH == 2048
