"""Which gateway holds which generator, which gateways live, and whose sessions are over. Pure.

Every gateway keeps one of these, of all gateways' words on two topics. Sessions of one generator are ordered by their
numbers, so that it does not matter in which order they are learned, nor how often. A lease is judged by when it was
heard, on this process's own clock: no clock of another host is trusted. The one exception are gateways that were silent
ever since this one listens: of them, only the time of their last record is known.

Nobody is judged while this gateway is blind itself: it must have heard its own lease come back. When it sees again, as
when it starts, everybody has `PATIENCE` of a lease to be heard.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from satark.sandesh_gateway.cluster.sessions import Sessions
from satark.schemas.generators import GatewayLease, GeneratorSession

PATIENCE = 2 / 3
"""A living gateway says so every third of its lease."""

MAX_GATEWAYS = 1_000


@dataclass(frozen=True, slots=True)
class Expired:
    """A gateway whose lease is over, and the sessions that it held and nobody has withdrawn yet."""

    gateway: str
    sessions: tuple[GeneratorSession, ...]


@dataclass(slots=True)
class _Gateway:
    lease_s: float
    until_s: float
    lease: GatewayLease | None = None

    @property
    def leaving(self) -> bool:
        return self.lease is not None and self.lease.leaving


class Roster:
    """All gateways and the sessions they hold, as `gateway` knows them. Times `now_s` are of its own monotonic clock."""

    def __init__(self, gateway: str, *, started: datetime, lease_s: float) -> None:
        self.gateway = gateway
        self.sessions = Sessions()
        self._started = started
        self._lease_s = lease_s
        self._gateways: dict[str, _Gateway] = {}
        self._listening_s: float | None = None
        self._former: dict[str, int] = {}

    def learn_session(self, event: GeneratorSession, *, now_s: float) -> bool:
        """Take in a session's beginning or end; return whether it is news."""
        news = self.sessions.learn(event)
        if news and event.gateway not in self._gateways:
            # Its lease may come after: the two travel on different topics.
            self._note(event.gateway, _Gateway(self._lease_s, now_s + self._lease_s))
        return news

    def learn_lease(self, lease: GatewayLease, *, now_s: float, silent_s: float = 0.0) -> None:
        """Take in that a gateway lives. `silent_s` is the record's age, if it was written before this one listened."""
        known = self._gateways.get(lease.gateway)
        if known and known.lease and known.lease.started == lease.started and lease.time <= known.lease.time:
            return
        if self._is_own(lease) and known and now_s >= known.until_s and self._listening_s is not None:
            self._listening_s = now_s
        self._note(lease.gateway, _Gateway(lease.lease_s, now_s + lease.lease_s - silent_s, lease))

    def listen(self, *, now_s: float) -> None:
        """Begin to judge: all that was written before has been learned.

        Sessions of this gateway's own name are those of a process before it: it has not accepted anybody yet.
        """
        self._listening_s = now_s
        self._former = {each.generator: each.session for each in self.sessions.held_by(self.gateway)}

    def next_session(self, generator: str, *, now_us: int) -> int:
        """Return the number of a session that begins now: the time in microseconds, but above all known numbers."""
        return self.sessions.next_number(generator, now_us=now_us)

    def living(self, *, now_s: float) -> list[str]:
        """Return the names of the gateways that live, this one among them, in order."""
        others = (name for name, known in self._gateways.items() if not known.leaving and now_s < self._over_s(known))
        return sorted({self.gateway, *others})

    def speaker(self, sessions: Iterable[GeneratorSession], *, now_s: float) -> str:
        """Return which gateway speaks for all where one has to: the first living one that holds any of these sessions.

        Where none of them lives, it is the first of the living.
        """
        living = self.living(now_s=now_s)
        return min({each.gateway for each in sessions}.intersection(living), default=living[0])

    def expired(self, *, now_s: float) -> list[Expired]:
        """Return the gateways whose sessions this one has to withdraw now.

        The first of the living does it at once, the others after one more lease: it is safe to do it twice.
        """
        if not self._sees(now_s):
            return []
        found = [Expired(self.gateway, tuple(self._former_sessions()))] if self._former else []
        first = self.living(now_s=now_s)[0] == self.gateway
        for name in self.sessions.gateways():
            known = self._gateways.get(name)
            if name == self.gateway or known is None:
                continue
            if now_s >= self._over_s(known) + (0.0 if first else known.lease_s):
                found.append(Expired(name, tuple(self.sessions.held_by(name))))
        return [each for each in found if each.sessions]

    def withdrawn(self, sessions: Iterable[GeneratorSession]) -> None:
        """Note that the shares of these sessions are withdrawn."""
        for event in sessions:
            self.sessions.close(event)
            if self._former.get(event.generator) == event.session:
                del self._former[event.generator]

    def shadowed(self) -> list[GeneratorSession]:
        """Return this gateway's sessions behind which, on their topic, stands the record of an earlier session.

        The topic keeps the last record alone. Said again, they are the last.
        """
        return [each for each in self.sessions.shadowed() if each.gateway == self.gateway]

    def _former_sessions(self) -> Iterator[GeneratorSession]:
        for event in self.sessions.held_by(self.gateway):
            if self._former.get(event.generator) == event.session:
                yield event

    def _is_own(self, lease: GatewayLease) -> bool:
        return lease.gateway == self.gateway and lease.started == self._started

    def _sees(self, now_s: float) -> bool:
        own = self._gateways.get(self.gateway)
        heard = own is not None and own.lease is not None and self._is_own(own.lease) and now_s < own.until_s
        return heard and self._listening_s is not None

    def _over_s(self, known: _Gateway) -> float:
        """Return when a lease is over; nobody's before this gateway has listened for a while."""
        listening_s = self._listening_s if self._listening_s is not None else float("inf")
        return max(known.until_s, listening_s + known.lease_s * PATIENCE)

    def _note(self, name: str, gateway: _Gateway) -> None:
        self._gateways[name] = gateway
        if len(self._gateways) > MAX_GATEWAYS:
            held = set(self.sessions.gateways()) | {self.gateway}
            idle = [each for each in self._gateways if each not in held]
            for each in sorted(idle, key=lambda one: self._gateways[one].until_s)[: len(self._gateways) - MAX_GATEWAYS]:
                del self._gateways[each]
