"""What is sent and what is logged locally, as an operator sets it at run time (clauses 4.7, 5.5). Pure."""

from collections import deque
from dataclasses import dataclass, field

from satark.sandesh.session.causes import TxCause
from satark.sandesh.types import Kind, Level

_LOGS = frozenset((Kind.SYSTEMLOG, Kind.OBJECTLOG, Kind.FLOWLOG, Kind.SESSIONLOG))
_FLOWS = frozenset((Kind.FLOWLOG, Kind.SESSIONLOG))
_TRACES = frozenset((Kind.TRACE, Kind.TRACEOBJECT))
_UNIT_TEST = 200
_MAX_RATE = 100_000


@dataclass(frozen=True, slots=True)
class SendingParams:
    """What is sent. `system_logs_rate_limit`: system logs a second of each class; 0 sends none, None all.

    The default is None. That of the originals is 0, by which a program that sets nothing loses all its system logs
    (defect 13); a configuration of theirs that says 0 still means none.
    """

    system_logs_rate_limit: int | None = None
    disable_object_logs: bool = False
    disable_all_logs: bool = False
    disable_flows: bool = False


@dataclass(frozen=True, slots=True)
class LoggingParams:
    """Which messages are logged locally: up to `level`, of `category` (empty: of any); flows and traces if wanted."""

    enable: bool = False
    category: str = ""
    level: int = Level.SYS_INFO
    trace_print: bool = False
    enable_flow_log: bool = False

    def wants(self, kind: Kind, level: int, category: str) -> bool:
        """Whether a message of this kind is logged. State is only logged at the level INVALID."""
        if kind in _TRACES:
            return self.trace_print
        if not self.enable or (kind in _FLOWS and not self.enable_flow_log):
            return False
        if kind.is_uve and self.level != Level.INVALID:
            return False
        return level <= self.level and self.category in {"", category}


@dataclass(slots=True)
class RateLimits:
    """The times of the last system logs of each class; the class is the program's own, so there are few."""

    _times: dict[str, deque[int]] = field(default_factory=dict)

    def allows(self, name: str, limit: int, now_s: float) -> bool:
        """Whether one more of that name may be sent in this second; it is then counted."""
        bounded = min(limit, _MAX_RATE)
        times = self._times.get(name)
        if times is None or times.maxlen != bounded:
            times = self._times[name] = deque(times or (), maxlen=bounded)
        second = int(now_s)
        if len(times) == bounded and times[0] == second:
            return False
        times.append(second)
        return True


def refusal(
    kind: Kind, name: str, level: int, params: SendingParams, limits: RateLimits, now_s: float
) -> TxCause | None:
    """Why a log is not sent, before the queue is asked; nothing but logs is ever refused here."""
    if kind not in _LOGS:
        return None
    if params.disable_all_logs or (level >= _UNIT_TEST and level != Level.INVALID):
        return TxCause.SENDING_DISABLED
    if (kind is Kind.OBJECTLOG and params.disable_object_logs) or (kind in _FLOWS and params.disable_flows):
        return TxCause.SENDING_DISABLED
    if kind is not Kind.SYSTEMLOG or params.system_logs_rate_limit is None:
        return None
    if params.system_logs_rate_limit == 0:
        return TxCause.SENDING_DISABLED
    return None if limits.allows(name, params.system_logs_rate_limit, now_s) else TxCause.RATE_LIMITED
