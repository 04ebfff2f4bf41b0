"""Finds out which of the two APIs an orchestrator has and the credential may use, and goes on with that one.

v1 is asked first, for its bulk call reads all enterprises at once. It is given up where it is unknown or forbidden: by
its list of enterprises, or by the bulk call itself. The choice holds until a method turns out to be missing, as after
an upgrade; then it is made again when enterprises are listed the next time, so that ids never mix.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from satark.poller.driver import Driver
from satark.poller.errors import (
    AuthError,
    LoginRefusedError,
    MethodError,
    OrchestratorError,
    PrivilegeError,
    UnknownApiError,
    ValidationError,
)
from satark.poller.http.caller import Caller
from satark.poller.http.client import HttpClient
from satark.poller.inventory import Edge, Enterprise
from satark.poller.orchestrator import Orchestrator
from satark.poller.readings import EdgePage, Enterprises, Readings, Scope, VendorEvents
from satark.poller.schedule import Window, target
from satark.poller.velocloud.identity import identity_of
from satark.poller.velocloud.v1 import PortalV1
from satark.poller.velocloud.v2 import RestV2
from satark.poller.velocloud.v2_answers import NotFoundError

log = structlog.get_logger(__name__)

UNUSABLE = (MethodError, PrivilegeError, ValidationError, UnknownApiError, AuthError)
"""What an orchestrator says of an API that it does not have, or not for this credential."""


class Auto:
    """Delegates to one of two drivers of the same orchestrator, in order of preference."""

    name = "auto"

    def __init__(self, orchestrator: Orchestrator, caller: Caller, drivers: tuple[Driver, Driver]) -> None:
        self._orchestrator = orchestrator
        self._drivers = drivers
        self._driver = drivers[0]
        self._is_chosen = False
        self._lock = asyncio.Lock()
        self.begin_cycle = caller.begin_cycle
        self.hopeless = caller.hopeless
        self.now = caller.clock.now
        self.close = caller.close

    @property
    def detail_buckets(self) -> int:
        """As the chosen driver's."""
        return self._driver.detail_buckets

    async def probe(self) -> str:
        """Ask the chosen API; before there is a choice, the first that answers."""
        if self._is_chosen:
            return await self._driver.probe()
        try:
            return await self._drivers[0].probe()
        except LoginRefusedError:
            raise
        except UNUSABLE:
            return await self._drivers[1].probe()

    async def enterprises(self) -> Enterprises:
        """Return all enterprises that the credential sees, by the API that works."""
        async with self._lock:
            if not self._is_chosen:
                return await self._choose()
        try:
            return await self._driver.enterprises()
        except MethodError:
            async with self._lock:
                return await self._choose()

    async def edges(self, enterprise: Enterprise) -> AsyncIterator[EdgePage]:
        """Yield an enterprise's edges."""
        try:
            async for page in self._driver.edges(enterprise):
                yield page
        except MethodError as error:
            raise self._doubted(error) from error.__cause__

    def scopes(self, enterprises: Sequence[Enterprise]) -> tuple[Scope, ...]:
        """Return the chosen API's scopes."""
        return self._driver.scopes(enterprises)

    async def bulk(self, scope: Scope, window: Window) -> Readings:
        """Return what the chosen API says of a scope."""
        try:
            return await self._driver.bulk(scope, window)
        except MethodError as error:
            raise self._doubted(error) from error.__cause__

    async def detail(self, enterprise: Enterprise, edge: Edge, window: Window) -> Readings:
        """Return what the chosen API says of an edge."""
        try:
            return await self._driver.detail(enterprise, edge, window)
        except MethodError as error:
            raise self._doubted(error) from error.__cause__

    async def events(self, enterprise: Enterprise, since: datetime) -> VendorEvents:
        """Return the chosen API's events. That they are missing is no reason to doubt the choice."""
        return await self._driver.events(enterprise, since)

    def _doubted(self, error: MethodError) -> MethodError:
        self._is_chosen = False
        return error

    async def _choose(self) -> Enterprises:
        first, second = self._drivers
        try:
            return self._chosen(first, await self._proven(first))
        except LoginRefusedError:
            raise
        except UNUSABLE as refusal:
            log.info("api_unusable", orchestrator=self._orchestrator.name, driver=first.name, error=str(refusal))
            try:
                return self._chosen(second, await second.enterprises())
            except (MethodError, NotFoundError, AuthError):
                raise refusal from None

    async def _proven(self, driver: Driver) -> Enterprises:
        """Return a driver's enterprises after its bulk call worked once, where it has one."""
        found = await driver.enterprises()
        rules = self._orchestrator.rules
        end = target(driver.now(datetime.now(UTC)), rules.data_delay_s, rules)
        for scope in driver.scopes(found.rows[:1])[:1]:
            try:
                await driver.bulk(scope, Window(end - timedelta(seconds=rules.sample_s), end))
            except (MethodError, PrivilegeError):
                raise
            except OrchestratorError as error:  # the API is there: what else is wrong with it passes, or is told later
                log.debug("bulk_failed", orchestrator=self._orchestrator.name, driver=driver.name, error=str(error))
        return found

    def _chosen(self, driver: Driver, found: Enterprises) -> Enterprises:
        log.info("api_chosen", orchestrator=self._orchestrator.name, driver=driver.name)
        self._driver, self._is_chosen = driver, True
        return found


def build(orchestrator: Orchestrator, *, version: str) -> Auto:
    """Return the driver, not connected. `version` is ours, for the User-Agent."""
    caller = Caller(orchestrator, HttpClient(orchestrator, version=version), identity_of(orchestrator))
    return Auto(orchestrator, caller, (PortalV1(orchestrator, caller), RestV2(orchestrator, caller)))
