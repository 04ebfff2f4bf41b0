"""What is true of every mail, whatever it tells: a message by the book, and two texts that say the same."""

import re

import pytest

from satark.notifier.mail.message import MAX_BYTES
from tests.support.rfc5322 import faults
from tests.unit.notifier.mail.mails import CONSOLE, MAILS, Page, mail, parsed, part

ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "table",
        "tr",
        "td",
        "th",
        "span",
        "div",
        "h1",
        "p",
        "b",
        "bdi",
    ),
    *("br", "a", "img", "ol", "ul", "li"),
}
NUMBER = re.compile(r"\d+(?:[.:]\d+)*")


@pytest.mark.parametrize("name", MAILS)
class TestEveryMail:
    def test_is_a_message_by_the_book(self, name: str) -> None:
        """RFC 5322, read strictly."""
        assert faults(mail(name).content) == []

    def test_is_small(self, name: str) -> None:
        """No mail server refuses it."""
        assert len(mail(name).content) <= MAX_BYTES

    def test_has_html_that_is_well_formed_and_loads_nothing(self, name: str) -> None:
        """Every element is closed in its order; no script, no form, and no picture but the one that it carries."""
        message = parsed(mail(name))
        page = Page(part(message, "html"))
        carried = {f"cid:{each['Content-ID'].strip('<>')}" for each in message.walk() if each["Content-ID"]}

        assert page.open == []
        assert {element.split(" ")[0] for element in page.elements} <= ALLOWED
        assert page.sources == carried
        assert all(str(link).startswith(("https://satark.example.net/act/", CONSOLE)) for link in page.links)

    def test_says_every_number_in_plain_text_too(self, name: str) -> None:
        """Who reads mails in a terminal misses nothing."""
        message = parsed(mail(name))
        shown = set(NUMBER.findall(Page(part(message, "html")).text))

        assert shown - set(NUMBER.findall(part(message, "plain"))) == set()

    def test_tells_machines_not_to_answer(self, name: str) -> None:
        """RFC 3834, and what Exchange wants; a list to sort by; nothing that tracks who reads it."""
        message = parsed(mail(name))

        assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
        assert re.fullmatch(r"<wan-alerts\.[a-z0-9-]+\.example\.net>", message["List-Id"])
        assert "Disposition-Notification-To" not in message
