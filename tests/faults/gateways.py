"""Gateways under test, simulated generators on them, and whether the topics hold what the generators told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from lxml import etree

from satark.sandesh.session.states import Timers
from satark.simulators.generators.estate import Estate
from tests.integration.gateway.ledger import Reader
from tests.integration.gateway.truth import differences, ghosts, held
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import NeverHappenedError, eventually

PATIENCE_S = 100.0
"""Ten times what an idle machine takes."""

LOOK_S = 0.5
"""Between two looks at the whole state, which take their time."""

QUICK = Timers(first_hold_s=0.2, longest_hold_s=1.0)
"""Generators that are turned away come again at once."""

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


def start(satark: SatarkProcesses, folder: Path, name: str, brokers: str, *, port: int = 0) -> Gateway:
    """Start a gateway, on any port unless one is given."""
    port_file, introspect = folder / f"{name}.port", free_port()
    environment = {
        "SATARK_KAFKA_BROKERS": brokers,
        "SATARK_GATEWAY_LISTEN": f"127.0.0.1:{port}",
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
