"""A broker, a store in a child process, and `satark analytics` between them."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from satark.runtime import topics
from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer
from satark.runtime.records import OutgoingRecord
from satark.schemas import examples
from satark.schemas.codec import encode
from satark.schemas.metrics import MetricSample
from tests.support.kafka import KafkaEndpoint

PARTITIONS = 3
NOW = datetime.now(UTC).replace(microsecond=0)
"""What is older than what is kept is not inserted: the events of these tests are of today."""


async def topics_on(endpoint: KafkaEndpoint) -> KafkaSettings:
    """Make the contract's topics; return how to reach the broker."""
    settings = KafkaSettings(brokers=endpoint.brokers, partitions=PARTITIONS)
    async with Admin(settings) as admin:
        await topics.apply(settings, admin)
    return settings


async def publish(settings: KafkaSettings, events: Sequence[Any]) -> None:
    """Write events to their topics."""
    encoded = [encode(event, source="/test") for event in events]
    async with Producer(settings, client_id="test") as producer:
        await producer.send_all([OutgoingRecord(each.topic, each.key, each.value, each.headers) for each in encoded])


def samples(first: int, count: int) -> list[MetricSample]:
    """Return samples of ten links, three metrics each, with ids of their own."""
    return [
        msgspec.structs.replace(
            examples.sample(),
            id=f"s{number}",
            entity=f"wan-link/v/1/{number % 10}",
            time=NOW - timedelta(seconds=number),
        )
        for number in range(first, first + count)
    ]


def recent(event: Any) -> Any:
    """Return an event as of now."""
    return msgspec.structs.replace(event, time=NOW)


def asked(folder: Path, sql: str) -> list[list[Any]]:
    """Return the rows of a statement, asked of a store that no process has open."""
    script = (
        "import json, sys\n"
        "from satark.analytics.store.address import Embedded\n"
        "from satark.analytics.store.client import Store\n"
        "from satark.analytics.store.statement import Statement\n"
        "rows = Store(Embedded(sys.argv[1])).rows(Statement(sys.argv[2]))\n"
        "print(json.dumps(rows, default=str))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, str(folder), sql], capture_output=True, check=True, text=True, timeout=120
    )
    rows: list[list[Any]] = msgspec.json.decode(answer.stdout.splitlines()[-1])
    return rows
