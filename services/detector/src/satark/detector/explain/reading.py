"""Where incident events come from: the topic, read to its end, or a file with one event a line."""

from contextlib import aclosing
from pathlib import Path

import msgspec

from satark.detector.explain.stories import Head, Search
from satark.detector.replay.textfile import opened
from satark.detector.replay.topics import check_topic
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.schemas import codec
from satark.schemas.topics import ANOMALIES

_head = msgspec.json.Decoder(Head)


async def search_topic(settings: KafkaSettings, search: Search) -> int:
    """Look through all that the topic of incidents keeps; return how many records were no events.

    Raises UnknownTopicError, KafkaError and KafkaUnavailableError.
    """
    await check_topic(settings, ANOMALIES)
    bad = 0
    async with aclosing(read_to_end(settings, ANOMALIES)) as records:
        async for record in records:
            bad += not _offer(search, record.value or b"")
    return bad


def search_file(path: Path, search: Search) -> int:
    """Look through a file, gzipped or plain; return how many lines were no events.

    Raises UnreadableFileError.
    """
    with opened(path) as file:
        return sum(not _offer(search, line) for _, line in file.lines() if line.strip())


def _offer(search: Search, value: bytes) -> bool:
    try:
        if search.wants(_head.decode(value)):
            search.add(codec.decode(ANOMALIES, value))
    except (msgspec.MsgspecError, UnicodeDecodeError, codec.UndecodableEventError):
        return False
    return True
