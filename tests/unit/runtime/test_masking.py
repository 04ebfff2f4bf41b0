import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.runtime.masking import SecretMask
from satark.runtime.secret import Secret


def masked(value: Any, *secrets: str) -> Any:
    """Return one value of an event as a mask leaves it."""
    return SecretMask([Secret(text) for text in secrets])(None, "info", {"value": value})["value"]


class Telling:
    """Something whose text holds a secret."""

    def __str__(self) -> str:
        return "Basic hunter2"


class Broken:
    """Something that has no text."""

    def __str__(self) -> str:
        raise RuntimeError("no")


class TestSecretMask:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("with hunter2 inside", "with *** inside"),
            ({"hunter2": ["hunter2", ("hunter2",)]}, {"***": ["***", ["***"]]}),
            ({"hunter2"}, ["***"]),
            (b"hunter2", "***"),
            (Telling(), "Basic ***"),
            (RuntimeError("hunter2"), "***"),
            (Secret("hunter2"), "'***'"),
        ],
    )
    def test_a_secret_is_masked_everywhere(self, value: Any, expected: Any) -> None:
        """A known secret is masked in texts, keys, nested values and the texts of objects."""
        assert masked(value, "hunter2") == expected

    @pytest.mark.parametrize(
        "written",
        ["p%40ss%2Fw%20rd%22%C3%BC", "p%40ss%2Fw+rd%22%C3%BC", 'p@ss/w rd\\"\\u00fc', 'p@ss/w rd"ü'],
    )
    def test_a_quoted_secret_is_masked(self, written: str) -> None:
        """A secret is known in the quoting of URLs and JSON too."""
        assert masked(f"got {written} here", 'p@ss/w rd"ü') == "got *** here"

    def test_the_longer_secret_goes_first(self) -> None:
        """Nothing is left of a secret that begins with another."""
        assert masked("hunter2hunter2", "hunter2", "hunter2hunter2") == "***"

    def test_a_short_secret_would_mask_words(self) -> None:
        """A secret of a few characters is not looked for."""
        assert masked("an apple", "a") == "an apple"

    @pytest.mark.parametrize(
        ("value", "expected"),
        [(1, 1), (True, True), (None, None), (1.5, 1.5), (float("nan"), "nan"), (Decimal(1), "1"), ({1: 2}, {"1": 2})],
    )
    def test_other_values_are_fit_for_json(self, value: Any, expected: Any) -> None:
        """What JSON can say stays; the rest becomes text."""
        assert masked(value) == expected

    def test_a_value_that_contains_itself_ends(self) -> None:
        """A value that contains itself is shown to a bounded depth."""
        endless: list[Any] = ["hunter2"]
        endless.append(endless)

        assert "hunter2" not in json.dumps(masked(endless, "hunter2"))

    def test_a_value_without_a_text_is_told(self) -> None:
        """An object whose text cannot be made does not stop the log."""
        assert masked(Broken()) == "<Broken without a text: RuntimeError>"

    def test_structlog_s_own_are_left_alone(self) -> None:
        """Keys that begin with an underscore carry objects for the formatter."""
        record = object()

        event = SecretMask([])(None, "info", {"_record": record, "event": "x"})

        assert event["_record"] is record

    @given(
        value=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
            max_leaves=20,
        )
    )
    def test_anything_becomes_strict_json(self, value: Any) -> None:
        """Whatever is logged can be written as JSON that every reader accepts."""
        assert json.loads(json.dumps(masked(value), allow_nan=False)) == masked(value)
