import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.alarms.conditions import MAX_MATCHES, ConditionError, Outcome, compile_condition
from satark.detector.alarms.paths import MAX_LEAVES
from satark.uve.alarms import Condition, Operation
from tests.unit.detector.alarms.worlds import DATA, OBJECTS, PATHS, VALUES, condition

GOLDEN = json.loads((DATA / "analytics" / "alarm-golden.json").read_text())["cases"]


def evaluated(uve: dict[str, Any], *arguments: Any, **options: Any) -> Outcome:
    """Return the outcome of a condition."""
    return compile_condition(condition(*arguments, **options)).evaluate(uve)


def told(outcome: Outcome) -> list[dict[str, Any]] | None:
    """Return the matches as they are told, None when there is none."""
    return None if outcome.matched is None else list(msgspec.to_builtins(outcome.matched.match))


def values(outcome: Outcome) -> list[str] | None:
    """Return the values that matched, None when there is none."""
    found = told(outcome)
    return None if found is None else [one["json_operand1_value"] for one in found]


class TestGolden:
    @pytest.mark.parametrize("case", GOLDEN, ids=[case["title"] for case in GOLDEN])
    def test_case(self, case: dict[str, Any]) -> None:
        """A condition holds where the original's does, with the same matches; where that throws there is trouble."""
        members = ("operand1", "operation", "operand2", "variables")
        compiled = compile_condition(msgspec.convert({name: case[name] for name in members}, Condition))

        outcome = compiled.evaluate(case["uve"])

        assert told(outcome) == case["match"]
        assert bool(outcome.trouble) == (case["result"] == "exception")

    def test_all(self) -> None:
        """There are as many cases as the specification counts."""
        assert len(GOLDEN) == 27


class TestElements:
    def test_each_that_matches_is_told(self) -> None:
        """Every element that matches is told, with its own variables."""
        processes = [{"name": "a", "state": "up"}, {"name": "b", "state": "down"}, {"name": "c"}]

        outcome = evaluated({"N": {"p": processes}}, "N.p.state", "!=", "up", variables=["N.p.name"])

        assert told(outcome) == [
            {"json_operand1_value": '"down"', "json_variables": {"N.p.name": '"b"'}},
            {"json_operand1_value": "null", "json_variables": {"N.p.name": '"c"'}},
        ]

    def test_pairs_by_position(self) -> None:
        """Two lists are compared element by element, and not at all when one is longer."""
        uve = {"A": {"l": [{"x": 1}, {"x": 2}], "m": [{"y": 2}, {"y": 2}], "n": [{"y": 1}]}}

        assert values(evaluated(uve, "A.l.x", "==", other="A.m.y")) == ["2"]
        assert values(evaluated(uve, "A.l.x", "==", other="A.n.y")) is None

    def test_one_with_many(self) -> None:
        """A single value is compared with each of many."""
        uve = {"A": {"n": 2, "l": [{"x": 1}, {"x": 2}, {}]}}

        assert values(evaluated(uve, "A.n", ">", other="A.l.x")) == ["2", "2"]

    def test_trouble_with_one_hides_no_other(self) -> None:
        """An element that cannot be compared does not match and is told as trouble; the others count."""
        outcome = evaluated({"A": {"l": [{"x": "abc"}, {"x": 9}]}}, "A.l.x", ">", 5)

        assert values(outcome) == ["9"]
        assert outcome.trouble == "A.l.x: > cannot compare a text with a number"

    def test_variables_follow_the_operand_they_are_near_to(self) -> None:
        """A variable beside the second operand is taken from that one's element."""
        uve = {"A": {"n": 2}, "B": {"m": {"p": {"v": 1}, "q": {"v": 2}}}}

        outcome = evaluated(uve, "A.n", "==", other="B.m.*.v", variables=["B.m.__key"])

        assert [one["json_variables"] for one in told(outcome) or []] == [{"B.m.__key": '"q"'}]

    def test_bounded(self) -> None:
        """Of very many matches the first are told, and how many more there are."""
        outcome = evaluated({"A": [{"x": 1}] * (MAX_MATCHES + 5)}, "A.x", "==", 1)

        assert outcome.matched is not None
        assert (len(outcome.matched.match), outcome.matched.more) == (MAX_MATCHES, 5)

    def test_too_many(self) -> None:
        """A list that is too long for a rule is a trouble."""
        assert "more than" in evaluated({"A": [{"x": 1}] * (MAX_LEAVES + 1)}, "A.x", "==", 1).trouble

    def test_missing_second_operand(self) -> None:
        """An attribute whose parent is missing makes the condition false, and is no trouble."""
        assert evaluated({"A": {"n": 1}}, "A.n", "not in", other="B.l") == Outcome(None)

    def test_broken_second_operand(self) -> None:
        """A path that goes on below a number is a trouble, told with the path."""
        assert evaluated({"A": {"n": 1}, "B": 5}, "A.n", "==", other="B.l").trouble.startswith("B.l: ")


class TestCompile:
    @pytest.mark.parametrize(
        ("operation", "operand2", "mistake"),
        [
            ("==", {"json_value": "True"}, "operand2.json_value: 'True' is not JSON; a text needs its quotes"),
            ("==", {}, "operand2: expected one of uve_attribute and json_value"),
            ("==", {"json_value": "1", "uve_attribute": "A"}, "operand2: expected one of uve_attribute and json_value"),
            ("range", {"json_value": "[2, 1]"}, "operand2.json_value: expected two numbers, the lower first: [70, 90]"),
            ("range", {"json_value": "7"}, "operand2.json_value: expected two numbers, the lower first: [70, 90]"),
            ("size==", {"json_value": "[1]"}, "operand2.json_value: expected a number of elements, not a list"),
            ("==", {"uve_attribute": "A.__key.b"}, "operand2.uve_attribute: 'A.__key.b': nothing is below __key"),
        ],
    )
    def test_mistakes(self, operation: str, operand2: dict[str, str], mistake: str) -> None:
        """What can never be evaluated is refused when it is compiled, and never later."""
        raw = {"operand1": "A.b", "operation": operation, "operand2": operand2}

        with pytest.raises(ConditionError) as caught:
            compile_condition(msgspec.convert(raw, Condition))

        assert str(caught.value) == mistake


class TestAnything:
    @settings(deadline=None)
    @given(PATHS, st.sampled_from(Operation), VALUES, PATHS, st.lists(PATHS, max_size=2), st.booleans(), OBJECTS)
    def test_never_raises(
        self,
        operand1: str,
        operation: Operation,
        value: Any,
        other: str,
        variables: list[str],
        with_other: bool,
        uve: dict[str, Any],
    ) -> None:
        """Any rule and any object give matches told as JSON texts, none, or a trouble."""
        second = other if with_other else ""
        try:
            compiled = compile_condition(condition(operand1, operation, value, other=second, variables=variables))
        except (ConditionError, msgspec.ValidationError):
            return

        outcome = compiled.evaluate(uve)

        assert outcome == compiled.evaluate(uve) or "NaN" in str(outcome)
        assert outcome.matched is None or len(outcome.matched.match) > 0
        for match in told(outcome) or []:
            for text in match["json_variables"].values():
                json.loads(text)
