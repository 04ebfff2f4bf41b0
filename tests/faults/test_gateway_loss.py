"""Five hundred generators on two gateways: one gateway dies, then Kafka; in the end the topics hold the truth."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from lxml import etree

from satark.sandesh.session.states import Timers
from satark.schemas.topics import GENERATORS, UVES
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate
from satark.simulators.generators.scenario import SCENARIOS
from tests.integration.gateway.ledger import Reader
from tests.integration.gateway.truth import differences, ghosts, held
from tests.integration.test_poller import prepared
from tests.support.kafka import KafkaCluster
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import NeverHappenedError, eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(300)]

COUNT = 500
WITHOUT_KAFKA_S = 30.0
PATIENCE_S = 100.0
"""Ten times what an idle machine takes."""

LOOK_S = 0.5
"""Between two looks at the whole state, which take their time."""

SCENARIO = replace(SCENARIOS["churn"], generators=COUNT, objects=1, life_ticks=(3, 6), restart_ticks=12)
QUICK = Timers(first_hold_s=0.2, longest_hold_s=1.0)
FATES = ("published", "dropped", "dead_lettered")


class Gateway:
    """A gateway process under test."""

    def __init__(self, process: SatarkProcess, port_file: Path, introspect: int) -> None:
        self.process = process
        self._port_file = port_file
        self._introspect = introspect

    async def address(self) -> str:
        """Wait until it serves; return where generators connect."""
        await self.process.ready()
        return f"127.0.0.1:{self._port_file.read_text().strip()}"

    async def totals(self) -> Counter[str]:
        """Its messages by what became of them, as its metrics say."""
        answer = await http_get(f"{await self.process.ops_url()}/metrics")
        assert answer is not None
        found: Counter[str] = Counter()
        for line in answer.body.decode().splitlines():
            for fate in ("received", *FATES):
                if line.startswith(f"satark_gateway_messages_{fate}_total{{"):
                    found[fate] += int(float(line.rpartition(" ")[2]))
        return found

    async def books(self, generators: str) -> Sequence[Mapping[str, str]]:
        """The accounts of the generators whose name holds this text, as its introspect page tells."""
        page = f"http://127.0.0.1:{self._introspect}/Snh_ShowGeneratorBooksReq?generator={generators}"
        answer = await http_get(page)
        assert answer is not None
        root = etree.fromstring(answer.body)
        return [{str(field.tag): field.text or "" for field in book} for book in root.iter("GeneratorBook")]


def start(satark: SatarkProcesses, folder: Path, name: str, brokers: str) -> Gateway:
    """Start a gateway."""
    port_file, introspect = folder / f"{name}.port", free_port()
    environment = {
        "SATARK_KAFKA_BROKERS": brokers,
        "SATARK_GATEWAY_LISTEN": "127.0.0.1:0",
        "SATARK_GATEWAY_PORT_FILE": str(port_file),
        "SATARK_GATEWAY_NAME": name,
        "SATARK_GATEWAY_LEASE_S": "6",
        "SATARK_GATEWAY_INTROSPECT_LISTEN": f"127.0.0.1:{introspect}",
    }
    return Gateway(satark.start("gateway", environment=environment), port_file, introspect)


async def told(estate: Estate, ticks: int) -> None:
    """Let everybody do some ticks, and wait until all of it is written to a socket."""
    await estate.play(ticks)
    assert await estate.settle(PATIENCE_S)


async def holds_the_truth(estate: Estate, reader: Reader) -> None:
    """Wait until the topics hold the truth and nothing of a session that is over; say what is wrong otherwise."""
    truth = estate.truth()
    count = sum(len(shares) for shares in truth.values())
    who = frozenset(actor.identity for actor in estate.actors)

    def whole() -> bool:
        ledger = reader.ledger
        return len(ledger.shares) >= count and not ghosts(ledger) and truth == held(ledger, who)

    try:
        await eventually(whole, PATIENCE_S, pause_s=LOOK_S)
    except NeverHappenedError:
        assert [] == ghosts(reader.ledger)
        assert [] == differences(truth, held(reader.ledger, who))
        raise


async def balanced(gateway: Gateway) -> bool:
    """Whether each message that came has its fate, and nothing waits."""
    totals = await gateway.totals()
    return totals["received"] == sum(totals[fate] for fate in FATES)


async def closed(gateway: Gateway) -> Sequence[Mapping[str, str]]:
    """Return the books of all generators once each is balanced; they go on sending while the pages are read."""
    books = [book for hundred in range(5) for book in await gateway.books(f"-00{hundred}")]
    balances = (int(book["received"]) == sum(int(book[fate]) for fate in FATES) for book in books)
    return books if all(balances) else []


async def test_five_hundred_generators_outlive_a_gateway_and_kafka(
    tmp_path: Path, start_kafka: Callable[..., Any], satark: SatarkProcesses
) -> None:
    """Kill -9 of one gateway, then of Kafka for half a minute: books balance, and every share is true and of its session."""
    cluster: KafkaCluster = await start_kafka()
    settings = await prepared(cluster.endpoint())
    first, second = (start(satark, tmp_path, name, settings.brokers) for name in ("g1", "g2"))
    wiring = Wiring((await first.address(), await second.address()), timers=QUICK)
    async with Reader(settings, (UVES, GENERATORS)) as reader, Estate(SCENARIO, seed=5, wiring=wiring) as estate:
        await told(estate, 1)
        await holds_the_truth(estate, reader)
        for gateway in (first, second):
            await gateway.process.until(lambda gateway=gateway: balanced(gateway), what="balanced books")
        assert {"g1", "g2"} == {event.gateway for event in reader.ledger.sessions.values()}

        await first.process.kill()
        await told(estate, 2)
        await holds_the_truth(estate, reader)

        await cluster.kill()
        died_s = monotonic()
        await told(estate, 2)
        await asyncio.sleep(max(0.0, died_s + WITHOUT_KAFKA_S - monotonic()))
        assert not await balanced(second)
        await cluster.restart()

        await told(estate, 1)
        await holds_the_truth(estate, reader)
        books = await second.process.until(lambda: closed(second), what="every generator's balanced books")

    assert {"g2"} == {event.gateway for name, event in reader.ledger.sessions.items() if name in reader.ledger.up()}
    assert COUNT == len({book["generator"] for book in books})
