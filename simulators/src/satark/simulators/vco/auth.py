"""Who calls: API tokens and login sessions (1.1).

A token travels as `Authorization: Token <jwt>`, exactly one word before it. A session is a cookie that a login gave,
good for a while of virtual time. What neither shows is refused with a TokenError; how that looks on the wire is the
portal's business.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from satark.runtime.settings import Secret
from satark.simulators.vco.errors import TokenError
from satark.simulators.vco.times import from_ms, to_ms
from satark.simulators.vco.topology import World

SESSION_COOKIE = "velocloud.session"
MESSAGE_COOKIE = "velocloud.message"
MAX_SESSIONS = 1000

JWT_PARTS = 3
MILLISECONDS_ABOVE = 10**11
"""An `exp` beyond this is in milliseconds: in seconds it would be the year 5138 (1.1)."""

Kind = Literal["customer", "msp", "operator"]
ExpUnit = Literal["ms", "s"]


class Account(Struct, frozen=True, kw_only=True):
    """A credential: an API token, a login, or both; with the enterprises it sees."""

    kind: Kind
    enterprise_ids: tuple[int, ...]
    token: Secret | None = None
    username: str | None = None
    password: Secret | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A login that succeeded."""

    account: Account
    expires: datetime


class Sessions:
    """The open sessions, at most `MAX_SESSIONS`: the oldest gives way."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._open)

    def login(self, account: Account, now: datetime, ttl_s: float) -> str:
        """Open a session and return its cookie."""
        self._count += 1
        cookie = blake2b(f"{self._count}".encode(), digest_size=16).hexdigest()
        if len(self._open) >= MAX_SESSIONS:
            del self._open[next(iter(self._open))]
        self._open[cookie] = Session(account, now + timedelta(seconds=ttl_s))
        return cookie

    def account(self, cookie: str, now: datetime) -> Account:
        """Return the account of a cookie.

        Raises TokenError when the session is unknown or expired.
        """
        session = self._open.get(cookie)
        if session is None or session.expires <= now:
            self._open.pop(cookie, None)
            raise TokenError("expired session cookie")
        return session.account

    def logout(self, cookie: str) -> None:
        """Close a session, if it is open."""
        self._open.pop(cookie, None)

    def expire_all(self) -> None:
        """Close all sessions."""
        self._open.clear()


def by_token(accounts: Iterable[Account], header: str, now: datetime, expires: datetime | None) -> Account:
    """Return the account of an Authorization header.

    Raises TokenError when the scheme is not `Token`, the token is unknown, or it or all tokens have expired.
    """
    scheme, _, token = header.partition(" ")
    found = next((one for one in accounts if one.token is not None and one.token.reveal() == token), None)
    if scheme != "Token" or found is None:
        raise TokenError("invalid token")
    claimed = claimed_expiry(token)
    if (expires is not None and expires <= now) or (claimed is not None and claimed <= now):
        raise TokenError("expired token")
    return found


def by_password(accounts: Iterable[Account], username: object, password: object, *, operator: bool) -> Account | None:
    """Return the account of a login, or None: operators and customers have different doors."""
    for one in accounts:
        known = one.username is not None and one.password is not None
        if known and (one.username, one.password) == (username, Secret(str(password))):
            return one if (one.kind == "operator") is operator else None
    return None


def simulated_jwt(subject: str, expires: datetime, unit: ExpUnit = "ms") -> str:
    """Return a token of the shape the orchestrator issues: a JWT whose `exp` is in milliseconds, against RFC 7519.

    With unit "s" it obeys the standard.
    """
    head = _segment({"alg": "HS256", "typ": "JWT"})
    exp = to_ms(expires)
    body = _segment({"sub": subject, "exp": exp if unit == "ms" else exp // 1000, "iss": "vco"})
    signature = urlsafe_b64encode(blake2b(f"{head}.{body}".encode(), digest_size=32).digest()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def claimed_expiry(token: str) -> datetime | None:
    """Return the `exp` claim of a token, in either unit; None when it is no JWT or has none."""
    parts = token.split(".")
    if len(parts) != JWT_PARTS:
        return None
    try:
        exp = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))["exp"]
        return from_ms(exp if exp > MILLISECONDS_ABOVE else exp * 1000)
    except (ValueError, KeyError, TypeError, OverflowError):
        return None


def sample_accounts(world: World, expires: datetime) -> dict[Kind, Account]:
    """Return an account of each kind: the operator and the partner see all enterprises, the customer the first."""
    everything = tuple(enterprise.id for enterprise in world.enterprises)
    seen: dict[Kind, tuple[int, ...]] = {"customer": everything[:1], "msp": everything, "operator": everything}
    return {
        kind: Account(
            kind=kind,
            enterprise_ids=ids,
            token=Secret(simulated_jwt(kind, expires)),
            username=f"{kind}@example.net",
            password=Secret(f"{kind}-password"),
        )
        for kind, ids in seen.items()
    }


def _segment(content: dict[str, object]) -> str:
    return urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).rstrip(b"=").decode()
