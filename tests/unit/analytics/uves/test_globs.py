import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.analytics.uves.globs import MAX_PATTERNS, matcher
from satark.analytics.web.problem import Problem

FEW = st.text("ab.*\n", max_size=8)


class TestMatcher:
    @settings(deadline=None)
    @given(FEW, FEW)
    def test_only_the_star_means_anything(self, pattern: str, name: str) -> None:
        """And it means any text: the same as a regular expression would find, however long that took."""
        expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None

        assert expected == matcher([pattern])(name)

    @pytest.mark.parametrize(
        ("patterns", "expected"),
        [
            (None, True),
            (["*"], True),
            ([], False),
            (["a.c"], False),
            (["x", "ab*"], True),
            (["abc"], True),
            ([""], False),
        ],
    )
    def test_one_of_several_suffices(self, patterns: list[str] | None, expected: bool) -> None:
        """Without patterns all are meant, with none of them nothing is."""
        assert expected == matcher(patterns)("abc")

    def test_hostile_patterns_cost_little(self) -> None:
        """What would take a regular expression longer than anybody lives."""
        assert not matcher(["*a" * 1_000 + "*b"])("a" * 2_048)

    def test_there_is_an_end_to_patterns(self) -> None:
        """Many exact names are fine."""
        matcher(f"name{at}" for at in range(10_000))

        with pytest.raises(Problem):
            matcher(f"*{at}" for at in range(MAX_PATTERNS + 1))
