import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.texts import one_line
from tests.unit.sandesh.probe import Colour, Inner, ProbeSystemLog
from tests.unit.sandesh.values import messages


@given(messages())
def test_one_line(message: object) -> None:
    """Any message is one line of printable characters, of a bounded length."""
    text = one_line(message, max_characters=300)  # type: ignore[arg-type]

    assert text.isprintable()
    assert len(text) <= 303


@given(st.text())
def test_forged_lines(said: str) -> None:
    """No text that a program logs begins a line of its own."""
    assert 1 == len(one_line(ProbeSystemLog(text=said)).splitlines())


def test_cut() -> None:
    """A text that is too long is cut, visibly."""
    assert one_line(ProbeSystemLog(text="x" * 99), max_characters=30).endswith("xxx...")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (Colour.GREEN, "GREEN"),
        ({"a": [1, 2]}, "{a: [1, 2]}"),
        (Inner(tag="t"), "[tag = t]"),
        ([], "[]"),
        (1.5, "1.5"),
    ],
)
def test_values(value: object, text: str) -> None:
    """Values are told as people write them."""
    assert f" text = {text} " in one_line(ProbeSystemLog(text=value))  # type: ignore[arg-type]
