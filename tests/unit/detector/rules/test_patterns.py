import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.detector.rules.patterns import Patterns


class TestPatterns:
    @pytest.mark.parametrize(
        ("texts", "value", "expected"),
        [
            (["*lte*"], "Verizon LTE", True),
            (["lte"], "Verizon LTE", False),
            (["LON-??"], "lon-01", True),
            (["[a-c]*"], "Berlin", True),
            (["!*lte*"], "Fibre", True),
            (["!*lte*"], "LTE", False),
            (["*", "!*backup*"], "LTE backup", False),
            (["a", "b"], "b", True),
            ([""], "", True),
            (["?*"], "", False),
            (["a*"], "b\na", False),
            (["a*"], "a\nb", True),
            (["4101"], "4101", True),
        ],
    )
    def test_matches(self, texts: list[str], value: str, expected: bool) -> None:
        """One that includes must match, where there is any, and none that excludes; the case does not matter."""
        assert expected is Patterns(tuple(texts)).matches(value)

    def test_hostile(self) -> None:
        """A pattern of many stars is as quick as any other."""
        assert not Patterns(("*a" * 60 + "b",)).matches("a" * 1000)

    @given(st.text(max_size=20), st.text(max_size=20))
    def test_anything(self, pattern: str, value: str) -> None:
        """Any text is a pattern; one and its exclusion never agree."""
        text = pattern.lstrip("!")

        assert Patterns((text,)).matches(value) is not Patterns(("!" + text,)).matches(value)
