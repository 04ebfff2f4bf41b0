"""`satark topics`: list the contract's topics, or create the missing ones."""

import argparse
import asyncio
import sys

from rich.console import Console
from rich.table import Table

from satark.runtime import topics
from satark.runtime.admin import Admin, TopicCreationError
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import KafkaUnavailableError
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load
from satark.schemas.topics import Topic, all_topics

EX_UNAVAILABLE = 69
CONNECT_ATTEMPTS = 8


class TopicsCommand:
    """`list` shows the contract beside the cluster, `apply` creates what is missing and is safe to repeat."""

    help = "list the topics of the contract, or create the missing ones"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the action."""
        parser.add_argument("action", choices=["list", "apply"], help="list: compare; apply: create what is missing")

    def run(self, args: argparse.Namespace) -> int:
        """Compare or create; exit 69 when no broker answers."""
        try:
            settings = load("kafka", KafkaSettings, environment())
            return asyncio.run(_apply(settings) if args.action == "apply" else _list(settings))
        except SettingsError as error:
            print(error, file=sys.stderr)  # noqa: T201 - a command's answer
            return EX_CONFIG
        except (KafkaUnavailableError, TopicCreationError) as error:
            print(f"satark topics: {error}", file=sys.stderr)  # noqa: T201 - a command's answer
            return EX_UNAVAILABLE


async def _apply(settings: KafkaSettings) -> int:
    async with Admin(settings, connect_attempts=CONNECT_ATTEMPTS) as admin:
        found = await topics.apply(settings, admin)
    console = Console()
    for topic in found.create:
        console.print(f"created  {topic.name} ({topics.partitions_of(topic, settings)} partitions, {topic.cleanup})")
    for topic in found.present:
        console.print(f"present  {topic.name}")
    for topic, have in found.too_few_partitions:
        want = topics.partitions_of(topic, settings)
        console.print(f"differs  {topic.name}: {have} partitions, {want} wanted; not changed, keys would move")
    return 0


async def _list(settings: KafkaSettings) -> int:
    async with Admin(settings, connect_attempts=CONNECT_ATTEMPTS) as admin:
        existing = await admin.partitions_by_topic()
    table = Table("topic", "partitions", "cleanup", "kept", "producers", "consumers")
    for topic in all_topics():
        table.add_row(*_row(topic, existing.get(topic.name)))
    Console().print(table)
    return 0


def _row(topic: Topic, partitions: int | None) -> tuple[str, ...]:
    kept = "latest by key" if topic.retention is None else f"{topic.retention.days} days"
    there = "missing" if partitions is None else str(partitions)
    return topic.name, there, topic.cleanup, kept, ", ".join(topic.producers), ", ".join(topic.consumers)


command = TopicsCommand()
