"""The estate of a soak: Kafka, all services as processes, the simulated orchestrator and daemons, and a mail catcher."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from time import time
from urllib.request import Request, urlopen

from bench.soaking.week import ORCHESTRATOR, Week
from satark.runtime.groups import KafkaSettings
from satark.sandesh.session.states import Timers
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate as Daemons
from satark.simulators.generators.scenario import SCENARIOS, Scenario
from satark.simulators.mail.server import RunningMailCatcher, running_mail_catcher
from tests.support.kafka import KafkaCluster
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import eventually

PARTITIONS = 3
GATEWAYS = 2
TOKEN = "simulated-token"  # noqa: S105 - of a simulated orchestrator on loopback
PUBLISHED = timedelta(seconds=610)
"""So long after its end a bucket is read."""

MOST_MAILS = 100_000
LONG_S = 366 * 86_400
PATIENCE_S = 120.0
QUICK = Timers(first_hold_s=0.2, longest_hold_s=1.0)
JUDGED = ("poller", "gateway-1", "gateway-2", "detector", "notifier", "analytics")
SCENARIO = replace(
    SCENARIOS["churn"],
    objects=3,
    life_ticks=(12, 60),
    restart_ticks=180,
    flap_ticks=30,
    move_ticks=45,
    load_per_s=0.02,
    load_uve_every=4,
)
"""Objects come and go, every daemon restarts, loses its session and moves time and again, and logs beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How large and how fast: a bucket takes `pace_s` at least, the daemons' time goes `speed` times as fast as real.

    After `most_s` the week ends, wherever it is.
    """

    links: int
    generators: int
    buckets: int
    learning: int
    pace_s: float
    look_s: float
    speed: float = 1.0
    most_s: float = math.inf

    @property
    def scenario(self) -> Scenario:
        """What the daemons do, from now on."""
        return replace(SCENARIO, generators=self.generators, start_s=time())


@dataclass
class Estate:
    """All parts, running. Offsets in log files are how far they were read."""

    week: Week
    kafka: KafkaSettings
    cluster: KafkaCluster
    mail: RunningMailCatcher
    vco: SatarkProcess
    vco_url: str
    services: Mapping[str, SatarkProcess]
    daemons: Daemons
    store: Path
    _read: int = field(default=0)
    _until: str = ""

    @property
    def kafka_pid(self) -> int:
        """The broker's process."""
        return self.cluster.nodes[1].pid

    async def show(self, bucket: int) -> None:
        """Set the orchestrator's clock so that a bucket is the youngest to be seen."""
        now = self.week.time(bucket + 1) + PUBLISHED
        await asyncio.to_thread(_post, f"{self.vco_url}/__sim/clock", {"now": now.isoformat()})

    async def polled(self, bucket: int) -> None:
        """Wait until the poller has read all up to a bucket, as its log says."""
        wanted = self.week.time(bucket + 1).isoformat()
        await self.services["poller"].until(
            lambda: self._look() >= wanted, PATIENCE_S, what=f"a look at bucket {bucket}"
        )

    def _look(self) -> str:
        with self.services["poller"].log_file.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        whole = new.rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        for line in whole.splitlines():
            if b'"looked"' in line and not (said := json.loads(line))["left"]:
                self._until = max(self._until, said["until"])
        return self._until

    async def page(self, service: str) -> list[str]:
        """Return the lines of a service's metrics; none when it has no time to answer, as on a machine with much to do."""
        answer = await http_get(f"{await self.services[service].ops_url()}/metrics")
        return [] if answer is None else answer.body.decode().splitlines()


def settings(week: Week, folder: Path, mail: RunningMailCatcher, vco_url: str) -> dict[str, dict[str, str]]:
    """Return the environment of each service. What differs from the defaults is for the clock and the mails alone."""
    rules = folder / "rules.yaml"
    rules.write_text(week.rules)
    return {
        "poller": {
            "SATARK_POLLER_VCO_URL": vco_url,
            "SATARK_POLLER_ORCHESTRATOR": ORCHESTRATOR,
            "SATARK_POLLER_VCO_TOKEN": TOKEN,
            "SATARK_POLLER_INTERVAL_S": "0.2",
            "SATARK_POLLER_REQUESTS_PER_S": "1000",
        },
        "detector": {"SATARK_DETECTOR_RULES": str(rules)},
        "notifier": {
            "SATARK_NOTIFIER_SMTP_URL": f"smtp://{mail.host}:{mail.port}",
            "SATARK_NOTIFIER_SENDER": "satark@example.net",
            "SATARK_NOTIFIER_RECEIVERS": "noc@example.net",
            # The detector decides on groups after ten real seconds: so long must a beginning wait.
            "SATARK_NOTIFIER_GROUP_WAIT_S": "15",
            # The week lies in the past, and its mails are to be counted one by one.
            "SATARK_NOTIFIER_STALE_AFTER_S": str(LONG_S),
            "SATARK_NOTIFIER_REPEAT_INTERVAL_S": "0",
            "SATARK_NOTIFIER_DIGEST_ABOVE": "1000",
            "SATARK_NOTIFIER_BURST": "1000",
            "SATARK_NOTIFIER_MESSAGES_PER_HOUR": "1000000",
        },
        "analytics": {"SATARK_ANALYTICS_STORE": f"chdb://{folder / 'store'}"},
    }


@asynccontextmanager
async def running(week: Week, extent: Extent, folder: Path) -> AsyncIterator[Estate]:
    """Bring everything up; the orchestrator's clock stands at the begin of the week."""
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(KafkaCluster(folder / "kafka"))
        mail = await stack.enter_async_context(running_mail_catcher(folder=folder / "mails", limit=MOST_MAILS))
        satark = SatarkProcesses(folder / "satark")
        stack.push_async_callback(satark.close)
        shared = {"SATARK_KAFKA_BROKERS": cluster.endpoint().brokers, "SATARK_KAFKA_PARTITIONS": str(PARTITIONS)}
        applied = satark.start("topics", "apply", environment=shared)
        assert await applied.ended(timeout_s=PATIENCE_S) == 0, applied.output_tail()
        vco, vco_url = await _orchestrator(week, folder, satark)
        services = {
            name: satark.start(name, environment=shared | own)
            for name, own in settings(week, folder, mail, vco_url).items()
        }
        addresses = []
        for number in range(1, GATEWAYS + 1):
            address = f"127.0.0.1:{free_port()}"
            own = {"SATARK_GATEWAY_LISTEN": address, "SATARK_GATEWAY_INTROSPECT_LISTEN": "none"}
            services[f"gateway-{number}"] = satark.start("gateway", environment=shared | own)
            addresses.append(address)
        for service in services.values():
            await service.ready(timeout_s=PATIENCE_S)
        wiring = Wiring(tuple(addresses), timers=QUICK, statistics_s=60.0)
        daemons = await stack.enter_async_context(Daemons(extent.scenario, seed=1, wiring=wiring))
        kafka = KafkaSettings(brokers=cluster.endpoint().brokers, partitions=PARTITIONS)
        yield Estate(week, kafka, cluster, mail, vco, vco_url, services, daemons, folder / "store")


async def _orchestrator(week: Week, folder: Path, satark: SatarkProcesses) -> tuple[SatarkProcess, str]:
    script, port_file = folder / "script.json", folder / "vco.port"
    script.write_bytes(week.script_json)
    first = week.world.enterprises[0]
    environment = {
        "SATARK_SIMULATE_VCO_LISTEN": "127.0.0.1:0",
        "SATARK_SIMULATE_VCO_PORT_FILE": str(port_file),
        "SATARK_SIMULATE_VCO_WORLD": "grid",
        "SATARK_SIMULATE_VCO_GRID": f"{len(week.world.enterprises)}x{len(first.edges)}x{len(first.edges[0].links)}",
        "SATARK_SIMULATE_VCO_SCRIPT_FILE": str(script),
        "SATARK_SIMULATE_VCO_START_AT": week.begin.isoformat(),
        "SATARK_SIMULATE_VCO_RATE": "0.001",
        "SATARK_SIMULATE_VCO_TOKEN": TOKEN,
    }
    process = satark.start("simulate", "vco", environment=environment)
    await eventually(port_file.exists, PATIENCE_S, what="a simulated orchestrator")
    return process, f"http://127.0.0.1:{port_file.read_text().strip()}"


def _post(url: str, body: object) -> None:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310 - on loopback
    with urlopen(request, timeout=60) as answer:  # noqa: S310 - see above
        answer.read()
