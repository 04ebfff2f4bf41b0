"""Trace buffers: what is in them, and whether they are on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from satark.sandesh.generator.messages import traces as t
from satark.sandesh.generator.requests import Asked, Handler
from satark.sandesh.types import Message

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator


def handlers(generator: "Generator") -> Mapping[type[Message], Handler]:
    """The requests and who answers them."""
    answers = _Traces(generator)
    return {
        t.SandeshTraceRequest: answers.read,
        t.SandeshTraceBufferListRequest: answers.buffers,
        t.SandeshTraceEnableDisableReq: answers.switch,
        t.SandeshTraceBufStatusReq: answers.states,
        t.SandeshTraceBufferEnableDisableReq: answers.switch_buffer,
    }


class _Traces:
    def __init__(self, generator: "Generator") -> None:
        self._generator = generator

    def read(self, request: t.SandeshTraceRequest, asked: Asked) -> Message | None:
        """The newest traces as text; to a collector the traces themselves, each once."""
        name, count = request.buf_name or "", max(0, request.count or 0)
        if not asked.over_http:
            self._generator.send_trace_buffer(name, count, context=asked.context)
            return None
        return t.SandeshTraceTextResponse(traces=[each.text for each in self._generator.traces.newest(name, count)])

    def buffers(self, _request: t.SandeshTraceBufferListRequest, _asked: Asked) -> Message:
        """The buffers by name."""
        names = self._generator.traces.names()
        return t.SandeshTraceBufferListResponse(
            trace_buffer_list=[t.SandeshTraceBufInfo(trace_buf_name=name) for name in names]
        )

    def switch(self, request: t.SandeshTraceEnableDisableReq, _asked: Asked) -> Message:
        """All tracing on or off; without a value, which it is."""
        traces = self._generator.traces
        if request.enable is not None:
            traces.enabled = request.enable
        return t.SandeshTraceEnableDisableRes(enable_disable_status=f"Sandesh Trace {_word(traces.enabled)}")

    def states(self, _request: t.SandeshTraceBufStatusReq, _asked: Asked) -> Message:
        """Which buffers are on."""
        traces = self._generator.traces
        return t.SandeshTraceBufStatusRes(
            trace_buf_status_list=[
                t.SandeshTraceBufStatusInfo(trace_buf_name=name, enable_disable=_word(traces.is_enabled(name)))
                for name in traces.names()
            ]
        )

    def switch_buffer(self, request: t.SandeshTraceBufferEnableDisableReq, _asked: Asked) -> Message:
        """One buffer on or off; without a value, which it is."""
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
