from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from msgspec import Meta, Struct

from satark.runtime.docsgen.settings import default_text, env_example, settings_page, type_text
from satark.runtime.settings import Secret, load


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class LampSettings(Struct, frozen=True, kw_only=True):
    """How a lamp shines.

    More that nobody needs in a table.
    """

    url: Annotated[str, Meta(description="Where it is, as <host>.")]
    key: Annotated[Secret | None, Meta(description="Key of the switch.")] = None
    colours: Annotated[tuple[Colour, ...], Meta(description="Which colours.")] = (Colour.RED, Colour.BLUE)
    period_s: Annotated[float, Meta(description="Seconds of a blink.", gt=0)] = 60.0

    aliases: ClassVar[dict[str, str]] = {"LAMP_URL": "url"}


class TestTypes:
    @pytest.mark.parametrize(
        ("hint", "expected"),
        [
            (str, "text"),
            (Annotated[str, Meta(pattern="^a|b$")], "text like `^a|b$`"),
            (Annotated[int, Meta(description="x", ge=1, le=5)], "integer, ≥ 1, ≤ 5"),
            (Annotated[float, Meta(gt=0, lt=1)], "number, > 0, < 1"),
            (bool, "true or false"),
            (Path | None, "path"),
            (Secret | None, "secret"),
            (datetime, "RFC 3339 time"),
            (Colour, "one of `red`, `blue`"),
            (Literal["a", "b"], "one of `a`, `b`"),
            (tuple[int, ...], "list of integer"),
            (list[str], "list of text"),
            (dict[str, float], "list of name=number"),
            (int | str | None, "integer or text"),
        ],
    )
    def test_say_what_may_be_written(self, hint: Any, expected: str) -> None:
        """A person sees words, not Python."""
        assert expected == type_text(hint)

    def test_unknown_ones_are_a_mistake_of_ours(self) -> None:
        """A new type of setting needs words first."""
        with pytest.raises(TypeError, match="no text yet"):
            type_text(bytes)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "true"),
        (Colour.BLUE, "blue"),
        (300.0, "300"),
        (0.5, "0.5"),
        (("a", "b"), "a,b"),
        ((), ""),
        ([60.0, 1.5], "60,1.5"),
        ({"latency_ms": 5.0}, "latency_ms=5"),
        (7, "7"),
        (Path("a/b"), "a/b"),
    ],
)
def test_defaults_are_written_as_in_the_environment(value: Any, expected: str) -> None:
    """A default can be copied into .env."""
    assert expected == default_text(value)


def test_page_has_a_table_by_group() -> None:
    """Names, types, defaults, descriptions, other names."""
    page = settings_page({"lamp": LampSettings})

    assert "\n## SATARK_LAMP_*\n\nHow a lamp shines.\n" in page
    assert "| `SATARK_LAMP_URL` | text | **required** | Where it is, as \\<host>. Also: `LAMP_URL`. |" in page
    assert "| `SATARK_LAMP_COLOURS` | list of one of `red`, `blue` | `red,blue` | Which colours. |" in page


class TestEnvExample:
    def test_has_every_setting_as_a_comment(self) -> None:
        """Copied as it is, it changes nothing."""
        text = env_example({"lamp": LampSettings})

        assert all(line.startswith("#") for line in text.splitlines() if line)
        assert "# Where it is, as <host>. Required. Also: LAMP_URL.\n#SATARK_LAMP_URL=\n" in text
        assert "# Key of the switch.\n#SATARK_LAMP_KEY=\n#SATARK_LAMP_KEY_FILE=\n" in text
        assert "#SATARK_LAMP_PERIOD_S=60\n" in text

    def test_defaults_are_read_back_as_they_are(self) -> None:
        """Without the #, each line says what is true anyway."""
        lines = [line[1:] for line in env_example({"lamp": LampSettings}).splitlines() if line.startswith("#SATARK")]
        environ = dict(line.split("=", 1) for line in lines)
        expected = load("lamp", LampSettings, {"SATARK_LAMP_URL": "here"})

        assert expected == load("lamp", LampSettings, {**environ, "SATARK_LAMP_URL": "here"})
