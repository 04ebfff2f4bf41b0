"""Telling everybody that what a generator said in its sessions so far is no longer so."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import msgspec
import structlog

from satark.runtime.kafka import Producer
from satark.runtime.records import OutgoingRecord
from satark.schemas.codec import Event, encode
from satark.schemas.generators import Connection, GeneratorSession, session_id
from satark.schemas.topics import UVES
from satark.schemas.uves import SharesWithdrawn, withdrawal_id

log = structlog.get_logger(__name__)

Publish = Callable[[Sequence[Event]], Awaitable[None]]
"""Returns when Kafka has the events; raises KafkaError when it will not have them."""

GATEWAY_LOST = "gateway_lost"
BATCH = 200
"""Sessions withdrawn at a time: with many partitions each of them is many records."""


class Withdrawals:
    """Writes withdrawals: a generator's shares lie in all partitions, so each partition gets the record."""

    def __init__(self, producer: Producer, *, gateway: str, source: str) -> None:
        self._producer = producer
        self._gateway = gateway
        self._source = source

    async def withdraw(self, generator: str, through: int, reason: str) -> None:
        """Withdraw all shares of the generator's sessions up to the number `through`; return when Kafka has it.

        Raises KafkaError; to repeat it then is safe.
        """
        await self._send([self._event(generator, through, reason)])

    async def bury(self, gateway: str, sessions: Sequence[GeneratorSession], publish: Publish) -> None:
        """Withdraw what a lost gateway held, then say that its sessions are over. Raises KafkaError; safe to repeat."""
        for start in range(0, len(sessions), BATCH):
            some = sessions[start : start + BATCH]
            await self._send([self._event(each.generator, each.session, GATEWAY_LOST) for each in some])
            await publish([ended(each, f"gateway {gateway} is lost", datetime.now(UTC)) for each in some])
        log.warning("gateway_buried", lost=gateway, sessions=len(sessions))

    def _event(self, generator: str, through: int, reason: str) -> SharesWithdrawn:
        return SharesWithdrawn(
            id=withdrawal_id(generator, through),
            generator=generator,
            gateway=self._gateway,
            time=datetime.now(UTC),
            through=through,
            reason=reason,
        )

    async def _send(self, events: Sequence[SharesWithdrawn]) -> None:
        partitions = sorted(await self._producer.partitions(UVES))
        records = [record for event in events for record in withdrawal_records(event, partitions, source=self._source)]
        await self._producer.send_all(records)


def withdrawal_records(event: SharesWithdrawn, partitions: Sequence[int], *, source: str) -> list[OutgoingRecord]:
    """Return the event as one record for each partition."""
    encoded = encode(event, source=source)
    return [
        OutgoingRecord(encoded.topic, encoded.key, encoded.value, encoded.headers, partition=partition)
        for partition in partitions
    ]


def ended(session: GeneratorSession, reason: str, now: datetime) -> GeneratorSession:
    """Return the event that a session is over."""
    ident = session_id(session.generator, session.session, Connection.DOWN)
    return msgspec.structs.replace(session, id=ident, state=Connection.DOWN, time=now, reason=reason)
