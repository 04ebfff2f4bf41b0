"""Analytics in one process: what the topics say is kept in the store and answered from it, and the store is looked after.

What is answered from memory (objects, alarms, streams, health) is so even while the store does not answer.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from satark.analytics.ingest.app import Ingest, unless
from satark.analytics.serving import Serving
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.store.opening import migrated, store_of
from satark.analytics.store.upkeep import Upkeep, look_after
from satark.runtime.service import ServiceContext


class AnalyticsApp:
    """Keeps, answers and looks after history."""

    def __init__(self, settings: AnalyticsSettings, context: ServiceContext) -> None:
        self._settings = settings
        self._context = context
        self._store = store_of(settings)
        self._serving = Serving(settings, context, self._store)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what was read is inserted, or left to be read again."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._serving.run(stop))
                group.create_task(self._keep(stop))
        finally:
            self._store.close()

    async def _keep(self, stop: asyncio.Event) -> None:
        await unless(stop, migrated(self._store, self._context.health))
        if stop.is_set():
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(Ingest(self._settings, self._context, self._store).run(stop))
            group.create_task(self._look_after(stop))

    async def _look_after(self, stop: asyncio.Event) -> None:
        upkeep = Upkeep(self._store)
        with ThreadPoolExecutor(1, thread_name_prefix="upkeep") as threads:
            while not stop.is_set():
                await asyncio.get_running_loop().run_in_executor(threads, look_after, upkeep, self._settings.limits)
                await unless(stop, asyncio.sleep(self._settings.keep_check_s))
