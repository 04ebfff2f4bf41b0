import io

from satark.standalone.screen import Screen


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
        "  ready  detector         7.2 s",
        "  mails  http://127.0.0.1:8025/",
        "  Kafka  127.0.0.1:9092",
        "mail      [OPENED] CRITICAL LDN / Broadband",
        "          http://127.0.0.1:8025/mails/1",
        "done",
    ] == shown.splitlines()


def test_quiet_shows_nothing() -> None:
    """--quiet means it."""
    assert "" == _shown(quiet=True)
