"""Everything that runs at a site, its truth on all sides, and whether the topics, the store and the mails say the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from satark.analytics.store.address import address_of
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Row, Statement, StoreError
from satark.runtime.kafka import read_to_end
from satark.schemas import codec, topics
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from satark.schemas.metrics import WAN_LINK, MetricSample
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate as Generators
from satark.simulators.generators.scenario import SCENARIOS
from tests.faults.gateways import QUICK, holds_the_truth
from tests.integration.gateway.ledger import Reader
from tests.support.clickhouse_http import ClickHouse, clickhouse_server
from tests.support.estate import BUCKET, LINK, Estate, doubles, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import NeverHappenedError, eventually

SERVICES = ("poller", "detector", "notifier", "gateway", "analytics")
PATIENCE_S = 100.0
SETTLE_S = 60.0
LOOK_S = 1.0
SCENARIO = replace(SCENARIOS["churn"], generators=8, objects=2, life_ticks=(3, 6), restart_ticks=12)
KEPT = {
    topics.METRICS: "samples",
    topics.MESSAGES: "messages",
    topics.ANOMALIES: "incidents",
    topics.NOTIFICATIONS: "notifications",
}
"""Topics, and the tables of the store that hold their records by id."""


@dataclass
class Everything:
    """The whole of it. `start` starts or restarts a service."""

    whole: Estate
    generators: Generators
    reader: Reader
    server: ClickHouse
    gateway_port: int

    def start(self, service: str) -> SatarkProcess:
        """Start a service."""
        more = {
            "gateway": {
                "SATARK_GATEWAY_LISTEN": f"127.0.0.1:{self.gateway_port}",
                "SATARK_GATEWAY_NAME": "g1",
                "SATARK_GATEWAY_LEASE_S": "6",
                "SATARK_GATEWAY_INTROSPECT_LISTEN": "none",
            },
            "analytics": {"SATARK_ANALYTICS_STORE": self.server.url, "SATARK_ANALYTICS_BATCH_WAIT_S": "0.2"},
        }
        return self.whole.start(service, **more.get(service, {}))

    async def is_as_if_nothing_had_been(self, last: int) -> None:
        """Show up to the last bucket and let the generators end; samples, incident, mails, objects and rows are right."""
        self.whole.show(last)
        assert await self.generators.settle(SETTLE_S)
        await each_sample_once(self.whole, -1, last)
        await self.one_incident()
        await self.topics_hold_the_truth()
        await self.generators.__aexit__(None, None, None)
        await self.store_holds_the_topics()

    async def one_incident(self) -> None:
        """Wait for the script's incident to be over, in events and mails; whatever came twice has one id."""

        async def over() -> bool:
            return {"[OPENED]", "[RESOLVED]"} <= {subject for subject, _ in self.mails()}

        await eventually(over, PATIENCE_S, what="both mails", pause_s=LOOK_S)
        ours = [event for event in await self.whole.incidents() if event.labels.get("link") == LINK]
        kinds = sorted({(type(event).__name__, event.id) for event in ours})
        bounds = (IncidentOpened.__name__, IncidentResolved.__name__)

        assert [kind for kind, _ in kinds if kind in bounds] == list(bounds)
        assert sorted(subject for subject, _ in set(self.mails())) == ["[OPENED]", "[RESOLVED]"]

    def mails(self) -> list[tuple[str, str]]:
        """Return what each mail about the script's link says, and its id."""
        told = [each.summary for each in self.whole.mail.mails()]
        ours = [each for each in told if each.satark.get("X-Satark-Link") == LINK]
        return [(each.subject.partition(" ")[0], each.message_id) for each in ours]

    async def topics_hold_the_truth(self) -> None:
        """Wait until the topics hold what the generators told, and nothing of a session that is over."""
        await holds_the_truth(self.generators, self.reader)

    async def store_holds_the_topics(self) -> None:
        """Wait until the store has the rows of every record, and see that it has them once."""
        store = Store(address_of(self.server.url))
        try:
            for topic, table in KEPT.items():
                await self._holds(store, topic, table)
        finally:
            store.close()

    async def _holds(self, store: Store, topic: str, table: str) -> None:
        different: set[str] = set()

        async def same() -> bool:
            told = {event.id for event in await self.whole.records(topic)}
            kept = {row[0] for row in await asyncio.to_thread(_rows, store, f"SELECT DISTINCT id {of_topic}")}
            different.clear()
            different.update(told ^ kept)
            return not different

        of_topic = f"FROM {table} WHERE kafka_topic = '{topic}'"
        with suppress(NeverHappenedError):
            await eventually(same, PATIENCE_S, pause_s=LOOK_S)
        assert different == set()
        key = "kafka_partition, kafka_offset" + (", metric" if table == "samples" else "")
        ((rows, records),) = await asyncio.to_thread(_rows, store, f"SELECT count(), uniqExact({key}) {of_topic}")
        assert rows == records


async def each_sample_once(whole: Estate, since: int, until: int) -> None:
    """Wait until of every link each bucket's sample is there; none is there twice. What was missed may come last."""
    times = {whole.begin + bucket * BUCKET for bucket in range(since, until + 1)}

    async def links() -> list[MetricSample]:
        found: list[MetricSample] = []
        async for each in read_to_end(whole.settings, topics.METRICS):
            with suppress(codec.UndecodableEventError):  # what a test has put there
                found.append(codec.decode(each.topic, each.value, each.headers))
        return [each for each in found if each.kind == WAN_LINK]

    async def all_there() -> bool:
        told = await links()
        wanted = {(each.entity, time) for each in told for time in times}
        return bool(wanted) and wanted <= {(each.entity, each.time) for each in told}

    await eventually(all_there, PATIENCE_S, what=f"all samples of the buckets from {since} to {until}", pause_s=LOOK_S)
    assert doubles(await links()) == {}


def _rows(store: Store, sql: str) -> list[Row]:
    """Ask the store, which may not have its tables yet."""
    try:
        return store.rows(Statement(sql))
    except StoreError:
        return []


@asynccontextmanager
async def everything(folder: Path, kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Everything]:
    """Bring up all that is around the services: orchestrator, mail catcher, generators, a store server, topics."""
    port = free_port()
    async with AsyncExitStack() as stack:
        whole = await stack.enter_async_context(estate(folder, kafka, satark))
        server = await stack.enter_async_context(clickhouse_server(folder / "clickhouse"))
        reader = await stack.enter_async_context(Reader(whole.settings, (topics.UVES, topics.GENERATORS)))
        wiring = Wiring((f"127.0.0.1:{port}",), timers=QUICK)
        generators = await stack.enter_async_context(Generators(SCENARIO, seed=5, wiring=wiring))
        yield Everything(whole, generators, reader, server, port)
