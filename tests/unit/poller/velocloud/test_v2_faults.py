"""The v2 driver against a simulated orchestrator that misbehaves, over real HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from satark.poller.errors import (
    AuthError,
    BrokenAnswerError,
    LoginRefusedError,
    OrchestratorError,
    PrivilegeError,
    ServerError,
    UnreachableError,
)
from satark.poller.inventory import Enterprise
from satark.poller.readings import Readings
from satark.poller.schedule import Window
from satark.poller.velocloud.v2 import RestV2, build
from satark.poller.velocloud.v2_answers import MovedError, NotFoundError
from satark.runtime.settings import Secret
from satark.simulators.vco.auth import Sessions
from satark.simulators.vco.faults import AuthStyle, FailureKind, Faults
from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.poller.velocloud.v2_server import NOON, orchestrator_at

WINDOW = Window(NOON - timedelta(minutes=5), NOON)
BULK = "GET linkStats"


def driver_of(vco: RunningVco, **changes: Any) -> RestV2:
    """Return the driver with the operator's token."""
    given: dict[str, Any] = {"token": vco.accounts["operator"].token}
    return build(orchestrator_at(vco.url, **(given | changes)), version="0")


async def read(driver: RestV2, enterprise: Enterprise | None = None) -> Readings:
    """Return the newest sample of an enterprise, of the first one when none is given."""
    one = enterprise or (await driver.enterprises()).rows[0]
    return await driver.bulk(driver.scopes([one])[0], WINDOW)


class TestFailures:
    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            ("error_500", ServerError),
            ("bad_gateway", ServerError),
            ("truncated", BrokenAnswerError),
            ("reset", UnreachableError),
            ("redirect", MovedError),
            ("login_page", AuthError),
            ("privilege", PrivilegeError),
            ("method_error", NotFoundError),
        ],
    )
    async def test_told(self, kind: FailureKind, error: type[OrchestratorError]) -> None:
        """Each way to fail is told as the kind that a caller can act on, and the next call is well again."""
        async with running_vco() as vco:
            driver = driver_of(vco)
            (enterprise, *_) = (await driver.enterprises()).rows
            vco.sim.fail(BULK, kind)
            with pytest.raises(OrchestratorError) as caught:
                await read(driver, enterprise)
            assert (await read(driver, enterprise)).rows != ()
            await driver.close()

        assert error is type(caught.value)

    async def test_slow(self) -> None:
        """An answer that does not come is not waited for longer than the settings say."""
        async with running_vco() as vco:
            driver = driver_of(vco, read_timeout_s=0.2)
            (enterprise, *_) = (await driver.enterprises()).rows
            vco.sim.fail(BULK, "slow")
            with pytest.raises(UnreachableError):
                await read(driver, enterprise)
            await driver.close()

    async def test_empty(self) -> None:
        """An empty list is no data, which is no error."""
        async with running_vco() as vco:
            driver = driver_of(vco)
            (enterprise, *_) = (await driver.enterprises()).rows
            vco.sim.fail(BULK, "empty_result")
            assert await read(driver, enterprise) == Readings()
            await driver.close()


class TestCredential:
    @pytest.mark.parametrize("style", ["token_error", "login_redirect", "login_page", "status_401", "status_403"])
    @pytest.mark.parametrize("expires_header", [True, False])
    async def test_bad_token(self, style: AuthStyle, *, expires_header: bool) -> None:
        """However a bad token shows itself, it is told as such, once, and the look had better end."""
        faults = Faults(auth_style=style, expires_header=expires_header)
        async with running_vco(faults=faults) as vco:
            driver = driver_of(vco, token=Secret("not-a-token-of-this-orchestrator"))
            with pytest.raises(AuthError) as caught:
                await read(driver)
            assert driver.hopeless(caught.value)
            assert "not-a-token" not in str(caught.value)
            await driver.close()

        assert vco.sim.refused_credentials == 1

    async def test_session(self) -> None:
        """A login serves v2, too, and a session that ended is renewed once a look."""
        async with running_vco() as vco:
            login = {"token": None, "username": "operator@example.net", "password": Secret("operator-password")}
            driver = driver_of(vco, **login)
            first = await read(driver)
            vco.sim.sessions = Sessions()
            again = await read(driver)
            await driver.close()

        assert first == again

    async def test_wrong_password(self) -> None:
        """A wrong password is told in the orchestrator's own words."""
        async with running_vco() as vco:
            login = {"token": None, "username": "operator@example.net", "password": Secret("wrong")}
            driver = driver_of(vco, **login)
            with pytest.raises(LoginRefusedError):
                await read(driver)
            await driver.close()


class TestScope:
    async def test_forbidden_enterprise(self) -> None:
        """One enterprise that may not be read does not blind the others."""
        async with running_vco() as vco:
            driver = driver_of(vco)
            first, second = (await driver.enterprises()).rows
            vco.sim.fail(BULK, "privilege")
            with pytest.raises(PrivilegeError) as caught:
                await read(driver, first)
            assert not driver.hopeless(caught.value)
            assert (await read(driver, second)).rows != ()
            await driver.close()

    async def test_pages(self) -> None:
        """More edges than fit on a page are all read, page by page."""
        async with running_vco(world="estate") as vco:
            driver = driver_of(vco)
            counts = []
            for enterprise in (await driver.enterprises()).rows:
                pages = [page async for page in driver.edges(enterprise)]
                counts.append(sum(len(page.edges) for page in pages))
            await driver.close()

        assert counts == [len(enterprise.edges) for enterprise in vco.sim.world.enterprises]
