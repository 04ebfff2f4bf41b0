"""The mirror's shell: it reads the topics, outside any group, and tells what changed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

import structlog

from satark.analytics.mirror import metrics
from satark.analytics.mirror.loading import Loading
from satark.analytics.mirror.mirror import TOPICS, Change, Mirror, Outcome
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Follower, KafkaError, KafkaUnavailableError, end_offsets
from satark.runtime.records import Record
from satark.schemas.identifiers import instant
from satark.schemas.topics import UVE_STATES

log = structlog.get_logger(__name__)

CONDITION = "objects"
"""The name of the condition of readiness."""

POLL_S = 0.5
MOST_RECORDS = 1_000
"""Taken in before others may go on: some milliseconds."""

LOOK_OUT_S = 15.0
BACKOFF = Backoff(first_s=0.5, max_s=10.0)


class Listener(Protocol):
    """Who wants to know what changes after everything has been read once."""

    def opened(self) -> None:
        """Everything has been read."""
        ...

    def tell(self, change: Change) -> None:
        """Something has changed."""
        ...


class MirrorFollower:
    """Fills a mirror until it is stopped."""

    def __init__(self, kafka: KafkaSettings, mirror: Mirror, health: Health, *, listener: Listener) -> None:
        self._kafka = kafka
        self._mirror = mirror
        self._health = health
        self._listener = listener
        self._outcomes = dict.fromkeys(Outcome, 0)
        self._places: dict[int, int] = {}
        health.set(CONDITION, ready=False, reason=mirror.reading)

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the topics until `stop` is set; a broker that goes away is waited for."""
        parts = {asyncio.ensure_future(self._follow()), asyncio.ensure_future(self._look_out())}
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({*parts, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (*parts, stopping):
                each.cancel()
            await asyncio.wait(parts)
        for part in parts:
            if not part.cancelled():
                part.result()

    async def _follow(self) -> None:
        loading: Loading | None = await self._started()
        async with Follower(self._kafka, TOPICS) as follower:
            failures = 0
            while True:
                try:
                    records = await follower.poll(timeout_s=POLL_S, max_records=MOST_RECORDS)
                except KafkaError as error:
                    log.warning("mirror_read_failed", error=repr(error))
                    await asyncio.sleep(BACKOFF.delay_s(failures))
                    failures += 1
                    continue
                failures = 0
                self._take(records)
                if loading is not None:
                    loading.take(records)
                    loading = None if self._told(loading, done=follower.caught_up) else loading
                await asyncio.sleep(0)

    async def _started(self) -> Loading:
        """Return what there is to be read, nothing where that is not known."""
        ends: dict[tuple[str, int], int] = {}
        for topic in TOPICS:
            try:
                ends |= {(topic, number): end for number, end in (await end_offsets(self._kafka, topic)).items()}
            except (KafkaError, KafkaUnavailableError) as error:
                log.info("mirror_end_unknown", topic=topic, error=repr(error))
                break
        return Loading(ends)

    async def _look_out(self) -> None:
        """Look now and then where the states end: nothing else tells a silent broker from a quiet topic."""
        while True:
            await asyncio.sleep(LOOK_OUT_S)
            try:
                ends = await end_offsets(self._kafka, UVE_STATES)
            except (KafkaError, KafkaUnavailableError) as error:
                if not self._mirror.silence:
                    self._mirror.silence = f"no broker answers, this is as of {instant(datetime.now(UTC))}"
                    log.warning("mirror_broker_silent", error=repr(error))
            else:
                self._mirror.silence = ""
                behind = (ends[number] - place for number, place in self._places.items() if number in ends)
                metrics.BEHIND.set(sum(max(0, each) for each in behind))

    def _take(self, records: Sequence[Record]) -> None:
        for record in records:
            if record.topic == UVE_STATES:
                self._places[record.partition] = record.offset + 1
            change = self._mirror.apply(record)
            if change is not None and self._mirror.ready:
                self._listener.tell(change)
        self._measure(records)

    def _told(self, loading: Loading, *, done: bool) -> bool:
        """Tell how far it is; return whether that was the end."""
        self._mirror.reading = "" if done else loading.words
        if done:
            self._mirror.ready = True
            self._listener.opened()
            log.info("mirror_ready", objects=self._mirror.objects, shares=self._mirror.shares, bytes=self._mirror.size)
        self._health.set(CONDITION, ready=done, reason=self._mirror.reading)
        return done

    def _measure(self, records: Sequence[Record]) -> None:
        mirror = self._mirror
        for outcome, count in mirror.outcomes.items():
            metrics.RECORDS.labels(outcome).inc(count - self._outcomes[outcome])
        if mirror.outcomes[Outcome.LEFT_OUT] > self._outcomes[Outcome.LEFT_OUT]:
            log.warning("mirror_full", rows=mirror.outcomes[Outcome.LEFT_OUT], bytes=mirror.size)
        self._outcomes = dict(mirror.outcomes)
        metrics.OBJECTS.set(mirror.objects)
        metrics.SHARES.set(mirror.shares)
        metrics.BYTES.set(mirror.size)
        newest = max((record.timestamp for record in records), default=None)
        metrics.LAG_SECONDS.set(0 if newest is None else max(0.0, (datetime.now(UTC) - newest).total_seconds()))
