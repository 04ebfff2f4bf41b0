"""Which SASL mechanism (RFC 4954) to log in with. Pure."""

from collections.abc import Collection
from enum import StrEnum


class Mechanism(StrEnum):
    """How to log in. `auto` takes what the server offers, but never XOAUTH2: a password is no token."""

    AUTO = "auto"
    PLAIN = "plain"
    LOGIN = "login"
    CRAM_MD5 = "cram-md5"
    XOAUTH2 = "xoauth2"


REVEALING = frozenset({Mechanism.PLAIN, Mechanism.LOGIN, Mechanism.XOAUTH2})
"""What is sent can be used again by whoever reads it (RFC 4616, clause 6)."""

_PRIVATE_ORDER = (Mechanism.PLAIN, Mechanism.LOGIN, Mechanism.CRAM_MD5)
_OPEN_ORDER = (Mechanism.CRAM_MD5, Mechanism.PLAIN, Mechanism.LOGIN)


class LoginError(Exception):
    """The server and the settings have no mechanism in common, or it offers none at all."""


def mechanisms(wanted: Mechanism, offered: Collection[str], *, encrypted: bool, local: bool) -> tuple[Mechanism, ...]:
    """Return the mechanisms to try, in order. `local`: the server is this machine, and nobody can listen.

    Raises LoginError, which says what was wanted and what there is.
    """
    order = _PRIVATE_ORDER if encrypted else _OPEN_ORDER
    candidates = order if wanted is Mechanism.AUTO else (wanted,)
    found = tuple(each for each in candidates if each.value in offered)
    allowed = tuple(each for each in found if encrypted or local or each not in REVEALING)
    if allowed:
        return allowed
    if found:
        raise LoginError(f"{found[0].value.upper()} would show the password: it needs an encrypted connection")
    names = ", ".join(sorted(name.upper() for name in offered)) or "none"
    raise LoginError(f"no way to log in: {wanted.value.upper()} is wanted, the server offers {names}")
