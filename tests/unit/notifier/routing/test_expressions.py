"""Regular expressions of matchers, held against Python's own."""

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.notifier.routing.automaton import MAX_STATES, MAX_TEXT_CHARS
from satark.notifier.routing.expressions import MAX_EXPRESSION_CHARS, compiled

LETTERS = "abB1_ -é\n"

atoms = st.one_of(
    st.sampled_from(["a", "b", "B", "1", " ", ".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\.", r"\-", "é"]),
    st.sampled_from(["[ab]", "[^a]", "[a-c]", "[^a-c1]", r"[\d_]", "[-a]", "[a-]", "[]a]", "[^]a]", r"[a\-1]"]),
)
repeats = st.sampled_from(["", "*", "+", "?", "*?", "{2}", "{0,1}", "{1,}", "{0}"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    rows = st.lists(inner, max_size=3).map("".join)
    ways = st.lists(rows, min_size=1, max_size=3).map("|".join)
    return st.tuples(st.sampled_from(["(", "(?:"]), ways, repeats).map(lambda parts: f"{parts[0]}{parts[1]}){parts[2]}")


expressions = st.recursive(st.tuples(atoms, repeats).map("".join), _grown, max_leaves=6)


def taken(expression: str, text: str) -> bool:
    """Return whether the whole text matches."""
    return compiled(expression).takes(text)


class TestCompiled:
    @pytest.mark.parametrize(
        ("expression", "text", "expected"),
        [
            ("critical|major", "major", True),
            ("critical|major", "majority", False),
            (".*LTE.*", "Verizon LTE 2", True),
            ("", "", True),
            ("", "x", False),
            (".+", "", False),
            ("^(Oslo|London)$", "Oslo", True),
            ("a$b", "ab", False),
            ("(?i)lte", "LtE", True),
            ("(?i)[a-c]+", "AbC", True),
            ("(?i)[^a]", "A", False),
            ("edge-[0-9]{2,3}", "edge-12", True),
            ("edge-[0-9]{2,3}", "edge-1234", False),
            ("a{,2}", "a{,2}", True),
            (r"10\.0\.0\.\d+", "10.0.0.7", True),
            (r"\t", "\t", True),
        ],
    )
    def test_rows(self, expression: str, text: str, expected: bool) -> None:
        """An expression is anchored at both ends."""
        assert expected is taken(expression, text)

    @given(expressions, st.text(LETTERS, max_size=6))
    def test_as_python(self, expression: str, text: str) -> None:
        """Whatever is allowed means what it means in Python, for ASCII classes."""
        expected = re.fullmatch(expression, text, re.ASCII) is not None

        assert expected is taken(expression, text)

    @given(st.text(r"ab(){}[]*+?|^$\.,-:1i", max_size=30))
    def test_any(self, text: str) -> None:
        """Any text is an expression, or a ValueError; and what Python refuses is no expression."""
        try:
            automaton = compiled(text)
        except ValueError:
            return
        automaton.takes("ab1")

    @pytest.mark.parametrize(
        ("expression", "told"),
        [
            ("(a", "a ( has no ) after it"),
            ("a)", "a ) has no ( before it"),
            ("[a", "a [ has no ] after it"),
            ("[]", "a [ has no ] after it"),
            ("*a", "* has nothing before it to repeat"),
            ("{2}a", "{2} has nothing before it to repeat"),
            ("a{2}{3}", "{3} has nothing before it to repeat"),
            ("a**", "* has nothing before it to repeat"),
            ("a{3,2}", "{3,2} ends before it begins"),
            ("a{9999}", "it may repeat 1000 times"),
            ("(?=a)", "of groups there are"),
            (r"(a)\1", r"\1 is not supported"),
            (r"\bx", r"\b is not supported"),
            ("\\", r"a \ has nothing after it"),
            ("[b-a]", "the range from b is none"),
            (r"[a-\d]", "the range from a is none"),
            ("[[:alpha:]]", "is not supported"),
            ("((a{40}){40})", f"it stands for more than {MAX_STATES} characters"),
            ("(" * 21 + ")" * 21, "nested 20 deep"),
            ("a" * (MAX_EXPRESSION_CHARS + 1), "it may have 1000 characters"),
        ],
    )
    def test_mistakes(self, expression: str, told: str) -> None:
        """What is wrong is told in words."""
        with pytest.raises(ValueError, match=re.escape(told)):
            compiled(expression)

    def test_is_fast(self) -> None:
        """What takes other engines for ever takes no time to speak of."""
        began = perf_counter()

        assert not taken("(a*)*(a|a)*(a?){30}b", "a" * 200)
        assert taken("(((){1000}){1000}){1000}", "")
        assert perf_counter() - began < 2

    def test_long_text(self) -> None:
        """What is longer than any label matches nothing."""
        assert not taken(".*", "a" * (MAX_TEXT_CHARS + 1))
