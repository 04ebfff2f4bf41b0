"""Sessions of generators: begun, resumed, ended; each beginning and end is an event, and an end withdraws all shares.

The order of what is told is that of the publisher's queue: the end of a session comes behind all that was said in it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from satark.sandesh.session.sequences import SeenNumbers
from satark.sandesh.wire.control import Hello, Reply
from satark.sandesh_gateway import metrics
from satark.sandesh_gateway.server.admission import Holder, Verdict, admit
from satark.sandesh_gateway.server.generators import Generator, Generators
from satark.schemas.codec import Event
from satark.schemas.generators import Connection, GeneratorSession, session_id
from satark.schemas.uves import SharesWithdrawn, withdrawal_id

log = structlog.get_logger(__name__)

Tell = Callable[[Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class Cluster:
    """What other gateways know: who holds a name elsewhere, and the number for a generator's next session."""

    holder: Callable[[str], Holder | None]
    next_session: Callable[[str, int], int]


class Sessions:
    """Begins and ends sessions. `tell` publishes events in order, `hang_up` closes the connection that a generator has."""

    def __init__(
        self,
        gateway: str,
        generators: Generators,
        cluster: Cluster,
        tell: Tell,
        *,
        resume_s: float,
        anybody: bool,
        on_end: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.gateway = gateway
        self.seen = SeenNumbers()
        self._generators = generators
        self._cluster = cluster
        self._tell = tell
        self._resume_s = resume_s
        self._anybody = anybody
        self._on_end = on_end
        self._lapsing: dict[str, asyncio.TimerHandle] = {}

    def begin(self, hello: Hello, host: str, hang_up: Callable[[Generator], None]) -> tuple[Generator | None, Reply]:
        """Answer a generator's hello; without a generator it is refused, for the reason that stands in the log."""
        name = str(hello.identity)
        generator = self._generators.get(name)
        holder = (generator.holder if generator else None) or self._cluster.holder(name)
        admission = admit(hello, host, holder, anybody=self._anybody)
        if admission.verdict is Verdict.REFUSED:
            metrics.REFUSED.labels("name").inc()
            log.warning("generator_refused", generator=name, host=host, reason=admission.reason)
            return None, Reply(self.gateway, accepted=False)
        generator = self._generators.of(hello.identity)
        now = datetime.now(UTC)
        if generator.connected:
            hang_up(generator)
            self._disconnected(generator, now)
        self._stop_lapsing(name)
        resumed = admission.verdict is Verdict.RESUMED and generator.open
        if not resumed:
            self._renew(generator, now)
        generator.hello, generator.host = hello, host
        generator.connected, generator.connected_at = True, now
        generator.connects += 1
        metrics.GENERATORS.inc()
        self._tell([self._event(generator, Connection.UP, now)])
        log.info("generator_connected", generator=name, host=host, session=generator.session, resumed=resumed)
        return generator, self.reply(hello)

    def reply(self, hello: Hello) -> Reply:
        """What Kafka has of a generator, by its types of UVE."""
        return Reply(self.gateway, accepted=True, seen=self.seen.seen(hello))

    def lost(self, generator: Generator, reason: str) -> None:
        """The connection is gone; the session ends unless the same process is back in time."""
        if not generator.connected:
            return
        self._disconnected(generator, datetime.now(UTC))
        if self._resume_s:
            timer = asyncio.get_running_loop().call_later(self._resume_s, self.end, generator, "session_lost", reason)
            self._lapsing[generator.name] = timer
        else:
            self.end(generator, "session_lost", reason)

    def end(self, generator: Generator, cause: str, reason: str = "", *, told: bool = True) -> None:
        """End a session now: its shares are withdrawn, behind all that was said in it.

        With `told` false somebody else has said that it ended, or that a later one began.
        """
        self._stop_lapsing(generator.name)
        if not generator.open:
            return
        now = datetime.now(UTC)
        if generator.connected:
            self._disconnected(generator, now)
        generator.open = False
        self._on_end(generator.name)
        self.seen.forget(generator.identity)
        log.info("session_ended", generator=generator.name, session=generator.session, cause=cause, reason=reason)
        down = self._event(generator, Connection.DOWN, now, reason or cause)
        withdrawn = withdrawal(generator.name, generator.session, self.gateway, cause, now)
        self._tell([withdrawn, down] if told else [withdrawn])

    def end_all(self, cause: str) -> None:
        """End all sessions."""
        for generator in self._generators:
            self.end(generator, cause)

    def acknowledged(self, generator: Generator, session: int, names: tuple[str, str], number: int) -> None:
        """Kafka has a UVE of this session, and so all those before it."""
        if generator.session == session and generator.open:
            self.seen.note(generator.identity, names, number, is_sync=False)

    def _renew(self, generator: Generator, now: datetime) -> None:
        """Begin a new session: what earlier ones said, here or elsewhere, is withdrawn before this one says anything."""
        now_us = int(now.timestamp() * 1_000_000)
        generator.session = max(self._cluster.next_session(generator.name, now_us), generator.session + 1)
        generator.open, generator.since = True, now
        self.seen.forget(generator.identity)
        self._tell([withdrawal(generator.name, generator.session - 1, self.gateway, "new_session", now)])

    def _disconnected(self, generator: Generator, now: datetime) -> None:
        generator.connected = False
        generator.resets += 1
        generator.reset_at = now
        metrics.GENERATORS.dec()

    def _stop_lapsing(self, name: str) -> None:
        timer = self._lapsing.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _event(self, generator: Generator, state: Connection, now: datetime, reason: str = "") -> GeneratorSession:
        hello = generator.hello
        return GeneratorSession(
            id=session_id(generator.name, generator.session, state),
            generator=generator.name,
            session=generator.session,
            state=state,
            time=now,
            gateway=self.gateway,
            reason=reason[:1_024],
            since=generator.since or now,
            address=generator.host,
            http_port=hello.http_port if hello else 0,
            pid=hello.pid if hello else 0,
            connections=hello.connections if hello else 0,
            uve_types=tuple(each[:256] for each in hello.uve_types[:1_000]) if hello else (),
        )


def withdrawal(generator: str, through: int, gateway: str, cause: str, now: datetime) -> SharesWithdrawn:
    """Return the event that withdraws what a generator said up to a session."""
    metrics.WITHDRAWALS.labels(cause).inc()
    return SharesWithdrawn(
        id=withdrawal_id(generator, through),
        generator=generator,
        gateway=gateway,
        time=now,
        through=through,
        reason=cause,
    )
