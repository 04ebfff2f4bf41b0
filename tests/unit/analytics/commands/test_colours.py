"""Lines for a terminal."""

import io
from collections.abc import Callable

import pytest

from satark.analytics.commands.colours import for_eyes
from tests.unit.analytics.commands.conftest import FakeServer, rows
from tests.unit.analytics.commands.test_log_lines import ROW


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (2, "\x1b[1;31mx\x1b[0m"),
        (3, "\x1b[31mx\x1b[0m"),
        (4, "\x1b[33mx\x1b[0m"),
        (6, "x"),
        (7, "\x1b[2mx\x1b[0m"),
        (-100, "\x1b[2mx\x1b[0m"),
        (None, "x"),
    ],
)
def test_a_line_has_the_colour_of_its_severity(level: int | None, expected: str) -> None:
    """A line has the colour of its severity."""
    assert expected == for_eyes("x", level, colours=True)


def test_what_daemons_say_does_not_steer_the_terminal() -> None:
    """What daemons say does not steer the terminal, and stays on its line."""
    assert "a b\N{REPLACEMENT CHARACTER}[2J" == for_eyes("a\nb\x1b[2J", 6, colours=False)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_is_shown_colours_unless_they_are_not_wanted(
    server: FakeServer, satark: Callable[..., int], monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool
) -> None:
    """A terminal is shown colours, unless NO_COLOR is set."""
    server.answer = lambda _: rows([ROW])
    terminal = _Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("NO_COLOR", no_color)

    assert satark("logs", "--last", "5m") == 0

    assert coloured is ("\x1b[33m" in terminal.getvalue())
