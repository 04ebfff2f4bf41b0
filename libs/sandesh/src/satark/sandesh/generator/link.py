"""A generator's connection: sockets and timers for the state table, which decides everything (clauses 4.2, 4.6)."""

import asyncio
import contextlib
import logging
import random
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from satark.sandesh.generator.activity import Activity
from satark.sandesh.generator.addresses import parse_address
from satark.sandesh.generator.observed import ObservedConnection
from satark.sandesh.generator.sockets import MAX_DSCP, keep_alive, mark
from satark.sandesh.session.actions import Action, Close, Connect
from satark.sandesh.session.events import Connected, ConnectFailed, Event, Lost, TimerExpired
from satark.sandesh.session.states import Session, State, Timers
from satark.sandesh.wire.xml import Classes

READ_BYTES = 64 * 1024
WRITE_BUFFER_BYTES = 64 * 1024
JITTER = 0.25
"""A hold is lengthened by up to this share of itself, so that generators do not come back all at once."""
_log = logging.getLogger(__name__)


def due_at_s(session: Session, chance: float) -> float | None:
    """When the session's timer ends: a hold is lengthened by `chance`, 0 to 1, of the jitter; other waits are kept."""
    if session.deadline_s is None or session.state is not State.IDLE:
        return session.deadline_s
    return session.deadline_s + (session.deadline_s - session.since_s) * JITTER * chance


@dataclass(frozen=True, slots=True)
class Dialling:
    """How a connection is made: how long to wait, over TLS or not, and the code point of what it sends, 0 to 63."""

    timers: Timers | None = None
    tls: ssl.SSLContext | None = None
    dscp: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.dscp <= MAX_DSCP:
            raise ValueError(f"a code point is 0 to {MAX_DSCP}, not {self.dscp}")


class Link:
    """Drives one session. `do` gets every action that is not about the socket; all runs in the event loop."""

    def __init__(
        self,
        collectors: tuple[str, ...],
        do: Callable[[Action], None],
        dialling: Dialling | None = None,
        *,
        classes: Classes,
        activity: Activity | None = None,
    ) -> None:
        known = dialling or Dialling()
        self._do = do
        self._dscp = known.dscp
        self._tls = known.tls
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket_task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        session = Session.client(collectors, 0.0, known.timers)
        self.connection = ObservedConnection(session, activity or Activity(), classes=classes)

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self.connection.session

    @property
    def writer(self) -> asyncio.StreamWriter | None:
        """Where frames go; none without a connection."""
        return self._writer

    def happen(self, event: Event) -> None:
        """Something happened to the session: do what follows from it."""
        self._follow(self.connection.happen(event, _now_s()))

    async def closed(self) -> None:
        """Wait until nothing of it runs any more; after `Stop`."""
        if self._timer is not None:
            self._timer.cancel()
        for each in tuple(self._tasks):
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _follow(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Connect):
                self._socket_task = self._spawn(self._connected_to(action))
            elif isinstance(action, Close):
                self._close(action.reason)
            else:
                self._do(action)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due_s = due_at_s(self.session, random.random())  # noqa: S311 - spreads load, keeps no secret
        if due_s is not None:
            self._timer = asyncio.get_running_loop().call_at(due_s, self.happen, TimerExpired())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("the connection failed", exc_info=task.exception())

    def _close(self, reason: str) -> None:
        _log.info("closing the connection to %s: %s", self.session.peer or "a collector", reason)
        writer, self._writer = self._writer, None
        if writer is not None:
            # What is buffered is lost with the session; waiting for a peer that does not read could take for ever.
            writer.transport.abort()
        task, self._socket_task = self._socket_task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def _connected_to(self, action: Connect) -> None:
        try:
            host, port = parse_address(action.collector)
            reader, writer = await asyncio.open_connection(
                host, port, ssl=self._tls, server_hostname=host if self._tls else None, limit=READ_BYTES
            )
        except (OSError, ValueError) as error:
            self.happen(ConnectFailed(action.connection, f"{type(error).__name__}: {error}"))
            return
        if action.connection != self.session.connection or self.session.state is not State.CONNECT:
            writer.transport.abort()
            return
        keep_alive(writer)
        mark(writer, self._dscp)
        writer.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        self._writer = writer
        self.happen(Connected(action.connection))
        await self._read(reader, writer, action.connection)

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        problem = "closed by the peer"
        try:
            while data := await reader.read(READ_BYTES):
                self._follow(self.connection.receive(data, _now_s()))
                if self._writer is not writer:
                    return
        except (OSError, ssl.SSLError) as error:
            problem = f"{type(error).__name__}: {error}"
        finally:
            with contextlib.suppress(RuntimeError):
                writer.transport.abort()
        if number == self.session.connection:
            self.happen(Lost(number, problem))


def _now_s() -> float:
    return asyncio.get_running_loop().time()
