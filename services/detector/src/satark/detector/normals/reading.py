"""Where the command finds baselines: the topic, from a time on."""

from collections.abc import Iterator, Sequence
from contextlib import aclosing
from datetime import datetime

from satark.detector.normals.selection import Latest
from satark.detector.replay.topics import check_topic
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.ranges import TopicRange
from satark.runtime.records import Record
from satark.schemas import codec
from satark.schemas.baselines import EntityBaseline
from satark.schemas.topics import BASELINES


async def read(settings: KafkaSettings, latest: Latest, *, since: datetime) -> None:
    """Look through what was told since then. Raises UnknownTopicError, KafkaError and KafkaUnavailableError."""
    await check_topic(settings, BASELINES)
    async with TopicRange(settings, BASELINES, written_from=since) as topic, aclosing(topic.batches()) as batches:
        async for records in batches:
            latest.add(_baselines(records))


def _baselines(records: Sequence[Record]) -> Iterator[EntityBaseline]:
    for record in records:
        try:
            baseline: EntityBaseline = codec.decode(record.topic, record.value, record.headers)
        except codec.UndecodableEventError:
            continue
        yield baseline
