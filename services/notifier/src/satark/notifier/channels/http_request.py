"""One POST of JSON, and what of it must not be seen. Pure."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from satark.notifier.mail.headers import clean
from satark.runtime.secret import Secret

MAX_DETAIL_CHARS = 300
_MIN_SECRET_CHARS = 6
"""Shorter parts of a path, such as `api` or `v2`, are no secrets."""


@dataclass(frozen=True, slots=True)
class Request:
    """One POST of JSON. All of the address is secret: who knows it can speak to the receiver, or for us."""

    url: Secret
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 10.0
    ca_file: Path | None = None
    username: str = ""
    password: Secret | None = None
    message_id: str | None = None
    secrets: tuple[Secret, ...] = ()

    @property
    def is_encrypted(self) -> bool:
        """Whether it goes by TLS."""
        return self.url.reveal().lower().startswith("https:")

    @property
    def authorization(self) -> dict[str, str]:
        """The header of basic authentication (RFC 7617), if there is anybody to log in."""
        if not self.username:
            return {}
        pair = f"{self.username}:{self.password.reveal() if self.password else ''}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def masked(self, text: str) -> str:
        """Return what was said as one short line without the address and the secrets."""
        for form in sorted(self._forms(), key=len, reverse=True):
            text = text.replace(form, "***")
        return clean(text, MAX_DETAIL_CHARS)

    def _forms(self) -> set[str]:
        secrets = [each.reveal() for each in (*self.secrets, *((self.password,) if self.password else ()))]
        url = self.url.reveal()
        try:
            parts = urlsplit(url)
        except ValueError:
            return {text for text in (url, *secrets) if text}
        pieces = [*parts.path.split("/"), *re.split("[&=]", parts.query), parts.password or ""]
        hidden = [url, parts.path, parts.query, *secrets, *(text for text in pieces if len(text) >= _MIN_SECRET_CHARS)]
        return {form for text in hidden for form in (text, unquote(text)) if len(form) > 1}
