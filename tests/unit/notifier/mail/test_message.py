"""Golden mails are written anew by `SATARK_WRITE_GOLDEN=1 make test-fast ARGS=tests/unit/notifier/mail/test_message.py`."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from satark.notifier.events import Event, incident_of
from satark.notifier.mail.message import Letterhead, Mail, compose_one, console_link, thread_id
from satark.schemas.incidents import Severity
from tests.support.environment import variable
from tests.unit.notifier.group_scenes import group, incident, over
from tests.unit.notifier.scenes import (
    LONDON,
    WRITTEN,
    alarm,
    alarm_over,
    blind,
    heard,
    opened,
    readable,
    recent,
    resolved,
    silent,
    still_open,
    symptom,
    updated,
)

GOLDEN = Path(__file__).parents[3] / "data" / "mails"
HEAD = Letterhead("Satark <alerts@example.net>", "example.net", console_url="https://satark.example.net/i/{incident}")
LATER = WRITTEN + timedelta(minutes=45)

CALM = opened(symptom())
BAD = opened(
    symptom(value=186.0),
    symptom("loss_pct_rx", value=3.2, centre=0.0, spread=0.0, floor=0.5),
    symptom("jitter_ms_tx", value=14.0, centre=2.4, spread=0.6, floor=2.5),
    severity=Severity.CRITICAL,
)
STRANGE = opened(
    labels={
        "edge": "São Paulo 03 <script>alert(1)</script>\r\nBcc: victim@example.com",
        "link": "مكتب القاهرة / الإنترنت \u202eevil",
        "enterprise": "東京支社",
        "timezone": "America/Sao_Paulo",
    }
)
EASED = symptom(value=78.0, peak=104.0, active=False)
BLIND = blind()
LOSSY = symptom("loss_pct_rx", value=3.2, centre=0.0, spread=0.0, floor=0.5)
TOGETHER = tuple(incident(number) for number in range(5))
MAILS: dict[str, tuple[Event, Letterhead]] = {
    "group": (group(*TOGETHER), HEAD),
    "group_joined": (group(*TOGETHER, incident(7), sequence=1, severity=Severity.CRITICAL, open_count=4), HEAD),
    "group_over": (over(*TOGETHER), HEAD),
    "opened": (CALM, HEAD),
    "opened_critical": (BAD, HEAD),
    "opened_strange_names": (STRANGE, HEAD),
    "updated": (updated(CALM, EASED, LOSSY), HEAD),
    "opened_still_open": (still_open(CALM), HEAD),
    "blind": (BLIND, HEAD),
    "readable": (readable(BLIND), HEAD),
    "silent": (silent(), HEAD),
    "heard": (heard(silent()), HEAD),
    "alarm": (alarm(), HEAD),
    "alarm_over": (alarm_over(alarm()), HEAD),
    "resolved": (resolved(BAD), Letterhead("alerts@example.net", "example.net", "[WAN]")),
}
WRITTEN_AT = {
    "resolved": LATER,
    "readable": LATER,
    "group_over": LATER,
    "heard": LATER,
    "alarm_over": LATER,
    "opened_still_open": WRITTEN + timedelta(hours=2),
}


def golden(name: str) -> Mail:
    """Return the mail of a golden file."""
    event, head = MAILS[name]
    return compose_one(event, "noc@example.net", head, WRITTEN_AT.get(name, WRITTEN))


def parsed(mail: Mail) -> EmailMessage:
    """Return a mail as a client parses it."""
    message = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    """Return the text of one part."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


class TestGolden:
    @pytest.mark.parametrize("name", MAILS)
    def test_mail_is_as_it_was(self, name: str) -> None:
        """Every byte of a mail is reviewed: a change shows in the diff of its file."""
        mail = golden(name)
        file = GOLDEN / f"{name}.eml"
        if variable("SATARK_WRITE_GOLDEN"):
            file.write_bytes(mail.content)

        assert file.read_bytes() == mail.content

    def test_no_file_is_left_over(self) -> None:
        """Each golden mail has its test."""
        assert set(MAILS) == {file.stem for file in GOLDEN.glob("*.eml")}


class TestHeaders:
    def test_say_state_and_place_first(self) -> None:
        """The subject is read on a phone's lock screen."""
        subject = parsed(golden("opened"))["Subject"]

        assert subject == "[OPENED] LDN-vVCE / BT Business Broadband: download latency 100 ms"

    def test_thread_an_incident(self) -> None:
        """Every mail of an incident refers to the same root, and the later ones to the first."""
        first, last = golden("opened"), compose_one(resolved(CALM), "noc@example.net", HEAD, LATER)
        root = thread_id(CALM.incident, "example.net")

        assert root == parsed(first)["References"] == parsed(first)["In-Reply-To"]
        assert f"{root} {first.message_id}" == parsed(last)["References"]
        assert root == parsed(last)["In-Reply-To"]
        assert first.message_id != last.message_id

    def test_begin_a_thread_with_what_is_still_open(self) -> None:
        """The mail of an incident that was history until now is the first of its thread."""
        message = parsed(golden("opened_still_open"))

        assert thread_id(CALM.incident, "example.net") == message["References"]
        assert message["X-Satark-State"] == "opened"

    def test_message_id_is_the_events_and_the_receivers(self) -> None:
        """A retry hours later has the same, another receiver another."""
        again = compose_one(CALM, "noc@example.net", HEAD, LATER)

        assert golden("opened").message_id == again.message_id
        assert compose_one(CALM, "boss@example.net", HEAD, WRITTEN).message_id != again.message_id

    def test_hold_any_incident_id(self) -> None:
        """An id that is no id becomes one that fits a header."""
        event = replace(CALM, incident="a b>\r\nX: y", id="<\n>")
        message = parsed(compose_one(event, "noc@example.net", HEAD, WRITTEN))

        assert not message.defects
        assert message["References"].startswith("<inc-")
        assert "X" not in message

    def test_mark_only_what_is_critical_as_important(self) -> None:
        """Neither a warning nor the end of a critical incident shouts."""
        importance = {name: parsed(golden(name))["Importance"] for name in ("opened", "opened_critical", "resolved")}

        assert importance == {"opened": None, "opened_critical": "high", "resolved": None}

    def test_ask_for_no_answer_by_machines(self) -> None:
        """RFC 3834, and what Exchange wants."""
        message = parsed(golden("opened"))

        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All"
        assert message["List-Id"] == "<wan-alerts.cafe-reseau.example.net>"


class TestContent:
    def test_both_parts_hold_the_sentence(self) -> None:
        """On one line, so that it can be searched for."""
        message = parsed(golden("opened"))
        sentence = (
            "Latency (download, ms) of WAN BT Business Broadband at edge LDN-vVCE is 100.0, 2.5 standard deviations "
            "above the mean of 75.0 (standard deviation 10.0) of the 60 minutes before."
        )

        assert sentence in part(message, "plain")
        assert sentence in part(message, "html")

    def test_both_parts_tell_the_age_of_the_data(self) -> None:
        """An orchestrator is minutes behind."""
        message = parsed(golden("opened"))
        age = "Measured 12:00-12:05 UTC on 2026-11-21; this mail was written at 2026-11-21 12:15 UTC."

        assert age in part(message, "plain")
        assert age in part(message, "html")

    def test_the_end_tells_length_and_worst_value(self) -> None:
        """So that nobody has to look for the first mail."""
        text = part(parsed(golden("resolved")), "plain")

        assert "The incident lasted 35 min: from 2026-11-21 12:00 UTC to 2026-11-21 12:35 UTC." in text
        assert "At its worst, Latency (download, ms) was 186.0 at 2026-11-21 12:00 UTC; normal is 55 to 95." in text

    def test_what_is_still_open_says_since_when(self) -> None:
        """It is the first mail about something that is not new."""
        message = parsed(golden("opened_still_open"))
        beginning = "It began at 2026-11-21 12:00 UTC and has lasted 2 h 5 min; its first data came too late to tell of it then."

        assert message["Subject"] == "[OPENED] LDN-vVCE / BT Business Broadband: download latency 100 ms"
        assert beginning in part(message, "plain")
        assert beginning in part(message, "html")

    @pytest.mark.parametrize(("hours", "since"), [(2, "12:00 UTC"), (14, "2026-11-21 12:00 UTC")])
    def test_the_subject_says_since_when_where_there_is_room(self, hours: int, since: str) -> None:
        """With the day if it was another."""
        event = still_open(opened(labels={"edge": "A", "link": "B"}), hours=hours)
        subject = parsed(compose_one(event, "noc@example.net", HEAD, WRITTEN))["Subject"]

        assert subject.startswith("[OPENED] A / B: download latency 100 ms")
        assert subject.endswith(f", since {since}")

    def test_names_cannot_become_markup(self) -> None:
        """A link called <script> is text."""
        html = part(parsed(golden("opened_strange_names")), "html")

        assert "<script" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html

    @pytest.mark.parametrize("name", MAILS)
    def test_html_is_well_formed_and_loads_nothing(self, name: str) -> None:
        """Every element is closed in its order; no image, script, form or remote address but the one link."""
        page = Page()
        page.feed(part(parsed(golden(name)), "html"))

        assert page.open == []
        assert page.tags.isdisjoint({"img", "script", "form", "link", "iframe", "object", "video", "audio", "base"})
        assert page.links <= {f"https://satark.example.net/i/{incident_of(MAILS[name][0])}"}
        assert page.sources == set()

    def test_the_biggest_incident_fits(self) -> None:
        """512 metrics with 512 samples each and endless names stay below 200 kB."""
        points = tuple(replace(point, value=1e9 / 7) for point in recent(75, 100, 1, samples=512))
        huge = opened(
            *(replace(symptom(f"m{i}_{'x' * 100}_ms_rx"), recent=points) for i in range(512)),
            labels=dict.fromkeys(LONDON, "名" * 1024),
        )
        mail = compose_one(huge, "noc@example.net", HEAD, WRITTEN)

        assert len(mail.content) < 200_000
        assert "and 500 more" in part(parsed(mail), "plain")


class TestConsoleLink:
    def test_quotes_what_it_fills_in(self) -> None:
        """An entity's slashes do not become a path."""
        link = console_link("https://c.example/?e={entity}", opened(entity="a/b c?&"))

        assert link == "https://c.example/?e=a%2Fb%20c%3F%26"


class Page(HTMLParser):
    """Notes what a mail's HTML holds."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: set[str | None] = set()
        self.sources: set[str | None] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and what it refers to."""
        self.tags.add(tag)
        self.links |= {value for name, value in attrs if name == "href"}
        self.sources |= {value for name, value in attrs if name in {"src", "background", "srcset"}}
        self.sources |= {value for name, value in attrs if name == "style" and value and "url(" in value}
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert tag == self.open.pop()
