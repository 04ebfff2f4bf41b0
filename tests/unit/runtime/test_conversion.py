from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from satark.runtime.conversion import convert, convert_value
from satark.runtime.secret import Secret


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


HINTS: list[Any] = [
    str,
    int,
    float | None,
    bool,
    Annotated[int, Meta(gt=0, le=10)],
    tuple[int, ...],
    tuple[Annotated[float, Meta(ge=0)], ...],
    dict[str, int],
    Literal["a", "b"],
    Colour,
    Path,
    Secret | None,
    datetime | None,
]


def refusal(hint: Any, text: str) -> str:
    """Return why a text is refused; nothing when it is not."""
    try:
        convert(hint, text)
    except ValueError as error:
        return str(error)
    return ""


class TestConvert:
    @pytest.mark.parametrize(
        ("hint", "text", "expected"),
        [
            (str, "12", "12"),
            (int, "12", 12),
            (float, "1.5", 1.5),
            (float | None, "2", 2.0),
            (bool, "YES", True),
            (bool, "off", False),
            (bool | None, "1", True),
            (Path, "/etc/x", Path("/etc/x")),
            (Path | None, "x", Path("x")),
            (Secret, "s", Secret("s")),
            (Secret | None, "s", Secret("s")),
            (Literal["a", "b"], "b", "b"),
            (Colour, "blue", Colour.BLUE),
            (tuple[str, ...], "a, b,,c ", ("a", "b", "c")),
            (tuple[int, int], "1,2", (1, 2)),
            (list[float], "1,2.5", [1.0, 2.5]),
            (tuple[Secret, ...], "x,y", (Secret("x"), Secret("y"))),
            (dict[str, int], "a=1, b = 2", {"a": 1, "b": 2}),
            (dict[str, str], "query=a=b", {"query": "a=b"}),
            (datetime, "2026-03-02T10:00:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC)),
            (Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(min_length=1)], "3", (3,)),
        ],
    )
    def test_a_text_becomes_a_value(self, hint: Any, text: str, expected: object) -> None:
        """A text becomes a value of its hint, however deep the type is nested."""
        assert convert(hint, text) == expected

    @pytest.mark.parametrize(
        ("hint", "text", "message"),
        [
            (int, "x", "expected a whole number"),
            (float | None, "x", "expected a number"),
            (bool, "maybe", "expected true or false"),
            (Literal["info", "debug"], "x", "expected one of info, debug"),
            (Colour, "green", "expected one of red, blue"),
            (Annotated[float, Meta(gt=0)], "0", "expected `float` > 0.0"),
            (Annotated[float, Meta(gt=0)], "nan", "expected `float` > 0.0"),
            (float, "inf", "expected a finite number"),
            (tuple[float, ...], "1,-inf", "expected a finite number"),
            (dict[str, float], "a=inf", "expected a finite number"),
            (tuple[int, ...], "1,x", "expected a whole number (item 2)"),
            (tuple[Literal["a"], ...], "a,b", "expected one of a (item 2)"),
            (dict[str, str], "novalue", "expected name=value, comma separated"),
            (dict[str, str], "=x", "expected name=value, comma separated"),
            (datetime, "yesterday", "invalid RFC3339 encoded datetime"),
        ],
    )
    def test_a_wrong_text_is_explained(self, hint: Any, text: str, message: str) -> None:
        """A text that is no such value is refused in words for whoever writes an environment file."""
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared below
            convert(hint, text)

        assert message == str(caught.value)

    @given(hint=st.sampled_from(HINTS), text=st.text(max_size=40) | st.from_regex(r"[0-9,.=+-]{1,30}", fullmatch=True))
    def test_any_text_is_a_value_or_refused(self, hint: Any, text: str) -> None:
        """Whatever the text is, the answer is a value or a ValueError that does not repeat the text."""
        told = refusal(hint, f"{text}secret-marker")

        assert "secret-marker" not in told

    def test_a_type_of_ours_is_no_setting(self) -> None:
        """A hint that no text can become is the programmer's mistake, not the operator's."""
        with pytest.raises(NotImplementedError, match="cannot be of type"):
            convert(unknown_class(), "x")


def unknown_class() -> type:
    """Return a class that settings do not know."""
    return type("Unknown", (), {})


class TestConvertValue:
    @pytest.mark.parametrize(
        ("hint", "value", "expected"),
        [
            (int, 12, 12),
            (float, 2, 2.0),
            (Path | None, "/etc/x", Path("/etc/x")),
            (Secret, "s", Secret("s")),
            (tuple[str, ...], ["a,b"], ("a,b",)),
            (Colour, "red", Colour.RED),
        ],
    )
    def test_a_typed_value_is_taken_as_it_is(self, hint: Any, value: object, expected: object) -> None:
        """What a document's format has typed becomes a value of the hint."""
        assert expected == convert_value(hint, value)

    @pytest.mark.parametrize(
        ("hint", "value", "words"),
        [
            (int, "12", "expected a whole number"),
            (str, 5, "expected a text"),
            (bool, "yes", "expected true or false"),
            (tuple[str, ...], "a", "expected a list"),
            (Path, 5, "expected a text"),
            (Path, "a\0b", "expected a text"),
            (Secret | None, 5, "expected a text"),
            (float, float("nan"), "expected a finite number"),
        ],
    )
    def test_another_type_is_refused(self, hint: Any, value: object, words: str) -> None:
        """A value of another type is no mistake to be guessed around."""
        with pytest.raises(ValueError, match=words):
            convert_value(hint, value)
