from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from satark.notifier.mail import headers
from satark.notifier.mail.message import Letterhead
from tests.unit.notifier.mail.mails import compose_one
from tests.unit.notifier.scenes import LONDON, WRITTEN, opened

HEAD = Letterhead("alerts@example.net", "example.net")
EXPECTED = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "list-id",
    "auto-submitted",
    "x-auto-response-suppress",
    "x-satark-incident",
    "x-satark-event",
    "x-satark-state",
    "x-satark-severity",
    "x-satark-enterprise",
    "x-satark-edge",
    "x-satark-link",
    "mime-version",
    "content-type",
}

names = st.text(st.characters(), max_size=300)


def decoded(folded: str) -> str:
    """Return a header as a parser of the old school reads it: unfolded, then decoded."""
    return str(make_header(decode_header(folded.replace("\r\n", ""))))


class TestSafety:
    @given(names, names)
    @example("Evil\r\nBcc: victim@example.com", "x\n\nbody")
    @example("=?utf-8?q?Bcc=3A?=", "=?x")
    @example("مكتب القاهرة", "São Paulo 03 / linha principal de banda larga da operadora, contrato 4711")
    @example("\u202eevil\u2066", "\ud800 lone \udfff")
    @example("a" * 300, "é " * 150)
    @example("東京" * 80, "\u2028\u2029\x85\x1c")
    @example("= ?", "? =")
    @settings(deadline=None)
    def test_names_come_out_as_they_went_in_and_add_nothing(self, edge: str, link: str) -> None:
        """Whatever a link is called: no header more, and both parsers read the cleaned name."""
        event = opened(labels=LONDON | {"edge": f"E{edge}", "link": f"L{link}"})
        content = compose_one(event, "noc@example.net", HEAD, WRITTEN).content

        modern = message_from_bytes(content, policy=policy.default)
        old = message_from_bytes(content)

        assert {name.lower() for name in modern} == EXPECTED
        assert len(modern.keys()) == len(EXPECTED)
        assert headers.clean(f"E{edge}") == modern["X-Satark-Edge"]
        assert headers.clean(f"L{link}") == modern["X-Satark-Link"]
        assert headers.clean(f"L{link}") == decoded(old["X-Satark-Link"])
        assert modern["Subject"].startswith("[OPENED] E")
        assert modern["Subject"] == decoded(old["Subject"])
        assert not modern.defects
        assert all(len(line) <= 998 for line in content.split(b"\r\n"))

    @given(names)
    def test_folded_lines_are_short_and_ascii(self, text: str) -> None:
        """RFC 2047 and RFC 5322: 76 characters, no control characters."""
        lines = headers.folded("Subject", headers.clean(text)).split("\r\n")

        assert lines[-1] == ""
        assert all(len(line) <= headers.LINE_CHARS and line.isascii() and line.isprintable() for line in lines)


class TestClean:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("  two   blanks ", "two blanks"),
            ("a\r\nBcc: b", "a Bcc: b"),
            ("a\tb\x00c", "a b c"),
            ("=?utf-8?q?x?=", "= ?utf-8?q?x?="),
            ("\u202etxt", "txt"),
            ("x" * 300, "x" * 199 + "…"),
        ],
    )
    def test_leaves_one_harmless_line(self, text: str, expected: str) -> None:
        """Control characters and line ends become blanks."""
        assert expected == headers.clean(text)

    @given(names)
    def test_changes_nothing_twice(self, text: str) -> None:
        """What is clean stays as it is."""
        once = headers.clean(text)

        assert once == headers.clean(once)


class TestSlug:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("Café Réseau", "cafe-reseau"), ("東京", "all"), ("", "all"), ("--A.b--", "a-b"), ("x" * 60, "x" * 40)],
    )
    def test_is_one_label(self, text: str, expected: str) -> None:
        """Fit for a List-Id."""
        assert expected == headers.slug(text, "all")
