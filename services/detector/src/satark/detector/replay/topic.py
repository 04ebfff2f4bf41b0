"""Samples from a stretch of a topic's past, in the order in which the detector had them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta

from satark.detector.replay.sightings import BATCH, Order, Period, Reject, Rejecting, Sighting
from satark.detector.replay.topics import check_topic
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.ranges import TopicRange
from satark.runtime.records import Record
from satark.schemas import codec
from satark.schemas.metrics import MetricSample
from satark.schemas.topics import METRICS

AHEAD = timedelta(hours=1)
"""No sample counts that was written longer than this before its time: the detector refuses it (`max_ahead_s`)."""


class TopicSource:
    """A topic's samples of a period, by their own time. What is none is handed to `reject` with its place.

    A late sample is written long after its time: so the topic is read from the period's beginning to its present end.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        topic: str,
        *,
        reject: Rejecting,
        period: Period,
        order: Order = Order.ARRIVAL,
    ) -> None:
        self._settings = settings
        self._topic = topic
        self._reject = reject
        self._period = period
        self.order = order
        self.done = 0
        self.total = 0

    async def batches(self) -> AsyncGenerator[list[Sighting], None]:
        """Yield the samples, each partition's in order. Raises UnknownTopicError, KafkaError, KafkaUnavailableError."""
        await check_topic(self._settings, self._topic)
        start = self._period.start
        written_from = None if start is None else start - AHEAD
        async with TopicRange(self._settings, self._topic, written_from=written_from) as topic:
            self.total = topic.total
            batch: list[Sighting] = []
            async with aclosing(topic.batches()) as fetched:
                async for records in fetched:
                    self.done += len(records)
                    batch += self._sightings(records)
                    if len(batch) >= BATCH:
                        yield batch
                        batch = []
            yield batch

    def _sightings(self, records: list[Record]) -> list[Sighting]:
        found = []
        for record in records:
            sample = self._sample(record)
            if sample is None:
                continue
            if sample.time > record.timestamp + AHEAD:
                self._reject_record(record, f"future: written at {record.timestamp.isoformat()}")
            elif sample.time in self._period:
                found.append(Sighting(sample, record.timestamp))
        return found

    def _sample(self, record: Record) -> MetricSample | None:
        try:
            sample: MetricSample = codec.decode(METRICS, record.value, record.headers)
        except codec.UndecodableEventError as error:
            self._reject_record(record, str(error))
            return None
        return sample

    def _reject_record(self, record: Record, reason: str) -> None:
        place = f"{record.topic}/{record.partition}/{record.offset}"
        self._reject(Reject(place, reason, (record.value or b"").decode(errors="replace")))
