import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.mail.parse import (
    MAX_HEADER_CHARS,
    MAX_HEADERS,
    MAX_INLINE_BYTES,
    MAX_PARTS,
    MAX_REFERENCES,
    decode_text,
    read,
    summarise,
)
from tests.unit.simulators.mail.letters import PIXEL, letter

PARTS = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


class TestSummary:
    def test_fields(self) -> None:
        """A summary has the headers that lists and tests look at."""
        message = letter(Message_ID="<1@x>", References="<0@x> <00@x>", X_Satark_State="opened", Date="today")
        summary = summarise(
            "id", b"Return-Path: <s@x>\r\nDelivered-To: a@x\r\nDelivered-To: b@x\r\n" + message.as_bytes()
        )

        assert summary.subject == "Latency of WAN Rádio D"
        assert (summary.sender, summary.to) == ("Satark <satark@example.net>", "noc@example.net")
        assert (summary.message_id, summary.references) == ("<1@x>", ("<0@x>", "<00@x>"))
        assert summary.satark == {"X-Satark-State": "opened"}
        assert summary.recipients == ("a@x", "b@x")

    @pytest.mark.parametrize(
        ("headers", "thread"),
        [
            (b"Message-ID: <3@x>\r\nIn-Reply-To: <2@x>\r\nReferences: <1@x> <2@x>\r\n", "<1@x>"),
            (b"Message-ID: <3@x>\r\nIn-Reply-To: <2@x>\r\n", "<2@x>"),
            (b"Message-ID: <3@x>\r\n", "<3@x>"),
            (b"Subject: x\r\n", "id"),
        ],
    )
    def test_thread(self, headers: bytes, thread: str) -> None:
        """A mail belongs to the first mail it refers to, else to the one it answers, else to itself."""
        assert summarise("id", headers + b"\r\n").thread == thread

    def test_bounded(self) -> None:
        """Endless headers are cut."""
        raw = b"Subject: " + b"s" * 100_000 + b"\r\nReferences: " + b"<r@x> " * 5000 + b"\r\n"
        raw += b"".join(b"X-Satark-%d: v\r\n" % number for number in range(5000))
        summary = summarise("id", raw + b"\r\n")

        assert len(summary.subject) == MAX_HEADER_CHARS
        assert len(summary.references) <= MAX_REFERENCES
        assert len(summary.satark) < MAX_HEADERS


class TestDecodeText:
    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            ("plain", "plain"),
            ("=?utf-8?b?UsOhZGlvIEQ=?=", "Rádio D"),
            ("=?utf-8?q?R=C3=A1dio?=\r\n =?utf-8?q?_D?=", "Rádio D"),
            ("folded\r\n\tline", "folded line"),
            ("=?nonsense?b?UsOhZGlv?=", "=?nonsense?b?UsOhZGlv?="),
            ("=?utf-8?b?A?=", "=?utf-8?b?A?="),
            ("R\udcc3\udca1dio", "Rádio"),
            ("broken \udcff", "broken \ufffd"),
        ],
    )
    def test_decodes(self, raw: str, text: str) -> None:
        """Encoded words, folding and raw UTF-8 are undone; lies stay or become replacement characters."""
        assert decode_text(raw, 100) == text


class TestRead:
    def test_alternatives(self) -> None:
        """Text, HTML and the images the HTML shows are found."""
        content = read(letter(html='<img src="cid:chart@satark">').as_bytes())

        assert content.text == "São Paulo 03 is slow.\n"
        assert content.html == '<img src="cid:chart@satark">\n'
        assert content.images == {"chart@satark": ("image/png", PIXEL)}
        assert [part.content_type for part in content.parts] == ["text/plain", "text/html", "image/png"]

    def test_attachment_is_no_text(self) -> None:
        """An attached text is a part with a name, not the mail's text."""
        message = letter()
        message.add_attachment("attached", filename="Ünit.txt")
        content = read(message.as_bytes())

        assert content.text == "São Paulo 03 is slow.\n"
        assert content.parts[1].name == "Ünit.txt"

    @pytest.mark.parametrize("charset", [b"latin-1", b"no-such-charset", b"\xff"])
    def test_charsets(self, charset: bytes) -> None:
        """A wrong or unknown charset does not hide the text."""
        content = read(b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\nhello")

        assert content.text == "hello"

    @pytest.mark.parametrize(
        "raw",
        [
            b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3000)),
            b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        ],
    )
    def test_too_deep(self, raw: bytes) -> None:
        """A structure too deep to parse is said to be so, and its headers can still be listed."""
        content = read(b"Subject: deep\r\n" + raw)

        assert content.problem == "its parts are nested too deep to be read"
        assert summarise("id", b"Subject: deep\r\n" + raw).subject == "deep"

    def test_too_many_parts(self) -> None:
        """Only so many parts are looked at."""
        content = read(PARTS + b"--b\r\n\r\nx\r\n" * (MAX_PARTS + 50) + b"--b--")

        assert len(content.parts) == MAX_PARTS

    def test_too_large_images(self) -> None:
        """Images beyond the limit are left out, the first ones are kept."""
        image = b"--b\r\nContent-Type: image/png\r\nContent-ID: <%d>\r\n\r\n" + b"x" * (MAX_INLINE_BYTES // 2) + b"\r\n"
        content = read(PARTS + b"".join(image % number for number in range(3)) + b"--b--")

        assert list(content.images) == ["0", "1"]

    def test_only_pictures(self) -> None:
        """What is no plain picture is not shown inline: an SVG may hold anything."""
        content = read(b"Content-Type: image/svg+xml\r\nContent-ID: <a>\r\n\r\n<svg/>")

        assert content.images == {}

    @settings(deadline=None)
    @given(st.binary(max_size=2000))
    def test_any_bytes(self, raw: bytes) -> None:
        """Whatever the bytes, a mail is read and summarised without an error."""
        for mail in (raw, b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + raw, b"Subject: " + raw):
            read(mail)
            summarise("id", mail)
