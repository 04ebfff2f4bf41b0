"""The way to Kafka: events behind all that waits, or past it; and the partitions that a withdrawal must reach."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from satark.runtime.kafka import KafkaError, Producer
from satark.sandesh_gateway.publish.publisher import Parcel, Publisher, size_of
from satark.sandesh_gateway.publish.records import SOURCE, records_of
from satark.sandesh_gateway.receivers.deadletters import dead_record
from satark.sandesh_gateway.receivers.deliveries import DeadLine, Delivery
from satark.schemas.codec import Event
from satark.schemas.topics import UVES

log = structlog.get_logger(__name__)

REFRESH_S = 10.0


class Outlet:
    """Publishes events. `partitions` are those of the topic of shares, as last seen."""

    def __init__(self, producer: Producer, on_trouble: Callable[[str], None]) -> None:
        self._producer = producer
        self.publisher = Publisher(producer.send_all, on_trouble=on_trouble)
        self.partitions: frozenset[int] = frozenset()

    def tell(self, events: Sequence[Event]) -> None:
        """Queue events behind all that waits."""
        records = records_of(events, self.partitions)
        self.publisher.put(Parcel(records, size_of(records), _nothing, _refused))

    async def behind(self, events: Sequence[Event]) -> None:
        """Publish events behind all that waits; return when Kafka has them."""
        await self.publisher.publish(records_of(events, self.partitions))

    async def now(self, events: Sequence[Event]) -> None:
        """Publish events past all that waits; return when Kafka has them. Raises KafkaError."""
        await self._producer.send_all(records_of(events, self.partitions))

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Publish what a receiver hands over, and return when Kafka has it."""
        heard = records_of((each.event for each in deliveries if not isinstance(each, DeadLine)), self.partitions)
        dead = [dead_record(each, service=SOURCE) for each in deliveries if isinstance(each, DeadLine)]
        await self.publisher.publish([*heard, *dead])

    async def refresh(self) -> None:
        """Learn how many partitions there are. Raises KafkaError."""
        self.partitions = await self._producer.partitions(UVES)

    async def keep(self) -> None:
        """Publish and look for new partitions until cancelled."""
        publishing = asyncio.ensure_future(self.publisher.run())
        try:
            while not (await asyncio.wait({publishing}, timeout=REFRESH_S))[0]:
                try:
                    await self.refresh()
                except KafkaError as error:
                    log.warning("partitions_unknown", error=repr(error))
            publishing.result()
        finally:
            publishing.cancel()


def _nothing() -> None:
    """Nobody waits for it."""


def _refused(_reason: str) -> None:
    """The publisher has said so in the log; an event of the gateway's own is far below any limit."""
