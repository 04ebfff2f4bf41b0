from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.runtime.documents import parse, values
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import WRONG, Scalar


def read(shape: Scalar, text: str) -> Any:
    """Return a value as it is read, or what is told of it."""
    content = f"x: {text}".encode()
    mistakes = Mistakes("f", content)
    found = shape.read(parse(content).fields["x"], mistakes)
    return mistakes.told()[0].text if found is WRONG else found


class TestDuration:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("90", 90), ("10m", 600), ("1h30m", 5400), ("1d", 86_400), ("1w", 604_800), ("'2h'", 7200), ("0", 0)],
    )
    def test_right(self, text: str, expected: int) -> None:
        """Seconds, or numbers with units from week to second."""
        assert expected == read(values.duration(0, 10**6), text)

    @pytest.mark.parametrize(
        "text", ["1:30", "10 m", "m", "''", "-5", "1.5h", "5m1h", "x", "1e3", "[]", "{}", "~", "on"]
    )
    def test_wrong(self, text: str) -> None:
        """What only looks like a duration is none; YAML's sexagesimal numbers too."""
        assert str(read(values.duration(0, 10**6), text)).startswith(
            "expected a duration such as 10m, 1h30m or seconds, not"
        )

    def test_bounds(self) -> None:
        """A duration out of bounds is told with the bounds."""
        told = read(values.duration(60, 3600), "2h")

        assert told == "expected a duration such as 10m, 1h30m or seconds, not 2h: it may be 1m to 1h"

    @given(st.integers(0, 10**9 - 1))
    def test_round_trip(self, duration_s: int) -> None:
        """A duration in words is the same duration."""
        assert duration_s == values.seconds(values.in_words(duration_s))


class TestOthers:
    @pytest.mark.parametrize(
        ("shape", "right", "wrong"),
        [
            (values.number(), ["1", "-2.5"], ["x", "true", ".nan", ".inf", "[]", "'1'"]),
            (values.number(low=0), ["0"], ["-1"]),
            (values.number(above=0), ["0.1"], ["0"]),
            (values.whole(1, 3), ["1", "3"], ["0", "4", "1.0", "true"]),
            (values.exactly(1), ["1"], ["2", "true", "'1'"]),
            (values.choice(["a", "b"]), ["a"], ["c", "1"]),
            (values.flag(), ["true", "off"], ["1", "'true'"]),
            (values.text("t", most=3), ["abc", "012", "on"], ["abcd", "[]", "''"]),
            (values.zone(), ["Europe/Berlin", "UTC"], ["Mars/One", "../etc/passwd", "Europe", "1", "entity"]),
        ],
    )
    def test_values(self, shape: Scalar, right: list[str], wrong: list[str]) -> None:
        """A value that is allowed is read, any other is told with what was expected."""
        assert [one for one in right if str(read(shape, one)).startswith("expected")] == []
        assert [one for one in wrong if not str(read(shape, one)).startswith("expected")] == []

    def test_empty_text(self) -> None:
        """A text may be empty where its pattern says so."""
        assert read(values.text("t", most=3, pattern=".*"), "''") == ""
