"""A gateway in this process, on a real broker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.service import ServiceContext
from satark.sandesh_gateway.app import GatewayApp
from satark.sandesh_gateway.settings import GatewaySettings
from tests.support.waiting import eventually


def settings_of(**values: Any) -> GatewaySettings:
    """Settings for a test: any free port on loopback, no pages of its own."""
    defaults: dict[str, Any] = {"listen": "127.0.0.1:0", "introspect_listen": "none", "lease_s": 6.0}
    return GatewaySettings(**defaults | values)


@asynccontextmanager
async def gateway(kafka: KafkaSettings, **values: Any) -> AsyncIterator[GatewayApp]:
    """Run a gateway until the block ends."""
    settings = settings_of(**values)
    context = ServiceContext(name="gateway", version="0", kafka=kafka, ops=OpsSettings(), health=Health())
    app = GatewayApp(settings, context)
    stop = asyncio.Event()
    running = asyncio.create_task(app.run(stop))
    try:
        await eventually(lambda: running.done() or context.health.ready, 30.0, what="a ready gateway")
        yield app
    finally:
        stop.set()
        await running
