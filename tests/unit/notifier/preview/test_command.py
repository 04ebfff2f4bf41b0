"""What `satark notifier preview` writes and says."""

from email import message_from_bytes
from pathlib import Path

import msgspec
import pytest

from satark.notifier.main import command
from satark.notifier.preview import story
from satark.notifier.preview.examples import examples
from satark.notifier.preview.previewing import MAX_EVENTS
from satark.runtime.cli import main


def preview(*words: str) -> int:
    """Run the command; return its exit status."""
    return main(["notifier", "preview", *words])


class TestPreview:
    def test_is_a_command_of_the_notifiers(self) -> None:
        """It needs no settings of the service."""
        assert "preview" in command.extras

    def test_writes_an_example_of_every_kind(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Message, texts and picture of each, and a page that shows them."""
        status = preview("--to", str(tmp_path / "mails"))
        written = {file.name for file in (tmp_path / "mails").iterdir()}
        names = [example.name for example in examples()]

        assert status == 0
        assert {f"{name}{end}" for name in names for end in (".eml", ".txt", ".html", ".dark.html")} <= written
        assert {"opened.png", "resolved.png", "index.html"} <= written
        assert "storm.png" not in written
        assert "[STILL OPEN 4 h] CRITICAL Zürich 01" in capsys.readouterr().out

    def test_writes_what_a_mail_program_opens(self, tmp_path: Path) -> None:
        """The file is the message as it would be sent, with its picture inside."""
        preview("--to", str(tmp_path))
        message = message_from_bytes((tmp_path / "opened.eml").read_bytes())

        assert "multipart/alternative" == message.get_content_type()
        assert ["text/plain", "multipart/related", "text/html", "image/png"] == [
            each.get_content_type() for each in message.walk()
        ][1:]

    def test_writes_a_files_events(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """In their order, each with a name of its own."""
        events = (story.opened(), story.resolved())
        (tmp_path / "e.json").write_bytes(msgspec.json.encode(events))
        status = preview(str(tmp_path / "e.json"), "--to", str(tmp_path / "mails"))
        first, second, last = capsys.readouterr().out.splitlines()

        assert status == 0
        assert first.startswith(f"001-opened-{events[0].incident}")
        assert second.startswith(f"002-resolved-{events[0].incident}")
        assert last.startswith("2 mails; open ")

    def test_writes_so_many_and_says_so(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Nobody looks at a thousand mails."""
        (tmp_path / "e.json").write_bytes(msgspec.json.encode([story.group()] * (MAX_EVENTS + 5)))
        preview(str(tmp_path / "e.json"), "--to", str(tmp_path / "mails"))

        assert f"the first {MAX_EVENTS} of {MAX_EVENTS + 5} events are shown" in capsys.readouterr().err

    def test_says_what_is_no_event(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """With the file's name, on one line."""
        (tmp_path / "e.json").write_text("[]")
        status = preview(str(tmp_path / "e.json"), "--to", str(tmp_path / "mails"))

        assert status == 1
        assert f"{tmp_path / 'e.json'}: there is no incident event in it" in capsys.readouterr().err

    def test_says_where_it_cannot_write(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The folder is a file."""
        (tmp_path / "mails").write_text("")

        assert (1, True) == (preview("--to", str(tmp_path / "mails")), "mails" in capsys.readouterr().err)

    def test_needs_kafkas_address_for_an_incident(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A setting that is missing is named, with the status of wrong settings."""
        monkeypatch.delenv("SATARK_KAFKA_BROKERS", raising=False)
        status = preview("5b1c9e00", "--to", str(tmp_path))

        assert status == 78
        assert "SATARK_KAFKA_BROKERS" in capsys.readouterr().err

    def test_uses_an_operators_templates(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """And says what is wrong with them."""
        (tmp_path / "pack").mkdir()
        (tmp_path / "pack" / "heartbeat.subject.j2").write_text("[ALIVE] {{ gist }}")
        (tmp_path / "pack" / "opened.subject.j2").write_text("{{ nothing_of_the_kind }}")
        status = preview("--to", str(tmp_path / "mails"), "--templates", str(tmp_path / "pack"))
        said = capsys.readouterr()

        assert status == 0
        assert "[ALIVE] Satark is watching" in said.out
        assert "[OPENED] " in said.out
        assert "opened.subject.j2" in said.err
