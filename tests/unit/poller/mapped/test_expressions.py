import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.poller.mapped.expressions import MAX_CHARS, expression, number_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class TestExpression:
    def test_find(self) -> None:
        """An expression finds what JMESPath says."""
        assert expression("a[0].b").find({"a": [{"b": 3}]}) == 3

    @pytest.mark.parametrize("text", ["a[", "]", "foo(@)(", "a" * (MAX_CHARS + 1), ""])
    def test_wrong(self, text: str) -> None:
        """What is no expression is refused, on one line."""
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is looked at
            expression(text)

        assert "\n" not in str(caught.value)

    def test_failures_find_nothing(self) -> None:
        """A function that does not fit the data finds nothing."""
        assert expression("join('-', [a, b])").find({"a": 1}) is None
        assert expression("length(a)").find({"a": 3}) is None

    @pytest.mark.parametrize(
        ("value", "text"), [("a\nb", "a b"), (3, "3"), (3.0, "3"), (1.5, "1.5"), (True, ""), ([], ""), (None, "")]
    )
    def test_text(self, value: object, text: str) -> None:
        """Texts and numbers are texts on one line, all else is empty."""
        assert expression("a").text_in({"a": value}) == text

    @settings(deadline=None)
    @given(JSON)
    def test_any_document(self, document: object) -> None:
        """No document makes a search raise."""
        for text in ("a.b", "sort_by(@, &a)", "join('-', @)", "max(@)", "@[?a > `1`]", "to_number(@)"):
            expression(text).find(document)
            expression(text).text_in(document)


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "number"),
        [
            (1, 1.0),
            ("2.5", 2.5),
            (True, None),
            ("nan", None),
            ("inf", None),
            ("x", None),
            (None, None),
            (10**400, None),
        ],
    )
    def test_numbers(self, value: object, number: float | None) -> None:
        """Finite numbers, also as texts, are numbers."""
        assert number_of(value) == number
