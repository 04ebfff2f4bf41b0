"""Follows what people say: the shell of `said`."""

import asyncio

import structlog

from satark.analytics.routes.v1.said import TOPICS, Said
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Follower, KafkaError

CONDITION = "silences"
POLL_S = 0.5
BACKOFF = Backoff(first_s=0.5, max_s=10.0)

log = structlog.get_logger()


class SaidFollower:
    """Keeps `said` as the topics have it."""

    def __init__(self, kafka: KafkaSettings, said: Said, health: Health) -> None:
        self._kafka = kafka
        self._said = said
        self._health = health
        health.set(CONDITION, ready=False, reason="silences and acknowledgements have not been read yet")

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
                    self._said.apply(record)
                if follower.caught_up:
                    self._health.set(CONDITION, ready=True)
