"""Objects that come and go, put together while detectors die and join, against an aggregation from scratch. Prints a table.

Run: python bench/uve_churn.py [--estate simulated|dense] [--generators 20] [--objects N] [--ticks 6] [--kafka]

`dense` is objects (10,000) that each are told of by all generators, a tenth of it new in a tick; in each tick a generator
is lost, another begins a new session. `simulated` is what so many daemons of the simulator tell with so many objects each
(500), most of them their own: about 13,000. Without --kafka it is the pure code alone, which goes on from its rows after
each tick. With it, detectors work on a real Apache Kafka (Java and Maven): in each tick one more joins while they work,
and from the third on the eldest is killed (`kill -9`); then states and stored shares are compared. The whole takes
minutes: smaller numbers do as well.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.uve import BEGIN, taken
from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.files import builtin_rules
from satark.detector.uves.partition import Partition
from satark.runtime.records import Record
from satark.schemas import codec, topics
from satark.uve.rows import remembered
from satark.uve.state import restored
from satark.uve.uve import Uve
from tests.integration.detector.churn import Churn, scenario
from tests.integration.detector.comparing import Differences, compared, differences
from tests.integration.detector.dense import Dense
from tests.integration.detector.uve_rig import prepared, settings_of, tell
from tests.support.kafka import KafkaCluster
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get

BATCH = 4_000
PARTITIONS = 4
PATIENCE_S = 1_800.0
OBJECTS = {"dense": 10_000, "simulated": 500}

Story = Churn | Dense


def story_of(estate: str, generators: int, objects: int) -> Story:
    """Return an estate."""
    return Dense(generators, objects) if estate == "dense" else Churn(scenario(generators, objects))


def line(tick: int, events: int, truth: dict[str, Uve], wrong: Differences, more: str) -> str:
    """Return what a tick came to."""
    shares = sum(1 for uve in truth.values() for _ in uve.shares())
    return (
        f"tick {tick}: {events:,} events, {len(truth):,} objects of {shares:,} shares; {len(wrong.states)} states and"
        f" {len(wrong.stored)} stored objects wrong, {len(wrong.ghosts)} ghosts; {more}"
    )


def alone(story: Story, ticks: int) -> None:
    """Put a story together by the pure code, which begins anew from its rows after each tick."""
    engine = AlarmEngine(builtin_rules())
    partition = Partition(engine)
    tables: dict[str, dict[bytes, bytes]] = {topics.UVE_CHANGELOG: {}, topics.UVE_STATES: {}}
    for tick in range(ticks):
        records = [_record(event) for event in story.tick(tick)]
        began = process_time()
        written = [each for at in range(0, len(records), BATCH) for each in taken(partition, records[at : at + BATCH])]
        took_s = process_time() - began
        for each in written:
            table = tables.get(each.topic, {})
            if each.value is None:
                table.pop(each.key or b"", None)
            else:
                table[each.key or b""] = each.value
        rows = remembered(tables[topics.UVE_CHANGELOG].items())
        shown = {key.decode(): json.loads(value)["structs"] for key, value in tables[topics.UVE_STATES].items()}
        stored = {entity: restored(shares, {}) for entity, shares in rows.shares.items()}
        truth = story.truth()
        rate = f"{len(records) / took_s:,.0f} events/s of a core"
        print(line(tick, len(records), truth, compared(truth, shown, stored), rate), flush=True)
        partition = Partition(engine)
        partition.restore(rows, BEGIN)


def _record(event: codec.Event) -> Record:
    made = codec.encode(event, source="/bench")
    return Record(made.topic, 0, 0, BEGIN, made.key, made.value, made.headers)


async def on_kafka(story: Story, ticks: int) -> None:
    """Put a story together by detectors that join and are killed."""
    with tempfile.TemporaryDirectory() as folder:
        async with KafkaCluster(Path(folder) / "kafka") as cluster:
            kafka = settings_of(cluster.endpoint(), PARTITIONS)
            await prepared(kafka)
            environment = {"SATARK_KAFKA_BROKERS": kafka.brokers, "SATARK_KAFKA_PARTITIONS": str(PARTITIONS)}
            processes = SatarkProcesses(Path(folder) / "satark")
            detectors: list[SatarkProcess] = []
            try:
                for tick in range(ticks):
                    detectors.append(processes.start("detector", environment=environment))
                    if not tick:
                        await detectors[0].ready()
                    events, truth = story.tick(tick), story.truth()
                    began = perf_counter()
                    await tell(kafka, events)
                    if tick > 1:
                        await detectors.pop(0).kill()
                    wrong = await differences(kafka, truth, timeout_s=PATIENCE_S)
                    used_s = sum([await _processor_s(each) for each in detectors])
                    more = f"{perf_counter() - began:.0f} s; {len(detectors)} detectors have used {used_s:.0f} s"
                    print(line(tick, len(events), truth, wrong, more), flush=True)
            finally:
                await processes.close()


async def _processor_s(detector: SatarkProcess) -> float:
    answer = await http_get(f"{await detector.ops_url()}/metrics")
    lines = answer.body.decode().splitlines() if answer else []
    return next((float(each.split()[1]) for each in lines if each.startswith("process_cpu_seconds_total")), 0.0)


def main() -> None:
    """Put together, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--estate", choices=sorted(OBJECTS), default="dense", help="what tells of the objects (dense)")
    parser.add_argument("--generators", type=int, default=20, metavar="N", help="generators or daemons (20)")
    parser.add_argument("--objects", type=int, metavar="N", help="objects, or those of each daemon (10000, or 500)")
    parser.add_argument("--ticks", type=int, default=6, metavar="N", help="how long it goes on (6)")
    parser.add_argument("--kafka", action="store_true", help="detectors on a real Kafka, killed and joined by others")
    args = parser.parse_args()
    story = story_of(args.estate, args.generators, args.objects or OBJECTS[args.estate])
    if args.kafka:
        asyncio.run(on_kafka(story, args.ticks))
    else:
        alone(story, args.ticks)


if __name__ == "__main__":
    main()
