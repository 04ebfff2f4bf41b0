"""Sends what a generator tells of itself: after every change of its session, and when it is asked to (clause 5.1)."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from satark.sandesh.generator.activity import Activity
from satark.sandesh.generator.outbox import Outbox
from satark.sandesh.generator.status import Connections, Process, client_state, node_status
from satark.sandesh.session.states import Session, State
from satark.sandesh.types import UveMessage

_STATUS = {State.ESTABLISHED: "Up", State.IDLE: "Down", State.DISCONNECT: "Down"}


class SelfReport:
    """The ModuleClientState of a generator, and the NodeStatus in `node_table`; None sends none of the latter."""

    def __init__(
        self,
        process: Process,
        outbox: Outbox,
        activity: Activity,
        lock: threading.RLock,
        send: Callable[[UveMessage], object],
        node_table: str | None,
    ) -> None:
        self.connections = Connections()
        self._outbox = outbox
        self._activity = activity
        self._lock = lock
        self._send = send
        self._node_table = node_table
        self._process = process
        self._state_since_us = 0

    def started(self, http_port: int) -> None:
        """The process begins to run; introspect listens on that port, 0 for none."""
        self._state_since_us = _now_us()
        self._process = replace(self._process, http_port=http_port, start_time_us=self._state_since_us)

    def changed(self, session: Session, reason: str) -> None:
        """The session is in another state."""
        self._state_since_us = _now_us()
        self.client_state(session)
        address = [session.collector] if session.collector else []
        status = _STATUS.get(session.state, "Initializing")
        with self._lock:
            changed = self.connections.update("Collector", "", status, server_addrs=address, description=reason)
        if changed:
            self.node_status()

    def client_state(self, session: Session) -> None:
        """Send the UVE about the session and the counts."""
        with self._lock:
            state = client_state(
                self._process, session, self._outbox, self._activity, state_since_us=self._state_since_us
            )
        self._send(state)

    def node_status(self) -> None:
        """Send the UVE about the process and its connections, if it has a table."""
        if self._node_table is not None:
            with self._lock:
                status = node_status(self._process.identity, self._node_table, dict(self.connections.entries))
            self._send(status)


def _now_us() -> int:
    return time.time_ns() // 1000
