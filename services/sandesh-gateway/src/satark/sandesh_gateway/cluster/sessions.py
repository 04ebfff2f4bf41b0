"""The latest session of each generator. Pure.

Of two words on one generator the one of the later session counts, of one session its end, whatever came first: so the
state is the same for any order, and for records that come twice.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from satark.schemas.generators import Connection, GeneratorSession, session_id

MAX_GENERATORS = 200_000
"""Generators choose their names, so ended sessions are forgotten beyond this, the longest ended first; those that go on
are bounded by what gateways accept."""


class Sessions:
    """What is known of each generator."""

    def __init__(self, *, limit: int = MAX_GENERATORS) -> None:
        self._limit = limit
        self._latest: dict[str, GeneratorSession] = {}
        self._ended: dict[str, None] = {}
        self._held: dict[str, dict[str, GeneratorSession]] = {}
        self._shadowed: dict[str, None] = {}
        self._floor = 0

    def __len__(self) -> int:
        """Return the number of generators that are known."""
        return len(self._latest)

    def learn(self, event: GeneratorSession) -> bool:
        """Take in a session's beginning or end; return whether it is news."""
        known = self._latest.get(event.generator)
        if known is not None and _rank(event) < _rank(known):
            if event.session < known.session:
                self._shadowed[event.generator] = None
            return False
        self._shadowed.pop(event.generator, None)
        if known is not None and _rank(event) == _rank(known):
            return False
        self._forget(event.generator)
        self._enter(event)
        self._bound()
        return True

    def close(self, event: GeneratorSession) -> None:
        """Note that this session has ended, if it is the generator's latest and nobody has said so before."""
        known = self.open_session(event.generator)
        if known is not None and (known.session, known.gateway) == (event.session, event.gateway):
            self.learn(msgspec.structs.replace(known, state=Connection.DOWN))

    def open_session(self, generator: str) -> GeneratorSession | None:
        """Return the generator's session, None when it has none."""
        known = self._latest.get(generator)
        return known if known is not None and known.state is Connection.UP else None

    def open_sessions(self) -> Iterator[GeneratorSession]:
        """Yield the sessions that have not ended."""
        for held in self._held.values():
            yield from held.values()

    def gateways(self) -> list[str]:
        """Return the gateways that hold sessions."""
        return list(self._held)

    def held_by(self, gateway: str) -> list[GeneratorSession]:
        """Return the sessions that a gateway holds."""
        return list(self._held.get(gateway, {}).values())

    def shadowed(self) -> list[GeneratorSession]:
        """Return the latest sessions of the generators of which the last record learned was about an earlier one."""
        return [self._latest[name] for name in self._shadowed if name in self._latest]

    def next_number(self, generator: str, *, now_us: int) -> int:
        """Return a number above all that were learned of this generator, and all that were given before.

        It is the time in microseconds since 1970, `now_us`, unless a clock went back.
        """
        known = self._latest.get(generator)
        self._floor = max(now_us, self._floor + 1, known.session + 1 if known else 0)
        return self._floor

    def _enter(self, event: GeneratorSession) -> None:
        self._latest[event.generator] = event
        if event.state is Connection.UP:
            self._held.setdefault(event.gateway, {})[event.generator] = event
        else:
            self._ended[event.generator] = None

    def _forget(self, generator: str) -> None:
        event = self._latest.pop(generator, None)
        self._ended.pop(generator, None)
        if event is not None and (held := self._held.get(event.gateway)):
            held.pop(generator, None)
            if not held:
                del self._held[event.gateway]

    def _bound(self) -> None:
        while len(self._latest) > self._limit and self._ended:
            oldest = next(iter(self._ended))
            self._floor = max(self._floor, self._latest[oldest].session)
            self._shadowed.pop(oldest, None)
            self._forget(oldest)


def ended(session: GeneratorSession, reason: str, now: datetime) -> GeneratorSession:
    """Return the event that a session is over."""
    ident = session_id(session.generator, session.session, Connection.DOWN)
    return msgspec.structs.replace(session, id=ident, state=Connection.DOWN, time=now, reason=reason)


def _rank(event: GeneratorSession) -> tuple[int, bool, str, datetime]:
    """Two gateways may give one number at one time: then their names decide, so that all see the same."""
    return event.session, event.state is Connection.DOWN, event.gateway, event.time
