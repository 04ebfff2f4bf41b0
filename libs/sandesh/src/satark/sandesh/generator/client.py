"""The generator: what a program uses to tell collectors of itself. A thin shell over outbox, session and buffers."""

import asyncio
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from satark.sandesh.generator.builtin import BuiltIn
from satark.sandesh.generator.link import Link
from satark.sandesh.generator.outbox import Dropped, Outbox, Stamp
from satark.sandesh.generator.requests import Asked, Handler, Handlers
from satark.sandesh.generator.status import Connections, Process, client_state, node_status
from satark.sandesh.generator.texts import one_line
from satark.sandesh.generator.traces import TraceBuffers
from satark.sandesh.generator.uves import Entry, UveType
from satark.sandesh.session.actions import Action, Changed, Deliver, Discard, SendHello, Synchronise
from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.events import CollectorsChanged, Overflowed, Start, Stop
from satark.sandesh.session.levels import CloseSpacing
from satark.sandesh.session.queue import SendQueue
from satark.sandesh.session.states import Session, State, Timers
from satark.sandesh.types import Header, Kind, Level, Message, StructOf, UveMessage
from satark.sandesh.wire.control import Hello, Identity, encode_hello
from satark.sandesh.wire.xml import Received

STATISTICS_S = 30.0
MAX_REQUESTS_WAITING = 1_000
_LOG_LEVELS = {Level.SYS_DEBUG: logging.DEBUG, Level.SYS_INFO: logging.INFO, Level.SYS_NOTICE: logging.INFO}
_LOG_LEVELS |= {Level.SYS_WARN: logging.WARNING}
_log = logging.getLogger(__name__)
H = TypeVar("H", bound=Handler)


class Generator:
    """The handle of a program on its collectors.

    `async with Generator("module", "host", "Compute", "0", collectors=["10.0.0.1:8086"]) as generator: ...`

    `send` and the trace methods may be called from any thread and never block. `http_port`: introspect's, 0 for any
    free one, None for no introspect. `node_table` is the table of the NodeStatus UVE; None sends none.
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
        messages: Iterable[type[Message]] = (),
        timers: Timers | None = None,
        queue: SendQueue | None = None,
        node_table: str | None = None,
        statistics_s: float = STATISTICS_S,
    ) -> None:
        self.identity = Identity(source or socket.gethostname(), node_type, module, instance_id)
        self.lock = threading.RLock()
        sender = Header(source=self.identity.source, module=module, node_type=node_type, instance_id=instance_id)
        self.outbox = Outbox(sender, queue=SendQueue() if queue is None else queue)
        self.traces = TraceBuffers()
        self.connections = Connections()
        self.handlers = Handlers()
        self.messages: dict[str, type[Message]] = {}
        self.close_spacing = CloseSpacing()
        self.closed_at_us = 0
        self.send_queue_enabled = True
        self.http_port = http_port or 0
        BuiltIn(self).register(self.handlers)
        self.declare(messages)
        self._http = None if http_port is None else (http_host, http_port)
        self._node_table = node_table
        self._statistics_s = statistics_s
        self._link = Link(tuple(collectors), self._do, classes=self.handlers.classes, timers=timers, tls=tls)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._waking = False
        self._closed = False
        self._requests: asyncio.Queue[Received] = asyncio.Queue(MAX_REQUESTS_WAITING)
        self._tasks: list[asyncio.Task[None]] = []
        self._start_time_us = 0
        self._state_since_us = 0
        self._server: Any = None

    @property
    def session(self) -> Session:
        """The session with the present collector."""
        return self._link.session

    @property
    def is_established(self) -> bool:
        """Whether a collector has taken this generator."""
        return self._link.session.state is State.ESTABLISHED

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._start_time_us = self._state_since_us = _now_us()
        if self._http is not None:
            from satark.sandesh.introspect.server import IntrospectServer  # noqa: PLC0415 - only who serves needs it

            self._server = IntrospectServer(self, host=self._http[0], port=self._http[1])
            await self._server.start()
            self.http_port = self._server.port
        workers = (self._write(), self._answer(), self._report())
        self._tasks = [self._loop.create_task(each) for each in workers]
        self._link.happen(Start())
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def flush(self, timeout_s: float) -> bool:
        """Wait until all that was sent so far has been written; whether it was, in time."""
        self._drained.clear()
        self._rouse()
        try:
            await asyncio.wait_for(self._drained.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    async def close(self, *, flush_s: float = 1.0) -> None:
        """End the session after what waits was written, or `flush_s`; what is left is counted as lost."""
        if self._closed:
            return
        if self.is_established:
            await self.flush(flush_s)
        writer = self._link.writer
        if writer is not None and writer.transport.get_write_buffer_size():
            writer.transport.set_write_buffer_limits(high=0)
            try:
                await asyncio.wait_for(writer.drain(), flush_s)
            except (OSError, TimeoutError):
                _log.info("the collector did not take the last messages")
        with self.lock:
            self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._link.happen(Stop())
        await self._link.closed()
        if self._server is not None:
            await self._server.stop()
        with self.lock:
            self.outbox.discard(TxCause.NO_CLIENT)

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
            dropped = self.outbox.submit(message, Stamp(time.time(), level, category, context))
        self._log_locally(message, level, category)
        if dropped is not None and dropped.cause is TxCause.VALIDATION_FAILED:
            _log.error("%s is not sent: %s", message.__sandesh__.name, dropped.problem)
        self._rouse()
        return dropped

    def trace(self, buffer: str, message: Message) -> bool:
        """Put a message into a trace buffer; whether it was kept."""
        self._log_locally(message, Level.SYS_DEBUG, buffer)
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
            changed = self.connections.update(type_, name, status, server_addrs=server_addrs, description=description)
        if changed:
            self._send_node_status()

    def reconfigure(self, collectors: Sequence[str]) -> None:
        """Use these collectors from now on; the present session is kept if its collector is among them."""
        self._in_loop(lambda: self._link.happen(CollectorsChanged(tuple(collectors))))

    def set_send_queue(self, *, enabled: bool) -> None:
        """Hold what waits, or let it go."""
        self.send_queue_enabled = enabled
        self._rouse()

    def uve_types(self) -> list[UveType]:
        """The types of UVE that are in the cache."""
        with self.lock:
            return self.outbox.cache.types()

    def uves(self, data_type: str, uve_key: str | None = None) -> list[Entry]:
        """The cached UVEs of a type."""
        with self.lock:
            return self.outbox.cache.of_type(data_type, uve_key)

    def _in_loop(self, call: Callable[[], None]) -> None:
        if self._loop is None:
            call()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _rouse(self) -> None:
        """Let the writer look at the queue; one call on the way to the loop is enough."""
        with self.lock:
            if self._waking or self._loop is None or self._loop.is_closed():
                return
            self._waking = True
        self._loop.call_soon_threadsafe(self._wake.set)

    def _do(self, action: Action) -> None:
        if isinstance(action, SendHello):
            self._send_hello(action)
        elif isinstance(action, Synchronise):
            with self.lock:
                self.outbox.established = True
                count = self.outbox.synchronise(action.seen, time.time())
            _log.info("sending %d UVEs again to %s", count, self.session.peer)
            self._rouse()
        elif isinstance(action, Deliver):
            self._received(action.received)
        elif isinstance(action, Discard):
            with self.lock:
                self.outbox.counters.not_taken(action.name, action.cause, action.length)
        elif isinstance(action, Changed):
            self._changed(action)

    def _send_hello(self, action: SendHello) -> None:
        names = {each.data_type for each in self.uve_types()}
        for each in self.messages.values():
            if issubclass(each, UveMessage):
                names |= {field.type.name for field in each.__sandesh__.fields if isinstance(field.type, StructOf)}
        hello = Hello(self.identity, action.connections, tuple(sorted(names)), os.getpid(), self.http_port)
        writer = self._link.writer
        if writer is not None:
            writer.write(encode_hello(hello, timestamp_us=_now_us(), sequence_number=action.connections))

    def _changed(self, change: Changed) -> None:
        _log.info("%s -> %s: %s", change.before.value, change.after.value, change.reason)
        self._state_since_us = _now_us()
        if change.after is not State.ESTABLISHED:
            with self.lock:
                self.outbox.disconnected()
        if self._closed:
            return
        status = {State.ESTABLISHED: "Up", State.IDLE: "Down", State.DISCONNECT: "Down"}.get(
            change.after, "Initializing"
        )
        address = [self.session.collector] if self.session.collector else []
        self._send_client_state()
        self.connection_state("Collector", "", status, server_addrs=address, description=change.reason)

    def _send_client_state(self) -> None:
        process = Process(self.identity, os.getpid(), self.http_port, self._start_time_us)
        with self.lock:
            state = client_state(process, self.session, self.outbox, state_since_us=self._state_since_us)
        self.send(state)

    def _send_node_status(self) -> None:
        if self._node_table is not None:
            with self.lock:
                status = node_status(self.identity, self._node_table, dict(self.connections.entries))
            self.send(status)

    def _received(self, received: Received) -> None:
        with self.lock:
            self.outbox.counters.taken(received.name, received.length)
        try:
            self._requests.put_nowait(received)
        except asyncio.QueueFull:
            _log.error("%d requests wait already; %s is not answered", MAX_REQUESTS_WAITING, received.name)

    async def _write(self) -> None:
        """Write batches; where the collector is slow, wait here while the queue fills."""
        while True:
            await self._wake.wait()
            with self.lock:
                self._wake.clear()
                self._waking = False
            while await self._write_some():
                pass

    async def _write_some(self) -> bool:
        writer = self._link.writer
        self._close_if_full()
        if writer is None or not self.outbox.established or not self.send_queue_enabled:
            return False
        with self.lock:
            batch = self.outbox.queue.batch()
            if batch:
                writer.write(b"".join(each.frame for each in batch))
                self.outbox.written(batch)
        if not batch:
            self._drained.set()
            return False
        try:
            await writer.drain()
        except OSError:
            return False  # the reader tells the session
        return True

    def _close_if_full(self) -> None:
        with self.lock:
            now_s = time.monotonic()
            if not self.outbox.queue.overflowed or not self.is_established or not self.close_spacing.allows(now_s):
                return
            self.close_spacing = self.close_spacing.closed(now_s)
            self.closed_at_us = _now_us()
            self.outbox.discard(TxCause.SESSION_NOT_CONNECTED)
        self._link.happen(Overflowed())

    async def _answer(self) -> None:
        while True:
            received = await self._requests.get()
            try:
                await self._answer_one(received)
            except Exception:  # noqa: BLE001 - a handler's mistake must not end the session
                _log.exception("the handler of %s failed", received.name)

    async def _answer_one(self, received: Received) -> None:
        if not self.handlers.has(received.name) or not isinstance(received.body, Message):
            _log.warning("nobody answers %s", received.name)
            return
        context = received.header.context
        async for each in self.handlers.answers(received.body, Asked(context)):
            if isinstance(each, UveMessage):
                self._repeat(each, context)
            else:
                self.send(each, context=context)

    def _repeat(self, message: UveMessage, context: str) -> None:
        with self.lock:
            for entry in self.outbox.cache.of_type(message.__sandesh__.name):
                if entry.message is message:
                    self.outbox.repeat(entry, Stamp(time.time(), context=context))
        self._rouse()

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(self._statistics_s)
            self._send_client_state()

    def _log_locally(self, message: Message, level: int | None, category: str) -> None:
        layout, params = message.__sandesh__, self.outbox.logging
        known = Level.SYS_INFO if level is None else level
        if params.wants(layout.kind, known, category):
            text = f"{category} [{Level(known).name}]: {layout.name}:{one_line(message)}"
            logging.getLogger("satark.sandesh.messages").log(_LOG_LEVELS.get(Level(known), logging.ERROR), text)


def _now_us() -> int:
    return time.time_ns() // 1000
