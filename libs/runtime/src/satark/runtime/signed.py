"""Signed links: what one person may do about one incident until a time, in a text that goes into a URL. Pure.

A token is the URL-safe Base64, without padding, of

    version (1 byte), key id (2 bytes), what is granted (a MessagePack array), code (16 bytes)

The code is the first half of HMAC-SHA256 (RFC 2104 allows no less) over a word that no other use of the key has, and all
before it. The key id is of a hash of the key and tells which of several keys to try. There is one text for each token: the
bits that Base64 leaves over must be zero, so that no character can be changed unnoticed. It is signed, not encrypted.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import msgspec

LEAST_KEY_BYTES = 32
"""As long as the hash is (RFC 2104, section 3)."""

MAX_CHARS = 1024
"""Longer texts are no tokens of ours: the longest names make some 650."""

_VERSION = b"\x01"
_KEY_ID_BYTES = 2
_HEAD_BYTES = len(_VERSION) + _KEY_ID_BYTES
_CODE_BYTES = 16
_SIGNING = b"satark signed link v1\0"
_NAMING = b"satark signed link key v1\0"
_TEXT, _UUID = b"t", b"u"


class Purpose(StrEnum):
    """What a link is for; it serves for nothing else."""

    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"


class Refusal(StrEnum):
    """Why a token does not count; a label of a metric."""

    MALFORMED = "malformed"
    """No token of ours, or cut short."""
    FORGED = "forged"
    """None of our keys has signed it: changed, or signed by a key that was taken away."""
    EXPIRED = "expired"
    OTHER_PURPOSE = "other_purpose"
    """Ours, for something that is not done here: a younger version of us has signed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """`who` may do what the purpose says about an incident, before `expires`. Times are aware and of whole seconds.

    `mail` is the id of the notification that the link was sent with.
    """

    purpose: Purpose
    incident: str
    who: str
    mail: str
    issued: datetime
    expires: datetime


class TokenError(ValueError):
    """The token does not count. `grant` is what it says, where it is ours."""

    def __init__(self, reason: Refusal, grant: Grant | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.grant = grant


def sign(grant: Grant, key: bytes) -> str:
    """Return the token of a grant. Raises ValueError for a key that is too short, or names that are too long."""
    if len(key) < LEAST_KEY_BYTES:
        raise ValueError(f"a key has at least {LEAST_KEY_BYTES} bytes")
    said = _VERSION + _key_id(key) + _ENCODER.encode(_packed(grant))
    token = urlsafe_b64encode(said + _code(said, key)).rstrip(b"=").decode()
    if len(token) > MAX_CHARS:
        raise ValueError(f"a token has at most {MAX_CHARS} characters")
    return token


def verify(token: str, keys: Sequence[bytes], now: datetime) -> Grant:
    """Return what a token grants. Raises TokenError for any text that does not grant something now."""
    raw = _bytes_of(token)
    said, code = raw[:-_CODE_BYTES], raw[-_CODE_BYTES:]
    tried = [key for key in keys if said[len(_VERSION) : _HEAD_BYTES] == _key_id(key)]
    if not any(hmac.compare_digest(code, _code(said, key)) for key in tried):
        raise TokenError(Refusal.FORGED)
    grant = _unpacked(said[_HEAD_BYTES:])
    if now >= grant.expires:
        raise TokenError(Refusal.EXPIRED, grant)
    return grant


class _Packed(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A grant as short as it gets: names as `_short` has them, times as seconds since 1970."""

    purpose: str
    incident: bytes
    who: str
    mail: bytes
    issued_s: int
    valid_s: int


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Packed)


def _packed(grant: Grant) -> _Packed:
    issued_s = int(grant.issued.timestamp())
    return _Packed(
        grant.purpose.value,
        _short(grant.incident),
        grant.who,
        _short(grant.mail),
        issued_s,
        int(grant.expires.timestamp()) - issued_s,
    )


def _unpacked(body: bytes) -> Grant:
    """Return the grant that a body of ours holds. Raises TokenError: another version of us may have signed it."""
    try:
        packed = _DECODER.decode(body)
        incident, mail = _long(packed.incident), _long(packed.mail)
        issued, expires = (datetime.fromtimestamp(packed.issued_s + after_s, UTC) for after_s in (0, packed.valid_s))
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError):
        raise TokenError(Refusal.MALFORMED) from None
    if packed.purpose not in set(Purpose):
        raise TokenError(Refusal.OTHER_PURPOSE)
    purpose = Purpose(packed.purpose)
    return Grant(purpose=purpose, incident=incident, who=packed.who, mail=mail, issued=issued, expires=expires)


def _bytes_of(token: str) -> bytes:
    if len(token) > MAX_CHARS or not token.isascii():
        raise TokenError(Refusal.MALFORMED)
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (NoBase64Error, ValueError):
        raise TokenError(Refusal.MALFORMED) from None
    # The decoder skips what is no Base64, and the bits that are left over.
    is_canonical = urlsafe_b64encode(raw).rstrip(b"=").decode() == token
    if not is_canonical or raw[: len(_VERSION)] != _VERSION or len(raw) <= _HEAD_BYTES + _CODE_BYTES:
        raise TokenError(Refusal.MALFORMED)
    return raw


def _code(said: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _SIGNING + said, sha256)[:_CODE_BYTES]


def _key_id(key: bytes) -> bytes:
    return sha256(_NAMING + key).digest()[:_KEY_ID_BYTES]


def _short(name: str) -> bytes:
    """Return a UUID as its 16 bytes, and any other name as it is; the first byte says which."""
    try:
        found = UUID(name)
    except ValueError:
        return _TEXT + name.encode()
    return _UUID + found.bytes if str(found) == name else _TEXT + name.encode()


def _long(name: bytes) -> str:
    """Return a name of which `_short` made this. Raises ValueError for what it never makes."""
    kind, rest = name[:1], name[1:]
    if kind not in {_TEXT, _UUID}:
        raise ValueError("neither a text nor a UUID")
    return rest.decode() if kind == _TEXT else str(UUID(bytes=rest))
