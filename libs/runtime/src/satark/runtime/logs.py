"""Structured logs: one JSON object a line on stdout, RFC 3339 UTC times, secrets masked."""

import io
import logging
import sys
import time
from collections.abc import Iterable
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from satark.runtime.groups import LogSettings
from satark.runtime.masking import SecretMask
from satark.runtime.quieting import Quieting
from satark.runtime.secret import Secret

NOISY = ("aiokafka", "kafka", "faust", "mode", "aiohttp.access", "urllib3")
"""Libraries whose information is for their authors: warnings and worse are let through, not too often."""


def configure(settings: LogSettings, *, service: str, secrets: Iterable[Secret] = ()) -> None:
    """Send structlog and the standard library's loggers to stdout in the configured format."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    shared = _shared_processors(service, SecretMask(secrets))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(_utf8(sys.stdout))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings)],
        )
    )
    handler.addFilter(_QuietingFilter(Quieting()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


def _shared_processors(service: str, mask: SecretMask) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _with_service(service),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        mask,
    ]


def _renderer(settings: LogSettings) -> Processor:
    if settings.format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())


def _utf8(stream: TextIO) -> TextIO:
    """Return the stream, writing UTF-8 whatever the locale says; a lone surrogate becomes an escape."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


def _with_service(service: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    return add


class _QuietingFilter(logging.Filter):
    """Equal is what a noisy library says with the same template, whatever its arguments."""

    def __init__(self, quieting: Quieting) -> None:
        super().__init__()
        self._quieting = quieting

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(NOISY):
            return True
        held = self._quieting.admits(f"{record.name} {record.levelno} {record.msg}", time.monotonic())
        if held:
            record.msg = f"{record.msg} ({held} more like this)"
        return held is not None
