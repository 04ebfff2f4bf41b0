"""What mails say of why they come: reminders, escalations, fallbacks, tests, and what was kept back."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from satark.notifier.events import Event
from satark.notifier.mail.message import compose
from satark.notifier.mail.threads import thread_id
from satark.notifier.preview.examples import one, target
from satark.notifier.telling import Aside, Occasion
from satark.schemas.incidents import Severity
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.mail.mails import CALM, HEAD, RICH, linked, parsed, part
from tests.unit.notifier.sayings import seen
from tests.unit.notifier.scenes import LONDON, NOON, WRITTEN, opened, resolved, symptom, updated

WORSE = updated(CALM, symptom(value=186.0))
FOUR_HOURS = NOON + timedelta(hours=4, minutes=10)


def told(event: Event, aside: Aside, receiver: str = "noc") -> tuple[EmailMessage, str]:
    """Return the mail four hours after it began, and its plain text on one line."""
    message = parsed(compose(one(event, aside, to=target(receiver=receiver)), HEAD, FOUR_HOURS))
    return message, " ".join(part(message, "plain").split())


class TestReminder:
    REMINDER = Aside(WORSE, occasion=Occasion.REMINDER, count=2)

    def test_says_that_it_lasts_and_how_long(self) -> None:
        """In the subject too, rounded."""
        message, text = told(CALM, self.REMINDER)

        assert message["Subject"].startswith("[STILL OPEN 4 h] CRITICAL LDN-vVCE / BT Business Broadband: ")
        assert (
            "It is still open, since 2026-11-21 12:00 UTC, for 4 h 10 min by now: this is reminder 2. "
            "Nobody has acknowledged it."
        ) in text
        assert "How sure. As of 12:10 UTC: 12 samples of the 60 minutes" in text
        assert "was written at 2026-11-21 16:10 UTC. Nothing newer was found that is worth telling." in text

    def test_is_in_the_incidents_thread_under_an_id_of_its_own(self) -> None:
        """And says what it is to machines."""
        message, _ = told(CALM, self.REMINDER)
        first, _ = told(CALM, Aside())

        assert first["Message-ID"] != message["Message-ID"]
        assert f"{thread_id(CALM.incident, 'example.net')} {first['Message-ID']}" == message["References"]
        assert ("reminder", "updated") == (message["X-Satark-Occasion"], message["X-Satark-State"])
        assert first["X-Satark-Occasion"] is None

    def test_says_who_has_seen_it_instead(self) -> None:
        """Somebody did acknowledge it."""
        _, text = told(CALM, Aside(WORSE, occasion=Occasion.REMINDER, count=1, seen=seen(CALM)))

        assert "this is reminder 1. ben has seen it" in text
        assert "Nobody" not in text

    def test_says_since_when_at_the_site(self) -> None:
        """In the site's time and in UTC."""
        paris = opened(labels=LONDON | {"timezone": "Europe/Paris"})
        _, text = told(paris, Aside(occasion=Occasion.REMINDER, count=1))

        assert "since 2026-11-21 12:00 UTC (13:00 Europe/Paris), for 4 h 10 min by now" in text

    def test_of_a_group(self) -> None:
        """A group lasts too."""
        message, _ = told(group(incident(0), incident(1)), Aside(occasion=Occasion.REMINDER, count=1))

        assert message["Subject"].startswith("[STILL OPEN 4 h] ISP British Telecom: 2 links bad")


class TestEscalation:
    def test_says_why_this_receiver_gets_it(self) -> None:
        """They were not told before."""
        message, text = told(WORSE, Aside(WORSE, occasion=Occasion.ESCALATION, count=2), "management")

        assert message["Subject"].startswith("[ESCALATED] CRITICAL LDN-vVCE")
        assert (
            "You get this because nobody has acknowledged it. It is still open, since 2026-11-21 12:00 UTC, "
            "for 4 h 10 min by now (escalation, level 2)."
        ) in text
        assert "your address belongs to the receiver management." in text

    def test_begins_a_thread(self) -> None:
        """The receiver has no other mail of it."""
        message, _ = told(WORSE, Aside(WORSE, occasion=Occasion.ESCALATION, count=1))

        assert thread_id(WORSE.incident, "example.net") == message["References"]
        assert message["X-Satark-State"] == "opened"

    def test_of_the_first_level(self) -> None:
        """Nobody need know that there are more."""
        _, text = told(WORSE, Aside(WORSE, occasion=Occasion.ESCALATION, count=1))

        assert "by now (escalation)." in text


class TestFallback:
    @pytest.mark.parametrize(("other", "said"), [("noc/slack", "noc/slack"), ("", "another receiver")])
    def test_says_who_could_not_be_reached(self, other: str, said: str) -> None:
        """The subject is what it would have been."""
        message, text = told(CALM, Aside(occasion=Occasion.FALLBACK, instead_of=other))

        assert message["Subject"].startswith("[OPENED] LDN-vVCE")
        assert f"You get this because {said} could not be reached." in text


class TestTest:
    def test_says_first_that_there_is_no_incident(self) -> None:
        """Nobody is to get up for it, and no machine is to think that it matters."""
        critical = replace(CALM, severity=Severity.CRITICAL)
        message, text = told(critical, Aside(occasion=Occasion.TEST))

        assert message["Subject"].startswith("[TEST] ")
        assert text.startswith("This is a test of the way to you. There is no such incident;")
        assert message["Importance"] is None
        assert "https://" not in text

    def test_of_an_end(self) -> None:
        """Any event can be an example."""
        message, _ = told(resolved(CALM), Aside(occasion=Occasion.TEST))

        assert message["Subject"].startswith("[TEST] LDN-vVCE")


class TestKeptBack:
    @pytest.mark.parametrize(("by", "said"), [("", "a silence"), ("mute times", "mute times")])
    def test_says_by_what(self, by: str, said: str) -> None:
        """A silence, if nobody says."""
        _, text = told(CALM, Aside(WORSE, is_news=True, kept_back_by=by))

        assert f"no mail told of it before: {said} kept it back." in text


class TestActions:
    def test_are_there_while_something_can_be_done(self) -> None:
        """As lines in the text and as links in the HTML, whose addresses are alike."""
        message = parsed(compose(one(CALM), RICH, WRITTEN))
        links = linked(one(CALM).parts[0], target(), WRITTEN)

        assert all(f"{label}: {address}\n" in part(message, "plain") for label, address in links)
        assert all(address.replace("&", "&amp;") in part(message, "html") for _, address in links)

    @pytest.mark.parametrize("telling", [one(resolved(CALM)), one(CALM, Aside(occasion=Occasion.TEST))])
    def test_are_not_where_nothing_is_to_be_done(self, telling: object) -> None:
        """Of what is over, or never was."""
        message = parsed(compose(telling, RICH, WRITTEN))  # type: ignore[arg-type]

        assert "Acknowledge" not in part(message, "plain")
