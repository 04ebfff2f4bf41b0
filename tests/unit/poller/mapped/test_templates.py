from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.poller.mapped.templates import filled, template


class TestTemplate:
    def test_fill(self) -> None:
        """Places are filled by quoted values, doubled braces are braces."""
        made = template("/x/{edge}/{{y}}")

        assert made.names == {"edge"}
        assert made.fill({"edge": "a/b"}, lambda text: quote(text, safe="")) == "/x/a%2Fb/{y}"

    def test_numbers_stay_numbers(self) -> None:
        """A text that is nothing but one place becomes that value."""
        assert template("{n}").value({"n": 5}) == 5
        assert template("n={n}").value({"n": 5}) == "n=5"

    def test_trees(self) -> None:
        """Templates anywhere in lists and tables are filled, all else is kept."""
        tree = {"a": [template("{n}"), 1, None], "b": {"c": template("x")}}

        assert filled(tree, {"n": 5}) == {"a": [5, 1, None], "b": {"c": "x"}}

    @pytest.mark.parametrize("text", ["{", "}", "a{b", "a}b", "{{}", "{a{b}}"])
    def test_single_braces(self, text: str) -> None:
        """A brace that stands alone is a mistake."""
        with pytest.raises(ValueError, match="single brace"):
            template(text)

    @settings(deadline=None)
    @given(st.text())
    def test_doubled_braces_round_trip(self, text: str) -> None:
        """Any text with doubled braces gives itself."""
        assert template(text.replace("{", "{{").replace("}", "}}")).fill({}) == text

    def test_values_are_not_templates(self) -> None:
        """A value with braces is not filled again."""
        assert template("{a}{b}").fill({"a": "{b}", "b": "x"}) == "{b}x"
