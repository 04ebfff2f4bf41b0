from satark.detector.alarms.rules import CompiledRule, compile_rule
from tests.unit.detector.alarms.worlds import condition, rule


def compiled(*or_list: tuple[tuple[str, str, object], ...]) -> CompiledRule:
    """Return a rule of lists of conditions."""
    return compile_rule(rule(*([condition(*one) for one in together] for together in or_list)))


class TestReads:
    def test_operands_and_variables(self) -> None:
        """A rule reads the structs of its operands and variables."""
        conditions = [condition("A.n", "==", other="B.n", variables=["C.x", "A.y"]), condition("D", "==", None)]

        assert compile_rule(rule(conditions)).reads == {"A", "B", "C", "D"}

    def test_of_a_project(self) -> None:
        """A rule of a project also reads where a virtual machine tells its own."""
        assert compile_rule(rule(parent="domain:demo")).reads == {"A", "UveVirtualMachineAgent"}


class TestEvaluate:
    def test_any_list(self) -> None:
        """The rule holds when one of its lists does, and tells only those that do."""
        evaluation = compiled((("A.n", ">", 5),), (("A.m", "==", 1),)).evaluate({"A": {"n": 3, "m": 1}})

        assert evaluation.matched is not None
        assert [[one.condition.operand1 for one in x.and_list] for x in evaluation.matched.or_list] == [["A.m"]]

    def test_all_of_a_list(self) -> None:
        """A list holds when all its conditions do."""
        both = compiled((("A.n", ">", 5), ("A.m", "==", 1)))

        assert both.evaluate({"A": {"n": 6, "m": 1}}).holds
        assert not both.evaluate({"A": {"n": 6, "m": 2}}).holds

    def test_trouble_is_no_alarm(self) -> None:
        """What cannot be evaluated is told as trouble, once for each kind, and does not hold."""
        evaluation = compiled((("A.n", ">", 5),), (("A.n", ">", 7),), (("A.s.x", "==", 1),)).evaluate(
            {"A": {"n": "abc", "s": 5}}
        )

        assert not evaluation.holds
        assert evaluation.troubles == (
            "A.n: > cannot compare a text with a number",
            "A.s.x: the path goes on below a value that holds no others",
        )

    def test_trouble_beside_an_alarm(self) -> None:
        """Trouble with one list hides no other that holds."""
        evaluation = compiled((("A.n", ">", 5),), (("A.m", "==", 1),)).evaluate({"A": {"n": "abc", "m": 1}})

        assert (True, 1) == (evaluation.holds, len(evaluation.troubles))
