"""What the query language costs: a query through `compiling` and the desk, against the same in SQL by hand. Prints a table.

Run: python bench/analytics_query.py [--rows 1000000,10000000] [--rounds 5] [--store FOLDER] [--unmerged]

The rows are made by the engine itself. Both ways ask the same store in turns; times are of the process with all its threads,
and the best round counts, so that neighbours on the machine count little. Ours includes all from the JSON of the query to the last byte of the answer; the
SQL by hand includes the rows as Python has them. By hand there are two: `plain`, which counts twice what a producer said
twice and was not merged yet, and `FINAL`, which does not, as ours. The goal is a ratio of 1.3 to the latter. Parts are
merged first, as they are some time after their day; `--unmerged` leaves them as they were inserted.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from time import process_time, time
from typing import Any

import msgspec

from satark.analytics.desk.desk import Desk
from satark.analytics.desk.limits import Limits
from satark.analytics.query.times import Retention
from satark.analytics.store.address import Embedded
from satark.analytics.store.client import Store
from satark.analytics.store.migrations import migrate
from satark.analytics.store.statement import Statement

BEGIN = 1_750_000_000
"""15 June 2025, in seconds: when the rows begin."""
HOSTS, PROCESSES = 50, 20
STEP_S = 30
"""Seconds between two samples of a process."""
SLICE = 500_000
GOAL = 1.3

STAT = "NodeStatus.process_mem_cpu_usage"
OF = f"StatTable.{STAT}"
KEY, SHARE, RESIDENT = (f"process_mem_cpu_usage.{name}" for name in ("__key", "cpu_share", "mem_res"))
KEEP = Retention(messages_s=None, objects_s=None, statistics_s=None, sessions_s=None)

SAMPLES = f"""
INSERT INTO statistics (time, id, stat, source, name, texts, integers, doubles)
SELECT addSeconds(toDateTime64({BEGIN}, 6, 'UTC'), intDiv(number, {HOSTS * PROCESSES}) * {STEP_S}), hex(sipHash64(number)),
    '{STAT}', concat('host', toString(number % {HOSTS})) AS host, host,
    map('{KEY}', concat('process', toString(intDiv(number, {HOSTS}) % {PROCESSES})), 'process_mem_cpu_usage.state', 'ok'),
    map('{RESIDENT}', sipHash64(number) % 1000000, 'process_mem_cpu_usage.mem_virt', 7),
    map('{SHARE}', (sipHash64(number) % 1000) / 10)
FROM numbers({{first:UInt64}}, {{count:UInt64}})
"""  # noqa: S608 - names of ours
MESSAGES = f"""
INSERT INTO messages (time, id, source, module, message_type, type, level, category, sequence_number, body)
SELECT addMilliseconds(toDateTime64({BEGIN}, 6, 'UTC'), number * 30), hex(sipHash64(number)),
    concat('host', toString(number % {HOSTS})), 'contrail-control', concat('Type', toString(number % 40)), 1,
    number % 8, 'BGP', number, concat('<BgpPeerMessage>', toString(sipHash64(number)), '</BgpPeerMessage>')
FROM numbers({{first:UInt64}}, {{count:UInt64}})
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Case:
    """A question in both languages; `{final}` is where FINAL goes, and `{start}` and `{end}` are microseconds."""

    name: str
    query: dict[str, Any]
    by_hand: str
    span_s: int | None = None


BY_HAND_TIME = "time BETWEEN fromUnixTimestamp64Micro({start}, 'UTC') AND fromUnixTimestamp64Micro({end}, 'UTC')"
ONE_HOST = [[{"name": "name", "value": "host7", "op": 1}]]
CASES = (
    Case(
        "one host, minute bins, an hour",
        {
            "table": OF,
            "select_fields": ["T=60", "name", KEY, f"AVG({SHARE})", f"MAX({RESIDENT})", "COUNT(process_mem_cpu_usage)"],
            "where": ONE_HOST,
        },
        f"SELECT toStartOfInterval(time, INTERVAL 60 SECOND) AS bin, name, texts['{KEY}'] AS key, avg(doubles['{SHARE}']),"  # noqa: S608 - as above
        f" max(integers['{RESIDENT}']), count() FROM statistics {{final}} WHERE stat = '{STAT}' AND name = 'host7'"
        f" AND {BY_HAND_TIME} GROUP BY bin, name, key ORDER BY bin",
        3600,
    ),
    Case(
        "all rows, by process",
        {"table": OF, "select_fields": [KEY, f"AVG({SHARE})", f"MAX({RESIDENT})", "COUNT(process_mem_cpu_usage)"]},
        f"SELECT texts['{KEY}'] AS key, avg(doubles['{SHARE}']), max(integers['{RESIDENT}']), count()"  # noqa: S608 - as above
        f" FROM statistics {{final}} WHERE stat = '{STAT}' AND {BY_HAND_TIME} GROUP BY key",
    ),
    Case(
        "all rows, percentiles",
        {"table": OF, "select_fields": [f"PERCENTILES({SHARE})"]},
        f"SELECT quantilesTDigest(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)(doubles['{SHARE}'])"  # noqa: S608 - as above
        f" FROM statistics {{final}} WHERE stat = '{STAT}' AND {BY_HAND_TIME}",
    ),
    Case(
        "a host's samples, row by row",
        {"table": OF, "select_fields": ["T", "name", KEY, SHARE], "where": ONE_HOST, "limit": 100_000},
        f"SELECT toUnixTimestamp64Micro(time) AS at, name, texts['{KEY}'], doubles['{SHARE}'] FROM statistics {{final}}"  # noqa: S608 - as above
        f" WHERE stat = '{STAT}' AND name = 'host7' AND {BY_HAND_TIME} ORDER BY at LIMIT 100000",
    ),
    Case(
        "the last 100 grave lines of a host",
        {
            "table": "MessageTable",
            "select_fields": ["MessageTS", "Source", "ModuleId", "Messagetype", "Level", "Xmlmessage"],
            "where": [[{"name": "Source", "value": "host7", "op": 1}]],
            "filter": [{"name": "Level", "value": 3, "op": 5}],
            "sort": 2,
            "sort_fields": ["MessageTS"],
            "limit": 100,
        },
        "SELECT toUnixTimestamp64Micro(time) AS at, source, module, message_type, level, body FROM messages {final}"  # noqa: S608 - as above
        f" WHERE source = 'host7' AND level <= 3 AND module NOT IN ('contrail-query-engine', 'satark-analytics')"
        f" AND {BY_HAND_TIME} ORDER BY at DESC LIMIT 100",
    ),
)


def fill(store: Store, rows: int, filled: int, *, merged: bool) -> None:
    """Make the tables have so many rows, from as many as they have."""
    for table, statement in (("statistics", SAMPLES), ("messages", MESSAGES)):
        for first in range(filled, rows, SLICE):
            store.rows(Statement(statement, {"first": first, "count": min(SLICE, rows - first)}))
        if merged:
            store.tell(f"OPTIMIZE TABLE {store.database}.{table} FINAL")


async def asked(desk: Desk, query: bytes) -> int:
    """Ask as a client does; return the bytes of the answer."""
    entry, _ = await desk.hand_in(query)
    await desk.over(entry)
    size = sum(map(len, desk.pieces(entry)))
    desk.drop(entry)
    return size


async def measured(store: Store, desk: Desk, case: Case, end_us: int, rounds: int) -> tuple[float, float, float]:
    """Return the best times of ours, of SQL by hand with FINAL, and of it plain, in seconds."""
    start_us = end_us - case.span_s * 1_000_000 if case.span_s else BEGIN * 1_000_000
    query = msgspec.json.encode(case.query | {"start_time": start_us, "end_time": end_us})
    best = [float("inf")] * 3
    for _ in range(rounds):
        began = process_time()
        await asked(desk, query)
        best[0] = min(best[0], process_time() - began)
        for at, final in ((1, "FINAL"), (2, "")):
            sql = case.by_hand.format(final=final, start=start_us, end=end_us)
            began = process_time()
            await asyncio.to_thread(store.rows, Statement(sql))
            best[at] = min(best[at], process_time() - began)
    return best[0], best[1], best[2]


async def compare(
    store: Store, sizes: Sequence[int], rounds: int, tell: Callable[[str], None], *, merged: bool
) -> float:
    """Fill, measure and tell; return the worst ratio to SQL by hand with FINAL."""
    desk = Desk(
        store,
        now_us=lambda: round(time() * 1e6),
        told=lambda _: None,
        retention=KEEP,
        limits=Limits(timeout_s=600),
        address=IPv4Address("127.0.0.1"),
    )
    tell(f"{'rows':>12} {'question':36} {'ours ms':>9} {'FINAL ms':>9} {'plain ms':>9} {'ratio':>6} {'plain':>6}")
    worst, filled = 0.0, 0
    for size in sizes:
        fill(store, size, filled, merged=merged)
        filled = size
        latest = BEGIN + max(size // (HOSTS * PROCESSES) * STEP_S, size * 30 // 1000)
        for case in CASES:
            ours, final, plain = await measured(store, desk, case, latest * 1_000_000, rounds)
            worst = max(worst, ours / final)
            times = f"{ours * 1e3:9.1f} {final * 1e3:9.1f} {plain * 1e3:9.1f}"
            tell(f"{size:12,} {case.name:36} {times} {ours / final:6.2f} {ours / plain:6.2f}")
    await desk.close()
    return worst


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", default="1000000,10000000", help="numbers of rows, rising")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--store", help="an empty folder; default: one that is removed")
    arguments.add_argument("--unmerged", action="store_true", help="leave parts as they were inserted")
    given = arguments.parse_args()
    sizes = [int(size) for size in given.rows.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Embedded(given.store or folder))
        migrate(store)
        worst = asyncio.run(compare(store, sizes, given.rounds, print, merged=not given.unmerged))
        store.close()
    print(f"worst ratio {worst:.2f}, goal {GOAL}")
    sys.exit(worst > GOAL)


if __name__ == "__main__":
    main()
