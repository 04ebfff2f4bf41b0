"""Who asks, and whether they may: pure decisions over credentials and a request's headers.

A credential is a name, a role and the SHA-256 of a secret. The secret comes as a bearer token (RFC 6750), as Keystone's
`X-Auth-Token`, by which the tools of Contrail send theirs, or as the password of Basic (RFC 7617) next to the name.
"""

import hmac
from base64 import b64decode
from binascii import Error as NoBase64Error
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Role

CHALLENGE = 'Bearer realm="satark", Basic realm="satark", charset="UTF-8"'
MAX_SECRET_LENGTH = 1024


class Refusal(StrEnum):
    """Why a caller was turned away; a label of a metric."""

    NO_CREDENTIALS = "no_credentials"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    ROLE = "role"
    HOST = "host"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `address` is where from, as the socket has it."""

    name: str
    role: Role
    address: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """One line of the credentials file."""

    name: str
    role: Role
    digest: bytes


class DeniedError(Exception):
    """The caller is not known, or may not."""

    def __init__(self, refusal: Refusal, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.refusal = refusal
        self.problem = problem


def identify(headers: Mapping[str, str], credentials: Iterable[Credential], *, address: str) -> Caller:
    """Return the caller that a request's headers prove. Raises DeniedError (401)."""
    name, secret = _presented(headers)
    digest = sha256(secret.encode()).digest()
    found: Credential | None = None
    for credential in credentials:
        # All are looked at, the right one too, so that the time taken tells nothing of where a guess was close.
        fits = hmac.compare_digest(credential.digest, digest) and name in {None, credential.name}
        found = credential if fits else found
    if found is None:
        raise _unauthorized(Refusal.UNKNOWN, "these credentials are not known")
    return Caller(found.name, found.role, address)


def permit(caller: Caller, role: Role) -> None:
    """Let a caller pass who may do what the role may. Raises DeniedError (403)."""
    if caller.role < role:
        detail = f"this needs the role {role.name.lower()}; {caller.name} has {caller.role.name.lower()}"
        raise DeniedError(Refusal.ROLE, Problem(403, "forbidden", detail, required=role.name.lower()))


def _presented(headers: Mapping[str, str]) -> tuple[str | None, str]:
    """Return the name, where one is said, and the secret. Raises DeniedError."""
    authorization = headers.get("authorization", "")
    if not authorization:
        token = headers.get("x-auth-token", "")
        if not token:
            raise _unauthorized(
                Refusal.NO_CREDENTIALS, "this needs credentials: a bearer token, or a name and password"
            )
        return None, _short(token)
    scheme, _, rest = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return None, _short(rest.strip())
        case "basic":
            return _basic(rest.strip())
        case _:
            raise _unauthorized(Refusal.MALFORMED, "Authorization must be Bearer or Basic")


def _basic(text: str) -> tuple[str, str]:
    try:
        name, colon, password = b64decode(_short(text), validate=True).decode().partition(":")
    except (NoBase64Error, UnicodeDecodeError, ValueError):
        raise _unauthorized(Refusal.MALFORMED, "Basic needs the base64 of name:password in UTF-8") from None
    if not colon:
        raise _unauthorized(Refusal.MALFORMED, "Basic needs the base64 of name:password in UTF-8")
    return name, password


def _short(secret: str) -> str:
    if not secret or len(secret) > MAX_SECRET_LENGTH:
        raise _unauthorized(Refusal.MALFORMED, f"a secret has between 1 and {MAX_SECRET_LENGTH} characters")
    return secret


def _unauthorized(refusal: Refusal, detail: str) -> DeniedError:
    return DeniedError(refusal, Problem(401, "unauthorized", detail, headers={"WWW-Authenticate": CHALLENGE}))
