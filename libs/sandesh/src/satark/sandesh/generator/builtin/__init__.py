"""Answers to the requests that every generator has (clause 5.5)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from satark.sandesh.generator.addresses import parse_address
from satark.sandesh.generator.messages import requests as m
from satark.sandesh.generator.messages import traces as t
from satark.sandesh.generator.messages.stats import SandeshQueueStats
from satark.sandesh.generator.requests import Asked, Handlers, RefusedError
from satark.sandesh.types import Level, Message

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator

NO_LIMIT = 2**32 - 1
"""How a rate limit that is off is told; the same number, set, switches it off."""


class BuiltIn:
    """The handlers, bound to a generator. All run in its event loop."""

    def __init__(self, generator: "Generator") -> None:
        self._generator = generator

    def register(self, handlers: Handlers) -> None:
        """Answer all of them."""
        handlers.add(m.SandeshUVETypesReq, self._uve_types)
        handlers.add(m.SandeshUVECacheReq, self._uve_cache)
        handlers.add(m.SandeshMessageStatsReq, self._message_stats)
        handlers.add(m.SandeshLoggingParamsSet, self._set_logging)
        handlers.add(m.SandeshLoggingParamsStatus, self._logging)
        handlers.add(m.SandeshSendingParamsSet, self._set_sending)
        handlers.add(m.SandeshSendingParamsStatus, self._sending)
        handlers.add(m.SandeshSendQueueSet, self._set_queue)
        handlers.add(m.SandeshSendQueueStatus, self._queue)
        handlers.add(m.CollectorInfoRequest, self._collector)
        handlers.add(t.SandeshTraceRequest, self._traces)
        handlers.add(t.SandeshTraceBufferListRequest, self._trace_buffers)
        handlers.add(t.SandeshTraceEnableDisableReq, self._set_tracing)
        handlers.add(t.SandeshTraceBufStatusReq, self._trace_states)
        handlers.add(t.SandeshTraceBufferEnableDisableReq, self._set_trace_buffer)

    def _uve_types(self, _request: m.SandeshUVETypesReq, _asked: Asked) -> Message:
        types = self._generator.uve_types()
        return m.SandeshUVETypesResp(
            type_info=[
                m.SandeshUVETypeInfo(type_name=each.data_type, seq_num=each.sequence_number, period=-1)
                for each in types
            ]
        )

    def _uve_cache(self, request: m.SandeshUVECacheReq, _asked: Asked) -> Iterable[Message]:
        entries = self._generator.uves(request.tname or "", request.key or None)
        return (*(each.message for each in entries), m.SandeshUVECacheResp(returned=len(entries)))

    def _message_stats(self, _request: m.SandeshMessageStatsReq, _asked: Asked) -> Message:
        outbox = self._generator.outbox
        with self._generator.lock:
            queue = outbox.queue
            return m.SandeshMessageStatsResp(
                stats_=outbox.counters.statistics(),
                send_queue_stats=SandeshQueueStats(enqueues=queue.enqueued, count=len(queue), max_count=queue.longest),
                sending_level=Level(queue.sending_level).name,
                session_close_interval_msec=round(self._generator.writer.close_spacing.interval_s * 1000),
                session_close_timestamp=self._generator.writer.closed_at_us,
            )

    def _set_logging(self, request: m.SandeshLoggingParamsSet, asked: Asked) -> Message:
        level = request.log_level
        if level is not None and level not in Level.__members__:
            raise RefusedError(f"log_level: no level {level[:40]!r}, one of {', '.join(Level.__members__)}")
        given: dict[str, Any] = {
            "enable": request.enable,
            "category": request.category,
            "level": None if level is None else Level[level],
            "trace_print": request.trace_print,
            "enable_flow_log": request.enable_flow_log,
        }
        outbox = self._generator.outbox
        with self._generator.lock:
            outbox.logging = replace(outbox.logging, **{name: each for name, each in given.items() if each is not None})
        return self._logging(m.SandeshLoggingParamsStatus(), asked)

    def _logging(self, _request: m.SandeshLoggingParamsStatus, _asked: Asked) -> Message:
        params = self._generator.outbox.logging
        return m.SandeshLoggingParams(
            enable=params.enable,
            category=params.category,
            log_level=Level(params.level).name,
            trace_print=params.trace_print,
            enable_flow_log=params.enable_flow_log,
        )

    def _set_sending(self, request: m.SandeshSendingParamsSet, asked: Asked) -> Message:
        given = {
            "disable_object_logs": request.disable_object_logs,
            "disable_all_logs": request.disable_all_logs,
            "disable_flows": request.disable_flows,
        }
        outbox = self._generator.outbox
        with self._generator.lock:
            sending = replace(outbox.sending, **{name: each for name, each in given.items() if each is not None})
            limit = request.system_logs_rate_limit
            if limit is not None:
                sending = replace(sending, system_logs_rate_limit=None if limit == NO_LIMIT else limit)
            outbox.sending = sending
        return self._sending(m.SandeshSendingParamsStatus(), asked)

    def _sending(self, _request: m.SandeshSendingParamsStatus, _asked: Asked) -> Message:
        params = self._generator.outbox.sending
        limit = params.system_logs_rate_limit
        return m.SandeshSendingParams(
            system_logs_rate_limit=NO_LIMIT if limit is None else limit,
            disable_object_logs=params.disable_object_logs,
            disable_all_logs=params.disable_all_logs,
            dscp=0,
            disable_flows=params.disable_flows,
        )

    def _set_queue(self, request: m.SandeshSendQueueSet, asked: Asked) -> Message:
        if request.enable is not None:
            self._generator.set_send_queue(enabled=request.enable)
        return self._queue(m.SandeshSendQueueStatus(), asked)

    def _queue(self, _request: m.SandeshSendQueueStatus, _asked: Asked) -> Message:
        return m.SandeshSendQueueResponse(enable=self._generator.writer.enabled)

    def _collector(self, _request: m.CollectorInfoRequest, _asked: Asked) -> Message:
        session = self._generator.session
        host, port = parse_address(session.collector) if session.collector else ("", 0)
        return m.CollectorInfoResponse(ip=host, port=port, status=session.state.value)

    def _traces(self, request: t.SandeshTraceRequest, asked: Asked) -> Message | None:
        name, count = request.buf_name or "", max(0, request.count or 0)
        if not asked.over_http:
            self._generator.send_trace_buffer(name, count, context=asked.context)
            return None
        return t.SandeshTraceTextResponse(traces=[each.text for each in self._generator.traces.newest(name, count)])

    def _trace_buffers(self, _request: t.SandeshTraceBufferListRequest, _asked: Asked) -> Message:
        names = self._generator.traces.names()
        return t.SandeshTraceBufferListResponse(
            trace_buffer_list=[t.SandeshTraceBufInfo(trace_buf_name=name) for name in names]
        )

    def _set_tracing(self, request: t.SandeshTraceEnableDisableReq, _asked: Asked) -> Message:
        traces = self._generator.traces
        if request.enable is not None:
            traces.enabled = request.enable
        return t.SandeshTraceEnableDisableRes(enable_disable_status=f"Sandesh Trace {_word(traces.enabled)}")

    def _trace_states(self, _request: t.SandeshTraceBufStatusReq, _asked: Asked) -> Message:
        return t.SandeshTraceBufStatusRes(trace_buf_status_list=list(self._states()))

    def _states(self) -> Iterator[t.SandeshTraceBufStatusInfo]:
        traces = self._generator.traces
        for name in traces.names():
            yield t.SandeshTraceBufStatusInfo(trace_buf_name=name, enable_disable=_word(traces.is_enabled(name)))

    def _set_trace_buffer(self, request: t.SandeshTraceBufferEnableDisableReq, _asked: Asked) -> Message:
        traces, name = self._generator.traces, request.trace_buf_name or ""
        if name not in traces.names():
            return t.SandeshTraceBufferEnableDisableRes(enable_disable_status="Invalid Trace buffer")
        if request.enable is not None:
            traces.enable(name, enabled=request.enable)
        return t.SandeshTraceBufferEnableDisableRes(
            enable_disable_status=f"Trace buffer {_word(traces.is_enabled(name))}"
        )


def _word(enabled: bool) -> str:
    return "Enabled" if enabled else "Disabled"
