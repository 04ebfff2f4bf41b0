"""What the state of objects costs, from a record with a share to what goes to Kafka. Prints tables.

Run: python bench/uve.py [--updates 3000] [--kafka]

Times are of the process, so that neighbours on the machine count little; all are ratios, too, to what it takes to decode
the same records by the contract and do nothing. --kafka adds the agent on a real Apache Kafka (Java and Maven), records
per second of one core. Whether what comes out is right is what bench/uve_churn.py looks at.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.files import builtin_rules
from satark.detector.uves.envelopes import events_of, rows_of, states_of
from satark.detector.uves.intake import event_of
from satark.detector.uves.partition import Partition
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas import codec, topics
from satark.schemas.uves import UveShare, Value

BEGIN = datetime(2026, 3, 10, tzinfo=UTC)
NAME = "UveVirtualNetworkAgent"
SHARES = (1, 20, 200)
ATTRIBUTES = 20
BATCH = 500
OBJECTS = {1: 500, 20: 250, 200: 50}
"""How many objects of so many shares there are; none changes twice in a batch."""

ROUNDS = 3

Said = Callable[[int, int], Value]
"""What a generator says of the attribute that changes, by the number of the message and of the generator."""


def number(value: int, **annotations: str) -> Value:
    """Return an integer."""
    return Value(type="u64", text=str(value), annotations=annotations)


KINDS: dict[str, Said] = {
    "one follows another": lambda sequence, _: number(sequence),
    "sum": lambda sequence, source: number(sequence + source, aggtype="sum"),
    "all differ": lambda sequence, source: number(sequence + source * 1_000_000),
}


def record(entity: str, source: int, sequence: int, attributes: dict[str, Value]) -> Record:
    """Return a share as it lies in Kafka."""
    share = UveShare(
        id=f"{source}-{sequence}",
        generator=f"host-{source:03}:Compute:contrail-vrouter-agent:0",
        gateway="gw",
        time=BEGIN + timedelta(microseconds=sequence),
        entity=entity,
        session=1,
        struct=NAME,
        message=f"{NAME}Trace",
        sequence_number=sequence,
        attributes=attributes,
    )
    made = codec.encode(share, source="/bench")
    return Record(topics.UVES, 0, sequence, BEGIN, made.key, made.value, made.headers)


def whole(entity: str, source: int, said: Said) -> Record:
    """Return the first share of a source: all of its attributes."""
    attributes = {f"attribute_{at:02}": number(at) for at in range(ATTRIBUTES - 1)}
    return record(entity, source, 1, {**attributes, "watched": said(0, source)})


def updates(shares: int, count: int, said: Said) -> Iterator[Record]:
    """Yield changes of one attribute, of one object after the other."""
    for at in range(count):
        entity, source = f"ObjectVNTable:vn{at % OBJECTS[shares]}", at // OBJECTS[shares] % shares
        yield record(entity, source, 2 + at, {"watched": said(2 + at, source)})


def taken(partition: Partition, records: Sequence[Record]) -> list[OutgoingRecord]:
    """Take in a batch of records; return what is written to Kafka."""
    for each in records:
        partition.take(event_of(each), each.timestamp)  # type: ignore[arg-type] # a share
    output = partition.drain(BEGIN)
    return [*events_of(output), *states_of(0, output), *rows_of(0, output)]


def cost_us(work: Callable[[], int]) -> float:
    """Return microseconds for each piece of some work."""
    began = process_time()
    count = work()
    return (process_time() - began) / count * 1e6


def measured(shares: int, count: int, said: Said) -> dict[str, float]:
    """Return the cost of an update of one attribute of objects of so many shares."""
    engine = AlarmEngine(builtin_rules())
    partition = Partition(engine)
    objects = [f"ObjectVNTable:vn{at}" for at in range(OBJECTS[shares])]
    for source in range(shares):
        taken(partition, [whole(entity, source, said) for entity in objects])
    records = list(updates(shares, count, said))
    written: list[OutgoingRecord] = []

    def decode() -> int:
        for each in records:
            codec.decode(each.topic, each.value, each.headers)
        return len(records)

    def take() -> int:
        for at in range(0, len(records), OBJECTS[shares]):
            written[:] = taken(partition, records[at : at + OBJECTS[shares]])
        return len(records)

    decode_us, take_us = min(cost_us(decode) for _ in range(ROUNDS)), cost_us(take)
    states = [len(each.value or b"") for each in written if each.topic == topics.UVE_STATES]
    rows = [len(each.key or b"") + len(each.value or b"") for each in written if each.topic == topics.UVE_CHANGELOG]
    return {
        "decode us": decode_us,
        "update us": take_us,
        "ratio": take_us / decode_us,
        "state bytes": sum(states) / len(states),
        "row bytes": sum(rows) / len(rows),
    }


def memory() -> dict[str, float]:
    """Return bytes that a share takes, as it is held and as it is stored."""
    import tracemalloc  # noqa: PLC0415 - it slows down all else

    said = KINDS["sum"]
    records = [whole(f"ObjectVNTable:vn{at}", source, said) for at in range(200) for source in range(20)]
    tracemalloc.start()
    partition = Partition(AlarmEngine(()))
    rows = [each for at in range(0, len(records), BATCH) for each in taken(partition, records[at : at + BATCH])]
    kept = sum(len(each.key or b"") + len(each.value or b"") for each in rows if each.topic == topics.UVE_CHANGELOG)
    del rows
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"held": held / len(records), "stored": kept / len(records)}


async def on_kafka(count: int) -> None:
    """Print how many updates a second of its own process's time a detector takes from a real Kafka."""
    from satark.runtime.kafka import Producer, read_to_end  # noqa: PLC0415 - only here
    from tests.integration.detector.uve_rig import prepared, settings_of  # noqa: PLC0415 - as above
    from tests.support.kafka import KafkaCluster  # noqa: PLC0415 - as above
    from tests.support.processes import SatarkProcesses  # noqa: PLC0415 - as above
    from tests.support.waiting import eventually  # noqa: PLC0415 - as above

    said = KINDS["sum"]
    first = [whole(f"ObjectVNTable:vn{at}", source, said) for source in range(20) for at in range(OBJECTS[20])]
    with tempfile.TemporaryDirectory() as folder:
        async with KafkaCluster(Path(folder) / "kafka") as cluster:
            kafka = settings_of(cluster.endpoint())
            await prepared(kafka)
            processes = SatarkProcesses(Path(folder) / "satark")
            environment = {"SATARK_KAFKA_BROKERS": kafka.brokers, "SATARK_KAFKA_PARTITIONS": str(kafka.partitions)}
            detector = processes.start("detector", environment=environment)
            url = f"{await detector.ready()}/metrics"
            told = 0
            async with Producer(kafka, client_id="bench") as producer:
                for records in (first, list(updates(20, count, said))):
                    began = await _metrics(url)
                    await producer.send_all(
                        [OutgoingRecord(each.topic, each.key, each.value, each.headers) for each in records]
                    )
                    told += len(records)

                    async def taken_in(wanted: int = told) -> bool:
                        return (await _metrics(url))[1] >= wanted

                    await eventually(taken_in, 600, what="all shares to be taken in", pause_s=1.0)
                    ended = await _metrics(url)
                    print(f"{len(records)} shares on Kafka: {len(records) / (ended[0] - began[0]):,.0f}/s of a core")
            await processes.close()
            began_s = process_time()
            found = [
                codec.decode(each.topic, each.value, each.headers) async for each in read_to_end(kafka, topics.UVES)
            ]
            print(f"to read and decode them alone: {len(found) / (process_time() - began_s):,.0f}/s of a core")


async def _metrics(url: str) -> tuple[float, float]:
    """Return seconds of processor time, and shares taken in."""
    from tests.support.processes import http_get  # noqa: PLC0415 - as above

    answer = await http_get(url)
    lines = answer.body.decode().splitlines() if answer else []
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    consumed = next(
        (
            text
            for name, text in values.items()
            if name.startswith("satark") and "uves.v1" in name and "consumed" in name
        ),
        "0",
    )
    return float(values["process_cpu_seconds_total"]), float(consumed)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--updates", type=int, default=3_000, metavar="N", help="updates of each measurement (3000)")
    parser.add_argument("--kafka", action="store_true", help="the agent on a real Kafka, too")
    args = parser.parse_args()
    print(f"one attribute of {ATTRIBUTES} changes: microseconds, and bytes that go to Kafka\n")
    print(f"{'':<20}{'shares':>7}{'decode':>9}{'update':>9}{'ratio':>7}{'state':>9}{'row':>9}")
    for name, said in KINDS.items():
        for shares in SHARES:
            found = measured(shares, args.updates, said)
            figures = "".join(f"{found[key]:>9.1f}" for key in ("decode us", "update us"))
            sizes = "".join(f"{found[key]:>9.0f}" for key in ("state bytes", "row bytes"))
            print(f"{name:<20}{shares:>7}{figures}{found['ratio']:>7.1f}{sizes}")
    sizes_ = memory()
    print(
        f"\na share of {ATTRIBUTES} attributes: {sizes_['held']:,.0f} bytes held, {sizes_['stored']:,.0f} bytes stored"
    )
    if args.kafka:
        asyncio.run(on_kafka(20_000))


if __name__ == "__main__":
    main()
