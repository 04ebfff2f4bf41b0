"""What mails say of silences and acknowledgements."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from satark.notifier.events import Event
from satark.notifier.mail.asides import seen
from satark.notifier.mail.message import Letterhead
from satark.notifier.telling import PLAIN, Aside
from satark.schemas.incidents import Reason
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.mail.mails import compose_one
from tests.unit.notifier.outbox.outboxes import NOW, OPENED, RESOLVED, UPDATED, later
from tests.unit.notifier.sayings import seen as word
from tests.unit.notifier.scenes import still_open

HEAD = Letterhead("alerts@example.net", "example.net")
TWO_HOURS_S = 7200.0 - 900.0


def mail(event: Event, aside: Aside) -> tuple[EmailMessage, str, str]:
    """Return the mail two hours after noon, its plain text and its HTML."""
    content = compose_one(event, "noc@example.net", HEAD, later(TWO_HOURS_S), aside).content
    message = message_from_bytes(content, policy=policy.default)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return message, text.get_content(), html.get_content()


class TestAfterASilence:
    def test_is_a_beginning_to_who_was_not_told(self) -> None:
        """It shows the incident as it is by now, since when it is open, and why it comes late; its ids are the first's."""
        message, text, html = mail(OPENED, Aside(UPDATED, is_news=True))
        plain, _, _ = mail(OPENED, PLAIN)

        assert message["Subject"].startswith("[STILL OPEN] CRITICAL LDN-vVCE")
        assert ("opened", "critical") == (message["X-Satark-State"], message["X-Satark-Severity"])
        assert plain["Message-ID"] == message["Message-ID"]
        remark = "It is still open, since 2026-11-21 12:00 UTC, for 2 h by now; no mail told of it before: a silence kept it back."
        assert remark in " ".join(text.split())
        assert remark in html

    def test_is_an_update_to_who_was_told(self) -> None:
        """In the same thread as the first mail."""
        message, text, _ = mail(UPDATED, Aside(UPDATED))

        assert message["Subject"].startswith("[STILL OPEN]")
        assert "updated" == message["X-Satark-State"]
        assert "what changed meanwhile was not told: a silence kept it back." in " ".join(text.split())

    def test_what_says_since_when_already_says_it_once(self) -> None:
        """An incident that was history when it began."""
        event = replace(still_open(OPENED), labels={"edge": "E"})
        message, _, _ = mail(event, Aside(event, is_news=True))

        assert "[STILL OPEN] E: download latency 100 ms (normal 55 to 95), since 12:00 UTC" == message["Subject"]

    def test_a_group(self) -> None:
        """A group is still open too."""
        event = group(incident(0), incident(1))
        message, text, _ = mail(event, Aside(event, is_news=True))

        assert message["Subject"].startswith("[STILL OPEN] ISP British Telecom: 2 links bad")
        assert "no mail told of it before" in " ".join(text.split())


class TestSeen:
    @pytest.mark.parametrize("event", [OPENED, UPDATED, RESOLVED])
    def test_every_mail_says_who_has_seen_it(self, event: Event) -> None:
        """With what they said of it, and nothing that reads as HTML."""
        _, text, html = mail(event, Aside(seen=word(OPENED, "on it: <b>line card</b>")))

        assert "ben has seen it, at 2026-11-21 12:15 UTC: on it: <b>line card</b>" in " ".join(text.split())
        assert "on it: &lt;b&gt;line card&lt;/b&gt;" in html

    def test_without_names_and_words(self) -> None:
        """Somebody who gave no name, and said nothing."""
        said = replace(word(OPENED, ""), by="")

        assert "Somebody has seen it, at 2026-11-21 12:15 UTC." == seen(said)
        assert NOW == said.time


class TestGrown:
    def test_is_a_beginning_to_whom_only_the_graver_incident_leads(self) -> None:
        """It says why it comes now; its thread is the incident's."""
        message, text, html = mail(UPDATED, Aside(is_news=True))

        assert message["Subject"].startswith("[OPENED] CRITICAL LDN-vVCE")
        assert "opened" == message["X-Satark-State"]
        assert "It began before, and comes to you because it is critical by now." in " ".join(text.split())
        assert "comes to you because it is critical by now" in html

    def test_who_was_told_before_hears_that_it_is_graver(self) -> None:
        """That is what the mail is for."""
        _, text, _ = mail(replace(UPDATED, reason=Reason.SEVERITY_RAISED), PLAIN)

        assert text.startswith("The incident has become critical.")
