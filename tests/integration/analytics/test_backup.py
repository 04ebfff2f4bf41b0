"""The store's back-up and restore, as docs/how-to/back-up-and-restore.md has them."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.analytics.keeping import asked, caught_up, inserted, publish, samples, started, topics_on
from tests.support.kafka import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually

SAMPLES = "SELECT count(), uniqExact(id, metric) FROM samples"
SUM = "SELECT count(), sum(value), (SELECT count() FROM satark.migrations) FROM satark.samples"
SCRIPT = """\
import json, sys
from pathlib import Path
from satark.analytics.store import client
from satark.analytics.store.address import Embedded
from satark.analytics.store.migrations import migrate
from satark.analytics.store.statement import Statement
folder, allowed, *statements = sys.argv[1:]
config = client.ENGINE.read_text()
client.ENGINE = Path(f"{folder}.xml")
client.ENGINE.write_text(config.replace("<clickhouse>", f"<clickhouse><backups><allowed_path>{allowed}</allowed_path></backups>"))
store = client.Store(Embedded(folder))
for statement in statements:
    if statement == "migrate":
        migrate(store)
    elif statement.startswith("SELECT"):
        print(json.dumps(store.rows(Statement(statement)), default=str))
    else:
        store.tell(statement)
store.close()
"""
"""A folder can be open in one process only, and a process can open one folder only: each has one of its own."""


def told(folder: Path, allowed: Path, *statements: str) -> list[list[Any]]:
    """Carry out statements in a store in a process of its own; return the rows of the last one."""
    arguments = [sys.executable, "-c", SCRIPT, str(folder), f"{allowed}/", *statements]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    rows: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return rows


async def tar(*arguments: str | Path) -> None:
    """Run tar."""
    await asyncio.to_thread(subprocess.run, ["tar", *arguments], check=True)


@pytest.mark.kafka
@pytest.mark.e2e
async def test_a_copy_of_the_folder_goes_on_where_it_was_made(
    own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path
) -> None:
    """Restored elsewhere it has the rows of then; what came later is read again from Kafka, each row once."""
    settings = await topics_on(own_kafka)
    folder, archive, elsewhere = tmp_path / "analytics", tmp_path / "store.tar", tmp_path / "elsewhere"
    await publish(settings, samples(0, 20))
    process = started(satark, own_kafka, f"chdb://{folder}")
    await inserted(process, "samples", 60)
    await process.terminate()

    await tar("--create", "--file", archive, "--directory", tmp_path, "analytics")
    await publish(settings, samples(20, 20))
    process = started(satark, own_kafka, f"chdb://{folder}")
    await inserted(process, "samples", 60)
    await process.terminate()
    lost = asked(folder, SAMPLES)
    folder.rename(tmp_path / "broken-disk")

    elsewhere.mkdir()
    await tar("--extract", "--file", archive, "--directory", elsewhere)
    restored = asked(elsewhere / "analytics", SAMPLES)
    process = started(satark, own_kafka, f"chdb://{elsewhere}/analytics")
    await eventually(lambda: caught_up(process), 90.0, what="the end of the topic", pause_s=0.3)
    await process.terminate()

    assert [[120, 120]] == lost
    assert [[60, 60]] == restored
    assert [[120, 120]] == asked(elsewhere / "analytics", SAMPLES)


def test_clickhouse_backs_the_database_up_and_restores_it(tmp_path: Path) -> None:
    """The statements for a server, carried out by the same engine: what is new beside an older back-up is enough."""
    backup = tmp_path / "backups" / "satark"
    insert = (
        "INSERT INTO satark.samples (entity, kind, metric, time, interval_s, value, id)"
        " SELECT 'wan-link/v/1/a', 'wan-link', 'latency_ms_rx', now64(6), 300, number, toString(number) FROM numbers(1000)"
    )
    told(tmp_path / "old", tmp_path / "backups", "migrate", insert, f"BACKUP DATABASE satark TO File('{backup}')", SUM)

    rows = told(
        tmp_path / "new", tmp_path / "backups", f"RESTORE DATABASE satark FROM File('{backup}')", "migrate", SUM
    )

    assert [[1000, 499500.0, 1]] == rows
