"""One request and its answer, as values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import takewhile
from urllib.parse import quote, urlencode

from satark.poller.errors import BrokenAnswerError, OrchestratorError

EXCERPT_CHARS = 120

HEAD_CHARS = 8
"""So much of a secret's beginning is hidden too: an excerpt may end in the middle of it."""

MASK = "***"


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. `method` is its name in logs and metrics; `path` follows the orchestrator's base URL."""

    method: str
    path: str
    verb: str = "POST"
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str = "application/json"

    @property
    def target(self) -> str:
        """The path with its query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names in lower case, `cookies` as their Set-Cookie lines."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of whom, and what must not be repeated in any message."""

    orchestrator: str
    method: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def clean(self, text: str) -> str:
        """Return the text without the secrets, on one line."""
        forms = self._forms()
        for form in forms:
            text = text.replace(form, MASK)
        for form in forms:
            text = _without_beginnings(text, form)
        return " ".join(text.split())

    def clean_bytes(self, body: bytes) -> bytes:
        """Return the bytes without the secrets."""
        for form in self._forms():
            body = body.replace(form.encode(), MASK.encode())
        return body

    def fail(self, kind: type[OrchestratorError], seen: str) -> OrchestratorError:
        """Return the error of that kind."""
        return kind(self.orchestrator, self.method, self.clean(seen))

    def broken(self, answer: Answer, seen: str) -> BrokenAnswerError:
        """Return the error of an answer that is no JSON, with its bytes."""
        body = self.clean_bytes(answer.body)
        return BrokenAnswerError(self.orchestrator, self.method, self.clean(seen), body=body)

    def _forms(self) -> tuple[str, ...]:
        """The secrets as they are, and quoted as in JSON, a URL and a `repr`; longest first."""
        forms = {f for s in self.secrets if s for f in (s, json.dumps(s)[1:-1], repr(s)[1:-1], quote(s, safe=""))}
        return tuple(sorted(forms, key=len, reverse=True))


def _without_beginnings(text: str, secret: str) -> str:
    head = secret[:HEAD_CHARS]
    while len(secret) > HEAD_CHARS and (at := text.find(head)) >= 0:
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text[at:], secret, strict=False)))
        text = text[:at] + MASK + text[at + same :]
    return text


def seen(answer: Answer) -> str:
    """Return what an answer looks like, for an error's text."""
    kind = answer.headers.get("content-type", "no content type").partition(";")[0]
    text = answer.body[: 4 * EXCERPT_CHARS].decode(errors="replace")[:EXCERPT_CHARS]
    to = f" to {answer.headers['location'][:EXCERPT_CHARS]}" if "location" in answer.headers else ""
    return f"HTTP {answer.status}{to}, {kind}, {len(answer.body)} bytes: {text!r}"


def is_html(answer: Answer) -> bool:
    """Return whether the answer is a page for people."""
    return "text/html" in answer.headers.get("content-type", "") or answer.body.lstrip()[:1] == b"<"


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the time that the server's clock showed, None without a readable `Date`."""
    return _http_date(headers.get("date", ""))


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds of `Retry-After` (RFC 9110, 10.2.3: seconds or a date), 0 without one."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:6])
    date = _http_date(text)
    return max(0.0, (date - now).total_seconds()) if date else 0.0


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
