"""Who one is to a VCO: an API token, or a session that a login opens (1.1 of the specification)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

import msgspec
import structlog

from satark.poller import metrics
from satark.poller.errors import LoginRefusedError, OrchestratorError
from satark.poller.http.exchange import Asked, Request
from satark.poller.http.identity import Exchange, Fixed, Identity
from satark.poller.orchestrator import Orchestrator
from satark.poller.velocloud.answers import SESSION_COOKIE, result_of, session_of
from satark.runtime.backoff import Backoff

log = structlog.get_logger(__name__)

LOGIN_BACKOFF = Backoff(first_s=300.0, max_s=3_600.0, jitter=0.0)
"""A refused login is not repeated at every look: the account would be locked."""

RENEWAL_S = 60.0
"""Least time between two logins that follow an expired session, whatever the looks do."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What a login page said, until when it is not asked again by the monotonic clock, and how often it refused."""

    words: str
    until: float
    times: int


def identity_of(orchestrator: Orchestrator) -> Identity:
    """Return the token's identity where there is a token, else the login's: the token wins."""
    if token := orchestrator.bare_token:
        return Fixed({"Authorization": f"Token {token}"}, secrets=orchestrator.secrets)
    return Session(orchestrator)


class Session:
    """A session cookie: opened when it is first needed, renewed at most once a look."""

    def __init__(self, orchestrator: Orchestrator) -> None:
        self._orchestrator = orchestrator
        both = ("enterprise", "operator")
        self._kinds: tuple[str, ...] = both if orchestrator.login == "auto" else (orchestrator.login,)
        self._cookie = ""
        self._logins_left = 1
        self._renewed_at = float("-inf")
        self._refusals: dict[str, _Refusal] = {}
        self._lock = asyncio.Lock()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password, and the cookie while there is one."""
        return (*self._orchestrator.secrets, self._cookie) if self._cookie else self._orchestrator.secrets

    def begin_cycle(self) -> None:
        """Allow one more login: never more than one again within a look, lest the account be locked."""
        self._logins_left = 1

    async def headers(self, exchange: Exchange) -> Mapping[str, str]:
        """Return the cookie, after a login where there is none yet."""
        if not self._cookie:
            async with self._lock:
                if not self._cookie:
                    self._cookie = await self._login(exchange)
        return {"Cookie": f"{SESSION_COOKIE}={self._cookie}"}

    async def renew(self, stale: Mapping[str, str], exchange: Exchange) -> bool:
        """Return whether there is another session than the stale one; log in for it at most once a look."""
        async with self._lock:
            if stale.get("Cookie") == f"{SESSION_COOKIE}={self._cookie}":
                if not self._logins_left or monotonic() - self._renewed_at < RENEWAL_S:
                    return False
                self._logins_left -= 1
                self._renewed_at = monotonic()
                self._cookie = ""
                self._cookie = await self._login(exchange)
            return bool(self._cookie)

    async def end(self, exchange: Exchange) -> None:
        """Log out, as one should."""
        if self._cookie:
            request = Request("logout", "/logout", body=b"{}")
            try:
                await exchange(request, {"Cookie": f"{SESSION_COOKIE}={self._cookie}"}, self._asked("logout"))
            except OrchestratorError as error:
                log.debug("logout_failed", orchestrator=self._orchestrator.name, error=str(error))
            self._cookie = ""

    async def _login(self, exchange: Exchange) -> str:
        """Return a new session's cookie. A page that refused is left alone for a while, even if another page fails."""
        for kind in self._kinds:
            refusal = self._refusals.get(kind)
            if refusal is not None and monotonic() < refusal.until:
                continue
            try:
                cookie = await self._login_as(kind, exchange)
            except LoginRefusedError as error:
                metrics.LOGINS.labels(self._orchestrator.name, "refused").inc()
                times = refusal.times + 1 if refusal else 1
                self._refusals[kind] = _Refusal(error.detail, monotonic() + LOGIN_BACKOFF.delay_s(times - 1), times)
            else:
                metrics.LOGINS.labels(self._orchestrator.name, "ok").inc()
                self._kinds = (kind, *(other for other in self._kinds if other != kind))
                self._refusals.clear()
                return cookie
        kind = self._kinds[-1]
        raise self._asked(f"login/{kind}Login").fail(LoginRefusedError, self._refusals[kind].words)

    async def _login_as(self, kind: str, exchange: Exchange) -> str:
        password = self._orchestrator.password
        body = {"username": self._orchestrator.username, "password": password.reveal() if password else ""}
        method = f"login/{kind}Login"
        asked = self._asked(method)
        answer = await exchange(Request(method, f"/{method}", body=msgspec.json.encode(body)), {}, asked)
        if answer.status >= 500:  # noqa: PLR2004 - a failing server says nothing about the password
            result_of(answer, asked)
        return session_of(answer, asked)

    def _asked(self, method: str) -> Asked:
        return Asked(self._orchestrator.name, method, self.secrets)
