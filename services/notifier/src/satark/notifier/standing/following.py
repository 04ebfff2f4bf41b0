"""Follows the topic of open incidents: the shell of `standing`."""

import asyncio
from collections.abc import Callable

import structlog

from satark.notifier.standing.standing import Standing
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Follower, KafkaError, KafkaUnavailableError, read_to_end
from satark.runtime.metrics import EVENTS_UNREADABLE
from satark.runtime.records import Record
from satark.runtime.stopping import unless
from satark.schemas.topics import OPEN_INCIDENTS

CONDITION = "open incidents"
POLL_S = 0.5
BACKOFF = Backoff(first_s=0.5, max_s=10.0)

log = structlog.get_logger(__name__)


class StandingFollower:
    """Keeps `standing` as the topic has it, and calls `on_news` whenever something came.

    `caught_up` is set once all is known that was there when it began.
    """

    def __init__(
        self, kafka: KafkaSettings, standing: Standing, health: Health, *, on_news: Callable[[], None] = lambda: None
    ) -> None:
        self.caught_up = asyncio.Event()
        self._kafka = kafka
        self._standing = standing
        self._health = health
        self._on_news = on_news
        self._next: dict[int, int] = {}
        health.set(CONDITION, ready=False, reason="reading what is open")

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the topic until `stop` is set; a broker that goes away is waited for."""
        await unless(stop, self._follow())

    async def catch_up(self) -> None:
        """Return when all is known that is there by now: what the process that had a partition before wrote of it."""
        failures = 0
        while True:
            try:
                async for record in read_to_end(self._kafka, OPEN_INCIDENTS, start=self._next):
                    self._take(record)
            except (KafkaError, KafkaUnavailableError) as error:
                await self._wait(failures, error)
                failures += 1
            else:
                return

    async def _follow(self) -> None:
        failures = 0
        async with Follower(self._kafka, (OPEN_INCIDENTS,)) as follower:
            while True:
                try:
                    records = await follower.poll(timeout_s=POLL_S)
                except KafkaError as error:
                    await self._wait(failures, error)
                    failures += 1
                    continue
                failures = 0
                for record in records:
                    self._take(record)
                if records:
                    self._on_news()
                if follower.caught_up:
                    self._health.set(CONDITION, ready=True)
                    self.caught_up.set()

    def _take(self, record: Record) -> None:
        unreadable = self._standing.unreadable
        self._standing.apply(record)
        if self._standing.unreadable > unreadable:
            EVENTS_UNREADABLE.labels(record.topic).inc()
            log.warning("open_incident_unreadable", partition=record.partition, offset=record.offset)
        self._next[record.partition] = max(self._next.get(record.partition, 0), record.offset + 1)

    async def _wait(self, failures: int, error: Exception) -> None:
        log.warning("open_incidents_read_failed", error=repr(error))
        await asyncio.sleep(BACKOFF.delay_s(failures))
