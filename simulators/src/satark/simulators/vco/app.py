"""The shell of `satark simulate-vco`: settings -> a simulator that serves until it is told to stop."""

import asyncio
from datetime import datetime, timedelta

import structlog

from satark.runtime.service import ServiceContext
from satark.runtime.settings import Secret
from satark.simulators.addresses import split_address
from satark.simulators.files import write_atomically
from satark.simulators.tls import server_context
from satark.simulators.vco.auth import Account
from satark.simulators.vco.clock import VirtualClock
from satark.simulators.vco.server import real_now, serving
from satark.simulators.vco.settings import VcoSettings
from satark.simulators.vco.simulator import Simulator
from satark.simulators.vco.times import iso

log = structlog.get_logger(__name__)


class VcoApp:
    """A simulated orchestrator as a process."""

    def __init__(self, settings: VcoSettings, context: ServiceContext) -> None:
        self._settings = settings
        self._context = context

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set."""
        settings = self._settings
        simulator = await asyncio.to_thread(simulator_of, settings, real_now())
        host, port = split_address(settings.listen)
        tls = await asyncio.to_thread(server_context, settings.tls_cert_file, settings.tls_key_file)
        async with serving(simulator, host=host, port=port, tls=tls) as url:
            if settings.port_file is not None:
                bound = url.rpartition(":")[2]
                await asyncio.to_thread(write_atomically, settings.port_file, f"{bound}\n".encode())
            self._context.health.set("portal", ready=True)
            log.info("orchestrator_simulated", url=url, world=settings.world, virtual_now=iso(simulator.now))
            for one in simulator.timeline.scheduled:
                log.info("incident_scheduled", kind=one.incident.kind, edge=one.incident.edge, link=one.incident.link,
                         begins=iso(one.begins), ends=one.ends and iso(one.ends))  # fmt: skip
            await stop.wait()


def simulator_of(settings: VcoSettings, now: datetime) -> Simulator:
    """Return the simulator that the settings describe, its clock starting at `now`.

    Raises ScriptError, FaultsError or OSError where the settings' own check did not run or a file has changed since.
    """
    start = settings.start_at or now - timedelta(seconds=settings.start_offset_s)
    world = settings.world_at(start)
    visible = world.enterprises[:1] if settings.principal == "customer" else world.enterprises
    account = Account(
        kind=settings.principal,
        enterprise_ids=tuple(enterprise.id for enterprise in visible),
        token=settings.token and Secret(settings.token.reveal().removeprefix("Token ").strip()),
        username=settings.username,
        password=settings.password,
    )
    return Simulator(
        world,
        script=settings.script(),
        clock=VirtualClock(start=start, started=now, rate=settings.rate),
        accounts=[account],
        real_now=real_now,
        seed=settings.seed,
        faults=settings.knobs(),
        source=str(settings.script_file or settings.world),
    )
