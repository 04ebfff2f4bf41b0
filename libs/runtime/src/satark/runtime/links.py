"""The group of settings for links in mails, SATARK_LINKS_*: who writes the mails and who answers the links share it."""

import re
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from satark.runtime.hosts import is_loopback
from satark.runtime.secret import Secret
from satark.runtime.signed import LEAST_KEY_BYTES

DAY_S = 86_400.0


class LinkSettings(Struct, frozen=True, kw_only=True):
    """Links in mails that acknowledge and silence. Without these two mails have none."""

    url: Annotated[
        str,
        Meta(
            description="Base URL of analytics as people reach it from their mail, https://satark.example.com for one."
        ),
    ] = ""
    keys: Annotated[
        Secret | None,
        Meta(
            description=f"Keys of the links, at least {LEAST_KEY_BYTES} characters each, by commas or lines: the first signs, all "
            "are accepted. `openssl rand -base64 48` makes one."
        ),
    ] = None
    valid_s: Annotated[float, Meta(description="Seconds for which a link is good.", ge=60, le=90 * DAY_S)] = 7 * DAY_S

    @property
    def enabled(self) -> bool:
        """Whether mails have links, and whether they are answered."""
        return bool(self.url and self.keys)

    @property
    def key_bytes(self) -> tuple[bytes, ...]:
        """The keys, the one that signs first."""
        return tuple(key.encode() for key in _split(self.keys))

    @property
    def base(self) -> str:
        """The base URL without a slash at its end."""
        return self.url.rstrip("/")

    @property
    def in_the_clear(self) -> bool:
        """Whether links go over a network without TLS, where others can read and use them."""
        parts = urlsplit(self.url)
        return parts.scheme == "http" and not is_loopback(parts.hostname or "")

    def more_secrets(self) -> Iterable[Secret]:
        """Return each key by itself, for what is kept out of logs."""
        return [Secret(key) for key in _split(self.keys)]

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        if bool(self.url) != bool(self.keys):
            yield "URL and KEYS go together"
        if self.url and not _is_base(self.url):
            yield f"URL: {self.url!r} is not the base of links: http(s)://host, maybe a port and a path, nothing else"
        keys = _split(self.keys)
        for number, key in enumerate(keys, start=1):
            if len(key.encode()) < LEAST_KEY_BYTES:
                yield f"KEYS: key {number} is shorter than {LEAST_KEY_BYTES} bytes"
        if len(set(keys)) < len(keys):
            yield "KEYS has a key twice"
        if self.keys and not keys:
            yield "KEYS holds no key"


def _split(keys: Secret | None) -> list[str]:
    parts = re.split("[,\n]", keys.reveal() if keys else "")
    return [part.strip() for part in parts if part.strip()]


def _is_base(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and not set(url) & set(' <>"\\^`{|}')
    alone = not (parts.query or parts.fragment or "?" in url or "#" in url or "@" in parts.netloc)
    return plain and alone and port_is_fine and parts.scheme in {"http", "https"} and bool(parts.hostname)
