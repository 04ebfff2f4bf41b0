"""Writing what people say, over HTTP, into Kafka."""

import asyncio

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer
from satark.runtime.records import OutgoingRecord
from satark.schemas.codec import Event, encode

SOURCE = "/satark/analytics"
WRITE_S = 10.0
"""How long a person is kept waiting by a broker that does not answer."""


class EventWriter:
    """Writes events one by one; connected when that is first needed."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._producer: Producer | None = None
        self._opening = asyncio.Lock()

    async def write(self, event: Event) -> None:
        """Write an event and wait until it is safe. Raises KafkaError, KafkaUnavailableError or OSError."""
        async with self._opening:
            if self._producer is None:
                producer = Producer(
                    self._kafka, client_id="satark-analytics", connect_attempts=1, delivery_timeout_s=WRITE_S
                )
                self._producer = await producer.__aenter__()
        made = encode(event, source=SOURCE)
        await self._producer.send(OutgoingRecord(made.topic, made.key, made.value, made.headers))

    async def close(self) -> None:
        """Close the connection, if there is one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.__aexit__(None, None, None)
