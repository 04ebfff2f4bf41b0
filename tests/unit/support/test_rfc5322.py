import pytest

from tests.support.rfc5322 import faults

GOOD = (
    b"From: a@example.net\r\nTo: b@example.net\r\nSubject: x\r\n folded\r\n"
    b"Date: Sat, 21 Nov 2026 12:15:00 +0000\r\nMessage-ID: <1@example.net>\r\nReferences: <0@e.net>\r\n <2@e.net>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
)


class TestFaults:
    def test_finds_none_in_what_is_right(self) -> None:
        """Folded fields and several references are fine."""
        assert faults(GOOD) == []

    @pytest.mark.parametrize(
        ("changed", "fault"),
        [
            (GOOD.replace(b"hello\r\n", b"hello\n"), "a CR or LF stands alone"),
            (GOOD.replace(b"hello", b"hel\x00lo"), "there is a NUL"),
            (GOOD.replace(b"hello", b"x" * 999), "line 12 has 999 octets"),
            (GOOD.replace(b"Subject: x", "Subject: é".encode()), "line 3 is not ASCII"),
            (GOOD.replace(b"Subject: x", b"Sub ject: x"), "b'Sub ject: x folded' is no field"),
            (GOOD.replace(b"Subject: x\r\n folded", b"Subject:"), "subject is empty"),
            (GOOD.replace(b"<1@example.net>", b"1@example.net"), "message-id is b' 1@example.net'"),
            (GOOD.replace(b"+0000", b"-0000"), "date is b' Sat, 21 Nov 2026 12:15:00 -0000'"),
            (GOOD.replace(b"To: b@example.net\r\n", b""), "to is there 0 times"),
            (b"List-Id: <a>\r\nList-Id: <b>\r\n" + GOOD, "list-id is there 2 times"),
            (GOOD.replace(b" folded", b" folded\r\n "), "a folded line is blank"),
            (GOOD.replace(b"text/plain", b"multipart/mixed; boundary=x"), "a parser finds"),
            (GOOD.partition(b"\r\n\r\n")[0], "there is no body"),
        ],
    )
    def test_finds_a_fault(self, changed: bytes, fault: str) -> None:
        """Each rule is broken once."""
        assert any(each.startswith(fault) for each in faults(changed)), faults(changed)
