import io

import pytest

from satark.standalone.screen import Screen, safe


def _shown(quiet: bool = False) -> str:
    file = io.StringIO()
    screen = Screen(file, quiet=quiet)
    screen.title("Satark is running")
    screen.say("[OPENED] a line with [brackets]")
    screen.ready("detector", 7.25)
    screen.table([("mails", "http://127.0.0.1:8025/"), ("Kafka", "127.0.0.1:9092")])
    screen.mail("[OPENED] CRITICAL LDN / Broadband", "http://127.0.0.1:8025/mails/1")
    with screen.waiting("for something"):
        screen.say("done")
    return file.getvalue()


def test_shows_plain_lines_without_a_terminal() -> None:
    """No control codes in a pipe or a file, and brackets are text."""
    shown = _shown()

    assert "\x1b" not in shown
    assert [
        "",
        "Satark is running",
        "[OPENED] a line with [brackets]",
        "  ready  detector              7.2 s",
        "  mails  http://127.0.0.1:8025/",
        "  Kafka  127.0.0.1:9092",
        "mail      [OPENED] CRITICAL LDN / Broadband",
        "          http://127.0.0.1:8025/mails/1",
        "done",
    ] == shown.splitlines()


def test_quiet_shows_nothing() -> None:
    """--quiet means it."""
    assert "" == _shown(quiet=True)


def test_errors_are_shown_even_when_quiet() -> None:
    """They have a place of their own, and the command's name on each line."""
    output, errors = io.StringIO(), io.StringIO()

    Screen(output, errors, quiet=True).error("poller: settings\nare wrong")

    assert ("", "satark up: poller: settings\nsatark up: are wrong\n") == (output.getvalue(), errors.getvalue())


def test_says_what_is_waited_for() -> None:
    """A process that is not ready is named with its reason."""
    output = io.StringIO()

    Screen(output).waits("poller", "vco: nobody answers")

    assert "  waits  poller              vco: nobody answers\n" == output.getvalue()


def test_the_live_line_needs_a_terminal() -> None:
    """Nothing replaces itself in a pipe or a file."""
    output = io.StringIO()

    with Screen(output) as screen:
        screen.live("12:00 UTC")

    assert "" == output.getvalue()


def test_long_lines_stay_whole() -> None:
    """A link is not broken."""
    output, link = io.StringIO(), f"http://127.0.0.1:8025/{'x' * 200}"

    Screen(output).mail("subject", link)

    assert link in output.getvalue().split()


def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR takes the colours away even where they are forced."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured, plain = io.StringIO(), io.StringIO()
    Screen(coloured).ready("broker", 1.0)
    monkeypatch.setenv("NO_COLOR", "1")

    Screen(plain).ready("broker", 1.0)

    assert "\x1b[32m" in coloured.getvalue()
    assert "\x1b[32m" not in plain.getvalue()


def test_names_from_outside_are_only_text() -> None:
    """They cannot move the cursor, ring the bell or begin a line of their own; letters of all scripts stay."""
    assert "a�[2Jb�c" == safe("a\x1b[2Jb\nc")
    assert "São Paulo 03 / Zürich Lager" == safe("São Paulo 03 / Zürich Lager")
