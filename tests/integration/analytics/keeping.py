"""A broker, a store, and `satark analytics` between them."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from satark.runtime import topics
from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer
from satark.runtime.records import OutgoingRecord
from satark.schemas import examples
from satark.schemas.codec import encode
from satark.schemas.metrics import MetricSample
from satark.schemas.topics import METRICS
from tests.support.kafka import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import eventually

PARTITIONS = 3
ANY_PORT = "127.0.0.1:0"
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


def started(satark: SatarkProcesses, kafka: KafkaEndpoint, store: str, **settings: str) -> SatarkProcess:
    """Start analytics on a store."""
    return satark.start(
        "analytics",
        environment={
            **kafka.environment(),
            "SATARK_ANALYTICS_STORE": store,
            "SATARK_ANALYTICS_LISTEN": ANY_PORT,
            **settings,
        },
    )


async def inserted(process: SatarkProcess, table: str, count: int) -> None:
    """Wait until the process says that it has inserted so many rows."""
    await eventually(lambda: has_inserted(process, table, count), 90.0, what=f"{count} rows in {table}", pause_s=0.3)


async def metric(process: SatarkProcess, name: str, **labels: str) -> float:
    """Return a metric of the process; 0 while there is none."""
    answer = await http_get(f"{await process.ops_url()}/metrics")
    if answer is None:
        return 0.0
    families = text_string_to_metric_families(answer.body.decode())
    return sum(s.value for family in families for s in family.samples if (s.name, s.labels) == (name, labels))


async def has_inserted(process: SatarkProcess, table: str, count: int) -> bool:
    """Return whether the process has inserted so many rows."""
    return await metric(process, "satark_analytics_rows_total", table=table) >= count


async def caught_up(process: SatarkProcess) -> bool:
    """Return whether the process has inserted what there was: nothing waits, and something was inserted."""
    lags = [
        await metric(process, "satark_consumer_lag_records", topic=METRICS, partition=str(number))
        for number in range(3)
    ]
    return lags == [0, 0, 0] and await has_inserted(process, "samples", 1)
