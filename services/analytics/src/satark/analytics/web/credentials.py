"""The credentials file: `role name secret` a line, read again when it changes.

A role is read, operate or admin. A secret is at least eight characters without spaces, or `sha256:` and the 64 hexadecimal
digits of its SHA-256, which is only good for a secret nobody can guess. Empty lines and those that begin with # are skipped.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import structlog

from satark.analytics.web import metrics
from satark.analytics.web.callers import Credential
from satark.analytics.web.route import Role

MAX_BYTES = 1_000_000
MAX_CREDENTIALS = 1000
LEAST_LENGTH = 8
LOOK_EVERY_S = 1.0

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_DIGEST = re.compile(r"sha256:([0-9A-Fa-f]{64})")
_ROLES = {role.name.lower(): role for role in Role if role is not Role.ANYONE}

log = structlog.get_logger()


class CredentialsError(ValueError):
    """The file cannot be used. The text names lines, never what is on them."""


def parse(text: str) -> tuple[Credential, ...]:
    """Return the credentials of a file's text. Raises CredentialsError with the first mistake and its line."""
    found: list[Credential] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_credential(number, line))
    if not found:
        raise CredentialsError("holds no credentials: nobody could call")
    if len(found) > MAX_CREDENTIALS:
        raise CredentialsError(f"holds {len(found)} credentials, {MAX_CREDENTIALS} are the limit")
    for what, values in (("name", [one.name for one in found]), ("secret", [one.digest for one in found])):
        if len(set(values)) < len(values):
            raise CredentialsError(f"has a {what} twice")
    return tuple(found)


def _credential(number: int, line: str) -> Credential:
    words = line.split()
    if len(words) != 3:  # noqa: PLR2004 - role, name, secret
        raise CredentialsError(f"line {number} is not `role name secret`")
    role, name, secret = words
    if role not in _ROLES:
        raise CredentialsError(f"line {number}: the role is none of {', '.join(_ROLES)}")
    if not _NAME.fullmatch(name):
        raise CredentialsError(f"line {number}: the name may have letters, digits and ._@- only, 64 at most")
    if secret.startswith("sha256:"):
        digest = _DIGEST.fullmatch(secret)
        if digest is None:
            raise CredentialsError(f"line {number}: sha256: is not followed by 64 hexadecimal digits")
        return Credential(name, _ROLES[role], bytes.fromhex(digest[1]))
    if len(secret) < LEAST_LENGTH:
        raise CredentialsError(f"line {number}: the secret has fewer than {LEAST_LENGTH} characters")
    return Credential(name, _ROLES[role], sha256(secret.encode()).digest())


def load(path: Path) -> tuple[Credential, ...]:
    """Return the credentials of a file. Raises CredentialsError."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CredentialsError(f"cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise CredentialsError(f"is larger than {MAX_BYTES} bytes")
    try:
        return parse(raw.decode())
    except UnicodeDecodeError:
        raise CredentialsError("is not UTF-8 text") from None


class CredentialsFile:
    """The credentials as the file has them now. While the file is wrong or away, those that it had last count."""

    def __init__(self, path: Path, *, clock: Callable[[], float]) -> None:
        """`clock` tells monotonic seconds."""
        self._path = path
        self._clock = clock
        self._looked_s = 0.0
        self._seen: tuple[int, ...] | None = None
        self._credentials: tuple[Credential, ...] = ()

    def __iter__(self) -> Iterator[Credential]:
        """Yield the credentials; looks at the file at most once a second."""
        now_s = self._clock()
        if self._seen is None or now_s - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = now_s
            self._look()
        return iter(self._credentials)

    def _look(self) -> None:
        seen = _fingerprint(self._path)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._credentials = load(self._path)
        except CredentialsError as error:
            metrics.CREDENTIALS_RELOADS.labels("wrong").inc()
            log.error("credentials_not_read", path=str(self._path), reason=str(error))
        else:
            metrics.CREDENTIALS_RELOADS.labels("read").inc()
            log.info("credentials_read", path=str(self._path), credentials=len(self._credentials))


def _fingerprint(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
