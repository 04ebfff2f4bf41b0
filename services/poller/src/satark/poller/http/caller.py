"""Asking an orchestrator: in turn, again while it may help, once more after a login."""

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import TypeVar

from satark.poller import metrics
from satark.poller.errors import (
    AuthError,
    InsecureError,
    LoginRefusedError,
    OrchestratorError,
    RateLimitedError,
    UnreachableError,
)
from satark.poller.http.client import HttpClient, in_thread
from satark.poller.http.clock import ServerClock
from satark.poller.http.exchange import Answer, Asked, Request, retry_after_s, seen, server_time
from satark.poller.http.identity import Identity
from satark.poller.http.throttle import TokenBucket
from satark.poller.orchestrator import Orchestrator
from satark.runtime.backoff import Backoff

RETRY_BACKOFF = Backoff(first_s=1.0, max_s=8.0)
PENALTY_S = 5.0
"""The vendor's default penalty; requests made meanwhile are refused too, and start nothing anew."""

MAX_PENALTY_S = 300.0
BURST = 4.0
HOPELESS_AFTER = 3
TOO_MANY_REQUESTS = 429

T = TypeVar("T")


class Caller:
    """Sends requests to one orchestrator. Safe for concurrent callers of one event loop."""

    def __init__(self, orchestrator: Orchestrator, client: HttpClient, identity: Identity) -> None:
        self._orchestrator = orchestrator
        self._client = client
        self._identity = identity
        self._bucket = TokenBucket(rate=orchestrator.requests_per_s, burst=max(BURST, orchestrator.requests_per_s))
        self._slots = asyncio.Semaphore(orchestrator.concurrency)
        self._unreachable = 0
        # The client's own limits do not cover the name service, nor headers that come byte by byte.
        self._patience_s = orchestrator.connect_timeout_s + 2 * orchestrator.read_timeout_s + 1.0
        self.clock = ServerClock()

    def begin_cycle(self) -> None:
        """Allow what is allowed once a look."""
        self._identity.begin_cycle()
        self._unreachable = 0

    def hopeless(self, error: OrchestratorError) -> bool:
        """Return whether the next request would meet the same error, so that a look had better end."""
        gone = isinstance(error, UnreachableError) and self._unreachable >= HOPELESS_AFTER
        return gone or isinstance(error, AuthError | InsecureError)

    async def ask(self, request: Request, read: Callable[[Answer, Asked], T]) -> T:
        """Return what `read` makes of the answer; ask `retries` times again, and once more after a login.

        Raises OrchestratorError: `read`'s own, and those of the connection.
        """
        attempt = 0
        while True:
            carried: Mapping[str, str] | None = None
            try:
                carried = await self._identity.headers(self._exchange)
                return await self._once(request, carried, read)
            except LoginRefusedError:
                raise
            except AuthError:
                if carried is None or not await self._identity.renew(carried, self._exchange):
                    raise
            except OrchestratorError as error:
                if not error.retryable or attempt >= self._orchestrator.retries or self.hopeless(error):
                    self._unreachable += isinstance(error, UnreachableError)
                    raise
                if not isinstance(error, RateLimitedError):
                    await asyncio.sleep(RETRY_BACKOFF.delay_s(attempt, random.random()))  # noqa: S311 - jitter
                attempt += 1

    async def close(self) -> None:
        """End the session, where there is one, and the connections."""
        try:
            await self._identity.end(self._exchange)
        finally:
            self._client.close()

    def asked(self, method: str) -> Asked:
        """Return whom one asks for what, with what must not be repeated."""
        return Asked(self._orchestrator.name, method, self._identity.secrets)

    async def _once(self, request: Request, carried: Mapping[str, str], read: Callable[[Answer, Asked], T]) -> T:
        outcome = "ok"
        asked = self.asked(request.method)
        try:
            answer = await self._exchange(request, carried, asked)
            self._unreachable = 0
            return read(answer, asked)
        except OrchestratorError as error:
            outcome = error.reason
            raise
        finally:
            metrics.REQUESTS.labels(self._orchestrator.name, request.method, outcome).inc()

    async def _exchange(self, request: Request, carried: Mapping[str, str], asked: Asked) -> Answer:
        """Send when it is one's turn. After a refusal for too many requests nobody sends until the penalty is over."""
        async with self._slots:
            while (wait_s := self._bucket.wait_s(monotonic())) > 0:  # noqa: ASYNC110 - time itself is waited for
                await asyncio.sleep(wait_s)
            self._bucket.take(monotonic())
            begun = monotonic()
            try:
                async with asyncio.timeout(self._patience_s):
                    answer = await in_thread(lambda: self._client.send(request, carried, asked))
            except TimeoutError:
                raise asked.fail(UnreachableError, f"no answer within {self._patience_s} s") from None
            finally:
                elapsed_s = monotonic() - begun
                metrics.REQUEST_SECONDS.labels(self._orchestrator.name, request.method).observe(elapsed_s)
            local = datetime.now(UTC)
            self.clock.observe(server_time(answer.headers), local)
            if answer.status == TOO_MANY_REQUESTS:
                wait_s = min(MAX_PENALTY_S, max(PENALTY_S, retry_after_s(answer.headers, local)))
                self._bucket.silence(monotonic() + wait_s + random.random())  # noqa: S311 - jitter
                raise RateLimitedError(asked.orchestrator, asked.method, asked.clean(seen(answer)), wait_s=wait_s)
            return answer
