"""Where mails go: the mail server's address as one URL, with its encryption in the scheme (RFC 8314)."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

from satark.runtime.hosts import is_loopback


class Encryption(StrEnum):
    """How a connection to the mail server is encrypted."""

    IMPLICIT = "smtps"
    STARTTLS = "smtp+starttls"
    NONE = "smtp"


_SHAPE = "is not like smtps://host:465, smtp+starttls://user@host:587 or smtp://127.0.0.1:25"
DEFAULT_PORTS = {Encryption.IMPLICIT: 465, Encryption.STARTTLS: 587, Encryption.NONE: 25}


@dataclass(frozen=True, slots=True)
class SmtpTarget:
    """A mail server: `user` is who logs in, None where nobody does."""

    encryption: Encryption
    host: str
    port: int
    user: str | None = None


def smtp_target(text: str, *, port: int | None = None) -> SmtpTarget:
    """Return the mail server that a URL names; a host alone means implicit TLS. `port` fills in a URL without one.

    Raises ValueError, whose text never holds a password that was put into the URL.
    """
    parts = _split(text if "://" in text else f"{Encryption.IMPLICIT}://{text}")
    encryption = _encryption(parts)
    if parts.password is not None:
        raise ValueError("has a password in it: give it in SMTP_PASSWORD instead")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(_SHAPE)
    found = _port(parts)
    if found is not None and port is not None and found != port:
        raise ValueError(f"names port {found}, but SMTP_PORT is {port}")
    if encryption is Encryption.NONE and not is_loopback(parts.hostname):
        raise ValueError(
            f"would send to {parts.hostname} in the clear, which is allowed to this machine only: "
            "use smtp+starttls:// or smtps://"
        )
    return SmtpTarget(
        encryption=encryption,
        host=parts.hostname,
        port=found or port or DEFAULT_PORTS[encryption],
        user=unquote(parts.username) if parts.username else None,
    )


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError(_SHAPE) from None


def _encryption(parts: SplitResult) -> Encryption:
    try:
        return Encryption(parts.scheme)
    except ValueError:
        known = ", ".join(f"{encryption}://" for encryption in Encryption)
        raise ValueError(f"begins with {parts.scheme}://, not with one of {known}") from None


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        raise ValueError("has a port that is no number from 1 to 65535") from None
    if port == 0:
        raise ValueError("has a port that is no number from 1 to 65535")
    return port
