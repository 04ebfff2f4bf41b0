"""Mail addresses as an operator writes them, made fit for an envelope."""

import re
from email.errors import MessageError, NonASCIILocalPartDefect
from email.headerregistry import Address
from email.policy import SMTPUTF8
from typing import Any

MAX_ADDRESS_CHARS = 254
"""RFC 5321, clause 4.5.3.1.3: a path has 256 octets at most, with its angle brackets."""

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.IGNORECASE)


def mailbox(text: str) -> Address:
    """Return one mailbox, `user@host` or `Name <user@host>`, its domain in ASCII (RFC 5890 A-labels).

    Raises ValueError that names the text.
    """
    try:
        found = _parsed(text)
        domain = ascii_domain(found.domain)
        clean = Address(display_name=found.display_name, username=found.username, domain=domain)
    except (ValueError, IndexError, MessageError):
        raise ValueError(f"{text!r} is not a mail address") from None
    if not clean.username or len(clean.addr_spec) > MAX_ADDRESS_CHARS:
        raise ValueError(f"{text!r} is not a mail address")
    return clean


def _parsed(text: str) -> Address:
    if not text.isprintable():
        raise ValueError(text)
    header: Any = SMTPUTF8.header_factory("To", text)
    defects = [defect for defect in header.defects if not isinstance(defect, NonASCIILocalPartDefect)]
    if defects or len(header.addresses) != 1 or header.groups[0].display_name is not None:
        raise ValueError(text)
    found: Address = header.addresses[0]
    return found


def ascii_domain(domain: str) -> str:
    """Return a domain in lower-case ASCII. Raises ValueError when it is none."""
    ascii_only = domain.encode("idna").decode() if domain else ""
    if not _DOMAIN.fullmatch(ascii_only):
        raise ValueError(f"{domain!r} is not a domain")
    return ascii_only.lower()
