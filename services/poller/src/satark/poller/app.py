"""The poller's shell: Kafka gives it orchestrators, each has a worker, until told to stop."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import structlog
from prometheus_client import REGISTRY

from satark.poller import metrics, registry
from satark.poller.driver import Driver
from satark.poller.journal import TOPICS, KafkaJournal
from satark.poller.orchestrator import Orchestrator
from satark.poller.ownership import Ownership, OwnershipLostError
from satark.poller.settings import PollerSettings
from satark.poller.telling.heartbeat import Heartbeat
from satark.poller.worker import Surroundings, Worker
from satark.runtime import kafka, topics
from satark.runtime.backoff import Backoff
from satark.runtime.service import ServiceContext
from satark.schemas.metrics import MetricSample

log = structlog.get_logger(__name__)

KAFKA_BACKOFF = Backoff(first_s=1.0, max_s=30.0)
DRAIN_S = 5.0
LOGOUT_S = 1.0


class PollerApp:
    """Polls the orchestrators that fall to this process."""

    def __init__(self, settings: PollerSettings, context: ServiceContext) -> None:
        self._context = context
        self._health = context.health
        self._orchestrators = {one.name: one for one in settings.orchestrators()}
        self._drivers: dict[str, Driver] = {}
        self._gauges = metrics.LINKS if settings.export_links else None
        self._heartbeat = Heartbeat(
            settings.heartbeat_url,
            version=context.version,
            on_outcome=lambda outcome: metrics.HEARTBEATS.labels(outcome).inc(),
        )
        self._workers: dict[str, asyncio.Task[NoReturn]] = {}
        self._failed: asyncio.Future[None] | None = None
        for name in ("kafka", *(f"vco/{name}" for name in self._orchestrators)):
            self._health.set(name, ready=False, reason="starting")

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set.

        Stopping at any point is safe: a restart reads again what was not saved, and publishes nothing twice.
        """
        if self._gauges is not None:
            REGISTRY.register(self._gauges)
        working = asyncio.create_task(self._work())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await self._end(working)
            if self._gauges is not None:
                REGISTRY.unregister(self._gauges)
        if not working.cancelled():
            working.result()

    async def _end(self, working: asyncio.Task[NoReturn]) -> None:
        working.cancel()
        if not (await asyncio.wait({working}, timeout=DRAIN_S))[0]:
            working.cancel()
            await asyncio.wait({working}, timeout=LOGOUT_S)
        await self._heartbeat.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(driver.close() for driver in self._drivers.values())), LOGOUT_S)

    async def _work(self) -> NoReturn:
        """Poll for ever. After a failure of Kafka nothing in memory is trusted: begin as after a restart."""
        attempt = 0
        while True:
            try:
                await topics.wait_for(self._context.kafka, TOPICS, progress=self._topics_missing)
                async with kafka.Producer(self._context.kafka, client_id="satark-poller") as producer:
                    attempt = 0
                    await self._share(producer)
            except (kafka.KafkaError, kafka.KafkaUnavailableError, OwnershipLostError) as error:
                self._health.set("kafka", ready=False, reason=str(error) or type(error).__name__)
                delay_s = KAFKA_BACKOFF.delay_s(attempt)
                log.error("kafka_failed", error=repr(error), retry_in_s=delay_s)
                await asyncio.sleep(delay_s)
                attempt += 1

    async def _share(self, producer: kafka.Producer) -> NoReturn:
        """Poll what the group gives to this process. Raises what ended a worker or the membership."""
        self._failed = asyncio.get_running_loop().create_future()

        async def change(owned: frozenset[str]) -> None:
            try:
                await self._own(owned, producer, ownership)
            except Exception as error:  # noqa: BLE001 - aiokafka would only log it, and nobody would poll
                self._fail(error)

        ownership = Ownership(self._context.kafka, tuple(self._orchestrators), change)
        async with ownership:
            self._health.set("kafka", ready=True)
            keeping = asyncio.create_task(ownership.keep())
            try:
                await asyncio.wait({keeping, self._failed}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                keeping.cancel()
            if self._failed.done():
                self._failed.result()
            await keeping
        raise AssertionError("a membership ends with an error only")

    async def _own(self, owned: frozenset[str], producer: kafka.Producer, ownership: Ownership) -> None:
        """Stop all workers, begin those of the orchestrators that are owned: what was learnt is learnt again."""
        for worker in self._workers.values():
            worker.cancel()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)
        if self._workers:
            await producer.flush()  # the heirs learn from the topic what was published: it must be all there
        self._workers = {
            name: self._begin(one, producer, ownership) for name, one in self._orchestrators.items() if name in owned
        }
        self._heartbeat.own(owned)
        for name in self._orchestrators.keys() - owned:
            self._forget(name)
        metrics.OWNED.labels("polled").set(len(owned))
        metrics.OWNED.labels("elsewhere").set(len(self._orchestrators) - len(owned))

    def _forget(self, name: str) -> None:
        """Somebody else polls this orchestrator: its readiness and its links are not ours to tell."""
        self._health.set(f"vco/{name}", ready=True, reason="polled by another process")
        self._forget_links(name)

    def _forget_links(self, name: str) -> None:
        """What was exported of these links is no longer how they are."""
        if self._gauges is not None:
            self._gauges.forget_orchestrator(name)

    def _begin(
        self, orchestrator: Orchestrator, producer: kafka.Producer, ownership: Ownership
    ) -> asyncio.Task[NoReturn]:
        journal = KafkaJournal(
            self._context.kafka,
            producer,
            orchestrator=orchestrator.name,
            sample_s=orchestrator.sample_s,
            on_waiting=self._kafka_waiting,
            require=ownership.require,
        )
        driver = self._drivers.get(orchestrator.name)
        if driver is None:
            driver = self._drivers[orchestrator.name] = registry.build(orchestrator, version=self._context.version)
        around = Surroundings(self._health, self._on_samples, self._on_look, self._forget_links)
        worker = asyncio.create_task(Worker(orchestrator, driver, journal, around).run())
        worker.add_done_callback(self._ended)
        return worker

    def _ended(self, worker: asyncio.Task[NoReturn]) -> None:
        """A worker ends by cancellation, or with an error that ends all of them: Kafka's, or ours."""
        if not worker.cancelled():
            self._fail(worker.exception() or RuntimeError("a worker ended"))

    def _fail(self, error: BaseException) -> None:
        if self._failed is not None and not self._failed.done():
            self._failed.set_exception(error)

    def _on_samples(self, samples: Sequence[MetricSample]) -> None:
        if self._gauges is not None:
            self._gauges.update(samples)

    async def _on_look(self, name: str, good: bool) -> None:
        self._heartbeat.look(name, good)

    def _kafka_waiting(self, waited_s: float) -> None:
        reason = f"no acknowledgement for {waited_s:.0f} s" if waited_s else ""
        self._health.set("kafka", ready=not waited_s, reason=reason)

    def _topics_missing(self, missing: list[str]) -> None:
        self._health.set("kafka", ready=False, reason=f"topics are missing: {', '.join(missing)}")
