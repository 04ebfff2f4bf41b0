from typing import Any

import pytest

from satark.detector.alarms.operations import NotComparableError, compare
from satark.uve.alarms import Operation

ORDERING = ("<", "<=", ">", ">=")


class TestCompare:
    @pytest.mark.parametrize(
        ("left", "right", "expected"),
        [
            (1, 2, (True, True, False, False)),
            (2, 2, (False, True, False, True)),
            (2, 1.5, (False, False, True, True)),
            (None, 5, (True, True, False, False)),
            (5, None, (False, False, True, True)),
            (None, None, (False, True, False, True)),
            ("a", "b", (True, True, False, False)),
        ],
    )
    def test_order(self, left: Any, right: Any, expected: tuple[bool, ...]) -> None:
        """Numbers and texts are in order among themselves, and null is below all."""
        assert expected == tuple(compare(Operation(word), left, right) for word in ORDERING)

    @pytest.mark.parametrize(
        ("left", "word", "right", "expected"),
        [
            (1, "==", 1.0, True),
            ([1], "==", [1], True),
            (1, "!=", "1", True),
            ("a", "in", ["a"], True),
            ("a", "in", "abc", False),
            ("a", "in", None, False),
            ("a", "not in", None, True),
            ("a", "not in", ["b"], True),
            (70, "range", [70, 90], True),
            (90, "range", [70, 90], True),
            (91, "range", [70, 90], False),
            ([1, 2], "size==", 2, True),
            ({"a": 1}, "size==", 1, False),
            (None, "size==", 0, False),
            (None, "size!=", 1, True),
            ([1], "size!=", 1, False),
        ],
    )
    def test_others(self, left: Any, word: str, right: Any, expected: bool) -> None:
        """Equality, membership, range (both ends belong to it) and size are as the original has them."""
        assert expected is compare(Operation(word), left, right)

    @pytest.mark.parametrize(
        ("left", "word", "right", "message"),
        [
            ("a", "<", 5, "< cannot compare a text with a number"),
            ([], ">=", 5, ">= cannot compare a list with a number"),
            ({}, "<", {}, "< cannot compare an object with an object"),
            (None, "range", [1, 2], "range cannot compare null with a list"),
            (5, "range", [2, 1], "range cannot compare a number with a list"),
            (5, "range", True, "range cannot compare a number with a truth value"),
        ],
    )
    def test_not_comparable(self, left: Any, word: str, right: Any, message: str) -> None:
        """What cannot be compared is told by its kinds."""
        with pytest.raises(NotComparableError) as caught:
            compare(Operation(word), left, right)

        assert str(caught.value) == message
