"""Records as rows of a part, or as what they are instead: dead letters, or nothing. No record stops the reading."""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from satark.analytics import metrics
from satark.analytics.ingest.gathering import Gathering, Part, origin_of
from satark.analytics.ingest.mapping.rows import add_rows
from satark.runtime.deadletter import dead_letter
from satark.runtime.metrics import EVENTS_DEAD_LETTERED
from satark.runtime.records import Record
from satark.schemas.codec import UndecodableEventError, decode, event_time
from satark.schemas.topics import BY_NAME

log = structlog.get_logger(__name__)

SERVICE = "analytics"
AHEAD = timedelta(days=1)
"""How far a sender's clock may be ahead of Kafka's: every day beyond would be a partition of its own."""

GONE = "empty"
"""A record without a value: in a compacted topic what the key stood for is gone, which is no news to history."""


def take_in(record: Record, gathering: Gathering, now: float) -> None:
    """Add a record to its part."""
    part = gathering.part_for(record)
    before = part.rows.count
    try:
        add_rows(_event_of(record), origin_of(record), part.rows)
    except UndecodableEventError as error:
        put_aside(record, part, error)
    except RecursionError:
        put_aside(record, part, UndecodableEventError("too_deep", "values within values beyond any sense"))
    gathering.took(record, part, part.rows.count - before, now)


def _event_of(record: Record) -> Any:
    event = decode(record.topic, record.value, record.headers)
    time = event_time(event)
    if time > record.timestamp + AHEAD:
        raise UndecodableEventError("time_ahead", f"{time} is more than a day after {record.timestamp}")
    return event


def put_aside(record: Record, part: Part, error: UndecodableEventError) -> None:
    """Count a record that has no rows, and keep it where its topic has dead letters."""
    topic = BY_NAME.get(record.topic)
    if error.reason == GONE and topic is not None and not topic.dead_letters:
        return
    log.warning(
        "event_unusable", topic=record.topic, partition=record.partition, offset=record.offset, error=str(error)
    )
    metrics.UNUSABLE.labels(record.topic, error.reason).inc()
    if topic is not None and topic.dead_letters:
        part.letters.append(dead_letter(record, error, service=SERVICE, now=datetime.now(UTC)))
        EVENTS_DEAD_LETTERED.labels(record.topic, error.reason).inc()
