"""Analytics in one process: what the topics say is kept in the store and answered from it, and the store is looked after.

What is answered from memory (objects, alarms, streams, health) is so even while the store does not answer.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import structlog

from satark.analytics import metrics
from satark.analytics.ingest.app import Ingest
from satark.analytics.ingest.shedding import Shedding
from satark.analytics.serving import Serving
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.store.opening import migrated, store_of
from satark.analytics.store.retention import Limits
from satark.analytics.store.statement import StoreError
from satark.analytics.store.tables import Kept
from satark.analytics.store.upkeep import Upkeep
from satark.analytics.web.server import WebListenError
from satark.runtime.service import ServiceContext
from satark.runtime.settings import SettingsError
from satark.runtime.stopping import unless

log = structlog.get_logger(__name__)


class AnalyticsApp:
    """Keeps, answers and looks after history."""

    def __init__(self, settings: AnalyticsSettings, context: ServiceContext) -> None:
        self._settings = settings
        self._context = context
        self._store = store_of(settings)
        self._shedding = Shedding(enabled=settings.shed)
        self._serving = Serving(settings, context, self._store)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what was read is inserted, or left to be read again."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._serving.run(stop))
                group.create_task(self._keep(stop))
        except* WebListenError as refused:
            raise SettingsError([f"SATARK_ANALYTICS_LISTEN: {error}" for error in leaves(refused)]) from refused
        finally:
            self._store.close()

    async def _keep(self, stop: asyncio.Event) -> None:
        await unless(stop, migrated(self._store, self._context.health))
        if stop.is_set():
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(Ingest(self._settings, self._context, self._store, self._shedding).run(stop))
            group.create_task(self._look_after(stop))

    async def _look_after(self, stop: asyncio.Event) -> None:
        upkeep = Upkeep(self._store)
        with ThreadPoolExecutor(1, thread_name_prefix="upkeep") as threads:
            while not stop.is_set():
                await asyncio.get_running_loop().run_in_executor(
                    threads, look_after, upkeep, self._settings.limits, self._shedding
                )
                await unless(stop, asyncio.sleep(self._settings.keep_check_s))


def look_after(upkeep: Upkeep, limits: Mapping[Kept, Limits], shedding: Shedding) -> None:
    """Do what is to be done from time to time; a store that does not answer is looked after later."""
    try:
        upkeep.keep(limits, datetime.now(UTC))
        shedding.see(upkeep.used_percent())
    except StoreError as error:
        metrics.STORE_FAILURES.labels(error.reason).inc()
        log.warning("upkeep_failed", reason=error.reason, error=str(error))


def leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """Return the errors of a group, those of groups within it too."""
    found: list[BaseException] = []
    for error in group.exceptions:
        found += leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
