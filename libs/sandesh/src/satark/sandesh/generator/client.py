"""The generator: what a program uses to tell collectors of itself. A thin shell over outbox, session and buffers."""

import asyncio
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

from satark.sandesh.generator.acknowledging import Acknowledge, with_tokens
from satark.sandesh.generator.activity import Activity
from satark.sandesh.generator.answering import Answering
from satark.sandesh.generator.builtin import register
from satark.sandesh.generator.link import Dialling, Link
from satark.sandesh.generator.locallog import Complaints, log_locally
from satark.sandesh.generator.logfiles import LocalLog
from satark.sandesh.generator.messages.node import ConnectionInfo
from satark.sandesh.generator.outbox import Dropped, Outbox, Stamp
from satark.sandesh.generator.outlets import Http, Outlets
from satark.sandesh.generator.reporting import SelfReport
from satark.sandesh.generator.requests import Handler, Handlers
from satark.sandesh.generator.statistics import TICK_S, Derivation
from satark.sandesh.generator.status import Process
from satark.sandesh.generator.traces import TraceBuffers
from satark.sandesh.generator.uves import Entry, UveType
from satark.sandesh.generator.writer import Writer
from satark.sandesh.session.actions import Action, Changed, Deliver, Discard, SendHello, Synchronise
from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.events import CollectorsChanged, Start, Stop
from satark.sandesh.session.queue import SendQueue
from satark.sandesh.session.states import Session, State, Timers
from satark.sandesh.types import Header, Kind, Level, Message, UveMessage
from satark.sandesh.wire.control import Hello, Identity, encode_hello
from satark.sandesh.wire.xml import Received

STATISTICS_S = 30.0
_ANY_ADDRESS = frozenset(("", "0.0.0.0", "::"))  # noqa: S104 - not listened on
_log = logging.getLogger(__name__)
H = TypeVar("H", bound=Handler)


class Generator:
    """The handle of a program on its collectors.

    `async with Generator("module", "host", "Compute", "0", collectors=["10.0.0.1:8086"]) as generator: ...`

    `send` and the trace methods may be called from any thread and never block. `http_port`: introspect's, 0 for any
    free one, None for no introspect; `http_tls`: an `introspect_context`, None for plain HTTP. `node_table` is the table
    of the NodeStatus UVE; None sends none. `dscp` marks what collectors are sent, 0 to 63. `stats_collector` is where
    changes of state are also sent as JSON datagrams: `host:port`, or the path of a unix socket.
    `derived_statistics` are arguments that replace those of `stats` annotations, by data struct and field;
    `acknowledge_alarm` acknowledges the program's alarms, whose tokens point to introspect.
    `pid` is told to collectors, the process's own if None: many simulated daemons live in one process.
    """

    def __init__(
        self,
        module: str,
        source: str = "",
        node_type: str = "Compute",
        instance_id: str = "0",
        *,
        collectors: Sequence[str] = (),
        tls: ssl.SSLContext | None = None,
        http_port: int | None = None,
        http_host: str = "127.0.0.1",
        http_tls: ssl.SSLContext | None = None,
        messages: Iterable[type[Message]] = (),
        timers: Timers | None = None,
        queue: SendQueue | None = None,
        node_table: str | None = None,
        statistics_s: float = STATISTICS_S,
        dscp: int = 0,
        local_log: LocalLog | None = None,
        stats_collector: str = "",
        pid: int | None = None,
        derived_statistics: Mapping[str, Mapping[str, str]] | None = None,
        tick_s: float = TICK_S,
        acknowledge_alarm: Acknowledge | None = None,
    ) -> None:
        self.identity = Identity(source or socket.gethostname(), node_type, module, instance_id)
        self.lock = threading.RLock()
        sender = Header(source=self.identity.source, module=module, node_type=node_type, instance_id=instance_id)
        waiting = SendQueue() if queue is None else queue
        self.outbox = Outbox(sender, queue=waiting, derivation=Derivation(derived_statistics))
        self.pid = os.getpid() if pid is None else pid
        self.traces = TraceBuffers()
        self.handlers = Handlers()
        self.messages: dict[str, type[Message]] = {}
        self.http_port = http_port or 0
        self.acknowledge_alarm = acknowledge_alarm
        self._token_host = self.identity.source if http_host in _ANY_ADDRESS else http_host
        self._tick_s = tick_s
        register(self, self.handlers)
        self.declare(messages)
        self.activity = Activity()
        dialling = Dialling(timers, tls, dscp)
        self._link = Link(tuple(collectors), self._do, dialling, classes=self.handlers.classes, activity=self.activity)
        self.writer = Writer(self.outbox, self.lock, self._link, self.activity)
        self._answering = Answering(self.handlers, self._answer)
        process = Process(self.identity, self.pid, 0, 0)
        self._report = SelfReport(process, self.outbox, self.activity, self.lock, self.send, node_table)
        self._statistics_s = statistics_s
        self.dscp = dscp
        self._complaints = Complaints()
        self._outlets = Outlets(self.identity, Http(http_host, http_port, http_tls), local_log, stats_collector)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def session(self) -> Session:
        """The session with the present collector."""
        return self._link.session

    @property
    def is_established(self) -> bool:
        """Whether a collector has taken this generator."""
        return self._link.session.state is State.ESTABLISHED

    @property
    def connections(self) -> tuple[ConnectionInfo, ...]:
        """The connections of the process that were told of."""
        with self.lock:
            return tuple(self._report.connections.entries.values())

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self.http_port = await self._outlets.open(self)
        self._report.started(self.http_port)
        workers = (self.writer.run(), self._answering.run(), self._tell_of_itself(), self._tick())
        self._tasks = [self._loop.create_task(each) for each in workers]
        self._link.happen(Start())
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def flush(self, timeout_s: float) -> bool:
        """Wait until all that was sent so far has been written; whether it was, in time."""
        return await self.writer.flush(timeout_s)

    async def close(self, *, flush_s: float = 1.0) -> None:
        """End the session after what waits was written, or `flush_s`; what is left is counted as lost."""
        if self._closed:
            return
        if self.is_established:
            await self.flush(flush_s)
        await self.writer.drain(flush_s)
        with self.lock:
            self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._link.happen(Stop())
        await self._link.closed()
        with self.lock:
            self.outbox.discard(TxCause.NO_CLIENT)
        await self._outlets.close()

    def declare(self, messages: Iterable[type[Message]]) -> None:
        """Know these classes: requests can then be received and are listed, UVE types are told to collectors."""
        for each in messages:
            self.messages[each.__sandesh__.name] = each
            if each.__sandesh__.kind is Kind.REQUEST:
                self.handlers.declare(each)

    def on(self, request: type[Message]) -> Callable[[H], H]:
        """Decorator: let the function answer this request, `handler(request, asked)`, plain or async."""

        def add(handler: H) -> H:
            self.handlers.add(request, handler)
            return handler

        return add

    def send(
        self, message: Message, *, level: int | None = None, category: str = "", context: str = ""
    ) -> Dropped | None:
        """Send a message of any kind, or tell why it is lost; a lost UVE is still cached unless it is invalid."""
        with self.lock:
            if self._closed:
                self.outbox.counters.not_sent(message.__sandesh__.name, TxCause.NO_CLIENT)
                return Dropped(TxCause.NO_CLIENT)
            told = with_tokens(message, self._token_host, self.http_port)
            dropped = self.outbox.submit(told, Stamp(time.time(), level, category, context))
        log_locally(self.outbox.logging, message, level, category)
        if dropped is not None:
            self._complaints.note(message.__sandesh__.name, dropped, self.outbox.sending)
        self.writer.rouse()
        return dropped

    def trace(self, buffer: str, message: Message) -> bool:
        """Put a message into a trace buffer; whether it was kept."""
        log_locally(self.outbox.logging, message, Level.SYS_DEBUG, buffer)
        with self.lock:
            return self.traces.add(buffer, message, _now_us())

    def send_trace_buffer(self, name: str, count: int = 0, *, context: str = "") -> int:
        """Send what a buffer has gathered since the last time, at most `count` messages; how many."""
        with self.lock:
            due = self.traces.unread(name, count)
        for each in due:
            self.send(each.message, category=name, context=context)
        return len(due)

    def connection_state(
        self, type_: str, name: str, status: str, *, server_addrs: Sequence[str] = (), description: str = ""
    ) -> None:
        """Tell of one of the process's connections; a change sends the NodeStatus UVE."""
        with self.lock:
            changed = self._report.connections.update(
                type_, name, status, server_addrs=server_addrs, description=description
            )
        if changed:
            self._report.node_status()

    def reconfigure(self, collectors: Sequence[str]) -> None:
        """Use these collectors from now on; the present session is kept if its collector is among them."""
        self._in_loop(lambda: self._link.happen(CollectorsChanged(tuple(collectors))))

    def set_send_queue(self, *, enabled: bool) -> None:
        """Hold what waits, or let it go."""
        self.writer.enabled = enabled
        self.writer.rouse()

    def repeat(self, entries: Iterable[Entry], *, context: str = "") -> None:
        """Send cached UVEs again, as in a synchronisation."""
        with self.lock:
            for entry in entries:
                self.outbox.repeat(entry, Stamp(time.time(), context=context))
        self.writer.rouse()

    def uve_types(self) -> list[UveType]:
        """The types of UVE that were declared or sent, by the name of their data."""
        declared = [UveType.of(each) for each in self.messages.values() if issubclass(each, UveMessage)]
        known = {each.data_type: each for each in declared if each is not None}
        with self.lock:
            known |= {each.data_type: each for each in self.outbox.cache.types()}
        return [known[name] for name in sorted(known)]

    def uves(self, data_type: str, uve_key: str | None = None) -> list[Entry]:
        """The cached UVEs of a type."""
        with self.lock:
            return self.outbox.cache.of_type(data_type, uve_key)

    def _in_loop(self, call: Callable[[], None]) -> None:
        if self._loop is None:
            call()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _do(self, action: Action) -> None:
        if isinstance(action, SendHello):
            self._send_hello(action)
        elif isinstance(action, Synchronise):
            with self.lock:
                self.outbox.established = True
                count = self.outbox.synchronise(action.seen, time.time())
            _log.info("sending %d UVEs again to %s", count, self.session.peer)
            self.writer.rouse()
        elif isinstance(action, Deliver):
            self._received(action.received)
        elif isinstance(action, Discard):
            with self.lock:
                self.outbox.counters.not_taken(action.name, action.cause, action.length)
        elif isinstance(action, Changed):
            self._changed(action)

    def _send_hello(self, action: SendHello) -> None:
        names = [each.data_type for each in self.uve_types()]
        hello = Hello(self.identity, action.connections, tuple(names), self.pid, self.http_port)
        writer = self._link.writer
        if writer is not None:
            frame = encode_hello(hello, timestamp_us=_now_us(), sequence_number=action.connections)
            writer.write(frame)
            self.activity.tx.moved(len(frame))

    def _changed(self, change: Changed) -> None:
        _log.info("%s -> %s: %s", change.before.value, change.after.value, change.reason)
        if change.after is not State.ESTABLISHED:
            with self.lock:
                self.outbox.disconnected()
        if not self._closed:
            self._report.changed(self.session, change.reason)

    def _received(self, received: Received) -> None:
        with self.lock:
            self.outbox.counters.taken(received.name, received.length)
        self._answering.put(received)

    def _answer(self, message: Message, *, context: str) -> None:
        self.send(message, context=context)

    async def _tell_of_itself(self) -> None:
        while True:
            await asyncio.sleep(self._statistics_s)
            self._report.client_state(self.session)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._tick_s)
            with self.lock:
                self.outbox.tick(time.time())
            self.writer.rouse()


def _now_us() -> int:
    return time.time_ns() // 1000
