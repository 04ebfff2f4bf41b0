from email import message_from_bytes
from email.policy import default
from pathlib import Path

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from satark.notifier.mail.incident_view import view
from satark.notifier.mail.message import Letterhead, compose
from satark.notifier.mail.packs import Broken
from satark.notifier.mail.render import render
from satark.notifier.overrides.folder import folder_of, report
from satark.notifier.preview.examples import one
from tests.unit.notifier.scenes import WRITTEN, opened

BROKEN = "satark_notifier_templates_broken_total"


def counted(file: str) -> float:
    """Return how often a file was not used."""
    return REGISTRY.get_sample_value(BROKEN, {"template": file}) or 0.0


def text_of(content: bytes) -> str:
    """Return a mail's text part."""
    body = message_from_bytes(content, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class TestReport:
    def test_logs_what_is_new_and_counts_all(self) -> None:
        """A broken template is logged once for each change, and counted each time."""
        before, broken = counted("opened.txt.j2"), Broken("opened.txt.j2", 3, "it is wrong")

        with capture_logs() as logs:
            report(broken, is_new=True)
            report(broken, is_new=False)

        assert counted("opened.txt.j2") == before + 2
        assert [("template_broken", "opened.txt.j2", 3, "it is wrong")] == [
            (log["event"], log["file"], log["line"], log["why"]) for log in logs
        ]


class TestFolderOf:
    def test_nothing_is_watched_unless_told(self) -> None:
        """Without the setting the built-in templates are all there are."""
        assert folder_of(None) is None

    def test_mail_goes_out_with_a_broken_template(self, tmp_path: Path) -> None:
        """A mail by a broken template is the built-in one, and is counted, logged and noticed."""
        (tmp_path / "opened.txt.j2").write_text("{{ nix }}")
        before = counted("opened.txt.j2")

        with capture_logs() as logs:
            head = Letterhead("a@example.net", "example.net", templates=folder_of(tmp_path))
            mails = [compose(one(opened()), head, WRITTEN) for _ in range(2)]

        plain = render(view(opened(), now=WRITTEN)).text
        for text in (text_of(mail.content) for mail in mails):
            assert text.startswith(plain[:100])
            assert "opened.txt.j2, line 1: 'nix' is undefined" in text
        assert counted("opened.txt.j2") == before + 2
        assert len(logs) == 1
