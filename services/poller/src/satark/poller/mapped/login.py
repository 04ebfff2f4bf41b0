"""Who one is to any vendor's orchestrator: fixed headers, or a login of a few requests. A shell: it reads the clock."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from time import monotonic

import structlog

from satark.poller import metrics
from satark.poller.errors import LoginRefusedError, OrchestratorError, ServerError, UnknownApiError
from satark.poller.http.exchange import Answer, Asked, is_html, seen
from satark.poller.http.identity import Exchange, Fixed, Identity
from satark.poller.mapped.answers import document_of
from satark.poller.mapped.model import Auth, Step
from satark.poller.mapped.requests import credential_values, request
from satark.poller.orchestrator import Orchestrator
from satark.runtime.backoff import Backoff

log = structlog.get_logger(__name__)

LOGIN_BACKOFF = Backoff(first_s=300.0, max_s=3_600.0, jitter=0.0)
"""A refused login is not repeated at every look: the account would be locked."""

RENEWAL_S = 60.0
MAX_COOKIES = 20
MAX_HEADER_CHARS = 8_192


def identity_of(orchestrator: Orchestrator, auth: Auth, headers: Mapping[str, str]) -> Identity:
    """Return the identity that a mapping asks for; `headers` go with every request."""
    if auth.kind == "login":
        return Login(orchestrator, auth, headers)
    return Fixed({**headers, **_fixed(orchestrator, auth)}, secrets=_secrets(orchestrator))


def values_of(orchestrator: Orchestrator) -> Mapping[str, str]:
    """Return what a mapping may put into its headers and logins."""
    password = orchestrator.password.reveal() if orchestrator.password else ""
    return credential_values(orchestrator.username, password, orchestrator.bare_token)


def _fixed(orchestrator: Orchestrator, auth: Auth) -> dict[str, str]:
    values = values_of(orchestrator)
    if auth.kind == "basic":
        return {"Authorization": f"Basic {_basic(values)}"}
    return {name: text.fill(values) for name, text in auth.headers}


def _secrets(orchestrator: Orchestrator) -> tuple[str, ...]:
    basic = _basic(values_of(orchestrator)) if orchestrator.password else ""
    return (*orchestrator.secrets, basic) if basic else orchestrator.secrets


def _basic(values: Mapping[str, str]) -> str:
    return b64encode(f"{values['username']}:{values['password']}".encode()).decode()


class Login:
    """A session: opened when it is first needed, renewed at most once a look, given up for long after a refusal."""

    def __init__(self, orchestrator: Orchestrator, auth: Auth, headers: Mapping[str, str]) -> None:
        self._orchestrator = orchestrator
        self._auth = auth
        self._always = dict(headers)
        self._session: dict[str, str] = {}
        self._hidden: tuple[str, ...] = ()
        self._logins_left = 1
        self._renewed_at = float("-inf")
        self._refused = 0
        self._refused_until = 0.0
        self._refusal: LoginRefusedError | None = None
        self._lock = asyncio.Lock()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password, and what the session consists of."""
        return (*self._orchestrator.secrets, *self._hidden)

    def begin_cycle(self) -> None:
        """Allow one more login."""
        self._logins_left = 1

    async def headers(self, exchange: Exchange) -> Mapping[str, str]:
        """Return the session's headers, after a login where there is none yet."""
        if not self._session:
            async with self._lock:
                if not self._session:
                    self._session = await self._login(exchange)
        return {**self._always, **self._session}

    async def renew(self, stale: Mapping[str, str], exchange: Exchange) -> bool:
        """Return whether there is another session than the stale one; log in for it at most once a look."""
        async with self._lock:
            if stale == {**self._always, **self._session}:
                if not self._logins_left or monotonic() - self._renewed_at < RENEWAL_S:
                    return False
                self._logins_left -= 1
                self._renewed_at = monotonic()
                self._session = {}
                self._session = await self._login(exchange)
            return bool(self._session)

    async def end(self, exchange: Exchange) -> None:
        """Log out, where the mapping says how."""
        if self._session and self._auth.logout is not None:
            try:
                await exchange(request(self._auth.logout, {}), {**self._always, **self._session}, self._asked("logout"))
            except OrchestratorError as error:
                log.debug("logout_failed", orchestrator=self._orchestrator.name, error=str(error))
        self._session = {}

    async def _login(self, exchange: Exchange) -> dict[str, str]:
        if self._refusal is not None and monotonic() < self._refused_until:
            raise self._refusal
        try:
            session = await self._steps(exchange)
        except LoginRefusedError as error:
            metrics.LOGINS.labels(self._orchestrator.name, "refused").inc()
            self._refusal = error
            self._refused_until = monotonic() + LOGIN_BACKOFF.delay_s(self._refused)
            self._refused += 1
            raise
        metrics.LOGINS.labels(self._orchestrator.name, "ok").inc()
        self._refusal, self._refused = None, 0
        return session

    async def _steps(self, exchange: Exchange) -> dict[str, str]:
        """Do the requests of the login one after the other, each with what those before it gave."""
        cookies: dict[str, str] = {}
        session: dict[str, str] = {}
        self._hidden = ()
        for step in self._auth.steps:
            asked = self._asked("login")
            answer = await exchange(
                request(step.query, values_of(self._orchestrator)), {**self._always, **session}, asked
            )
            if step.is_optional and (answer.status >= 400 or is_html(answer)):  # noqa: PLR2004 - a client's error
                continue
            _check(answer, step, asked)
            cookies |= dict(list(_cookies(answer).items())[:MAX_COOKIES])
            self._hidden = (*self._hidden, *(value for value in cookies.values() if value not in self._hidden))
            if cookies:
                session["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
            if step.header:
                value = _value(answer, step, asked)
                session[step.header] = step.prefix + value
                self._hidden += (value,)
        missing = [name for name in self._auth.cookies if not cookies.get(name)]
        if missing or not session:
            raise self._asked("login").fail(
                LoginRefusedError, f"no {', '.join(missing) or 'cookie or header'} came out of the login"
            )
        return session

    def _asked(self, method: str) -> Asked:
        return Asked(self._orchestrator.name, method, self.secrets)


def _check(answer: Answer, step: Step, asked: Asked) -> None:
    if answer.status >= 500:  # noqa: PLR2004 - a failing server says nothing about the password
        raise asked.fail(ServerError, seen(answer))
    if answer.status in {400, 401, 403} or (step.refused and step.refused.encode() in answer.body):
        raise asked.fail(LoginRefusedError, f"the login was refused: {seen(answer)}")
    if answer.status >= 400:  # noqa: PLR2004 - as a wrong path would say
        raise asked.fail(UnknownApiError, seen(answer))


def _value(answer: Answer, step: Step, asked: Asked) -> str:
    if step.value is None and not is_html(answer):
        value = answer.body[: MAX_HEADER_CHARS + 1].decode(errors="replace").strip()
    else:
        document = document_of(answer, asked, error=None, expired=frozenset())
        value = step.value.text_in(document) if step.value is not None else ""
    if not value or len(value) > MAX_HEADER_CHARS or not value.isprintable() or not value.isascii():
        raise asked.fail(UnknownApiError, f"the login gave nothing to send as {step.header}")
    return value


def _cookies(answer: Answer) -> dict[str, str]:
    """Return name and value of the cookies that an answer sets (RFC 6265, 5.2)."""
    pairs = (line.partition(";")[0].partition("=") for line in answer.cookies)
    found = {name.strip(): value.strip() for name, _, value in pairs}
    return {name: value for name, value in found.items() if name and value and (name + value).isprintable()}
