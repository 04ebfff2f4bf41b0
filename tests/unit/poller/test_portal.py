"""Portal over real HTTP: logins, retries, silence after a 429, and who may see which enterprises."""

from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import pytest
from aiohttp import web

from satark.poller import errors, portal
from satark.poller.client import HttpClient
from satark.poller.parse import Page
from satark.poller.portal import Portal
from satark.poller.settings import PollerSettings
from satark.runtime.backoff import Backoff
from satark.runtime.settings import Secret
from satark.simulators.vco.faults import Rate
from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.poller.doubles import PASSWORD, TOKEN, sample_answer, scripted_vco, settings_for, with_login


@pytest.fixture
async def vco() -> AsyncIterator[RunningVco]:
    """A simulator at 2026-03-10T12:10Z."""
    async with running_vco() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "RETRY_BACKOFF", Backoff(first_s=0.01, max_s=0.01))


def portal_for(settings: PollerSettings) -> Portal:
    """Return a portal with a client of its own."""
    return Portal(settings, HttpClient(settings, version="0"))


def as_kind(vco: RunningVco, kind: Any, **changes: Any) -> PollerSettings:
    """Return settings with the token of one of the simulator's accounts."""
    token = vco.accounts[kind].token
    assert token is not None
    return settings_for(vco.url, vco_token=token, **changes)


def logged_in(vco: RunningVco, kind: Any, **changes: Any) -> PollerSettings:
    """Return settings with the login of one of the simulator's accounts."""
    return with_login(settings_for(vco.url), f"{kind}@example.net", f"{kind}-password", **changes)


async def edges_of(one: Portal) -> list[Page]:
    """Return the pages of the first enterprise."""
    found, _ = await one.enterprises()
    return [page async for page in one.edges(found[0])]


class TestProbe:
    async def test_clock(self, vco: RunningVco) -> None:
        """The probe tells the release and the orchestrator's own time."""
        probe = await portal_for(as_kind(vco, "customer")).probe()

        assert probe.server_time == vco.sim.now
        assert probe.version


class TestEnterprises:
    @pytest.mark.parametrize(
        ("kind", "expected"), [("customer", [4101]), ("operator", [4101, 4102]), ("msp", [4101, 4102])]
    )
    async def test_kinds_of_users(self, vco: RunningVco, kind: str, expected: list[int]) -> None:
        """A customer sees its own enterprise, an operator and a partner see all of theirs."""
        one = portal_for(as_kind(vco, kind))
        found, skipped = await one.enterprises()

        assert [enterprise.id for enterprise in found] == expected
        assert skipped == ()

    async def test_remembers_the_method(self, vco: RunningVco) -> None:
        """What worked once is asked first the next time."""
        one = portal_for(as_kind(vco, "operator"))
        await one.enterprises()
        await one.enterprises()

        assert vco.sim.calls["enterprise/getEnterprise"] == 1
        assert vco.sim.calls["network/getNetworkEnterprises"] == 2

    async def test_nobody(self) -> None:
        """A credential that belongs to no enterprise is told so."""
        async with scripted_vco(lambda *_: None) as vco:
            with pytest.raises(errors.OrchestratorError):
                await portal_for(settings_for(vco.url)).enterprises()


class TestEdges:
    async def test_all(self, vco: RunningVco) -> None:
        """All edges of an enterprise come, with their links."""
        pages = await edges_of(portal_for(as_kind(vco, "customer")))

        assert [edge.name for page in pages for edge in page.edges] == ["LDN-BR-01", "NYC-BR-02", "São Paulo 03"]

    async def test_pages(self) -> None:
        """Pages are followed to the last one, and a page that names itself ends them."""
        pages = {
            None: {"metaData": {"more": True, "nextPageLink": "p2"}, "data": [{"id": 1}]},
            "p2": {"metaData": {"more": True, "nextPageLink": "p2"}, "data": [{"id": 2}]},
        }

        def reply(method: str, params: dict[str, Any]) -> Any:
            return {"id": 4101} if method == "enterprise/getEnterprise" else pages[params.get("nextPageLink")]

        async with scripted_vco(reply) as vco:
            found = await edges_of(portal_for(settings_for(vco.url)))

        assert [edge.id for page in found for edge in page.edges] == [1, 2]

    async def test_without_with(self) -> None:
        """A release that refuses an option of `with` is asked without it."""

        def reply(method: str, params: dict[str, Any]) -> Any:
            if method == "enterprise/getEnterprise":
                return {"id": 4101}
            if "with" in params:
                return web.json_response({"error": {"code": -32600, "message": "validation error"}}, status=400)
            return [{"id": 1}]

        async with scripted_vco(reply) as vco:
            assert [page.edges[0].id for page in await edges_of(portal_for(settings_for(vco.url)))] == [1]


class TestRetry:
    @pytest.mark.parametrize("kind", ["error_500", "bad_gateway", "truncated", "reset"])
    async def test_passing_failure(self, vco: RunningVco, kind: Any) -> None:
        """A failure that passes is asked again, and then all is well."""
        vco.sim.fail("system/getVersionInfo", kind, times=2)
        await portal_for(as_kind(vco, "customer", retries=2)).probe()

        assert vco.sim.calls["system/getVersionInfo"] == 3

    async def test_bounded(self, vco: RunningVco) -> None:
        """A failure that stays ends after the retries."""
        vco.sim.fail("system/getVersionInfo", "bad_gateway", times=None)
        with pytest.raises(errors.ServerError, match=r"vco\.example\.net: system/getVersionInfo: HTTP 502"):
            await portal_for(as_kind(vco, "customer", retries=2)).probe()

        assert vco.sim.calls["system/getVersionInfo"] == 3

    async def test_not_retried(self) -> None:
        """What asking again cannot change is asked once."""

        def reply(*_: Any) -> web.Response:
            answer = sample_answer("v1_error_privilege.json")
            return web.Response(body=answer.body, content_type="application/json")

        async with scripted_vco(reply) as vco:
            with pytest.raises(errors.PrivilegeError):
                await portal_for(settings_for(vco.url, retries=5)).probe()

            assert vco.calls.total() == 1

    async def test_hopeless_when_gone(self) -> None:
        """After three requests that nobody answered the next ones are not repeated either."""
        async with scripted_vco(lambda *_: {}) as vco:
            settings = settings_for(vco.url)
        one = portal_for(settings)
        verdicts = []
        for _ in range(3):
            with pytest.raises(errors.UnreachableError) as caught:
                await one.probe()
            verdicts.append(one.hopeless(caught.value))

        assert verdicts == [False, False, True]

    async def test_wrong_shape(self) -> None:
        """An answer of another shape keeps its bytes, without the credential."""
        async with scripted_vco(lambda *_: f"what is {TOKEN}?") as vco:
            with pytest.raises(errors.WrongShapeError) as caught:
                await edges_of(portal_for(settings_for(vco.url)))

        assert caught.value.body == b'"what is ***?"'
        assert TOKEN not in str(caught.value)


class TestRateLimit:
    async def test_silence(self, vco: RunningVco, monkeypatch: pytest.MonkeyPatch) -> None:
        """After a 429 nothing is asked until the penalty is over; then all is well."""
        vco.sim.change(rate=Rate(limit=1, window_s=0.2, penalty_s=0.5))
        monkeypatch.setattr("satark.poller.answers.PENALTY_S", 0.6)
        one = portal_for(as_kind(vco, "customer", retries=3))
        begun = monotonic()
        await one.probe()
        await one.probe()

        assert monotonic() - begun > 0.6
        assert vco.sim.limiter.refused_in_penalty == 0
        assert vco.sim.limiter.refused >= 1


class TestSession:
    @pytest.mark.parametrize("kind", ["customer", "operator"])
    @pytest.mark.parametrize("status", [200, 302])
    async def test_login(self, vco: RunningVco, kind: str, status: int) -> None:
        """A login works by either door and with either status, and is made once."""
        vco.sim.change(login_status=status)
        one = portal_for(logged_in(vco, kind))
        await one.enterprises()
        await one.probe()

        assert vco.sim.calls["login/operatorLogin"] == (kind == "operator")
        assert vco.sim.calls["login/enterpriseLogin"] == 1

    @pytest.mark.parametrize("style", ["token_error", "login_redirect", "login_page", "status_401", "status_403"])
    async def test_expired(self, vco: RunningVco, style: str) -> None:
        """An expired session, however it shows, is renewed once and the call succeeds."""
        vco.sim.change(auth_style=style)
        one = portal_for(logged_in(vco, "customer"))
        await one.enterprises()
        vco.sim.sessions.expire_all()
        await one.enterprises()

        assert vco.sim.calls["login/enterpriseLogin"] == 2

    async def test_one_renewal_a_cycle(self, vco: RunningVco) -> None:
        """A second expiry within a cycle is an error; the next cycle may log in again."""
        one = portal_for(logged_in(vco, "customer"))
        await one.enterprises()
        vco.sim.sessions.expire_all()
        await one.enterprises()
        vco.sim.sessions.expire_all()
        with pytest.raises(errors.AuthError):
            await one.enterprises()
        one.begin_cycle()
        await one.enterprises()

        assert vco.sim.calls["login/enterpriseLogin"] == 3

    async def test_wrong_password(self, vco: RunningVco) -> None:
        """A refused login tells the orchestrator's words without the password, and is not repeated soon."""
        settings = with_login(settings_for(vco.url), "ann@example.net", PASSWORD)
        one = portal_for(settings)
        for _ in range(4):
            one.begin_cycle()
            with pytest.raises(errors.LoginRefusedError, match="Invalid username or password") as caught:
                await one.probe()

        assert PASSWORD not in str(caught.value)
        assert vco.sim.refused_credentials == 2  # each door once

    async def test_logout(self, vco: RunningVco) -> None:
        """A session is closed when done; without one there is nothing to close."""
        one = portal_for(logged_in(vco, "customer"))
        await one.enterprises()
        await one.logout()
        await one.logout()

        assert len(vco.sim.sessions) == 0
        assert vco.sim.calls["logout"] == 1

    async def test_login_page_down(self) -> None:
        """A failing login page says nothing about the password: it may be tried again."""

        def reply(method: str, _: Any) -> web.Response:
            assert method.startswith("login/")
            return web.Response(status=502, text="<html>", content_type="text/html")

        async with scripted_vco(reply) as vco:
            with pytest.raises(errors.ServerError):
                await portal_for(with_login(settings_for(vco.url), "ann", "pass")).probe()


class TestToken:
    @pytest.mark.parametrize("style", ["token_error", "login_redirect", "login_page", "status_401", "status_403"])
    async def test_bad_token(self, vco: RunningVco, style: str) -> None:
        """A bad token is an authentication error, however it shows, and no login is tried."""
        vco.sim.change(auth_style=style)
        with pytest.raises(errors.AuthError):
            await portal_for(settings_for(vco.url, vco_token=Secret("wrong"), retries=3)).enterprises()

        assert vco.sim.calls["enterprise/getEnterprise"] == 1
        assert vco.sim.calls["login/enterpriseLogin"] == 0
