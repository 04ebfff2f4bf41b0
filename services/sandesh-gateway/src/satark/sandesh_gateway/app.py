"""The gateway's shell: puts connections, Kafka and the other gateways together, until told to stop."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from satark.runtime import kafka, topics
from satark.runtime.ops import write_whole
from satark.runtime.service import ServiceContext
from satark.runtime.settings import SettingsError
from satark.sandesh.types import Header, SandeshType
from satark.sandesh.wire.tree import Tree
from satark.sandesh.wire.xml import encode
from satark.sandesh_gateway.beside import beside, together, unless
from satark.sandesh_gateway.citizen.citizen import MODULE, Citizen
from satark.sandesh_gateway.citizen.messages.collector import CollectorQueueInfo
from satark.sandesh_gateway.cluster import Lease, Roster, Watch
from satark.sandesh_gateway.neighbours import Neighbours, holder_elsewhere
from satark.sandesh_gateway.publish.outlet import Outlet
from satark.sandesh_gateway.receivers.build import build_receivers
from satark.sandesh_gateway.receivers.protocol import ReceiverCannotListenError
from satark.sandesh_gateway.requests import Asker
from satark.sandesh_gateway.server.conversations import Conversations
from satark.sandesh_gateway.server.generators import Generators
from satark.sandesh_gateway.server.intake import Intake
from satark.sandesh_gateway.server.room import Room
from satark.sandesh_gateway.server.server import Server
from satark.sandesh_gateway.server.sessions import Cluster, Sessions
from satark.sandesh_gateway.settings import GatewaySettings
from satark.schemas.topics import FLOW_SESSIONS, FRAMES_DLQ, GATEWAYS, GENERATORS, MESSAGES, METRICS, REQUESTS, UVES

TOPICS = (METRICS, MESSAGES, UVES, FLOW_SESSIONS, GENERATORS, GATEWAYS, REQUESTS, FRAMES_DLQ)
VARIABLES = {"tcp": "SATARK_GATEWAY_LISTEN", "tls": "SATARK_GATEWAY_TLS_LISTEN"}
DRAIN_S = 10.0


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
            await beside(self._publishing(stop, outlet), outlet.keep())

    async def _publishing(self, stop: asyncio.Event, outlet: Outlet) -> None:
        """Hear the other gateways and requests, and serve."""
        conversations: Conversations
        asker = Asker(
            self._context.kafka,
            self._roster,
            held=lambda: [each.name for each in self.generators.connected],
            ask=lambda generator, tree, context: conversations.send(generator, self._question(tree, context)),
            publish=outlet.behind,
        )
        sessions = self._sessions(outlet, asker)
        conversations = Conversations(sessions, self.generators, self._intake(outlet, sessions, asker))
        neighbours = Neighbours(self.name, self.generators, outlet, sessions, conversations)
        watch = Watch(
            self._context.kafka,
            self._roster,
            held=neighbours.held,
            publish=outlet.now,
            on_expired=neighbours.expired,
            on_superseded=neighbours.superseded,
        )
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(watch)
            await stack.enter_async_context(asker)
            serving = self._serving(stop, outlet, neighbours, conversations, watch)
            await beside(serving, watch.keep(), asker.keep())

    async def _serving(
        self, stop: asyncio.Event, outlet: Outlet, neighbours: Neighbours, conversations: Conversations, watch: Watch
    ) -> None:
        """Accept nobody before all that other gateways have said is known; then everybody, until `stop`."""
        if not await unless(stop, watch.ready()):
            return
        room = Room(self._settings.limits, outlet.publisher)
        server = Server(self._settings.limits, room, conversations)
        async with self._lease(outlet, neighbours) as lease, server:
            self._health.set("cluster", ready=True)
            await self._listen(server)
            receivers = [one.run(outlet.deliver, stop) for one in build_receivers(self._settings)]
            citizen = self._citizen(lambda: _queue(server, room, conversations))
            try:
                await beside(together(stop.wait(), *receivers), lease.keep(), citizen)
            except ReceiverCannotListenError as error:
                raise SettingsError([str(error)]) from error
            await server.close()
            neighbours.leave()
            async with asyncio.timeout(DRAIN_S):
                await outlet.publisher.drained()

    def _sessions(self, outlet: Outlet, asker: Asker) -> Sessions:
        roster = self._roster
        return Sessions(
            self.name,
            self.generators,
            Cluster(
                holder=lambda name: holder_elsewhere(roster, name),
                next_session=lambda name, now_us: roster.next_session(name, now_us=now_us),
            ),
            outlet.tell,
            resume_s=self._settings.resume_s,
            anybody=self._settings.collision == "newest",
            on_end=asker.lost,
        )

    def _intake(self, outlet: Outlet, sessions: Sessions, asker: Asker) -> Intake:
        return Intake(
            outlet.publisher,
            sessions,
            partitions=lambda: outlet.partitions,
            answered=asker.answered,
            statistics_interval_s=self._settings.statistics_interval_s,
        )

    def _lease(self, outlet: Outlet, neighbours: Neighbours) -> Lease:
        return Lease(
            self.name,
            outlet.now,
            started=self._started,
            lease_s=self._settings.lease_s,
            generators=lambda: len(self.generators.connected),
            on_lapsed=lambda: self._lapsed(neighbours),
        )

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
            await asyncio.to_thread(write_whole, settings.port_file, f"{next(iter(self.ports.values()))}\n")
        self._health.set("listening", ready=True)

    async def _citizen(self, queue: Callable[[], CollectorQueueInfo]) -> None:
        settings = self._settings
        citizen = Citizen(
            self.generators,
            queue,
            instance=str(os.getpid()),
            # This begins it: by that the detector knows that no node manager of Contrail speaks of this node.
            build=f"satark {self._context.version}",
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
            module=MODULE,
            source=self.name,
            context=context,
            type=SandeshType.REQUEST,
        )
        return encode(header, tree)

    async def _lapsed(self, neighbours: Neighbours) -> None:
        """Nobody can have heard of this gateway for the time of a lease."""
        neighbours.lapsed()
        self._health.set("cluster", ready=False, reason="the lease could not be renewed")

    def _kafka_trouble(self, trouble: str) -> None:
        self._health.set("kafka", ready=not trouble, reason=trouble)
        if not trouble:
            self._health.set("cluster", ready=True)

    def _topics_missing(self, missing: list[str]) -> None:
        self._health.set("kafka", ready=False, reason=f"topics are missing: {', '.join(missing)}")


def _queue(server: Server, room: Room, conversations: Conversations) -> CollectorQueueInfo:
    """How much is held, and of how many."""
    return CollectorQueueInfo(
        pending_bytes=max(0, room.pending_bytes),
        buffered_bytes=room.buffered_bytes,
        connections=len(server),
        generators=len(conversations),
        paused=room.paused,
    )
