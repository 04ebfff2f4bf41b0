"""identity over HTTP: what the server gets, what errors and dead letters repeat, and every way to be turned away."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from satark.poller.errors import AuthError, LoginRefusedError, OrchestratorError, WrongShapeError
from satark.poller.http import caller
from satark.poller.velocloud.v1 import build
from satark.runtime.backoff import Backoff
from satark.runtime.settings import Secret
from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.poller.doubles import PASSWORD, TOKEN, scripted_vco, settings_for, with_login

ENTERPRISE, OPERATOR = "login/enterpriseLogin", "login/operatorLogin"
STYLES = ["token_error", "login_redirect", "login_page", "status_401", "status_403"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller, "RETRY_BACKOFF", Backoff(first_s=0.01, max_s=0.01))


class TestSecrets:
    @pytest.mark.parametrize("login", [True, False])
    async def test_echoed(self, login: bool) -> None:
        """A body that repeats what it was sent is kept for a dead letter without password, cookie and token."""

        def reply(method: str, _params: dict[str, Any]) -> Any:
            if method == ENTERPRISE:
                return web.Response(headers={"Set-Cookie": "velocloud.session=a-cookie-of-the-tests"})
            return f"Token {TOKEN}; {PASSWORD}; velocloud.session=a-cookie-of-the-tests"

        async with scripted_vco(reply) as vco:
            given = settings_for(vco.url)
            driver = build(with_login(given, "ann", PASSWORD) if login else given, version="0")
            with pytest.raises(WrongShapeError) as caught:
                await driver.enterprises()
            await driver.close()

        secrets = [PASSWORD, "a-cookie-of-the-tests"] if login else [TOKEN]
        for text in (str(caught.value), repr(caught.value), caught.value.body.decode()):
            assert not any(secret in text for secret in secrets)
        assert b"***" in caught.value.body

    @pytest.mark.parametrize(
        "body", ['{{"error": {{"message": "no {0}"}}}}', "<html>{0}", "{{{0}", '{{"error": "{0}"}}', "Token {0}"]
    )
    @pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 500])
    async def test_errors(self, body: str, status: int) -> None:
        """No error of any kind repeats the token."""

        def reply(*_: Any) -> web.Response:
            return web.Response(status=status, text=body.format(TOKEN), headers={"Location": f"/?t={TOKEN}"})

        async with scripted_vco(reply) as vco:
            driver = build(settings_for(vco.url), version="0")
            with pytest.raises(OrchestratorError) as caught:
                await driver.enterprises()

        assert TOKEN not in str(caught.value)
        assert TOKEN[:12] not in str(caught.value)


class TestToken:
    @pytest.mark.parametrize("pasted", ["abc", "Token abc", "Token Token abc", " token  abc\n"])
    async def test_on_the_wire(self, pasted: str) -> None:
        """However a token was pasted, the server gets the word once, and then the token."""
        async with scripted_vco(lambda *_: {"version": "5.2"}) as vco:
            await build(settings_for(vco.url, token=Secret(pasted)), version="0").probe()

        assert vco.headers[0]["Authorization"] == "Token abc"
        assert "Cookie" not in vco.headers[0]

    @pytest.mark.parametrize("style", STYLES)
    async def test_bad(self, style: str) -> None:
        """A bad token is an authentication error, however it shows, asked once, and no login is tried."""
        async with running_vco() as vco:
            vco.sim.change(auth_style=style)
            with pytest.raises(AuthError):
                await build(settings_for(vco.url, token=Secret("wrong"), retries=3), version="0").enterprises()

        assert vco.sim.calls == {"enterprise/getEnterprise": 1}


class TestSimulator:
    @pytest.fixture
    async def vco(self) -> AsyncIterator[RunningVco]:
        """A simulator at 2026-03-10T12:10Z."""
        async with running_vco() as running:
            yield running

    @pytest.mark.parametrize("kind", ["customer", "operator"])
    @pytest.mark.parametrize("status", [200, 302])
    async def test_login(self, vco: RunningVco, kind: str, status: int) -> None:
        """A login works by either page and with either status, is made once, and closed."""
        vco.sim.change(login_status=status)
        driver = build(with_login(settings_for(vco.url), f"{kind}@example.net", f"{kind}-password"), version="0")
        await driver.enterprises()
        await driver.probe()
        await driver.close()

        assert vco.sim.calls[OPERATOR] == (kind == "operator")
        assert vco.sim.calls[ENTERPRISE] == 1
        assert len(vco.sim.sessions) == 0

    @pytest.mark.parametrize("style", STYLES)
    async def test_expired(self, vco: RunningVco, style: str) -> None:
        """An expired session, however it shows, is renewed once and the call succeeds; the next time it is an error."""
        vco.sim.change(auth_style=style)
        given = with_login(settings_for(vco.url), "customer@example.net", "customer-password")
        driver = build(given, version="0")
        await driver.enterprises()
        vco.sim.sessions.expire_all()
        await driver.enterprises()
        vco.sim.sessions.expire_all()
        with pytest.raises(AuthError):
            await driver.enterprises()

        assert vco.sim.calls[ENTERPRISE] == 2

    async def test_wrong_password(self, vco: RunningVco) -> None:
        """A wrong password is tried once at each page, whatever the looks and their retries do."""
        driver = build(with_login(settings_for(vco.url, retries=3), "ann@example.net", PASSWORD), version="0")
        for _ in range(4):
            driver.begin_cycle()
            with pytest.raises(LoginRefusedError, match="Invalid username or password"):
                await driver.probe()

        assert vco.sim.refused_credentials == 2

    @pytest.mark.parametrize("style", STYLES)
    async def test_expires_header(self, vco: RunningVco, style: str) -> None:
        """An expired session that comes with `Expires: 0` is renewed just the same."""
        vco.sim.change(auth_style=style, expires_header=True)
        given = with_login(settings_for(vco.url), "operator@example.net", "operator-password", login="operator")
        driver = build(given, version="0")
        await driver.probe()
        vco.sim.sessions.expire_all()
        found = await driver.enterprises()

        assert len(found.rows) == 2
        assert vco.sim.calls[OPERATOR] == 2

    async def test_end_of_the_session(self, vco: RunningVco) -> None:
        """A session that ends by the orchestrator's clock is renewed without an error."""
        vco.sim.change(session_ttl_s=3_600.0)
        given = with_login(settings_for(vco.url), "customer@example.net", "customer-password")
        driver = build(given, version="0")
        await driver.enterprises()
        vco.sim.advance(3_601)
        await driver.enterprises()

        assert vco.sim.calls[ENTERPRISE] == 2
