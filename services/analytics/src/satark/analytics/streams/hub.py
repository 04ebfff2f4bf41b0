"""Where changes of the mirror come in, and a bell for those who wait for them."""

import asyncio
from dataclasses import dataclass

from satark.analytics.mirror.kept import word_of
from satark.analytics.mirror.mirror import Change, Mirror, StateChanged
from satark.analytics.streams.ring import Ring
from satark.analytics.streams.sources import Happening, Incidents, Objects
from satark.analytics.streams.updates import Update, updates
from satark.analytics.streams.wants import Wants, WantsIncidents
from satark.analytics.uves.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of the past is kept for those who come back or are slow, of objects and incidents each."""

    entries: int = 50_000
    memory_bytes: int = 64_000_000


class Hub:
    """What happened last. `epoch` names this process among all that ids may come from."""

    def __init__(self, mirror: Mirror, tokens: Tokens, *, epoch: str, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self.epoch = epoch
        self.closed = False
        self._mirror = mirror
        self._tokens = tokens
        self._updates: Ring[Update] = Ring(most=limits.entries, most_bytes=limits.memory_bytes)
        self._happenings: Ring[Happening] = Ring(most=limits.entries, most_bytes=limits.memory_bytes)
        self._bell = asyncio.Event()

    def objects(self, wants: Wants) -> Objects:
        """Return the stream of objects, as one reader wants it."""
        return Objects(self._updates, self._mirror, self._tokens, wants)

    def incidents(self, wants: WantsIncidents) -> Incidents:
        """Return the stream of incidents, as one reader wants it."""
        return Incidents(self._happenings, self._mirror, wants)

    def opened(self) -> None:
        """Everything has been read: who waits can be told."""
        self._ring()

    def tell(self, change: Change) -> None:
        """Take in what changed in the mirror."""
        if isinstance(change, StateChanged):
            for update in updates(change.entity, change.before, change.after, self._tokens):
                self._updates.put(update, update.size_bytes)
        else:
            happening = Happening(word_of(change.event), change.event)
            self._happenings.put(happening, happening.size_bytes)
        self._ring()

    def close(self) -> None:
        """End all streams."""
        self.closed = True
        self._ring()

    async def rung(self, timeout_s: float) -> bool:
        """Wait until something happens; return whether it did in so many seconds."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._bell.wait()
        except TimeoutError:
            return False
        return True

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()
