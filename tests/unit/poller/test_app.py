"""PollerApp without Kafka: it waits, says why, and stops when told."""

import asyncio
from time import monotonic

from satark.poller.app import PollerApp
from satark.poller.settings import PollerSettings
from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Condition, Health
from satark.runtime.service import ServiceContext
from satark.runtime.settings import Secret
from tests.support.ports import free_port

SETTINGS = PollerSettings(vco_url="vco.example.net", vco_token=Secret("an-invented-token"))


def context_of(brokers: str) -> ServiceContext:
    """Return what the runtime would hand over."""
    return ServiceContext(
        name="poller", version="0", kafka=KafkaSettings(brokers=brokers), ops=OpsSettings(), health=Health()
    )


class TestApp:
    async def test_not_ready_at_first(self) -> None:
        """Before anything was reached neither condition holds."""
        context = context_of("127.0.0.1:1")
        PollerApp(SETTINGS, context)

        assert context.health.report() == (
            Condition("kafka", ready=False, reason="starting"),
            Condition("vco/vco.example.net", ready=False, reason="starting"),
        )

    async def test_stops_without_kafka(self) -> None:
        """While no broker answers it goes on trying, and stops at once when told."""
        stop = asyncio.Event()
        app = PollerApp(SETTINGS, context_of(f"127.0.0.1:{free_port()}"))
        running = asyncio.create_task(app.run(stop))
        await asyncio.sleep(0)
        stop.set()
        begun = monotonic()
        await running

        assert monotonic() - begun < 3
