"""Follows what people say: the shell of `said`."""

import asyncio
from collections.abc import Callable

import structlog

from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Follower, KafkaError
from satark.runtime.metrics import EVENTS_UNREADABLE
from satark.runtime.records import Record
from satark.runtime.said import TOPICS, Said

CONDITION = "silences"
POLL_S = 0.5
BACKOFF = Backoff(first_s=0.5, max_s=10.0)

log = structlog.get_logger()


class SaidFollower:
    """Keeps `said` as the topics have it, and calls `on_news` whenever it has changed.

    `caught_up` is set once all is known that people had said when it began.
    """

    def __init__(
        self, kafka: KafkaSettings, said: Said, health: Health, *, on_news: Callable[[], None] = lambda: None
    ) -> None:
        self.caught_up = asyncio.Event()
        self._kafka = kafka
        self._said = said
        self._health = health
        self._on_news = on_news
        health.set(CONDITION, ready=False, reason="reading silences")

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the topics until `stop` is set; a broker that goes away is waited for."""
        following = asyncio.ensure_future(self._follow())
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({following, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            following.cancel()
            await asyncio.wait({following})
        if not following.cancelled():
            following.result()

    async def _follow(self) -> None:
        failures = 0
        async with Follower(self._kafka, TOPICS) as follower:
            while True:
                try:
                    records = await follower.poll(timeout_s=POLL_S)
                except KafkaError as error:
                    log.warning("silences_read_failed", error=repr(error))
                    await asyncio.sleep(BACKOFF.delay_s(failures))
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
        unreadable = self._said.unreadable
        self._said.apply(record)
        if self._said.unreadable > unreadable:
            EVENTS_UNREADABLE.labels(record.topic).inc()
            log.warning("said_unreadable", topic=record.topic, partition=record.partition, offset=record.offset)
