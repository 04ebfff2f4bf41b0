"""Which gateway holds which generator, which gateways live, and whose sessions are over. Pure.

Every gateway keeps one of these, of all gateways' words on two topics. Sessions of one generator are ordered by their
numbers, so that it does not matter in which order they are learned, nor how often.

A lease is judged by when it was heard, on this process's own clock: no clock of another host is trusted. (Of gateways
that were silent ever since this one listens the time of their last record is all that is known.) And it is judged by
this gateway's own renewals, which come back on the same topic, in one order with those of all others: who has not been
heard between as many of them as span a lease is silent, however late this process reads. One that is blind, or stood
still, judges nobody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from satark.sandesh_gateway.cluster.sessions import Sessions
from satark.schemas.generators import GatewayLease, GeneratorSession

RENEWALS = 3
"""A living gateway says so every third of its lease."""

MAX_GATEWAYS = 1_000


@dataclass(frozen=True, slots=True)
class Expired:
    """A gateway whose lease is over, and the sessions that it held and nobody has withdrawn yet."""

    gateway: str
    sessions: tuple[GeneratorSession, ...]


@dataclass(slots=True)
class _Gateway:
    """`missed` counts this gateway's own renewals since it was heard."""

    lease_s: float
    until_s: float
    lease: GatewayLease | None = None
    missed: int = 0

    @property
    def leaving(self) -> bool:
        return self.lease is not None and self.lease.leaving


class Roster:
    """All gateways and the sessions they hold, as `gateway` knows them. Times `now_s` are of its own monotonic clock.

    `listens` tells whether all that was said before is known.
    """

    def __init__(self, gateway: str, *, started: datetime, lease_s: float) -> None:
        self.gateway = gateway
        self.sessions = Sessions()
        self._started = started
        self._lease_s = lease_s
        self._gateways: dict[str, _Gateway] = {}
        self.listens = False
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
        self._note(lease.gateway, _Gateway(lease.lease_s, now_s + lease.lease_s - silent_s, lease))
        if self.listens and lease.gateway == self.gateway and lease.started == self._started:
            for each in self._gateways.values():
                each.missed += 1

    def listen(self) -> None:
        """Begin to judge: all that was written before has been learned.

        Sessions of this gateway's own name are those of a process before it: it has not accepted anybody yet.
        """
        self.listens = True
        self._former = {each.generator: each.session for each in self.sessions.held_by(self.gateway)}

    def next_session(self, generator: str, *, now_us: int) -> int:
        """Return the number of a session that begins now: the time in microseconds, but above all known numbers."""
        return self.sessions.next_number(generator, now_us=now_us)

    def living(self, *, now_s: float) -> list[str]:
        """Return the names of the gateways that live, this one among them, in order."""
        others = (name for name, known in self._gateways.items() if not (known.leaving or self._over(known, now_s)))
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
        if not self.listens:
            return []
        found = [Expired(self.gateway, tuple(self._former_sessions()))] if self._former else []
        first = self.living(now_s=now_s)[0] == self.gateway
        for name in self.sessions.gateways():
            known = self._gateways.get(name)
            if name == self.gateway or known is None:
                continue
            if self._over(known, now_s, leases=1 if first else 2):
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

    def _over(self, known: _Gateway, now_s: float, *, leases: int = 1) -> bool:
        # One more than there are in the time: the first begins it.
        renewals = ceil(leases * RENEWALS * known.lease_s / self._lease_s) + 1
        return known.missed >= renewals and now_s >= known.until_s + (leases - 1) * known.lease_s

    def _note(self, name: str, gateway: _Gateway) -> None:
        self._gateways[name] = gateway
        if len(self._gateways) > MAX_GATEWAYS:
            held = set(self.sessions.gateways()) | {self.gateway}
            idle = [each for each in self._gateways if each not in held]
            for each in sorted(idle, key=lambda one: self._gateways[one].until_s)[: len(self._gateways) - MAX_GATEWAYS]:
                del self._gateways[each]
