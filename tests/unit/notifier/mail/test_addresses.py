import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.notifier.mail.addresses import ascii_domain, mailbox


class TestMailbox:
    @pytest.mark.parametrize(
        ("text", "address", "name"),
        [
            ("noc@example.net", "noc@example.net", ""),
            ("Satark Alerts <alerts@Example.NET>", "alerts@example.net", "Satark Alerts"),
            ("José <josé@münchen.example>", "josé@xn--mnchen-3ya.example", "José"),
            ("root@localhost", "root@localhost", ""),
            ("<a.b+c@example.net>", "a.b+c@example.net", ""),
        ],
    )
    def test_reads_one(self, text: str, address: str, name: str) -> None:
        """With or without a name; the domain becomes ASCII."""
        found = mailbox(text)

        assert (address, name) == (found.addr_spec, found.display_name)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "nobody",
            "a@",
            "@b",
            "a@b, c@d",
            "a b@c",
            "a@b\r\nBcc: x@y",
            "a@[127.0.0.1]",
            "group: a@b;",
            "a@b..c",
            "a@-b",
            f"{'a' * 300}@example.net",
            f"a@{'b' * 64}.example",
        ],
    )
    def test_refuses_what_is_none(self, text: str) -> None:
        """And says what it was."""
        with pytest.raises(ValueError, match="is not a mail address"):
            mailbox(text)

    @given(st.text(max_size=80))
    def test_answers_or_refuses(self, text: str) -> None:
        """No text whatever brings out another error, and an address is one line."""
        try:
            found = mailbox(text)
        except ValueError:
            return
        assert found.addr_spec.isprintable()
        assert " " not in found.domain


class TestDomain:
    @pytest.mark.parametrize("text", ["", "a b", "x..y", "é" * 80, "a_b", "example.net."])
    def test_refuses_what_is_none(self, text: str) -> None:
        """A domain is a row of labels."""
        with pytest.raises(ValueError, match=r"domain|label|codec"):
            ascii_domain(text)
