"""The gateway's shell: puts connections, Kafka and the other gateways together, until told to stop."""

import asyncio
import os
import time
from collections.abc import Awaitable, Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import structlog

from satark.runtime import kafka, topics
from satark.runtime.ops import write_whole
from satark.runtime.service import ServiceContext
from satark.runtime.settings import SettingsError
from satark.sandesh.types import Header, SandeshType
from satark.sandesh.wire.tree import Tree
from satark.sandesh.wire.xml import encode
from satark.sandesh_gateway import metrics
from satark.sandesh_gateway.citizen.citizen import Citizen
from satark.sandesh_gateway.cluster import Lease, Roster, Watch, ended
from satark.sandesh_gateway.publish.outlet import Outlet
from satark.sandesh_gateway.receivers.build import build_receivers
from satark.sandesh_gateway.receivers.protocol import ReceiverCannotListenError
from satark.sandesh_gateway.requests import Asker
from satark.sandesh_gateway.server.admission import Holder
from satark.sandesh_gateway.server.generators import Generators
from satark.sandesh_gateway.server.intake import Intake
from satark.sandesh_gateway.server.server import Server
from satark.sandesh_gateway.server.sessions import Cluster, Sessions, withdrawal
from satark.sandesh_gateway.settings import GatewaySettings
from satark.schemas.codec import Event
from satark.schemas.generators import GeneratorSession
from satark.schemas.topics import FLOW_SESSIONS, FRAMES_DLQ, GATEWAYS, GENERATORS, MESSAGES, METRICS, REQUESTS, UVES

log = structlog.get_logger(__name__)

TOPICS = (METRICS, MESSAGES, UVES, FLOW_SESSIONS, GENERATORS, GATEWAYS, REQUESTS, FRAMES_DLQ)
VARIABLES = {"tcp": "SATARK_GATEWAY_LISTEN", "tls": "SATARK_GATEWAY_TLS_LISTEN"}
DRAIN_S = 10.0
GATEWAY_LOST = "gateway_lost"


class GatewayApp:
    """Serves generators, and other senders, and publishes what they say."""

    def __init__(self, settings: GatewaySettings, context: ServiceContext) -> None:
        self._settings = settings
        self._context = context
        self._health = context.health
        self.name = settings.process_name
        self.generators = Generators()
        self.ports: dict[str, int] = {}
        self._started = datetime.now(UTC)
        self._roster = Roster(self.name, started=self._started, lease_s=settings.lease_s)
        for condition in ("kafka", "cluster", "listening"):
            self._health.set(condition, ready=False, reason="starting")

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; then say good-bye to everybody, and publish what waits.

        Killed at any point nothing is lost that a generator will not say again: other gateways withdraw what this one
        held when its lease is over.
        """
        await topics.wait_for(self._context.kafka, TOPICS, progress=self._topics_missing)
        async with kafka.Producer(self._context.kafka, client_id="satark-gateway") as producer:
            outlet = Outlet(producer, self._kafka_trouble)
            await outlet.refresh()
            self._health.set("kafka", ready=True)
            await _beside(self._serve(stop, outlet), outlet.keep())

    async def _serve(self, stop: asyncio.Event, outlet: Outlet) -> None:
        asker = Asker(
            self._context.kafka,
            self._roster,
            held=lambda: [each.name for each in self.generators.connected],
            ask=lambda generator, tree, context: server.send(generator, self._question(tree, context)),
            publish=outlet.behind,
        )
        sessions, server = self._parts(outlet, asker)
        watch = Watch(
            self._context.kafka,
            self._roster,
            held=self._held,
            publish=outlet.now,
            on_expired=lambda gateway, lost: self._withdraw(outlet, gateway, lost),
            on_superseded=lambda name, number: self._superseded(sessions, server, name, number),
        )
        lease = Lease(
            self.name,
            outlet.now,
            started=self._started,
            lease_s=self._settings.lease_s,
            generators=lambda: len(self.generators.connected),
            on_lapsed=self._lapsed,
        )
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(watch)
            await stack.enter_async_context(asker)
            served = self._served(stop, outlet, sessions, server, watch, lease)
            await _beside(served, watch.keep(), asker.keep())

    async def _served(
        self, stop: asyncio.Event, outlet: Outlet, sessions: Sessions, server: Server, watch: Watch, lease: Lease
    ) -> None:
        """Accept nobody before all that other gateways have said is known; then everybody, until `stop`."""
        if not await _unless(stop, watch.ready()):
            return
        async with lease, server:
            self._health.set("cluster", ready=True)
            await self._listen(server)
            receivers = [asyncio.create_task(one.run(outlet.deliver, stop)) for one in build_receivers(self._settings)]
            try:
                await _beside(_all(stop.wait(), *receivers), lease.keep(), self._citizen(server))
            except ReceiverCannotListenError as error:
                raise SettingsError([str(error)]) from error
            await server.close()
            sessions.end_all("gateway_stopped")
            async with asyncio.timeout(DRAIN_S):
                await outlet.publisher.drained()

    def _parts(self, outlet: Outlet, asker: Asker) -> tuple[Sessions, Server]:
        settings = self._settings
        cluster = Cluster(
            holder=self._holder,
            next_session=lambda name, now_us: self._roster.next_session(name, now_us=now_us),
        )
        sessions = Sessions(
            self.name,
            self.generators,
            cluster,
            outlet.tell,
            resume_s=settings.resume_s,
            anybody=settings.collision == "newest",
            on_end=asker.lost,
        )
        intake = Intake(
            outlet.publisher,
            sessions,
            partitions=lambda: outlet.partitions,
            answered=asker.answered,
            statistics_interval_s=settings.statistics_interval_s,
        )
        return sessions, Server(settings.limits, outlet.publisher, sessions, self.generators, intake)

    async def _listen(self, server: Server) -> None:
        settings = self._settings
        for transport, (host, port) in settings.addresses.items():
            tls = settings.tls_context() if transport == "tls" else None
            try:
                self.ports[transport] = await server.listen(host, port, tls=tls, reuse_port=settings.reuse_port)
            except OSError as error:
                problem = error.strerror or str(error)
                raise SettingsError([f"{VARIABLES[transport]}: cannot listen on {host}:{port}: {problem}"]) from error
        if settings.port_file is not None:
            text = f"{next(iter(self.ports.values()))}\n"
            await asyncio.to_thread(write_whole, settings.port_file, text)
        self._health.set("listening", ready=True)

    async def _citizen(self, server: Server) -> None:
        settings = self._settings
        citizen = Citizen(
            self.generators,
            server.queue_info,
            instance=str(os.getpid()),
            build=self._context.version,
            interval_s=settings.status_interval_s,
        )
        collector, tls = settings.own_address(self.ports)
        try:
            await citizen.run([collector], tls=tls, introspect=settings.introspect_address)
        except OSError as error:
            problem = error.strerror or str(error)
            raise SettingsError([f"SATARK_GATEWAY_INTROSPECT_LISTEN: {problem}"]) from error

    def _question(self, tree: Tree, context: str) -> bytes:
        """A request as a frame: from this gateway, under the request's id, which a good daemon copies to its answers."""
        header = Header(
            timestamp_us=time.time_ns() // 1000,
            module="satark-gateway",
            source=self.name,
            context=context,
            type=SandeshType.REQUEST,
        )
        return encode(header, tree)

    def _held(self, name: str) -> int | None:
        generator = self.generators.get(name)
        return generator.session if generator is not None and generator.open else None

    def _holder(self, name: str) -> Holder | None:
        """Who holds a name at another gateway that lives."""
        event = self._roster.sessions.open_session(name)
        if event is None or event.gateway == self.name:
            return None
        alive = event.gateway in self._roster.living(now_s=monotonic())
        # Process 0: a session elsewhere is never resumed here.
        return Holder(host=event.address, pid=0, session=event.session, connected=alive)

    async def _withdraw(self, outlet: Outlet, gateway: str, lost: Sequence[GeneratorSession]) -> None:
        """A gateway is dead: nothing that its generators said through it holds any more."""
        log.warning("gateway_lost", gateway=gateway, sessions=len(lost))
        now = datetime.now(UTC)
        events: list[Event] = []
        for session in lost:
            withdrawn = withdrawal(session.generator, session.session, self.name, GATEWAY_LOST, now)
            events += [withdrawn, ended(session, GATEWAY_LOST, now)]
            metrics.WITHDRAWALS.labels(GATEWAY_LOST).inc()
        await outlet.now(events)

    async def _superseded(self, sessions: Sessions, server: Server, name: str, number: int) -> None:
        """Another gateway has the generator, or has ended our session of it."""
        generator = self.generators.get(name)
        if generator is not None and generator.session == number:
            server.disconnect(name, "superseded at another gateway")
            sessions.end(generator, "superseded", told=False)

    async def _lapsed(self) -> None:
        """Nobody can have heard of this gateway: whoever ended its sessions says so, and then they begin anew."""
        self._health.set("cluster", ready=False, reason="the lease could not be renewed")

    def _kafka_trouble(self, trouble: str) -> None:
        self._health.set("kafka", ready=not trouble, reason=trouble)
        if not trouble:
            self._health.set("cluster", ready=True)

    def _topics_missing(self, missing: list[str]) -> None:
        self._health.set("kafka", ready=False, reason=f"topics are missing: {', '.join(missing)}")


async def _beside(main: Coroutine[Any, Any, Any], *background: Coroutine[Any, Any, Any] | asyncio.Task[Any]) -> None:
    """Run `main` to its end, and the others as long; raises the first error of any of them."""
    tasks = [each if isinstance(each, asyncio.Task) else asyncio.create_task(each) for each in background]
    running = asyncio.create_task(main)
    waiting: set[asyncio.Task[Any]] = {running, *tasks}
    try:
        while running in waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _all(*work: Awaitable[Any]) -> None:
    """Await all; the first error is raised, and ends the others."""
    try:
        await asyncio.gather(*work)
    finally:
        for each in work:
            if isinstance(each, asyncio.Task):
                each.cancel()


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, Any]) -> bool:
    """Await `work`, unless `stop` is set first; whether it was done."""
    tasks = {asyncio.create_task(work), asyncio.create_task(stop.wait())}
    _, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    return not stop.is_set()
