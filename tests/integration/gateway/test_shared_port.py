"""Several gateway processes on one port: generators are spread over them, and move as they like."""

from dataclasses import replace
from pathlib import Path

import pytest

from satark.runtime.groups import KafkaSettings
from satark.sandesh.session.states import Timers
from satark.schemas.generators import GeneratorSession
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate
from satark.simulators.generators.scenario import SCENARIOS
from tests.integration.gateway.ledger import Ledger, Reader
from tests.integration.gateway.truth import differences, ghosts, held
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

COUNT = 16
SCENARIO = replace(SCENARIOS["churn"], generators=COUNT, objects=1, life_ticks=(2, 6), flap_ticks=3)
QUICK = Timers(first_hold_s=0.1, longest_hold_s=0.5)


def start(satark: SatarkProcesses, broker: KafkaSettings, folder: Path, name: str, port: int) -> SatarkProcess:
    """Start a gateway on the port, beside others."""
    environment = {
        "SATARK_KAFKA_BROKERS": broker.brokers,
        "SATARK_GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "SATARK_GATEWAY_REUSE_PORT": "true",
        "SATARK_GATEWAY_NAME": name,
        "SATARK_GATEWAY_INTROSPECT_LISTEN": "none",
        "SATARK_GATEWAY_PORT_FILE": str(folder / f"{name}.port"),
    }
    return satark.start("gateway", environment=environment)


def been_at(ledger: Ledger) -> dict[str, set[str]]:
    """Which gateways each simulated generator has been at."""
    found: dict[str, set[str]] = {}
    for event in ledger.events:
        if isinstance(event, GeneratorSession) and ":satark-gateway:" not in event.generator:
            found.setdefault(event.generator, set()).add(event.gateway)
    return found


async def test_generators_are_spread_and_move(broker: KafkaSettings, satark: SatarkProcesses, tmp_path: Path) -> None:
    """Each share is of its generator's present session, wherever that is, and what they say is there once."""
    port = free_port()
    processes = [start(satark, broker, tmp_path, name, port) for name in ("g1", "g2")]
    for process in processes:
        await process.ready()
    wiring = Wiring((f"127.0.0.1:{port}",), timers=QUICK)
    async with Reader(broker) as reader, Estate(SCENARIO, seed=1, wiring=wiring) as estate:
        await estate.play(10)
        assert await estate.settle(30.0)
        truth = estate.truth()
        await reader.until(
            lambda ledger: differences(truth, held(ledger, frozenset(truth))) == [] and ghosts(ledger) == [],
            timeout_s=60.0,
        )

        been = been_at(reader.ledger)
        assert len(been) == COUNT
        assert {"g1", "g2"} == set().union(*been.values())
        assert any(len(where) == 2 for where in been.values())
