"""How fast records become rows of the store: decoded, mapped and inserted, against inserting the same rows alone.

Run: python bench/analytics_ingest.py [--records 20000] [--rounds 3]
The ratio is that of rows a second; 1 would be that decoding and mapping cost nothing. Rows alone are inserted as the
client is used by most (rows) and as ingest does it (columns). The engine is the embedded one, in a folder of its own.
Times are of the process with all its threads, so that neighbours on the machine count little.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import msgspec

from satark.analytics.ingest import writing
from satark.analytics.ingest.app import spare_the_collector
from satark.analytics.ingest.gathering import Gathering, Part
from satark.analytics.ingest.reading import take_in
from satark.analytics.ingest.shelf import StoreShelf
from satark.analytics.store.address import Embedded
from satark.analytics.store.client import Store
from satark.analytics.store.migrations import migrate
from satark.analytics.store.tables import BY_NAME, ENTITIES
from satark.runtime.records import Record
from satark.schemas import examples
from satark.schemas.codec import encode
from satark.schemas.messages import SandeshHeader
from satark.schemas.metrics import MetricSample
from satark.schemas.uves import Value

NOW = datetime.now(UTC)
PARTITIONS = 12
BATCH_ROWS = 50_000
METRICS = [f"metric_{number}" for number in range(10)]


def sample(number: int) -> MetricSample:
    """Return a link's sample of ten metrics."""
    return MetricSample.of(
        entity=f"wan-link/vco.example.net/7/{number % 2600}",
        kind="wan-link",
        time=NOW - timedelta(seconds=number // 10),
        interval_s=300,
        metrics={name: float(number % 97) for name in METRICS},
        labels=examples.LABELS,
    )


def log(number: int) -> Any:
    """Return a daemon's log of some 400 bytes of XML."""
    body = f'<VncApiNotice type="sandesh"><api_msg type="string" identifier="1">{"word " * 60}{number}</api_msg></VncApiNotice>'
    header = SandeshHeader(
        type="SYSTEM", source=f"host-{number % 40}", node_type="Config", module="contrail-api", instance="0", level=6
    )
    event = msgspec.structs.replace(examples.message(), id=f"m{number}", time=NOW, sandesh=header, body=body)
    return msgspec.structs.replace(event, objects=(f"ObjectConfigNode:host-{number % 40}",))


def share(number: int) -> Any:
    """Return a share with a list of four samples."""
    rows = tuple(
        Value(
            type="struct",
            struct="DiskUsageInfo",
            fields={
                "partition_name": Value(type="string", text=f"sda{at}"),
                "partition_space_used_1k": Value(type="u64", text=str(number + at)),
                "percentage": Value(type="double", text="12.5"),
            },
        )
        for at in range(4)
    )
    disks = Value(type="list", element="struct", items=rows, annotations={"tags": ".partition_name"})
    return msgspec.structs.replace(
        examples.share(),
        id=f"u{number}",
        time=NOW,
        entity=f"ObjectVRouter:host-{number % 500}",
        attributes={"disks": disks},
    )


KINDS: dict[str, Callable[[int], Any]] = {"samples": sample, "logs": log, "shares with statistics": share}


def records_of(make: Callable[[int], Any], count: int, round_: int) -> list[Record]:
    """Return records of events, spread over partitions, written at another time each round: no insert is a repetition."""
    written = NOW + timedelta(seconds=round_)
    encoded = [encode(make(number), source="/bench") for number in range(count)]
    return [
        Record(each.topic, number % PARTITIONS, number // PARTITIONS, written, each.key, each.value, each.headers)
        for number, each in enumerate(encoded)
    ]


def ingested(store: Store, records: Sequence[Record]) -> tuple[float, list[list[Part]]]:
    """Return the seconds that ingest took, and the batches that it made."""
    shelf = StoreShelf(store, "bench")
    gathering = Gathering(most_rows=BATCH_ROWS, most_bytes=10**9, wait_s=10**9)
    batches: list[list[Part]] = []
    began = process_time()
    for record in records:
        take_in(record, gathering, 0.0)
        if gathering.due(0.0):
            batches.append(flushed(shelf, gathering))
    batches.append(flushed(shelf, gathering))
    return process_time() - began, batches


def flushed(shelf: StoreShelf, gathering: Gathering) -> list[Part]:
    """Insert what was gathered; return it."""
    parts = gathering.take()
    writing.begin(shelf, parts)
    writing.write(shelf, parts, alone=True)
    writing.learn(shelf, [row for part in parts for row in part.rows.entities.values()], [])
    writing.finish(shelf, parts)
    return parts


def inserted(store: Store, batches: Sequence[Sequence[Part]], *, by_column: bool) -> float:
    """Return the seconds that inserting the rows of batches alone takes, a table at a time."""
    tables = [
        (table, [row for part in batch for row in part.rows.by_table.get(table, [])])
        for batch in batches
        for table in sorted({name for part in batch for name in part.rows.by_table})
    ]
    tables += [
        (ENTITIES.name, rows)
        for batch in batches
        if (rows := [row for part in batch for row in part.rows.entities.values()])
    ]
    columns = [(table, list(zip(*rows, strict=True))) for table, rows in tables]
    began = process_time()
    if by_column:
        for table, values in columns:
            store.insert_columns(table, BY_NAME[table].names, values)
    else:
        for table, rows in tables:
            store.insert(table, BY_NAME[table].names, rows)
    return process_time() - began


def measure(folder: Path, records: int, rounds: int) -> None:
    """Print the table."""
    stores = [Store(Embedded(str(folder)), database=f"bench_{name}") for name in ("ingest", "rows", "columns")]
    for store in stores:
        migrate(store)
    spare_the_collector()
    ingest, rows, columns = stores
    print(f"{'what':<24}{'rows':>9}{'ingest rows/s':>16}{'insert rows/s':>16}{'ratio':>8}{'by column':>12}{'ratio':>8}")
    for name, make in KINDS.items():
        best = [float("inf")] * 3
        count = 0
        for round_ in range(rounds):
            took, batches = ingested(ingest, records_of(make, records, round_))
            count = sum(part.rows.count + len(part.rows.entities) for batch in batches for part in batch)
            times = (took, inserted(rows, batches, by_column=False), inserted(columns, batches, by_column=True))
            best = [min(pair) for pair in zip(best, times, strict=True)]
        speeds = [count / seconds for seconds in best]
        print(
            f"{name:<24}{count:>9}{speeds[0]:>16,.0f}{speeds[1]:>16,.0f}{speeds[0] / speeds[1]:>8.2f}"
            f"{speeds[2]:>12,.0f}{speeds[0] / speeds[2]:>8.2f}"
        )


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options.records, options.rounds)


if __name__ == "__main__":
    main()
