"""How texts become a message."""

from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from satark.notifier.mail.mime import message
from satark.notifier.mail.render import Rendered

SENDER, RECEIVER = Address(addr_spec="a@example.net"), Address(addr_spec="b@example.net")


def read(texts: Rendered, receiver: Address = RECEIVER) -> EmailMessage:
    """Return the message of texts, as a client parses it."""
    content = message(SENDER, receiver, texts, {}, boundary="1").as_bytes()
    parsed = message_from_bytes(content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


class TestEncoding:
    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("plain ASCII", "quoted-printable"),
            ("Café au lait, et puis encore " * 9, "quoted-printable"),
            ("東京支社" * 20, "base64"),
        ],
    )
    def test_is_the_shorter_one(self, text: str, encoding: str) -> None:
        """Most names are nearly ASCII, others are not at all; both come out as they went in."""
        found = read(Rendered("x", f"{text}\n", f"<p>{text}</p>\n"))
        plain = found.get_body(("plain",))

        assert plain is not None
        assert (plain["Content-Transfer-Encoding"], plain.get_content().rstrip()) == (encoding, text.rstrip())


class TestAddresses:
    def test_that_are_not_ascii_make_a_message_that_is_not(self) -> None:
        """RFC 6532: only mail servers that take it get it."""
        content = message(
            SENDER, Address(username="жо", domain="example.net"), Rendered("x", "x", "x"), {}, boundary="1"
        )

        assert "жо@example.net".encode() in content.as_bytes()
