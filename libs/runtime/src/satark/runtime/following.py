"""Follows compacted topics that are held in memory: what people say (the shell of `said`), and how entities are."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

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


class Kept(Protocol):
    """What is kept of some topics; `unreadable` counts the records that were none of theirs."""

    unreadable: int

    def apply(self, record: Record) -> None:
        """Take in a record of one of the topics."""
        ...


class TopicsFollower:
    """Gives each record of some topics to what is kept of them, and calls `on_news` after some have come.

    `caught_up` is set, and the condition of readiness met, once all was taken that was there when it began. A record
    that cannot be read is counted, told and passed over.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        topics: Sequence[str],
        kept: Kept,
        health: Health,
        *,
        condition: str,
        on_news: Callable[[], None] = lambda: None,
    ) -> None:
        self.caught_up = asyncio.Event()
        self._kafka = kafka
        self._topics = topics
        self._kept = kept
        self._health = health
        self._condition = condition
        self._on_news = on_news
        health.set(condition, ready=False, reason=f"reading {condition}")

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
        async with Follower(self._kafka, self._topics) as follower:
            while True:
                try:
                    records = await follower.poll(timeout_s=POLL_S)
                except KafkaError as error:
                    log.warning("topics_read_failed", of=self._condition, error=repr(error))
                    await asyncio.sleep(BACKOFF.delay_s(failures))
                    failures += 1
                    continue
                failures = 0
                for record in records:
                    self._take(record)
                if records:
                    self._on_news()
                if follower.caught_up:
                    self._health.set(self._condition, ready=True)
                    self.caught_up.set()

    def _take(self, record: Record) -> None:
        unreadable = self._kept.unreadable
        self._kept.apply(record)
        if self._kept.unreadable > unreadable:
            EVENTS_UNREADABLE.labels(record.topic).inc()
            log.warning(
                "record_unreadable",
                of=self._condition,
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
            )


class SaidFollower(TopicsFollower):
    """Keeps `said` as the topics have it, and calls `on_news` whenever it has changed."""

    def __init__(
        self, kafka: KafkaSettings, said: Said, health: Health, *, on_news: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(kafka, TOPICS, said, health, condition=CONDITION, on_news=on_news)
