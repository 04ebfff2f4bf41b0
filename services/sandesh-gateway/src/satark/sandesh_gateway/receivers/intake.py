"""Where all lines of one transport come together: who may send, how much, and the counting of what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import structlog

from satark.runtime.quieting import Quieting
from satark.sandesh_gateway.receivers import metrics
from satark.sandesh_gateway.receivers.allowlist import AllowList
from satark.sandesh_gateway.receivers.deliveries import DeadLine, Delivery, Frame
from satark.sandesh_gateway.receivers.limits import Connections, Rates
from satark.sandesh_gateway.receivers.protocol import Deliver

Judge = Callable[[Frame, str, datetime], Delivery]
"""What becomes of a frame from a peer that arrived at a time."""

COMPLAINT_EVERY_S = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may send and how much; shared by the transports of a receiver."""

    allow: AllowList
    connections: Connections
    rates: Rates


@dataclass(slots=True)
class Intake:
    """One transport of one receiver."""

    receiver: str
    transport: str
    gate: Gate
    judge: Judge
    deliver: Deliver
    _quieting: Quieting = field(default_factory=lambda: Quieting(COMPLAINT_EVERY_S))

    def refusal(self, peer: str) -> str | None:
        """Return why a peer may not connect, or None; a refusal is counted."""
        cause = "denied" if not self.gate.allow.admits(peer) else self.gate.connections.refusal(peer)
        if cause is not None:
            self.refused(cause, peer)
        return cause

    def refused(self, cause: str, peer: str) -> None:
        """Count a connection that is closed before a line was read."""
        metrics.RECEIVER_REFUSED.labels(self.receiver, self.transport, cause).inc()
        self._complain("connection_refused", cause, peer)

    def arrived(self, peer: str, frames: Sequence[Frame]) -> Sequence[Frame]:
        """Count lines that arrived; return those within the peer's rate.

        Over TCP, too, what is above the rate is dropped: reading more slowly would block the daemons that log there.
        """
        metrics.LINES_RECEIVED.labels(self.receiver, self.transport).inc(len(frames))
        granted = self.gate.rates.granted(peer, len(frames), monotonic())
        if granted < len(frames):
            self._drop("rate", peer, len(frames) - granted)
        return frames[:granted]

    def denied(self, peer: str) -> bool:
        """Return whether a datagram's sender is not allowed; the line is counted then."""
        if self.gate.allow.admits(peer):
            return False
        metrics.LINES_RECEIVED.labels(self.receiver, self.transport).inc()
        self._drop("denied", peer, 1)
        return True

    def overflowed(self, peer: str) -> None:
        """Count a line for which there was no room."""
        self._drop("queue_full", peer, 1)

    async def take(self, lines: Sequence[tuple[str, Frame]]) -> None:
        """Judge the lines, each with its peer, and return when they are delivered."""
        if not lines:
            return
        now = datetime.now(UTC)
        deliveries = [self.judge(frame, peer, now) for peer, frame in lines]
        await self.deliver(deliveries)
        dead = [each for each in deliveries if isinstance(each, DeadLine)]
        metrics.LINES_PUBLISHED.labels(self.receiver, self.transport).inc(len(deliveries) - len(dead))
        for line in dead:
            metrics.LINES_DEAD_LETTERED.labels(self.receiver, self.transport, line.error.reason).inc()

    def _drop(self, cause: str, peer: str, count: int) -> None:
        metrics.LINES_DROPPED.labels(self.receiver, self.transport, cause).inc(count)
        self._complain("lines_dropped", cause, peer)

    def _complain(self, event: str, cause: str, peer: str) -> None:
        held = self._quieting.admits(f"{event} {cause} {peer}", monotonic())
        if held is not None:
            log.warning(event, receiver=self.receiver, transport=self.transport, cause=cause, peer=peer, held_back=held)
