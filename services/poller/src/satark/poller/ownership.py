"""Which orchestrators this process polls: those whose names fall into its partitions of the checkpoints' topic.

All pollers are members of one consumer group, so Kafka gives each partition to one of them, and gives it to another
when its owner is gone. An orchestrator's checkpoint lies in the partition that decides who polls it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from types import TracebackType
from typing import Self

import structlog

from satark.runtime import kafka
from satark.runtime.groups import KafkaSettings
from satark.schemas.topics import POLLER_CHECKPOINTS

log = structlog.get_logger(__name__)

GROUP = "satark-poller"
TICK_S = 1.0
LEASE_S = kafka.SESSION_TIMEOUT_MS / 1000
"""A process that did not run for so long has been declared dead by the group, and others poll in its place."""


class OwnershipLostError(Exception):
    """This process may no longer publish: it was not running while the group gave its orchestrators to others."""


OnChange = Callable[[frozenset[str]], Awaitable[None]]


class Ownership:
    """A member of the group. `on_change` is awaited with the names that are owned now, before others may own the rest."""

    def __init__(self, settings: KafkaSettings, names: Sequence[str], on_change: OnChange) -> None:
        self._settings = settings
        self._names = tuple(names)
        self._on_change = on_change
        self._consumer = kafka.Consumer(
            settings,
            topics=(POLLER_CHECKPOINTS,),
            group_id=GROUP,
            on_assigned=self._assigned,
            on_revoked=self._revoked,
        )
        self._partitions = 1
        self._ran_at = monotonic()

    async def __aenter__(self) -> Self:
        self._partitions = len(await kafka.end_offsets(self._settings, POLLER_CHECKPOINTS))
        await self._consumer.__aenter__()
        self._consumer.pause()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._on_change(frozenset())
        await self._consumer.__aexit__(kind, error, trace)

    async def keep(self) -> None:
        """Stay a member until cancelled. Raises KafkaError."""
        while True:
            self._ran_at = monotonic()
            await asyncio.gather(self._consumer.poll(timeout_s=TICK_S), asyncio.sleep(TICK_S))

    def require(self) -> None:
        """Raise OwnershipLostError when this process stood still for longer than a member may."""
        stood_s = monotonic() - self._ran_at
        if stood_s > LEASE_S:
            raise OwnershipLostError(f"this process did not run for {stood_s:.1f} s")

    async def _assigned(self, positions: frozenset[kafka.Position]) -> None:
        mine = {partition for _, partition in positions}
        owned = frozenset(n for n in self._names if kafka.partition_of(n.encode(), self._partitions) in mine)
        log.info("ownership", owned=sorted(owned), of=len(self._names))
        await self._on_change(owned)

    async def _revoked(self, positions: frozenset[kafka.Position]) -> None:
        if positions:
            await self._on_change(frozenset())
