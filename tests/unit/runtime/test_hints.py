from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from satark.runtime import hints
from satark.runtime.secret import Secret


class Size(StrEnum):
    SMALL = "s"
    LARGE = "l"


class TestShape:
    @pytest.mark.parametrize(
        "hint", [tuple, list, tuple[int, ...], list[str] | None, Annotated[tuple[str, ...], Meta()]]
    )
    def test_sequences(self, hint: Any) -> None:
        """Tuples and lists are sequences, however they are wrapped."""
        assert (hints.is_sequence(hint), hints.is_mapping(hint)) == (True, False)

    @pytest.mark.parametrize("hint", [dict, dict[str, int], Annotated[dict[str, str] | None, Meta()]])
    def test_mappings(self, hint: Any) -> None:
        """Dicts are mappings, however they are wrapped."""
        assert hints.is_mapping(hint)

    @pytest.mark.parametrize("hint", [str, int | None, Literal["tuple", "dict"], Size])
    def test_single_values(self, hint: Any) -> None:
        """Everything else is a single value."""
        assert (hints.is_sequence(hint), hints.is_mapping(hint)) == (False, False)

    def test_secrets_inside(self) -> None:
        """A hint is secret when any part of it is."""
        assert hints.is_secret(dict[str, Secret | None])
        assert not hints.is_secret(dict[str, str])


class TestChoices:
    @pytest.mark.parametrize(
        ("hint", "expected"),
        [(Literal["a", 1], ("a", "1")), (Size | None, ("s", "l")), (tuple[Literal["x"], ...], ("x",)), (str, ())],
    )
    def test_lists(self, hint: Any, expected: tuple[str, ...]) -> None:
        """The values of a Literal or an Enum are its choices."""
        assert expected == hints.choices(hint)


class TestDescription:
    @pytest.mark.parametrize(
        ("hint", "expected"),
        [
            (Annotated[str, Meta(description="one")], "one"),
            (Annotated[Annotated[str, Meta(description="inner")] | None, Meta(description="outer")], "outer"),
            (Annotated[Annotated[str, Meta(description="inner")] | None, Meta(gt=0)], "inner"),
            (Annotated[str, "not ours"], ""),
            (str, ""),
        ],
    )
    def test_the_outermost_counts(self, hint: Any, expected: str) -> None:
        """The description is the outermost one that there is."""
        assert expected == hints.description(hint)
