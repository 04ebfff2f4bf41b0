"""The token of an alarm: it names one view of one alarm, and nobody else can make one. Pure.

The original's holds an address that its server calls (analytics.md 2.5, target); this one is opaque to whoever has it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64Error
from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest

MAC_BYTES = 16
MAX_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and checks tokens. Processes with the same key (up to 64 bytes) take each other's."""

    key: bytes = field(repr=False)

    def of(self, entity: str, kind: str, view: str) -> str:
        """Return the token of a view of an object's alarm of a type."""
        said = view.encode()
        return urlsafe_b64encode(self._mac(entity, kind, said) + said).decode()

    def view(self, entity: str, kind: str, token: str) -> str | None:
        """Return the view that a token names, None if it was not made here for this alarm."""
        if len(token) > MAX_LENGTH:
            return None
        try:
            raw = urlsafe_b64decode(token.encode("ascii"))
            mac, said = raw[:MAC_BYTES], raw[MAC_BYTES:]
            return said.decode() if compare_digest(mac, self._mac(entity, kind, said)) else None
        except (NoBase64Error, UnicodeError):
            return None

    def _mac(self, entity: str, kind: str, said: bytes) -> bytes:
        mac = blake2b(digest_size=MAC_BYTES, key=self.key)
        for part in (entity.encode(errors="replace"), kind.encode(errors="replace"), said):
            mac.update(len(part).to_bytes(4, "big") + part)
        return mac.digest()
