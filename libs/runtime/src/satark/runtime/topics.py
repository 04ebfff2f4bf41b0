"""Creating the topics of the contract, and waiting for them. Nothing relies on the broker's auto-creation."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from satark.runtime.admin import Admin
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import KafkaError
from satark.schemas.topics import Topic, all_topics

log = structlog.get_logger(__name__)

WAIT_BACKOFF = Backoff(first_s=0.5, max_s=5.0)

COPIES_TO_SPARE_ONE, SAFE_COPIES = 3, 2
"""With three copies or more, a record is acknowledged once two brokers have it, whichever broker is lost after that or has
been lost before. Kafka's own default is content with one, and loses with it what it has acknowledged."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What `satark topics apply` would do: topics to create, and ones that differ from the contract."""

    create: tuple[Topic, ...]
    too_few_partitions: tuple[tuple[Topic, int], ...]
    present: tuple[Topic, ...]


def partitions_of(topic: Topic, settings: KafkaSettings) -> int:
    """Return how many partitions a topic is made with: its own fixed number, or the setting where it scales."""
    return settings.partitions if topic.partitions is None else topic.partitions


def least_partitions(topic: Topic, settings: KafkaSettings) -> int:
    """Return how many partitions a topic must have: one that does not grow keeps as many as it was made with."""
    return partitions_of(topic, settings) if topic.grows else topic.partitions or 1


def plan(wanted: Iterable[Topic], existing: dict[str, int], settings: KafkaSettings) -> Plan:
    """Compare the contract with the partitions by name that a cluster has."""
    create, few, present = [], [], []
    for topic in wanted:
        have = existing.get(topic.name)
        if have is None:
            create.append(topic)
        elif have < least_partitions(topic, settings):
            few.append((topic, have))
        else:
            present.append(topic)
    return Plan(tuple(create), tuple(few), tuple(present))


def topic_config(topic: Topic, copies: int) -> dict[str, str]:
    """Return a topic's configuration for Kafka."""
    config = {"cleanup.policy": topic.cleanup.value, **topic.config}
    if copies >= COPIES_TO_SPARE_ONE:
        config["min.insync.replicas"] = str(SAFE_COPIES)
    if topic.retention is not None:
        config["retention.ms"] = str(int(topic.retention.total_seconds() * 1000))
    return config


async def apply(settings: KafkaSettings, admin: Admin) -> Plan:
    """Create the topics that are missing; return what was found and done. Running it again changes nothing.

    Raises TopicCreationError when the broker refuses any.
    """
    found = plan(all_topics(), await admin.partitions_by_topic(), settings)
    await admin.create(
        [
            (
                topic.name,
                partitions_of(topic, settings),
                settings.replication_factor,
                topic_config(topic, settings.replication_factor),
            )
            for topic in found.create
        ]
    )
    return found


async def wait_for(
    settings: KafkaSettings, names: Iterable[str], *, progress: Callable[[list[str]], None] | None = None
) -> None:
    """Return when all named topics exist; tells `progress(missing)` after each look that found some missing.

    Without the admin API there is nothing to wait for: a topic appears when it is touched.
    """
    wanted = set(names)
    if not settings.topic_admin:
        return
    attempt = 0
    async with Admin(settings) as admin:
        while missing := await _missing(admin, wanted):
            if progress is not None:
                progress(missing)
            await asyncio.sleep(WAIT_BACKOFF.delay_s(attempt))
            attempt += 1


async def _missing(admin: Admin, wanted: set[str]) -> list[str]:
    """Return what is missing; all when the broker does not answer just now."""
    try:
        missing = sorted(wanted - set(await admin.partitions_by_topic()))
    except (KafkaError, OSError) as error:
        log.warning("kafka_unreachable", error=str(error) or type(error).__name__)
        return sorted(wanted)
    if missing:
        log.warning(
            "topics_missing",
            topics=missing,
            hint="run: satark topics apply; if they exist, give rights: satark topics acls",
        )
    return missing
