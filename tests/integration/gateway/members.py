"""Members of a cluster without any server: what a gateway says to and hears from the others, on a real broker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer
from satark.sandesh_gateway.cluster import Lease, Publish, Roster, Watch, ended
from satark.sandesh_gateway.publish.records import records_of
from satark.schemas.codec import Event
from satark.schemas.generators import Connection, GeneratorSession, session_id

LEASE_S = 1.5
DELIVERY_S = 2.0


@dataclass
class Member:
    """A gateway as the others know it."""

    name: str
    roster: Roster
    publish: Publish
    keeping: list[asyncio.Task[None]] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    buried: list[tuple[str, str, int]] = field(default_factory=list)
    superseded: list[tuple[str, int]] = field(default_factory=list)
    lapses: int = 0
    lease: Lease | None = None
    left: bool = True

    async def hold(self, generator: str, number: int | None = None) -> int:
        """Begin a session."""
        given = self.roster.next_session(generator, now_us=int(datetime.now(UTC).timestamp() * 1e6))
        self.held[generator] = given if number is None else number
        await self.publish([self._session(generator, self.held[generator])])
        return self.held[generator]

    async def die(self) -> None:
        """Say nothing more, not even good-bye."""
        self.left = False
        for task in self.keeping:
            task.cancel()
        await asyncio.gather(*self.keeping, return_exceptions=True)

    async def bury(self, gateway: str, sessions: Sequence[GeneratorSession]) -> None:
        """Somebody is lost: end what it held."""
        self.buried += [(gateway, each.generator, each.session) for each in sessions]
        await self.publish([ended(each, "gateway_lost", datetime.now(UTC)) for each in sessions])

    async def close(self, generator: str, number: int) -> None:
        """Our session is over."""
        self.superseded.append((generator, number))
        self.held.pop(generator, None)

    async def lapse(self) -> None:
        """Nobody can have heard of us."""
        self.lapses += 1

    def _session(self, generator: str, number: int) -> GeneratorSession:
        now = datetime.now(UTC)
        ident = session_id(generator, number, Connection.UP)
        state = Connection.UP
        return GeneratorSession(
            id=ident, generator=generator, session=number, state=state, time=now, gateway=self.name, since=now
        )


@asynccontextmanager
async def member(settings: KafkaSettings, name: str, *, lease_s: float = LEASE_S) -> AsyncIterator[Member]:
    """A member that has heard all and says that it lives, until the block ends."""
    started = datetime.now(UTC)
    async with Producer(settings, client_id="test", delivery_timeout_s=DELIVERY_S) as producer:

        async def publish(events: Sequence[Event]) -> None:
            await producer.send_all(records_of(events, {0}))

        made = Member(name, Roster(name, started=started, lease_s=lease_s), publish)
        watch = Watch(
            settings,
            made.roster,
            held=made.held.get,
            publish=publish,
            on_expired=made.bury,
            on_superseded=made.close,
        )
        lease = made.lease = Lease(
            name,
            publish,
            started=started,
            lease_s=lease_s,
            generators=lambda: len(made.held),
            on_lapsed=made.lapse,
        )
        async with watch:
            made.keeping.append(asyncio.create_task(watch.keep()))
            await asyncio.wait_for(watch.ready(), 30.0)
            await lease.__aenter__()
            made.keeping.append(asyncio.create_task(lease.keep()))
            try:
                yield made
            finally:
                if made.left:
                    await lease.__aexit__(None, None, None)
                for task in made.keeping:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
