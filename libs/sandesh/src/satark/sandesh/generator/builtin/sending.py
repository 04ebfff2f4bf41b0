"""What is sent and what is logged locally."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from satark.sandesh.generator.messages import sending as m
from satark.sandesh.generator.requests import Asked, Handler, RefusedError
from satark.sandesh.types import Level, Message

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator

NO_LIMIT = 2**32 - 1
"""How a rate limit that is off is told; the same number, set, switches it off."""


def handlers(generator: "Generator") -> Mapping[type[Message], Handler]:
    """The requests and who answers them."""
    answers = _Sending(generator)
    return {
        m.SandeshLoggingParamsSet: answers.set_logging,
        m.SandeshLoggingParamsStatus: answers.logging,
        m.SandeshSendingParamsSet: answers.set_sending,
        m.SandeshSendingParamsStatus: answers.sending,
    }


def level_named(name: str, field: str) -> Level:
    """A level by its name; raises `RefusedError`."""
    if name not in Level.__members__:
        raise RefusedError(f"{field}: no level {name[:40]!r}, one of {', '.join(Level.__members__)}")
    return Level[name]


class _Sending:
    def __init__(self, generator: "Generator") -> None:
        self._generator = generator

    def set_logging(self, request: m.SandeshLoggingParamsSet, asked: Asked) -> Message:
        """Change what is given, leave the rest."""
        level = None if request.log_level is None else level_named(request.log_level, "log_level")
        given: dict[str, Any] = {
            "enable": request.enable,
            "category": request.category,
            "level": level,
            "trace_print": request.trace_print,
            "enable_flow_log": request.enable_flow_log,
        }
        outbox = self._generator.outbox
        with self._generator.lock:
            outbox.logging = replace(outbox.logging, **_set(given))
        return self.logging(m.SandeshLoggingParamsStatus(), asked)

    def logging(self, _request: m.SandeshLoggingParamsStatus, _asked: Asked) -> Message:
        """What is logged locally."""
        params = self._generator.outbox.logging
        return m.SandeshLoggingParams(
            enable=params.enable,
            category=params.category,
            log_level=Level(params.level).name,
            trace_print=params.trace_print,
            enable_flow_log=params.enable_flow_log,
        )

    def set_sending(self, request: m.SandeshSendingParamsSet, asked: Asked) -> Message:
        """Change what is given, leave the rest."""
        given: dict[str, Any] = {
            "disable_object_logs": request.disable_object_logs,
            "disable_all_logs": request.disable_all_logs,
            "disable_flows": request.disable_flows,
        }
        outbox, limit = self._generator.outbox, request.system_logs_rate_limit
        with self._generator.lock:
            outbox.sending = replace(outbox.sending, **_set(given))
            if limit is not None:
                known = None if limit == NO_LIMIT else limit
                outbox.sending = replace(outbox.sending, system_logs_rate_limit=known)
        return self.sending(m.SandeshSendingParamsStatus(), asked)

    def sending(self, _request: m.SandeshSendingParamsStatus, _asked: Asked) -> Message:
        """What is sent."""
        params = self._generator.outbox.sending
        limit = params.system_logs_rate_limit
        return m.SandeshSendingParams(
            system_logs_rate_limit=NO_LIMIT if limit is None else limit,
            disable_object_logs=params.disable_object_logs,
            disable_all_logs=params.disable_all_logs,
            dscp=self._generator.dscp,
            disable_flows=params.disable_flows,
        )


def _set(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in given.items() if each is not None}
