"""How terms are written on the command line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.commands.grammar import filters, where
from satark.analytics.commands.terms import Op, Term, term
from satark.analytics.commands.usage import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=v", [[term("a", "v")]]),
        ("a=5", [[term("a", 5)]]),
        ("a=1.5", [[term("a", 1.5)]]),
        ('a="5"', [[term("a", "5")]]),
        ("a=true", [[term("a", "true")]]),
        ("a=v*", [[term("a", "v", Op.PREFIX)]]),
        ("a=*", [[term("a", "", Op.PREFIX)]]),
        ("a=1<5", [[term("a", 1, Op.IN_RANGE, value2=5)]]),
        ("a|b=x|y", [[term("a", "x", suffix=term("b", "y"))]]),
        ("p|q=17|4000<5000", [[term("p", 17, suffix=term("q", 4000, Op.IN_RANGE, value2=5000))]]),
        ("a CONTAINS v", [[term("a", "v", Op.CONTAINS)]]),
        ("labels CONTAINS label=web", [[term("labels", "label=web", Op.CONTAINS)]]),
        ("(a=1 AND b=2) OR (c=3)", [[term("a", 1), term("b", 2)], [term("c", 3)]]),
        ("a=1 OR b=2 AND c=3", [[term("a", 1)], [term("b", 2), term("c", 3)]]),
        ("(a=1 OR b=2) AND c=3", [[term("a", 1), term("c", 3)], [term("b", 2), term("c", 3)]]),
        ("name=two words AND b=1", [[term("name", "two words"), term("b", 1)]]),
        ('name="ORANGE AND LEMON"', [[term("name", "ORANGE AND LEMON")]]),
        ('name="a|b<c"', [[term("name", "a|b<c")]]),
        ("name=ORLANDO", [[term("name", "ORLANDO")]]),
        ("name=default-domain:admin:vn1", [[term("name", "default-domain:admin:vn1")]]),
        ("name=", [[term("name", "")]]),
    ],
)
def test_a_condition_is_an_or_of_ands(text: str, expected: list[list[Term]]) -> None:
    """A condition is an OR of ANDs of terms."""
    assert expected == where([text])


def test_several_conditions_must_all_hold() -> None:
    """Several conditions must all hold."""
    assert [[term("a", 1), term("b", 2)], [term("a", 1), term("c", 3)]] == where(["a=1", "b=2 OR c=3"])


@pytest.mark.parametrize(
    "text", ["", "a", "a=1 AND", "OR a=1", "(a=1", "a=1)", "a|b=x", "a|b|c=1|2|3", 'a="x', "a<=1", "a CONTAINS", "=1"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    """What is no condition is refused."""
    with pytest.raises(UsageError, match="--where"):
        where([text])


def test_parentheses_are_not_endless() -> None:
    """Parentheses are not endless."""
    with pytest.raises(UsageError, match="too many parentheses"):
        where(["(" * 2_000 + "a=1" + ")" * 2_000])


def test_conditions_do_not_multiply_without_end() -> None:
    """Conditions that multiply out to too many terms are refused."""
    with pytest.raises(UsageError, match="too many terms"):
        where(["a=1 OR b=2"] * 12)


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    """Any text is a condition, or refused."""
    try:
        found = where([text])
    except UsageError:
        return
    assert all(part for part in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=x.*,b<=5", [term("a", "x.*", Op.REGEX_MATCH), term("b", 5, Op.LEQ)]),
        ("a>=1.5", [term("a", 1.5, Op.GEQ)]),
        ("a!=x", [term("a", "x", Op.NOT_EQUAL)]),
        ("a=5", [term("a", "5", Op.REGEX_MATCH)]),
    ],
)
def test_a_filter_is_a_comma_list(text: str, expected: list[dict[str, Any]]) -> None:
    """A filter is a comma list of terms."""
    assert expected == filters([text])


def test_several_filters_must_all_hold() -> None:
    """Several filters must all hold."""
    assert [term("a", 1, Op.LEQ), term("b", 2, Op.GEQ)] == filters(["a<=1", "b>=2"])


def test_what_is_no_filter_is_refused() -> None:
    """What is no filter is refused."""
    with pytest.raises(UsageError, match="--filter"):
        filters(["a"])
