"""The session with the collector, and what was sent over it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from satark.sandesh.generator.addresses import parse_address
from satark.sandesh.generator.messages import requests as m
from satark.sandesh.generator.messages.stats import SandeshQueueStats
from satark.sandesh.generator.requests import Asked, Handler
from satark.sandesh.types import Level, Message

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator


def handlers(generator: "Generator") -> Mapping[type[Message], Handler]:
    """The requests and who answers them."""
    answers = _Session(generator)
    return {m.CollectorInfoRequest: answers.collector, m.SandeshMessageStatsReq: answers.message_stats}


class _Session:
    def __init__(self, generator: "Generator") -> None:
        self._generator = generator

    def collector(self, _request: m.CollectorInfoRequest, _asked: Asked) -> Message:
        """Where the collector is."""
        session = self._generator.session
        host, port = parse_address(session.collector) if session.collector else ("", 0)
        return m.CollectorInfoResponse(ip=host, port=port, status=session.state.value)

    def message_stats(self, _request: m.SandeshMessageStatsReq, _asked: Asked) -> Message:
        """Messages by type and by the cause of their loss."""
        outbox, writer = self._generator.outbox, self._generator.writer
        with self._generator.lock:
            queue = outbox.queue
            return m.SandeshMessageStatsResp(
                stats_=outbox.counters.statistics(),
                send_queue_stats=SandeshQueueStats(enqueues=queue.enqueued, count=len(queue), max_count=queue.longest),
                sending_level=Level(queue.sending_level).name,
                session_close_interval_msec=round(writer.close_spacing.interval_s * 1000),
                session_close_timestamp=writer.closed_at_us,
            )
