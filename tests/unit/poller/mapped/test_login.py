import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from satark.poller.errors import LoginRefusedError, OrchestratorError, ServerError, UnknownApiError
from satark.poller.http.exchange import Answer, Asked, Request
from satark.poller.http.identity import Identity
from satark.poller.mapped.login import Login, identity_of
from satark.poller.mapped.sections import mapping
from satark.poller.orchestrator import Orchestrator
from satark.runtime.settings import Secret

PASSWORD, TOKEN = "a-password-of-the-tests", "a-token-of-the-tests"
STEP: dict[str, Any] = {
    "request": {"path": "/login", "json": {"user": "{username}", "secret": "{password}"}},
    "header": "Authorization",
    "value": "session.token",
    "prefix": "Bearer ",
}
AT = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def identity(auth: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Identity:
    """Return the identity that an `auth` section makes."""
    whole = {
        "version": 1,
        "vendor": "Any",
        "auth": auth,
        "edges": {"request": {"path": "/e"}, "rows": "@", "fields": {"id": "id"}},
        "samples": {
            "request": {"path": "/s"},
            "rows": "@",
            "fields": {"edge": "e", "link": "l"},
            "metrics": {"latency_ms_rx": "v"},
        },
    }
    orchestrator = Orchestrator(
        name="sdwan.example.net",
        url="https://sdwan.example.net",
        username="ada",
        password=Secret(PASSWORD),
        token=Secret(TOKEN),
    )
    return identity_of(orchestrator, mapping(json.dumps(whole).encode()).auth, headers or {})


class Exchange:
    """Answers a login as a test says, and remembers what was sent."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[Request, Mapping[str, str]]] = []

    async def __call__(self, request: Request, headers: Mapping[str, str], asked: Asked) -> Answer:  # noqa: ARG002
        """Answer the next request."""
        self.sent.append((request, headers))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def good(body: bytes = b'{"session": {"token": "abc"}}', *cookies: str, status: int = 200) -> Answer:
    """Return an answer of a login."""
    return Answer(status, {"content-type": "application/json"}, body, cookies)


class TestFixed:
    @pytest.mark.parametrize(
        ("auth", "headers"),
        [
            ({"kind": "none"}, {}),
            ({"kind": "basic"}, {"Authorization": f"Basic {b64encode(f'ada:{PASSWORD}'.encode()).decode()}"}),
            ({"kind": "bearer"}, {"Authorization": f"Bearer {TOKEN}"}),
            ({"kind": "header", "header": {"X-Auth-Token": "{token}"}}, {"X-Auth-Token": TOKEN}),
        ],
    )
    async def test_headers(self, auth: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        """Each kind sends its headers, with those that go with every request."""
        one = identity(auth, {"Accept-Language": "en"})

        assert await one.headers(Exchange(good())) == {"Accept-Language": "en", **headers}

    async def test_secrets(self) -> None:
        """What is sent is hidden in messages: password, token, and the two in the form of Basic."""
        secrets = identity({"kind": "basic"}).secrets

        assert {PASSWORD, TOKEN, b64encode(f"ada:{PASSWORD}".encode()).decode()} == set(secrets)


class TestLogin:
    async def test_json(self) -> None:
        """A login by JSON gives a header with what its answer holds, hidden from then on."""
        exchange = Exchange(good())
        one = identity({"kind": "login", "steps": [STEP]})

        assert await one.headers(exchange) == {"Authorization": "Bearer abc"}
        assert await one.headers(exchange) == {"Authorization": "Bearer abc"}
        assert [request.body for request, _ in exchange.sent] == [f'{{"user":"ada","secret":"{PASSWORD}"}}'.encode()]
        assert "abc" in one.secrets

    async def test_cookies(self) -> None:
        """Cookies of all steps are sent on, the later of a name counts; other attributes are dropped."""
        steps = [STEP, {"request": {"path": "/second"}}]
        first = good(b'{"session": {"token": "abc"}}', "sid=1; Path=/; HttpOnly", "empty=; Max-Age=0")
        exchange = Exchange(first, good(b"", "sid=2", "lang=en"))
        one = identity({"kind": "login", "steps": steps, "cookies": ["sid"]})

        assert await one.headers(exchange) == {"Authorization": "Bearer abc", "Cookie": "sid=2; lang=en"}
        assert exchange.sent[1][1] == {"Authorization": "Bearer abc", "Cookie": "sid=1"}
        assert {"1", "2", "en"} <= set(one.secrets)

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (good(b"{}", status=401), LoginRefusedError),
            (good(b"wrong password"), LoginRefusedError),
            (good(b'{"session": {"token": "abc"}}'), LoginRefusedError),
            (good(b"{}", "sid=1"), UnknownApiError),
            (good(b"", "sid=1", status=404), UnknownApiError),
            (good(b"", status=503), ServerError),
        ],
    )
    async def test_refused(self, answer: Answer, kind: type[OrchestratorError]) -> None:
        """A refusal, a missing cookie, a missing value and a failing server are told apart."""
        one = identity({"kind": "login", "steps": [STEP | {"refused": "wrong"}], "cookies": ["sid"]})

        with pytest.raises(OrchestratorError) as caught:
            await one.headers(Exchange(answer))
        assert kind is type(caught.value)
        assert PASSWORD not in str(caught.value)

    async def test_text_that_is_no_header(self) -> None:
        """A page or several lines, where a token should be, are not sent on."""
        steps = [{"request": {"path": "/token"}, "header": "X-Token"}]
        for body in (b"<html>", b"a\r\nX-Other: b", b"", b"\xc3\xa4"):
            with pytest.raises(OrchestratorError):
                await identity({"kind": "login", "steps": steps}).headers(Exchange(good(body)))

    async def test_renewal(self) -> None:
        """A stale session is replaced once a look; who held an older one is given the new one."""
        exchange = Exchange(good(b'{"session": {"token": "one"}}'), good(b'{"session": {"token": "two"}}'))
        one = identity({"kind": "login", "steps": [STEP]})
        stale = await one.headers(exchange)

        assert await one.renew(stale, exchange)
        assert await one.renew(stale, exchange)
        assert len(exchange.sent) == 2
        assert not await one.renew(await one.headers(exchange), exchange)

    async def test_end(self) -> None:
        """The end logs out where the mapping says how, and whatever the answer."""
        exchange = Exchange(good())
        one = identity({"kind": "login", "steps": [STEP], "logout": {"path": "/bye"}})
        await one.headers(exchange)
        await one.end(exchange)
        await one.end(exchange)

        assert isinstance(one, Login)
        assert [request.path for request, _ in exchange.sent] == ["/login", "/bye"]
