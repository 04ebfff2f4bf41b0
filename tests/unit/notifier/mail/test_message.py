"""What the mails of one incident say, and the headers of all mails."""

import pytest
from msgspec.structs import replace

from satark.notifier.mail.message import MAX_BYTES, console_link
from satark.notifier.mail.threads import thread_id
from tests.unit.notifier.mail.mails import CALM, HEAD, LATER, compose_one, mail, parsed, part
from tests.unit.notifier.scenes import LONDON, WRITTEN, opened, recent, resolved, still_open, symptom


class TestHeaders:
    def test_say_state_and_place_first(self) -> None:
        """The subject is read on a phone's lock screen."""
        subject = parsed(mail("opened"))["Subject"]

        assert subject == "[OPENED] LDN-vVCE / BT Business Broadband: download latency 100 ms"

    def test_thread_an_incident(self) -> None:
        """Every mail of an incident refers to the same root, and the later ones to the first."""
        first, last = mail("opened"), compose_one(resolved(CALM), "noc@example.net", HEAD, LATER)
        root = thread_id(CALM.incident, "example.net")

        assert root == parsed(first)["References"] == parsed(first)["In-Reply-To"]
        assert f"{root} {first.message_id}" == parsed(last)["References"]
        assert root == parsed(last)["In-Reply-To"]
        assert first.message_id != last.message_id

    def test_begin_a_thread_with_what_is_still_open(self) -> None:
        """The mail of an incident that was history until now is the first of its thread."""
        message = parsed(mail("opened_still_open"))

        assert thread_id(CALM.incident, "example.net") == message["References"]
        assert message["X-Satark-State"] == "opened"

    def test_message_id_is_the_events_and_the_receivers(self) -> None:
        """A retry hours later has the same, another receiver another."""
        again = compose_one(CALM, "noc@example.net", HEAD, LATER)

        assert mail("opened").message_id == again.message_id
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
        importance = {name: parsed(mail(name))["Importance"] for name in ("opened", "opened_critical", "resolved")}

        assert importance == {"opened": None, "opened_critical": "high", "resolved": None}

    def test_ask_for_no_answer_by_machines(self) -> None:
        """RFC 3834, and what Exchange wants."""
        message = parsed(mail("opened"))

        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All"
        assert message["List-Id"] == "<wan-alerts.cafe-reseau.example.net>"


class TestContent:
    def test_both_parts_hold_the_sentence(self) -> None:
        """On one line, so that it can be searched for."""
        message = parsed(mail("opened"))
        sentence = (
            "Latency (download, ms) of WAN BT Business Broadband at edge LDN-vVCE is 100.0, 2.5 standard deviations "
            "above the mean of 75.0 (standard deviation 10.0) of the 60 minutes before."
        )

        assert sentence in part(message, "plain")
        assert sentence in part(message, "html")

    def test_both_parts_tell_the_age_of_the_data(self) -> None:
        """An orchestrator is minutes behind."""
        message = parsed(mail("opened"))
        age = "Measured 12:00-12:05 UTC on 2026-11-21; this mail was written at 2026-11-21 12:15 UTC."

        assert age in part(message, "plain")
        assert age in part(message, "html")

    def test_the_end_tells_length_and_worst_value(self) -> None:
        """So that nobody has to look for the first mail."""
        text = part(parsed(mail("resolved")), "plain")

        assert "The incident lasted 35 min: from 2026-11-21 12:00 UTC to 2026-11-21 12:35 UTC." in text
        assert "At its worst, Latency (download, ms) was 186.0 at 2026-11-21 12:00 UTC; normal is 55 to 95." in text

    def test_what_is_still_open_says_since_when(self) -> None:
        """It is the first mail about something that is not new."""
        message = parsed(mail("opened_still_open"))
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
        html = part(parsed(mail("opened_strange_names")), "html")

        assert "<script" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html

    def test_the_biggest_incident_fits(self) -> None:
        """512 metrics with 512 samples each and endless names stay below 200 kB."""
        points = tuple(replace(point, value=1e9 / 7) for point in recent(75, 100, 1, samples=512))
        huge = opened(
            *(replace(symptom(f"m{i}_{'x' * 100}_ms_rx"), recent=points) for i in range(512)),
            labels=dict.fromkeys(LONDON, "名" * 1024),
        )
        written = compose_one(huge, "noc@example.net", HEAD, WRITTEN)

        assert len(written.content) < MAX_BYTES
        assert "and 500 more" in part(parsed(written), "plain")


class TestConsoleLink:
    def test_quotes_what_it_fills_in(self) -> None:
        """An entity's slashes do not become a path."""
        link = console_link("https://c.example/?e={entity}", opened(entity="a/b c?&"))

        assert link == "https://c.example/?e=a%2Fb%20c%3F%26"
