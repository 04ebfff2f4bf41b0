"""Poll rows 1 to 4 of the feature table: who one is to an orchestrator."""

import asyncio
from datetime import timedelta

import pytest

from satark.poller import errors, registry
from satark.poller.errors import AuthError
from satark.poller.telling.watch import FAILED_CYCLES
from satark.poller.worker import Surroundings, Worker
from satark.runtime.health import Health
from satark.runtime.settings import Secret
from satark.schemas.messages import Message
from satark.simulators.vco.server import running_vco
from tests.integration.poll_rows.estate import AGGREGATE, LOGIN, collecting, seen_by
from tests.support.waiting import eventually
from tests.unit.poller.doubles import MemoryJournal, scripted_vco, settings_for


@pytest.mark.parametrize("pasted", ["abc", "Token abc", " token  abc ", "Token Token abc"])
async def test_row_01_api_token_any_prefix_form(pasted: str) -> None:
    """However a token was pasted, it reaches the orchestrator as exactly `Token abc`."""
    async with scripted_vco(lambda method, _: {"version": "5.2"} if "Version" in method else {"id": 1}) as vco:
        driver = registry.build(settings_for(vco.url, token=Secret(pasted)), version="0")
        await driver.probe()
        await driver.close()

    assert [headers["Authorization"] for headers in vco.headers] == ["Token abc"]


async def test_row_02_session_login_with_automatic_single_re_login() -> None:
    """A session that expires in the middle of a look costs one more login, and the look is complete."""
    async with running_vco() as vco:
        account = vco.accounts["customer"]
        orchestrator = seen_by(vco, token=None, username=account.username, password=account.password)
        journal = MemoryJournal()
        async with collecting(orchestrator, journal) as collector:
            await collector.cycle()
            vco.sim.advance(300)
            vco.sim.sessions.expire_all()
            report = await collector.cycle()
            complete = report.samples["published"]
            logins = vco.sim.calls[LOGIN]
            vco.sim.advance(300)
            vco.sim.sessions.expire_all()
            with pytest.raises(AuthError):
                await collector.cycle()

    assert complete == 3
    assert logins == 2
    assert vco.sim.calls[LOGIN] == 2, "no third login within 60 s"


async def test_row_03_auth_failure_hidden_in_http_200_is_seen() -> None:
    """A tokenError in HTTP 200 makes the poller unready with that reason, and the first look already counts."""
    async with running_vco() as vco:
        vco.sim.change(auth_style="token_error")
        health, journal = Health(), MemoryJournal()
        orchestrator = seen_by(vco, token=Secret("a-token-that-nobody-knows"), interval_s=0.05)
        driver = registry.build(orchestrator, version="0")
        heard: list[bool] = []

        async def on_look(_: str, good: bool) -> None:
            heard.append(good)

        worker = Worker(orchestrator, driver, journal, Surroundings(health, lambda _: None, on_look))
        working = asyncio.create_task(worker.run())
        await eventually(lambda: len(heard) >= 2, what="two looks")
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await driver.close()
    (condition,) = health.report()

    assert (condition.ready, condition.reason.partition(":")[0]) == (False, "auth_failed")
    assert set(heard) == {False}
    assert [sample.metrics for sample in journal.samples] == [{FAILED_CYCLES: 1.0}]
    assert journal.samples[0].labels["reason"] == "auth_failed"


@pytest.mark.parametrize("style", ["token_error", "login_redirect", "login_page", "status_401", "status_403"])
async def test_row_03_in_every_style(style: str) -> None:
    """Every way in which orchestrators refuse a credential is the same error here."""
    async with running_vco() as vco:
        vco.sim.change(auth_style=style, expires_header=style == "token_error")
        driver = registry.build(seen_by(vco, token=Secret("nobody")), version="0")
        with pytest.raises(errors.AuthError) as caught:
            await driver.probe()
        await driver.close()

    assert caught.value.reason == "auth_failed"
    assert "nobody" not in str(caught.value)


@pytest.mark.parametrize("unit", ["s", "ms"])
async def test_row_04_token_expiry_early_warning(unit: str) -> None:
    """A token that ends in 10 days is announced once, with the date, whichever unit its `exp` is in."""
    async with running_vco() as vco:
        expires = vco.sim.now + timedelta(days=10)
        token = vco.sim.issue_token("operator", expires, "s" if unit == "s" else "ms")
        orchestrator = seen_by(vco, token=token, interval_s=0.05)
        driver, journal, looked = registry.build(orchestrator, version="0"), MemoryJournal(), asyncio.Event()
        heard: list[bool] = []

        async def on_look(_: str, good: bool) -> None:
            heard.append(good)
            if len(heard) >= 3:
                looked.set()

        worker = Worker(orchestrator, driver, journal, Surroundings(Health(), lambda _: None, on_look))
        working = asyncio.create_task(worker.run())
        await asyncio.wait_for(looked.wait(), 20)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await driver.close()
    announced = [event for event in journal.told if isinstance(event, Message) and event.name == "TOKEN_EXPIRES"]

    assert len(announced) == 1
    assert f"{expires:%Y-%m-%d}" in announced[0].text
    assert vco.sim.calls[AGGREGATE] >= 1
