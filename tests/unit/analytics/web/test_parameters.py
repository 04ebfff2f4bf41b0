from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.web.parameters import read
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Parameter


def value(schema: dict[str, Any], *texts: str, required: bool = False) -> Any:
    """Return what the texts are as a parameter of a schema."""
    parameter = Parameter("x", "It.", schema, required=required)
    return read([parameter], [("x", text) for text in texts], place="query", strict=True)["x"]


class TestRead:
    @pytest.mark.parametrize(
        ("schema", "texts", "expected"),
        [
            ({"type": "string"}, ["a b"], "a b"),
            ({"type": "string"}, [""], ""),
            ({}, ["a"], "a"),
            ({"type": "string", "enum": ["a", "b"]}, ["b"], "b"),
            ({"type": "string", "pattern": "^a+$"}, ["aa"], "aa"),
            ({"type": "integer"}, ["-12"], -12),
            ({"type": "integer", "minimum": 1, "maximum": 3}, ["3"], 3),
            ({"type": "number"}, ["1e3"], 1000.0),
            ({"type": "number", "exclusiveMinimum": 0}, ["0.5"], 0.5),
            ({"type": "boolean"}, [""], True),
            ({"type": "boolean"}, ["true"], True),
            ({"type": "boolean"}, ["0"], False),
            ({"type": "array", "items": {"type": "integer"}}, ["1", "2"], (1, 2)),
            ({"type": "array", "default": ("a",)}, [], ("a",)),
            ({"type": "integer", "default": 7}, [], 7),
            ({"type": "integer"}, [], None),
            (
                {"type": "string", "format": "date-time"},
                ["2026-11-21T18:00:00+02:00"],
                datetime(2026, 11, 21, 16, tzinfo=UTC),
            ),
        ],
    )
    def test_values(self, schema: dict[str, Any], texts: list[str], expected: object) -> None:
        """A text becomes what its schema says."""
        assert value(schema, *texts) == expected

    @pytest.mark.parametrize(
        ("schema", "texts", "mistake"),
        [
            ({"type": "string"}, ["a", "b"], "more than once"),
            ({"type": "string"}, ["a" * 1025], "between 0 and 1024"),
            ({"type": "string", "minLength": 1}, [""], "between 1 and"),
            ({"type": "string"}, ["a\0"], "no text has"),
            ({"type": "string"}, ["\ud800"], "no text has"),
            ({"type": "string", "enum": ["a", "b"]}, ["c"], "none of a, b"),
            ({"type": "string", "pattern": "^a+$"}, ["b"], "does not look like"),
            ({"type": "integer"}, ["1.0"], "no whole number"),
            ({"type": "integer"}, ["٣"], "no whole number"),
            ({"type": "integer"}, ["9" * 19], "no whole number"),
            ({"type": "integer", "minimum": 1}, ["0"], "between 1 and"),
            ({"type": "number"}, ["nan"], "no finite"),
            ({"type": "number"}, ["ten"], "no number"),
            ({"type": "number", "exclusiveMinimum": 0}, ["0"], "more than 0"),
            ({"type": "boolean"}, ["yes"], "neither true nor false"),
            ({"type": "array", "maxItems": 1}, ["a", "b"], "1 are the limit"),
            ({"type": "string", "format": "date-time"}, ["yesterday"], "no time like"),
            ({"type": "string", "format": "date-time"}, ["2026-11-21T18:00:00"], "with its offset"),
            ({"type": "string", "format": "date-time"}, ["0001-01-01T00:00:00+14:00"], "before or after all times"),
        ],
    )
    def test_mistakes(self, schema: dict[str, Any], texts: list[str], mistake: str) -> None:
        """What does not fit its schema is refused, and what is wrong is said."""
        with pytest.raises(Problem, match=mistake) as raised:
            value(schema, *texts)

        assert (raised.value.status, raised.value.code) == (400, "bad_parameter")

    def test_what_is_required(self) -> None:
        """A required parameter that is missing is named."""
        with pytest.raises(Problem, match="x: is missing"):
            value({"type": "string"}, required=True)

    def test_all_mistakes_are_told_at_once(self) -> None:
        """A refusal names every mistake, unknown names first."""
        declared = [Parameter("x", "It.", {"type": "integer"}), Parameter("y", "It.", {"type": "integer"})]

        with pytest.raises(Problem) as raised:
            read(declared, [("x", "a"), ("y", "b"), ("z", "c")], place="query", strict=True)

        assert raised.value.detail == ("'z' is no parameter here; x: is no whole number; y: is no whole number")

    @given(
        st.sampled_from(["string", "integer", "number", "boolean", "array"]),
        st.sampled_from([{}, {"format": "date-time"}]),
        st.lists(st.text(), max_size=3),
    )
    def test_any_text_is_a_value_or_a_problem(self, kind: str, more: dict[str, str], texts: list[str]) -> None:
        """Whatever comes is a value or a refusal."""
        with suppress(Problem):
            value({"type": kind, **more}, *texts)
