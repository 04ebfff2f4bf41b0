"""The v1 portal API of one orchestrator: who one is, how often one asks again, and the methods that the poller needs."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any, TypeVar

import msgspec
import structlog
from msgspec import Raw

from satark.poller import metrics, parse
from satark.poller.answers import Answer, Asked, result_of, server_time, session_of
from satark.poller.client import Credential, HttpClient, in_thread, secrets_of, token_of
from satark.poller.errors import (
    AuthError,
    InsecureError,
    LoginRefusedError,
    MethodError,
    OrchestratorError,
    PrivilegeError,
    RateLimitedError,
    ServerError,
    UnknownApiError,
    UnreachableError,
    ValidationError,
    WrongShapeError,
)
from satark.poller.inventory import Edge, Enterprise, Id
from satark.poller.parse import Page, Skipped
from satark.poller.schedule import EPOCH, Window
from satark.poller.settings import PollerSettings
from satark.runtime.backoff import Backoff

log = structlog.get_logger(__name__)

RETRY_BACKOFF = Backoff(first_s=1.0, max_s=8.0)
LOGIN_BACKOFF = Backoff(first_s=300.0, max_s=3_600.0, jitter=0.0)
"""A refused login is not repeated at every look: the account would be locked."""

HOPELESS_AFTER = 3
MAX_PAGES = 1_000
EDGES_WITH = ["site", "recentLinks"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Probe:
    """What the cheapest request tells: the release, and the server's clock where it shows one."""

    version: str
    server_time: datetime | None


class Portal:
    """Calls methods of one orchestrator. Safe for concurrent callers of one event loop."""

    def __init__(self, settings: PollerSettings, client: HttpClient) -> None:
        self._settings = settings
        self._client = client
        self._token = token_of(settings)
        self._secrets = secrets_of(settings)
        self._session = ""
        self._kinds: tuple[str, ...] = ("enterprise", "operator") if settings.login == "auto" else (settings.login,)
        self._logins_left = 1
        self._refused = 0
        self._refused_until = 0.0
        self._refusal: OrchestratorError | None = None
        self._login_lock = asyncio.Lock()
        self._quiet_until = 0.0
        self._discover: tuple[str, ...] = DISCOVERY
        self._unreachable = 0

    def begin_cycle(self) -> None:
        """Allow one more login: never more than one again within a look, lest the account be locked."""
        self._logins_left = 1
        self._unreachable = 0

    def hopeless(self, error: OrchestratorError) -> bool:
        """Return whether the next request would meet the same error, so that a look had better end."""
        gone = isinstance(error, UnreachableError) and self._unreachable >= HOPELESS_AFTER
        return gone or isinstance(error, AuthError | InsecureError)

    async def probe(self) -> Probe:
        """Return release and clock. Raises OrchestratorError."""
        answer, result = await self._call("system/getVersionInfo", {})
        return Probe(parse.version(result), server_time(answer.headers))

    async def enterprises(self) -> tuple[tuple[Enterprise, ...], tuple[Skipped, ...]]:
        """Return all enterprises that the credential may see, by the method that its kind of user has.

        Customers have one of their own; operators and partners have lists. What worked once is asked first.
        Raises OrchestratorError: one that may pass, where there is one, else the last.
        """
        failures: list[OrchestratorError] = []
        for method in self._discover:
            try:
                found = await self._enterprises_by(method)
            except (
                PrivilegeError,
                MethodError,
                ValidationError,
                UnknownApiError,
                ServerError,
                WrongShapeError,
            ) as error:
                failures.append(error)
                continue
            if found is not None:
                self._discover = (method, *(other for other in DISCOVERY if other != method))
                return found
        raise next((e for e in failures if e.retryable), failures[-1] if failures else self._nobody())

    async def edges(self, enterprise: Enterprise) -> AsyncIterator[Page]:
        """Yield an enterprise's edges, page by page. Raises OrchestratorError."""
        params: dict[str, Any] = {"enterpriseId": enterprise.id, "with": EDGES_WITH}
        try:
            page = await self._parsed("enterprise/getEnterpriseEdges", params, parse.edges)
        except (ValidationError, UnknownApiError):  # some releases fail on an option of `with` that they do not know
            del params["with"]
            page = await self._parsed("enterprise/getEnterpriseEdges", params, parse.edges)
        yield page
        asked: set[str] = set()
        while page.next_page and page.next_page not in asked and len(asked) < MAX_PAGES:
            asked.add(page.next_page)
            page = await self._parsed(
                "enterprise/getEnterpriseEdges", {**params, "nextPageLink": page.next_page}, parse.edges
            )
            yield page

    async def quality(self, enterprise_id: Id, edge: Edge, window: Window, read: Callable[[Raw | None], T]) -> T:
        """Return what `read` makes of an edge's link quality events. Raises OrchestratorError."""
        params = {
            "enterpriseId": enterprise_id,
            "edgeId": edge.id,
            "interval": {"start": _epoch_ms(window.start), "end": _epoch_ms(window.end)},
            "minutesPerSample": self._settings.sample_s // 60,
        }
        return await self._parsed("linkQualityEvent/getLinkQualityEvents", params, read)

    async def logout(self) -> None:
        """End a session, as one should. A failure is of no interest."""
        if self._session:
            try:
                await self._exchange("/logout", {}, Credential(session=self._session), self._asked("logout"))
            except OrchestratorError as error:
                log.debug("logout_failed", orchestrator=self._settings.name, error=str(error))
            self._session = ""

    async def _enterprises_by(self, method: str) -> tuple[tuple[Enterprise, ...], tuple[Skipped, ...]] | None:
        if method == "enterprise/getEnterprise":
            own = await self._parsed(method, {}, parse.enterprise)
            return ((own,), ()) if own else None
        return await self._parsed(method, {}, parse.enterprises)

    def _nobody(self) -> OrchestratorError:
        return self._asked("enterprise/getEnterprise").fail(UnknownApiError, "the credential belongs to no enterprise")

    async def _parsed(self, method: str, params: Mapping[str, Any], read: Callable[[Raw | None], T]) -> T:
        _, result = await self._call(method, params)
        try:
            return read(result)
        except parse.WrongShape as error:
            metrics.REQUESTS.labels(method, WrongShapeError.reason).inc()
            asked = self._asked(method)
            raise WrongShapeError(
                asked.orchestrator, method, asked.clean(str(error)), body=self._cleaned(bytes(result or b""))
            ) from error

    def _cleaned(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body.replace(secret.encode(), b"***")
        return body

    async def _call(self, method: str, params: Mapping[str, Any]) -> tuple[Answer, Raw | None]:
        """Ask, and ask again while it may help: `retries` times, and once more after a login."""
        attempt = 0
        while True:
            await asyncio.sleep(max(0.0, self._quiet_until - monotonic()))
            session = self._session
            try:
                return await self._once(method, params)
            except LoginRefusedError:
                raise
            except AuthError:
                if self._token or not await self._renewed(session):
                    raise
            except OrchestratorError as error:
                if not error.retryable or attempt >= self._settings.retries or self.hopeless(error):
                    self._unreachable += isinstance(error, UnreachableError)
                    raise
                if not isinstance(error, RateLimitedError):
                    await asyncio.sleep(RETRY_BACKOFF.delay_s(attempt, random.random()))  # noqa: S311 - jitter
                attempt += 1

    async def _once(self, method: str, params: Mapping[str, Any]) -> tuple[Answer, Raw | None]:
        if not self._token and not self._session:
            async with self._login_lock:
                if not self._session:
                    self._session = await self._login()
        envelope = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        asked = self._asked(method)
        outcome = "ok"
        try:
            answer = await self._exchange(
                "/portal/", envelope, Credential(token=self._token, session=self._session), asked
            )
            self._unreachable = 0
            return answer, result_of(answer, asked, now=datetime.now(UTC))
        except OrchestratorError as error:
            outcome = error.reason
            self._hush(error)
            raise
        finally:
            metrics.REQUESTS.labels(method, outcome).inc()

    def _hush(self, error: OrchestratorError) -> None:
        """After a refusal for too many requests nobody asks anything until the penalty is over."""
        if isinstance(error, RateLimitedError):
            self._quiet_until = max(self._quiet_until, monotonic() + error.wait_s + random.random())  # noqa: S311

    async def _renewed(self, stale: str) -> bool:
        """Return whether there is another session than the stale one; log in for it at most once a look."""
        async with self._login_lock:
            if self._session == stale and self._logins_left:
                self._logins_left -= 1
                self._session = ""
                self._session = await self._login()
            return bool(self._session) and self._session != stale

    async def _login(self) -> str:
        if self._refusal is not None and monotonic() < self._refused_until:
            raise self._refusal
        for kind in self._kinds:
            try:
                session = await self._login_as(kind)
            except LoginRefusedError as error:
                metrics.LOGINS.labels("refused").inc()
                self._refusal = error
            else:
                metrics.LOGINS.labels("ok").inc()
                self._kinds = (kind, *(other for other in self._kinds if other != kind))
                self._refusal, self._refused = None, 0
                return session
        self._refused_until = monotonic() + LOGIN_BACKOFF.delay_s(self._refused)
        self._refused += 1
        raise self._refusal or self._nobody()

    async def _login_as(self, kind: str) -> str:
        password = self._settings.vco_password
        body = {"username": self._settings.vco_username, "password": password.reveal() if password else ""}
        asked = self._asked(f"login/{kind}Login")
        answer = await self._exchange(f"/login/{kind}Login", body, Credential(), asked)
        if answer.status == 429 or answer.status >= 500:  # noqa: PLR2004 - says nothing about the password
            try:
                result_of(answer, asked, now=datetime.now(UTC))
            except OrchestratorError as error:
                self._hush(error)
                raise
        return session_of(answer, asked)

    async def _exchange(self, path: str, body: Any, credential: Credential, asked: Asked) -> Answer:
        encoded = msgspec.json.encode(body)
        begun = monotonic()
        try:
            return await in_thread(lambda: self._client.post(path, encoded, credential, asked))
        finally:
            metrics.REQUEST_SECONDS.labels(asked.method).observe(monotonic() - begun)

    def _asked(self, method: str) -> Asked:
        session = (self._session,) if self._session else ()
        return Asked(self._settings.name, method, (*self._secrets, *session))


DISCOVERY = (
    "enterprise/getEnterprise",
    "network/getNetworkEnterprises",
    "enterpriseProxy/getEnterpriseProxyEnterprises",
)


def _epoch_ms(time: datetime) -> int:
    return int((time - EPOCH).total_seconds() * 1000)
