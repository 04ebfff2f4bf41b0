"""The agent of UVEs in this process, on a real Kafka, and what its topics hold."""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from satark.detector.codec import faust_app
from satark.detector.settings import DetectorSettings
from satark.detector.uves.agent import UveAgent
from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Producer, end_offsets, partition_of, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.runtime.service import ServiceContext
from satark.runtime.topics import apply
from satark.schemas.codec import Event, decode, encode
from satark.schemas.topics import UVE_STATES
from satark.schemas.uve_states import UveState
from satark.schemas.uves import SharesWithdrawn, UveShare, Value
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.waiting import eventually

PARTITIONS = 4
AT_ONCE = 5_000
"""Records that are on their way together: fewer than take longer than a producer waits."""


def settings_of(endpoint: KafkaEndpoint, partitions: int = PARTITIONS) -> KafkaSettings:
    """How to reach a broker, with few partitions."""
    return KafkaSettings(brokers=endpoint.brokers, partitions=partitions)


async def prepared(kafka: KafkaSettings) -> None:
    """Create all topics."""
    async with Admin(kafka) as admin:
        await apply(kafka, admin)


@asynccontextmanager
async def running(kafka: KafkaSettings, settings: DetectorSettings | None = None) -> AsyncIterator[UveAgent]:
    """Run the agent alone until the block ends; it is ready when the block begins."""
    context = ServiceContext(name="detector", version="0", kafka=kafka, ops=OpsSettings(), health=Health())
    settings = settings or DetectorSettings(commit_interval_s=0.2)
    ready = asyncio.Event()

    async def on_ready(*_args: object, **_kwargs: object) -> None:
        ready.set()

    with tempfile.TemporaryDirectory() as folder:
        app = faust_app(settings, kafka, datadir=Path(folder))
        agent = UveAgent(settings, context)
        agent.attach(app)
        app.on_rebalance_complete.connect(on_ready, weak=False)
        await app.start()
        try:
            await asyncio.wait_for(ready.wait(), 60)
            yield agent
            assert app.crash_reason is None
        finally:
            await app.stop()


def records_of(events: Iterable[Event], partitions: int = PARTITIONS) -> list[OutgoingRecord]:
    """Return events as a gateway writes them: a withdrawal goes to every partition."""
    found: list[OutgoingRecord] = []
    for event in events:
        made = encode(event, source="/test")
        record = OutgoingRecord(made.topic, made.key, made.value, made.headers)
        if isinstance(event, SharesWithdrawn):
            found += [
                OutgoingRecord(made.topic, made.key, made.value, made.headers, number) for number in range(partitions)
            ]
        else:
            found.append(record)
    return found


async def tell(kafka: KafkaSettings, events: Iterable[Event]) -> None:
    """Write events in order."""
    records = records_of(events, kafka.partitions)
    async with Producer(kafka, client_id="test") as producer:
        for begin in range(0, len(records), AT_ONCE):
            await producer.send_all(records[begin : begin + AT_ONCE])


async def states(kafka: KafkaSettings, *, since: Mapping[int, int] | None = None) -> dict[str, UveState]:
    """The state of each object, as a reader of the topic knows it now; each is where its shares are.

    `since` gives offsets by partition: what was told before them is not looked at.
    """
    found: dict[str, UveState] = {}
    async for record in read_to_end(kafka, UVE_STATES, start=since):
        key = (record.key or b"").decode()
        assert record.partition == partition_of(key.encode(), kafka.partitions)
        if record.value is None:
            found.pop(key, None)
        else:
            found[key] = decode(record.topic, record.value, record.headers)
    return found


async def settled(kafka: KafkaSettings, timeout_s: float = 60.0) -> None:
    """Wait until all that was told is worked out: for each partition a mark comes out that was told behind it."""
    mark = f"SatarkMark:{secrets.token_hex(4)}"
    names = list(_keys_by_partition(mark, kafka.partitions).values())
    shares = [
        UveShare(
            id=name,
            generator=f"mark-{mark}:Test:mark:0",
            gateway="gw",
            time=datetime.now(UTC),
            entity=name,
            session=1,
            struct="Mark",
            message="MarkTrace",
            attributes={"n": Value(type="i32", text="1")},
        )
        for name in names
    ]
    since = await end_offsets(kafka, UVE_STATES)
    await tell(kafka, shares)

    async def marked() -> bool:
        return set(names) <= set(await states(kafka, since=since))

    await eventually(marked, timeout_s, what="marks behind all that was told", pause_s=0.3)
    through = SharesWithdrawn(
        id=mark, generator=shares[0].generator, gateway="gw", time=datetime.now(UTC), through=1, reason="session_lost"
    )
    await tell(kafka, [through])

    async def cleared() -> bool:
        return not set(names) & set(await states(kafka, since=since))

    await eventually(cleared, timeout_s, what="the marks to be gone", pause_s=0.3)


def _keys_by_partition(prefix: str, partitions: int) -> dict[int, str]:
    found: dict[int, str] = {}
    number = 0
    while len(found) < partitions:
        key = f"{prefix}-{number}"
        found.setdefault(partition_of(key.encode(), partitions), key)
        number += 1
    return found
