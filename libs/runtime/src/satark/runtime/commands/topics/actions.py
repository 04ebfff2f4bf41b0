"""What `satark topics` does: the shell that asks and changes the cluster."""

from collections.abc import Callable, Coroutine
from typing import Any

from rich.table import Table

from satark.runtime import topics
from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.growth.cluster import Cluster
from satark.runtime.growth.growing import grow
from satark.runtime.terminal import console
from satark.schemas.topics import Topic, all_topics

CONNECT_ATTEMPTS = 8
EX_TEMPFAIL = 75


async def apply_topics(settings: KafkaSettings) -> int:
    """Create what is missing, and tell what was found."""
    async with Admin(settings, connect_attempts=CONNECT_ATTEMPTS) as admin:
        found = await topics.apply(settings, admin)
    shown = console()
    for topic in found.create:
        shown.print(f"created  {topic.name} ({topics.partitions_of(topic, settings)} partitions, {topic.cleanup})")
    for topic in found.present:
        shown.print(f"present  {topic.name}")
    for topic, have in found.too_few_partitions:
        want = topics.partitions_of(topic, settings)
        shown.print(f"differs  {topic.name}: {have} partitions, {want} wanted: satark topics grow")
    return 0


async def list_topics(settings: KafkaSettings) -> int:
    """Show the contract beside the cluster."""
    async with Admin(settings, connect_attempts=CONNECT_ATTEMPTS) as admin:
        existing = await admin.partitions_by_topic()
    table = Table("topic", "partitions", "cleanup", "kept", "producers", "consumers")
    for topic in all_topics():
        table.add_row(*_row(topic, existing.get(topic.name)))
    console().print(table)
    return 0


async def grow_topics(settings: KafkaSettings) -> int:
    """Go on towards as many partitions as the setting says; exit 75 when something is left to do. Raises GrowthError."""
    async with Cluster(settings) as cluster:
        done = await grow(cluster, settings.partitions, console().print)
    return 0 if done else EX_TEMPFAIL


def _row(topic: Topic, partitions: int | None) -> tuple[str, ...]:
    kept = "latest by key" if topic.retention is None else f"{topic.retention.days} days"
    there = "missing" if partitions is None else str(partitions)
    return topic.name, there, topic.cleanup, kept, ", ".join(topic.producers), ", ".join(topic.consumers)


ACTIONS: dict[str, Callable[[KafkaSettings], Coroutine[Any, Any, int]]] = {
    "apply": apply_topics,
    "list": list_topics,
    "grow": grow_topics,
}
