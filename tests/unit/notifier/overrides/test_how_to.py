"""The example of docs/how-to/change-the-mails.md: what is shown there is what happens."""

import argparse
import re
from pathlib import Path

import pytest

from satark.notifier.mail.incident_view import view
from satark.notifier.mail.packs import read
from satark.notifier.mail.render import render
from satark.notifier.overrides.command import TemplatesCommand
from satark.schemas.incidents import Severity
from tests.support.environment import REPOSITORY
from tests.unit.notifier.scenes import WRITTEN, opened

PAGE = (REPOSITORY / "docs" / "how-to" / "change-the-mails.md").read_text()
TEXTS = re.findall(r"^```jinja\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
NAMES = ("base.txt.j2", "base.html.j2", "opened.subject.j2")
SAID = re.findall(
    r"^```console\n\$ satark notifier templates (--\w+) mails\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE
)
CRITICAL = view(opened(severity=Severity.CRITICAL), now=WRITTEN)


def run(*words: str) -> int:
    """Run `satark notifier templates`; return its exit status."""
    command, parser = TemplatesCommand(), argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(words))


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mails"


def write(folder: Path) -> None:
    """Write the page's example."""
    for name, text in zip(NAMES, TEXTS, strict=True):
        (folder / name).write_text(text)


def test_session_is_as_shown(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Starting, checking and mistyping print what the page shows."""
    (to, started), (check, well), (_, wrong) = SAID
    assert run(to, "mails") == 0
    assert capsys.readouterr().out == started

    write(place)
    assert run(check, "mails") == 0
    assert capsys.readouterr().out == well

    (place / NAMES[0]).write_text(TEXTS[0].replace("view.place", "view.plaice"))
    assert run(check, "mails") != 0
    assert wrong == capsys.readouterr().err


def test_example_is_what_the_mails_say(place: Path) -> None:
    """The desk's number is in the text and the HTML of what is critical, and the place is first in the subject."""
    place.mkdir()
    write(place)

    mail = render(CRITICAL, pack=read(place))

    assert mail.broken == ()
    assert "\nCall the service desk, extension 4711: LDN-vVCE / BT Business Broadband is critical.\n" in mail.text
    assert "extension <b>4711</b>: LDN-vVCE / BT Business Broadband is critical." in mail.html
    assert mail.subject.startswith("LDN-vVCE / BT Business Broadband: ")
    assert "What to look at first" in mail.text


def test_example_leaves_other_mails_alone(place: Path) -> None:
    """What is not critical has no number to call."""
    place.mkdir()
    write(place)

    assert "4711" not in render(view(opened(), now=WRITTEN), pack=read(place)).text
