"""The mails about an orchestrator that cannot be read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from satark.notifier.mail.blindness import CHECKS, MEANING, REASONS, is_blindness, words
from satark.notifier.mail.checks import COUNT
from satark.notifier.mail.message import Letterhead
from satark.notifier.mail.wording import place
from satark.schemas.incidents import IncidentEvent
from satark.schemas.states import ORCHESTRATOR
from tests.unit.notifier.mail.mails import compose_one, parsed, part
from tests.unit.notifier.scenes import WRITTEN, blind, opened, readable, symptom

HEAD = Letterhead("alerts@example.net", "example.net")


def mail(event: IncidentEvent) -> tuple[str, str, str]:
    """Return subject, plain text and HTML."""
    message = parsed(compose_one(event, "noc@example.net", HEAD, WRITTEN))
    return str(message["Subject"]), part(message, "plain"), part(message, "html")


class TestBlind:
    def test_the_subject_says_all(self) -> None:
        """Who, since how long, and why, on a phone's lock screen."""
        subject, _, _ = mail(blind())

        assert subject == "[OPENED] CRITICAL vco.example.net: cannot be read for 3 cycles (auth_failed)"

    def test_a_long_name_costs_the_count_not_the_reason(self) -> None:
        """What is wrong matters more than how long it has been."""
        event = blind()
        renamed = replace(event, labels=event.labels | {"orchestrator": "vco33-usvi1.velocloud.example.net"})

        assert mail(renamed)[0] == "[OPENED] CRITICAL vco33-usvi1.velocloud.example.net: cannot be read (auth_failed)"

    def test_the_text_says_what_it_means(self) -> None:
        """That nothing is watched is worse than any bad link, and no reason to think that all is well."""
        for text in mail(blind())[1:]:
            assert "vco.example.net cannot be read: its token or login is not accepted (auth_failed)." in text
            assert "3 cycles of 5 min in a row failed, since 2026-11-21 11:50 UTC." in text
            assert "The last error was: HTTP 401: token is not valid" in text
            assert MEANING in text

    def test_there_is_no_table_of_numbers(self) -> None:
        """Standard deviations of failed cycles would be nonsense."""
        for text in mail(blind())[1:]:
            assert "standard deviation" not in text
            assert "Failed cycles" not in text
            assert "samples behind" not in text

    @pytest.mark.parametrize("reason", [*REASONS, "something_new", ""])
    def test_every_reason_has_its_first_checks(self, reason: str) -> None:
        """Also one that this release does not know, and none at all."""
        said = words(blind(reason=reason))

        assert len(said.checks) == COUNT
        assert not any("{" in check for check in said.checks)
        assert "satark poller check" in said.checks[-1]

    def test_the_checks_suit_the_reason(self) -> None:
        """A refused token is no matter of the network."""
        assert "token" in words(blind(reason="auth_failed")).checks[0]
        assert "vco.example.net" in words(blind(reason="unreachable")).checks[0]
        assert set(CHECKS) <= set(REASONS)

    def test_goes_without_a_reason(self) -> None:
        """An orchestrator of which only the count is known."""
        subject, text, _ = mail(blind(reason="", detail=""))

        assert subject == "[OPENED] CRITICAL vco.example.net: cannot be read for 3 cycles"
        assert "vco.example.net cannot be read.\n" in text
        assert "last error" not in text

    def test_counts_one_in_the_singular(self) -> None:
        """Whoever wants to know at once gets good English too."""
        event = blind(cycles=1)
        at_once = replace(event, symptoms=(replace(event.symptoms[0], limit=0.0),))

        assert "cannot be read for 1 cycle (auth_failed)" in mail(at_once)[0]
        assert "1 cycle of 5 min in a row failed, since 2026-11-21 12:00 UTC." in mail(at_once)[1]

    @settings(deadline=None, max_examples=40)
    @given(st.text(max_size=2000), st.text(max_size=100))
    def test_any_error_text_is_only_text(self, detail: str, reason: str) -> None:
        """What an orchestrator answers can break neither the headers nor the markup, nor fill the mail."""
        event = blind(reason=reason + "<i>", detail=detail + "<script>{name}{{ view }}\r\nBcc: x@example.com")
        message = parsed(compose_one(event, "noc@example.net", HEAD, WRITTEN))

        assert not message.defects
        assert "Bcc" not in message
        assert "<script" not in part(message, "html")
        assert "<i>" not in part(message, "html")
        assert len(message.as_bytes()) < 40_000

    def test_is_named_by_its_key_without_labels(self) -> None:
        """The entity is all that is sure."""
        assert "orchestrator/vco.example.net" == place(replace(blind(), labels={}))


class TestReadable:
    def test_the_subject_tells_how_long(self) -> None:
        """Five cycles of five minutes, the two before the alarm included."""
        subject, _, _ = mail(readable(blind()))

        assert subject == "[RESOLVED] vco.example.net: readable again after 25 min"

    def test_the_text_tells_what_was_missed(self) -> None:
        """From the first failed cycle to the last, and what becomes of that time."""
        for text in mail(readable(blind()))[1:]:
            assert "vco.example.net can be read again, and its links are watched again." in text
            span = "from 2026-11-21 11:50 UTC to 2026-11-21 12:15 UTC"
            assert f"It could not be read for 25 min, 5 cycles in a row: {span}." in text
            assert "is collected now" in text
            assert "What to look at first" not in text


class TestOthers:
    def test_are_told_as_ever(self) -> None:
        """A link is no orchestrator, and an orchestrator may have other metrics."""
        assert not is_blindness(opened(symptom("failed_cycles")))
        assert not is_blindness(opened(symptom("cpu_load_pct"), kind=ORCHESTRATOR))
        assert "Cpu load" in mail(opened(symptom("cpu_load_pct"), kind=ORCHESTRATOR))[1]
