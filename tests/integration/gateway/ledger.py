"""What a consumer of the gateway's topics knows: the state that its events add up to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.following import Follower
from satark.schemas.codec import decode
from satark.schemas.generators import Connection, GeneratorSession
from satark.schemas.messages import Message
from satark.schemas.topics import FLOW_SESSIONS, GENERATORS, MESSAGES, METRICS, UVES
from satark.schemas.uves import SharesWithdrawn, UveShare, Value

TOPICS = (UVES, MESSAGES, GENERATORS, METRICS, FLOW_SESSIONS)
ShareKey = tuple[str, str, str]


@dataclass
class Share:
    """One generator's share of one UVE in one session."""

    session: int
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass
class Ledger:
    """Shares by (UVE, generator, struct) as the rules of `satark.schemas.uves` make them, partition by partition."""

    shares: dict[ShareKey, Share] = field(default_factory=dict)
    withdrawn: dict[tuple[int, str], int] = field(default_factory=dict)
    sessions: dict[str, GeneratorSession] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    _places: dict[ShareKey, int] = field(default_factory=dict)

    def take(self, partition: int, event: Any) -> None:
        """Apply an event."""
        self.events.append(event)
        match event:
            case SharesWithdrawn(generator=generator, through=through):
                place = (partition, generator)
                self.withdrawn[place] = max(through, self.withdrawn.get(place, 0))
                for key in [k for k, at in self._places.items() if k[1] == generator and at == partition]:
                    if self.shares[key].session <= through:
                        del self.shares[key], self._places[key]
            case UveShare():
                self._share(partition, event)
            case GeneratorSession():
                self.sessions[event.generator] = event
            case Message():
                self.messages.append(event)

    def _share(self, partition: int, event: UveShare) -> None:
        key = (event.entity, event.generator, event.struct)
        known = self.shares.get(key)
        late = event.session <= self.withdrawn.get((partition, event.generator), 0)
        if late or (known is not None and known.session > event.session):
            return
        if event.deleted:
            self.shares.pop(key, None)
            self._places.pop(key, None)
            return
        if known is None or known.session < event.session:
            known = self.shares[key] = Share(event.session)
            self._places[key] = partition
        known.attributes |= event.attributes

    def of(self, generator: str) -> dict[tuple[str, str], dict[str, Value]]:
        """The shares of a generator, by UVE and struct."""
        return {(key[0], key[2]): share.attributes for key, share in self.shares.items() if key[1] == generator}

    def up(self) -> set[str]:
        """The generators that have a session."""
        return {name for name, event in self.sessions.items() if event.state is Connection.UP}


class Reader:
    """Follows the topics into a ledger while it is entered."""

    def __init__(self, settings: KafkaSettings, topics: tuple[str, ...] = TOPICS) -> None:
        self.ledger = Ledger()
        self._follower = Follower(settings, topics)
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._follower.__aenter__()
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._follower.__aexit__(None, None, None)

    async def until(self, condition: Callable[[Ledger], Any], *, timeout_s: float = 30.0) -> Any:
        """Return what `condition` says of the ledger once it is true. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (found := condition(self.ledger)):
                self._changed.clear()
                await self._changed.wait()
        return found

    async def _follow(self) -> None:
        while True:
            for record in await self._follower.poll(timeout_s=1.0):
                self.ledger.take(record.partition, decode(record.topic, record.value, record.headers))
            self._changed.set()
