from typing import Any

import pytest
from hypothesis import given, settings

from satark.detector.alarms.paths import MAX_LEAVES, MAX_STEPS, Absent, PathError, TooManyError, compiled, read
from tests.unit.detector.alarms.worlds import OBJECTS, PATHS


def values(path: str, uve: dict[str, Any]) -> list[Any]:
    """Return what a path leads to."""
    return [leaf.value for leaf in compiled(path).resolve(uve).leaves]


class TestResolve:
    @pytest.mark.parametrize(
        ("path", "uve", "expected"),
        [
            ("A", {"A": 1}, [1]),
            ("A", {}, [None]),
            ("A.b", {}, [Absent.MISSING]),
            ("A.b", {"A": None}, [Absent.MISSING]),
            ("A.b", {"A": {}}, [None]),
            ("A.b.c", {"A": {}}, [Absent.MISSING]),
            ("A.b", {"A": 5}, [Absent.BROKEN]),
            ("A.b", {"A": "no JSON"}, [Absent.BROKEN]),
            ("A.b", {"A": '{"b": "7"}'}, [7]),
            ("A.l", {"A": {"l": [1, 2]}}, [[1, 2]]),
            ("A.l", {"A": {"l": ["1", "2"]}}, [["1", "2"]]),
            ("A.l.x", {"A": {"l": [{"x": 1}, {}, 3, None]}}, [1, None, Absent.BROKEN, Absent.MISSING]),
            ("A.l.x", {"A": {"l": [[{"x": 1}], '{"x": 2}', [[{"x": 3}]]]}}, [1, 2, 3]),
            ("A.*.x", {"A": {"p": {"x": 1}, "q": {"x": 2}}}, [1, 2]),
            ("A.__value", {"A": {"p": 1, "q": "2"}}, [1, 2]),
            ("A.__key", {"A": {"p": 1, "q": 2}}, ["p", "q"]),
            ("A.*", {"A": {}}, []),
            ("A.l.*.x", {"A": {"l": [{"p": {"x": 1}}, {"q": {"x": 2}}]}}, [1, 2]),
        ],
    )
    def test_values(self, path: str, uve: dict[str, Any], expected: list[Any]) -> None:
        """A path leads through objects, lists, maps and texts that hold JSON."""
        assert expected == values(path, uve)

    def test_spread(self) -> None:
        """A list or map on the way makes many of one, a list at the end does not."""
        uve = {"A": {"l": [{"x": 1}]}}

        assert compiled("A.l.x").resolve(uve).spread
        assert compiled("A.*.x").resolve(uve).spread
        assert not compiled("A.l").resolve(uve).spread

    def test_too_many(self) -> None:
        """A path that leads to more values than anybody looks at is given up."""
        with pytest.raises(TooManyError, match="more than"):
            compiled("A.x").resolve({"A": [{"x": 1}] * (MAX_LEAVES + 1)})

    def test_depth_costs_no_recursion(self) -> None:
        """Lists may be nested deeper than the interpreter could follow."""
        nested: Any = {"x": 1}
        for _ in range(20_000):
            nested = [nested]

        assert values("A.x", {"A": nested}) == [1]

    @settings(deadline=None)
    @given(PATHS, OBJECTS)
    def test_never_raises(self, path: str, uve: dict[str, Any]) -> None:
        """Whatever the object holds, a path leads to values or to none."""
        try:
            compiled(path)
        except PathError:
            return

        assert isinstance(values(path, uve), list)


class TestAlong:
    @pytest.mark.parametrize(
        ("path", "variable", "expected"),
        [
            ("A.l.x", "A.l.y", [10, 20]),
            ("A.l.x", "A.l.o.z", [5, None]),
            ("A.l.x", "A.l", [[{"x": 1, "y": 10, "o": {"z": 5}}, {"x": 2, "y": 20}]] * 2),
            ("A.l.x", "A.s", ["once", "once"]),
            ("A.l.x", "B.c", [None, None]),
            ("A.l.x", "A.m.*.v", [[1, 2], [1, 2]]),
            ("A.m.*.v", "A.m.__key", ["p", "q"]),
            ("A.m.__value", "A.m.__key", ["p", "q"]),
            ("A.m.__key", "A.m.__value", [{"v": 1}, {"v": 2}]),
            ("A.m.__key", "A.m.*.v", [1, 2]),
            ("A.m.*.v", "A.m.*.w", [None, None]),
            ("A.s", "A.s.t", [None]),
        ],
    )
    def test_variables(self, path: str, variable: str, expected: list[Any]) -> None:
        """A variable is taken from the element or entry that was walked through, and else from the object."""
        elements = [{"x": 1, "y": 10, "o": {"z": 5}}, {"x": 2, "y": 20}]
        uve = {"A": {"l": elements, "m": {"p": {"v": 1}, "q": {"v": 2}}, "s": "once"}}
        walked = compiled(path)

        found = [compiled(variable).resolve_along(walked, leaf, uve) for leaf in walked.resolve(uve).leaves]

        assert expected == found

    @settings(deadline=None)
    @given(PATHS, PATHS, OBJECTS)
    def test_never_raises(self, path: str, variable: str, uve: dict[str, Any]) -> None:
        """Whatever the object holds, a variable has a value or null."""
        try:
            walked, along = compiled(path), compiled(variable)
        except PathError:
            return

        for leaf in walked.resolve(uve).leaves:
            assert not isinstance(along.resolve_along(walked, leaf, uve), Absent)


class TestCompiled:
    @pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a.__key.b", ".".join("a" * (MAX_STEPS + 1))])
    def test_refused(self, text: str) -> None:
        """A text that can lead nowhere is no path."""
        with pytest.raises(PathError):
            compiled(text)


class TestRead:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("7", 7), ("-1.5", -1.5), ("true", True), ("null", None), ("[1]", [1]), ('"a"', "a"), ("10.1.1.1", "10.1.1.1"),
         ("", ""), ("NaN", "NaN"), ("[" * 5000, "[" * 5000), ("node7", "node7"), (7, 7)],
    )  # fmt: skip
    def test_text(self, text: Any, expected: Any) -> None:
        """A text that is JSON is its value; any other stays what it is."""
        assert expected == read(text)
