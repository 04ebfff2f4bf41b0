from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.errors import ServerError
from satark.poller.http.exchange import Answer, Asked, Request, is_html, retry_after_s, seen, server_time

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TOKEN = "eyJhbGciOiJIUzI1NiJ9.invented/by+the=tests"


class TestRequest:
    def test_target(self) -> None:
        """A query is quoted and keeps its order."""
        assert Request("m", "/x").target == "/x"
        assert Request("m", "/x", query=(("b", "1 2"), ("a", "ü&"))).target == "/x?b=1+2&a=%C3%BC%26"


class TestAsked:
    @pytest.mark.parametrize("quoted", [TOKEN, TOKEN.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")])
    def test_clean(self, quoted: str) -> None:
        """A secret is hidden as it is and as a URL has it; the rest comes on one line."""
        assert Asked("o", "m", (TOKEN,)).clean(f"a\n{quoted}  b") == "a *** b"

    @given(st.text(min_size=1, max_size=40), st.text(max_size=40), st.text(max_size=40))
    def test_any_secret(self, secret: str, before: str, after: str) -> None:
        """Whatever a secret looks like, the bytes of an answer are free of it."""
        cleaned = Asked("o", "m", (secret,)).clean_bytes(f"{before}{secret}{after}".encode(errors="replace"))

        assert secret in "***" or secret.encode(errors="replace") not in cleaned

    @given(st.integers(min_value=8, max_value=len(TOKEN)))
    def test_cut_secret(self, chars: int) -> None:
        """An excerpt that ends in the middle of a secret does not tell its beginning."""
        asked = Asked("o", "m", (TOKEN,))
        answer = Answer(500, {"content-type": "text/plain"}, b" " * (120 - chars) + TOKEN.encode())

        text = str(asked.fail(ServerError, seen(answer)))

        assert TOKEN[:8] not in text
        assert "HTTP 500" in text

    def test_quoted_secret(self) -> None:
        """A password with quotation marks is hidden in a repr and in JSON too."""
        asked = Asked("o", "m", ("pa\"ss\\wörd's",))

        for text in (repr("pa\"ss\\wörd's"), '"pa\\"ss\\\\w\\u00f6rd\'s"'):
            assert "ss" not in asked.clean(text)

    def test_repr(self) -> None:
        """The secrets are not part of the repr."""
        assert TOKEN not in repr(Asked("o", "m", (TOKEN,)))


class TestSeen:
    def test_short(self) -> None:
        """A large answer is told in a line."""
        answer = Answer(302, {"location": "/login", "content-type": "text/html; charset=utf-8"}, b"\xff" * 10_000)

        assert seen(answer).startswith("HTTP 302 to /login, text/html, 10000 bytes: '")
        assert len(seen(answer)) < 200

    @pytest.mark.parametrize(
        ("kind", "body", "expected"),
        [
            ("text/html; charset=utf-8", b"", True),
            ("application/json", b" \n<html>", True),
            ("application/json", b"{}", False),
            ("", b"", False),
        ],
    )
    def test_is_html(self, kind: str, body: bytes, expected: bool) -> None:
        """A page is known by its type or its first character."""
        assert is_html(Answer(200, {"content-type": kind}, body)) == expected


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("7", 7.0),
            (" 12 ", 12.0),
            ("99999999999999999999", 999_999.0),
            ("Tue, 10 Mar 2026 12:00:30 GMT", 30.0),
            ("Tue, 10 Mar 2026 11:00:00 GMT", 0.0),
            ("", 0.0),
            ("-5", 0.0),
            ("1.5", 0.0),
            ("٣", 0.0),
            ("soon", 0.0),
        ],
    )
    def test_retry_after(self, text: str, expected: float) -> None:
        """Retry-After is seconds or a date; what is neither asks for nothing."""
        assert retry_after_s({"retry-after": text}, NOON) == expected

    def test_date(self) -> None:
        """The Date of an answer is the server's time."""
        assert server_time({"date": "Tue, 10 Mar 2026 12:00:05 GMT"}) == NOON + timedelta(seconds=5)
        assert server_time({}) is None

    @given(st.text(max_size=40))
    def test_any_date(self, text: str) -> None:
        """Whatever stands there, it is a time or none."""
        server_time({"date": text})
        assert retry_after_s({"retry-after": text}, NOON) >= 0
