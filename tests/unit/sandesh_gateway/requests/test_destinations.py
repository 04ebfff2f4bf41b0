import pytest

from satark.sandesh_gateway.requests.destinations import is_pattern, matches, parts_of


class TestMatches:
    @pytest.mark.parametrize(
        "pattern", ["h1:Compute:agent:0", "*:*:*:*", "h1:*:*:*", "*:Compute:*:*", "*:*:agent:*", "h1:Compute:agent:*"]
    )
    def test_each_part_may_be_any(self, pattern: str) -> None:
        """A star stands for the whole of its part."""
        assert matches(pattern, "h1:Compute:agent:0")

    @pytest.mark.parametrize(
        "pattern", ["h2:Compute:agent:0", "h*:Compute:agent:0", "*:*:*", "*", "", "h1:Compute:agent:*:*"]
    )
    def test_others_are_not_meant(self, pattern: str) -> None:
        """A star is no part of a word, and what has not four parts means nobody."""
        assert not matches(pattern, "h1:Compute:agent:0")

    def test_a_source_may_hold_colons(self) -> None:
        """The source is all that stands before the last three parts."""
        assert matches("fe80::1:Compute:agent:0", "fe80::1:Compute:agent:0")
        assert matches("*:Compute:agent:0", "fe80::1:Compute:agent:0")
        assert parts_of("fe80::1:Compute:agent:0") == ("fe80::1", "Compute", "agent", "0")


class TestIsPattern:
    def test_only_a_part_that_is_a_star_makes_one(self) -> None:
        """Names with a star inside a part, or with too few parts, are no patterns."""
        assert is_pattern("h:Compute:agent:*")
        assert not is_pattern("h*:Compute:agent:0")
        assert not is_pattern("*")
