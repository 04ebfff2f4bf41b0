"""Caller against a real server: turns, penalties, retries, renewals."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from satark.poller.errors import (
    AuthError,
    LoginRefusedError,
    OrchestratorError,
    PrivilegeError,
    RateLimitedError,
    ServerError,
    UnreachableError,
)
from satark.poller.http import caller as module
from satark.poller.http.caller import Caller
from satark.poller.http.client import HttpClient
from satark.poller.http.exchange import Answer, Asked, is_html, seen
from satark.poller.http.identity import Exchange, Fixed, Identity
from satark.runtime.backoff import Backoff
from tests.support.ports import free_port
from tests.unit.poller.http.servers import REQUEST, TOKEN, Heard, orchestrator_at, serving

FIXED = Fixed({"Authorization": f"Token {TOKEN}"}, secrets=(TOKEN,))


def read(answer: Answer, asked: Asked) -> str:
    """Return the text of a good answer, as a driver would."""
    if answer.status == 401:
        raise asked.fail(AuthError, seen(answer))
    if answer.status == 403:
        raise asked.fail(PrivilegeError, seen(answer))
    if answer.status != 200 or is_html(answer):
        raise asked.fail(ServerError, seen(answer))
    return answer.body.decode()


class Script:
    """Answers with the next status of a list, and with 200 after its end; counts what goes on at the same time."""

    def __init__(self, *statuses: int, headers: Mapping[str, str] | None = None) -> None:
        self.statuses = list(statuses)
        self.headers = headers or {}
        self.times: list[float] = []
        self.now = 0
        self.most = 0
        self.refused_at = 0.0

    async def __call__(self, _request: web.Request) -> web.Response:
        """Answer one request."""
        self.times.append(monotonic())
        self.now += 1
        self.most = max(self.most, self.now)
        status = self.statuses.pop(0) if self.statuses else 200
        await asyncio.sleep(0.01)
        self.now -= 1
        if status == 429:
            self.refused_at = monotonic()
        headers = self.headers if status == 429 else {}
        return web.Response(status=status, text="fine" if status == 200 else TOKEN, headers=headers)


@asynccontextmanager
async def calling(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]], identity: Identity = FIXED, **changes: Any
) -> AsyncIterator[tuple[Caller, Heard]]:
    """Run a server and a caller of it."""
    async with serving(handler) as server:
        orchestrator = orchestrator_at(server.url, **changes)
        caller = Caller(orchestrator, HttpClient(orchestrator, version="0"), identity)
        try:
            yield caller, server
        finally:
            await caller.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits of the rules of the vendor; what they are is tested by themselves."""
    monkeypatch.setattr(module, "RETRY_BACKOFF", Backoff(first_s=0.01, max_s=0.02))
    monkeypatch.setattr(module, "PENALTY_S", 0.4)


def requests_counted(outcome: str) -> float:
    """Return how many requests ended so."""
    labels = {"orchestrator": "vco.example.net", "method": "any/method", "outcome": outcome}
    return REGISTRY.get_sample_value("satark_poller_requests_total", labels) or 0.0


class TestPenalty:
    async def test_silence(self) -> None:
        """After a refusal for too many requests nobody asks anything until the penalty is over, then all goes on."""
        script = Script(200, 429)
        async with calling(script, concurrency=2, retries=1) as (caller, _):
            answers = await asyncio.gather(*(caller.ask(REQUEST, read) for _ in range(6)))

        # What was on its way when the refusal came may still arrive.
        in_penalty = [time for time in script.times if script.refused_at + 0.1 < time < script.refused_at + 0.4]
        assert answers == ["fine"] * 6
        assert in_penalty == []
        assert len(script.times) == 7

    async def test_retry_after(self) -> None:
        """A proxy that asks for a longer silence gets it."""
        script = Script(429, headers={"Retry-After": "1"})
        async with calling(script, retries=1) as (caller, _):
            await caller.ask(REQUEST, read)

        assert script.times[1] - script.times[0] >= 1.0

    async def test_longest_silence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A Retry-After of days does not silence the poller for days."""
        monkeypatch.setattr(module, "MAX_PENALTY_S", 0.5)
        script = Script(429, headers={"Retry-After": "900000"})
        async with calling(script, retries=1) as (caller, _):
            await caller.ask(REQUEST, read)

        assert len(script.times) == 2

    async def test_given_up(self) -> None:
        """Who is refused again and again gives up, and says so without the token."""
        async with calling(Script(429, 429), retries=1) as (caller, server):
            with pytest.raises(RateLimitedError) as caught:
                await caller.ask(REQUEST, read)

        assert len(server.requests) == 2
        assert caught.value.wait_s == 0.4
        assert TOKEN not in str(caught.value)


class TestTurns:
    @pytest.mark.parametrize("concurrency", [1, 2, 4])
    async def test_concurrency(self, concurrency: int) -> None:
        """No more requests are on their way at the same time than allowed."""
        script = Script()
        async with calling(script, concurrency=concurrency) as (caller, _):
            await asyncio.gather(*(caller.ask(REQUEST, read) for _ in range(10)))

        assert script.most == concurrency

    async def test_rate(self) -> None:
        """Over a longer time no more go out than the rate and the first burst."""
        script = Script()
        async with calling(script, requests_per_s=20.0, concurrency=4) as (caller, _):
            await asyncio.gather(*(caller.ask(REQUEST, read) for _ in range(30)))

        assert script.times[-1] - script.times[0] >= 0.4

    async def test_no_answer_at_all(self) -> None:
        """A request ends even when the client's own limits do not end it, and its slot is free for the next."""

        class Stuck(HttpClient):
            def send(self, *_: Any) -> Answer:
                asyncio.run(asyncio.sleep(0.5))
                raise AssertionError("nobody waits for this")

        orchestrator = orchestrator_at("http://127.0.0.1:9", connect_timeout_s=0.01, read_timeout_s=0.01, concurrency=1)
        caller = Caller(orchestrator, Stuck(orchestrator, version="0"), FIXED)
        caller._patience_s = 0.05
        for _ in range(2):
            with pytest.raises(UnreachableError, match=r"no answer within 0\.05 s"):
                await caller.ask(REQUEST, read)


class TestRetries:
    async def test_again(self) -> None:
        """A failure that may pass is asked again, so often as allowed; each request is counted by its outcome."""
        before = requests_counted("server_error")
        async with calling(Script(500, 502), retries=2) as (caller, server):
            assert await caller.ask(REQUEST, read) == "fine"

        assert len(server.requests) == 3
        assert requests_counted("server_error") - before == 2

    async def test_enough(self) -> None:
        """After the last try the failure is the caller's."""
        async with calling(Script(500, 500, 500), retries=1) as (caller, server):
            with pytest.raises(ServerError):
                await caller.ask(REQUEST, read)

        assert len(server.requests) == 2

    async def test_not_again(self) -> None:
        """What asking again does not change is not asked again."""
        async with calling(Script(403), retries=3) as (caller, server):
            with pytest.raises(PrivilegeError):
                await caller.ask(REQUEST, read)

        assert len(server.requests) == 1

    async def test_page_for_people(self) -> None:
        """A page of a proxy is no answer."""

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(text="<html>sorry</html>", content_type="text/html")

        async with calling(handler, retries=1) as (caller, server):
            with pytest.raises(ServerError, match="sorry"):
                await caller.ask(REQUEST, read)

        assert len(server.requests) == 2

    async def test_hopeless(self) -> None:
        """A dead orchestrator is not asked a thousand times in one look; the next look begins anew."""
        orchestrator = orchestrator_at(f"http://127.0.0.1:{free_port()}", retries=1)
        caller = Caller(orchestrator, HttpClient(orchestrator, version="0"), FIXED)
        errors: list[OrchestratorError] = []
        for _ in range(3):
            with pytest.raises(UnreachableError) as caught:
                await caller.ask(REQUEST, read)
            errors.append(caught.value)

        assert caller.hopeless(errors[-1])
        caller.begin_cycle()
        assert not caller.hopeless(errors[-1])

    async def test_answer_gives_hope(self) -> None:
        """One answer, and the orchestrator is not dead."""
        async with calling(Script()) as (caller, _):
            caller._unreachable = 3
            await caller.ask(REQUEST, read)

            assert not caller.hopeless(UnreachableError("o", "m", "d"))
            assert caller.hopeless(AuthError("o", "m", "d"))


class Renewable:
    """A credential that counts its renewals."""

    secrets = (TOKEN,)

    def __init__(self, renewals: int, *, refused: bool = False) -> None:
        self.left = renewals
        self.number = 0
        self.refused = refused

    def begin_cycle(self) -> None:
        """Nothing is counted."""

    async def headers(self, _exchange: Exchange) -> Mapping[str, str]:
        """Return the credential's number."""
        if self.refused:
            raise LoginRefusedError("vco.example.net", "login", "no")
        return {"X-Number": str(self.number)}

    async def renew(self, stale: Mapping[str, str], _exchange: Exchange) -> bool:
        """Count a renewal, unless another caller was first."""
        if stale["X-Number"] == str(self.number):
            if not self.left:
                return False
            self.left -= 1
            self.number += 1
        return True

    async def end(self, _exchange: Exchange) -> None:
        """Nothing ends."""


async def wants_one(request: web.Request) -> web.Response:
    """Accept only the credential of number 1."""
    return web.Response(status=200 if request.headers["X-Number"] == "1" else 401, text="fine")


class TestRenewal:
    async def test_once_for_all(self) -> None:
        """All callers whose credential was refused go on with one new one; renewing costs no retry."""
        identity = Renewable(1)
        async with calling(wants_one, identity, concurrency=4) as (caller, _):
            assert await asyncio.gather(*(caller.ask(REQUEST, read) for _ in range(4))) == ["fine"] * 4

        assert identity.number == 1

    async def test_none_left(self) -> None:
        """Without a renewal the refusal is the caller's."""
        async with calling(wants_one, Renewable(0), retries=3) as (caller, server):
            with pytest.raises(AuthError):
                await caller.ask(REQUEST, read)

        assert len(server.requests) == 1

    async def test_refused_login(self) -> None:
        """A refused login is not tried again: the account would be locked."""
        async with calling(wants_one, Renewable(1, refused=True), retries=3) as (caller, server):
            with pytest.raises(LoginRefusedError):
                await caller.ask(REQUEST, read)

        assert server.requests == []

    async def test_token(self) -> None:
        """A token that is refused is not sent again."""
        async with calling(Script(401), retries=3) as (caller, server):
            with pytest.raises(AuthError) as caught:
                await caller.ask(REQUEST, read)

        assert len(server.requests) == 1
        assert TOKEN not in str(caught.value)


class TestClock:
    async def test_learnt(self) -> None:
        """The orchestrator's time is learnt from whatever it answers, refusals too."""

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(status=403, headers={"Date": "Tue, 10 Mar 2026 12:00:00 GMT"})

        async with calling(handler) as (caller, _):
            with pytest.raises(PrivilegeError):
                await caller.ask(REQUEST, read)

        offset = datetime(2026, 3, 10, 12, tzinfo=UTC) - datetime.now(UTC)
        assert abs((caller.clock.offset - offset).total_seconds()) < 30
