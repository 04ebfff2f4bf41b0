import json
from typing import Any

from hypothesis import given, settings

from satark.detector.alarms.matches import MAX_TEXT_CHARS, is_news, json_text
from satark.detector.alarms.rules import compile_rule
from satark.uve.alarms import AlarmRules
from tests.unit.detector.alarms.worlds import VALUES, condition, rule


def found(elements: list[dict[str, Any]], operation: str = "!=", value: Any = 0) -> AlarmRules:
    """Return what a rule finds in a list."""
    one = compile_rule(rule([condition("A.l.x", operation, value, variables=["A.l.name"])]))
    matched = one.evaluate({"A": {"l": elements}}).matched
    assert matched is not None
    return matched


class TestNews:
    def test_order_is_none(self) -> None:
        """The order in which elements come is no change."""
        elements = [{"x": 1, "name": "a"}, {"x": 2, "name": "b"}]

        assert not is_news(found(elements), found(elements[::-1]))

    def test_a_moving_number_is_none(self) -> None:
        """Another number above the limit is no change, another element is one."""
        before = found([{"x": 6, "name": "a"}], ">", 5)

        assert not is_news(before, found([{"x": 7, "name": "a"}], ">", 5))
        assert is_news(before, found([{"x": 6, "name": "b"}], ">", 5))

    def test_another_element_is(self) -> None:
        """One more match is a change."""
        assert is_news(found([{"x": 1}]), found([{"x": 1}, {"x": 2}]))

    def test_beyond_what_is_told(self) -> None:
        """How many matches are left out matters too, but not where numbers move."""
        many = [{"x": n} for n in range(1, 151)]

        assert is_news(found(many), found(many[:140]))
        assert not is_news(found(many, ">", 0), found(many[:140], ">", 0))


class TestText:
    def test_long(self) -> None:
        """A very long value is told by its beginning, and is still JSON."""
        assert json.loads(json_text(["x"] * 10_000)).endswith("…")
        assert len(json_text("é" * 10_000)) <= MAX_TEXT_CHARS

    def test_deep(self) -> None:
        """A value that is nested too deeply is told as that."""
        nested: Any = []
        for _ in range(100_000):
            nested = [nested]

        assert json_text(nested) == '"nested too deeply"'

    @settings(deadline=None)
    @given(VALUES)
    def test_any(self, value: Any) -> None:
        """Every value has a JSON text."""
        json.loads(json_text(value))
