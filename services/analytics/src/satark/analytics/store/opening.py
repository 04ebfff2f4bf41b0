"""Opening the store: it may not be there yet, and then it is waited for."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog

from satark.analytics import metrics
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.store.client import Store
from satark.analytics.store.migrations import migrate
from satark.analytics.store.statement import StoreError
from satark.runtime.backoff import Backoff
from satark.runtime.health import Health

log = structlog.get_logger(__name__)

RETRY = Backoff(first_s=0.5, max_s=30.0)


def store_of(settings: AnalyticsSettings) -> Store:
    """Return the store of the settings, not opened."""
    return Store(
        settings.address, password=settings.store_password, database=settings.database, cluster=settings.cluster
    )


async def migrated(store: Store, health: Health) -> None:
    """Make or change the store's tables; try until it can be done, saying why not in the readiness."""
    attempt = 0
    health.set("store", ready=False, reason="opening")
    # A thread of its own: opening an engine takes a while, and the loop's threads may be those of readers.
    with ThreadPoolExecutor(1, thread_name_prefix="migrate") as threads:
        while True:
            try:
                await asyncio.get_running_loop().run_in_executor(threads, migrate, store)
            except StoreError as error:
                delay_s = RETRY.delay_s(attempt)
                metrics.STORE_FAILURES.labels(error.reason).inc()
                health.set("store", ready=False, reason=f"{error.reason}: {error}")
                log.error("store_not_ready", reason=error.reason, error=str(error), retry_in_s=delay_s)
                await asyncio.sleep(delay_s)
                attempt += 1
            else:
                health.set("store", ready=True)
                return
