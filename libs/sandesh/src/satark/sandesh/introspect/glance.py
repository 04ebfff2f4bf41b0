"""What the first page shows, gathered from a running generator in one moment."""

from collections import Counter
from typing import TYPE_CHECKING

from satark.sandesh.generator.counters import sum_of
from satark.sandesh.introspect.overview import Overview, Traffic
from satark.sandesh.session.causes import RxCause, Tally, TxCause

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator


def overview_of(generator: "Generator") -> Overview:
    """The state as it is now."""
    session, outbox, traces = generator.session, generator.outbox, generator.traces
    with generator.lock:
        sent, queue = outbox.counters.sent, outbox.queue
        traffic = [
            Traffic(name=name, messages=each.messages, size_bytes=each.bytes, lost=_lost(each).total())
            for name, each in sorted(sent.items(), key=lambda item: -item[1].total)
        ]
        return Overview(
            module=generator.identity.module,
            generator=str(generator.identity),
            state=session.state.value,
            reason=session.reason,
            collector=session.collector or "",
            peer=session.peer,
            collectors=session.collectors,
            connections=session.connections,
            waiting=len(queue),
            waiting_bytes=queue.size_bytes,
            most_bytes=queue.max_bytes,
            sending_level=queue.sending_level,
            sending=generator.writer.enabled,
            traffic=traffic,
            lost=[(cause.value, count) for cause, count in _lost(sum_of(sent)).most_common()],
            kept=sum_of(sent).dropped[TxCause.WRONG_STATE],
            uves=[(each.data_type, len(outbox.cache.of_type(each.data_type))) for each in outbox.cache.types()],
            buffers=[
                (name, len(traces.newest(name)), traces.size(name), traces.is_enabled(name)) for name in traces.names()
            ],
            neighbours=[
                (each.type or "", each.name or "", each.status or "", each.description or "")
                for each in generator.connections
            ],
        )


def _lost(tally: Tally) -> "Counter[TxCause | RxCause]":
    """State that came without a session is counted as dropped, as in the originals, but it is in the cache."""
    return Counter({cause: count for cause, count in tally.dropped.items() if cause is not TxCause.WRONG_STATE})
