"""Where local logs go: a file with rotation, the system's log, or wherever the program's own logging sends them (clause 4.7).

The handlers are those of the standard library. They work in a thread of their own, because `send` must not wait for a disk.
"""

import logging
import queue
from dataclasses import dataclass
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler, SysLogHandler
from pathlib import Path
from typing import Any

MAX_WAITING = 10_000
MESSAGES = "satark.sandesh.messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalLog:
    """The destinations of local logs; none leaves them to the handlers of the program.

    `file` is renamed to `file.1` and so on, `backups` of them, whenever it has `max_bytes`. `syslog` is the path of a
    socket, `host:port` of UDP, or empty for none; `facility` is one of the names of syslog. `level` is the least grave
    level of the standard library that is written.
    """

    file: Path | None = None
    max_bytes: int = 10 * 1024 * 1024
    backups: int = 10
    syslog: str = ""
    facility: str = "local0"
    level: int = logging.DEBUG

    def __post_init__(self) -> None:
        if self.facility not in SysLogHandler.facility_names:
            raise ValueError(f"no facility of syslog: {self.facility!r}")


class LogWriter:
    """Writes the local logs of one generator from `open` to `close`."""

    def __init__(self, where: LocalLog, *, host: str, program: str) -> None:
        self._where = where
        self._host = host
        self._program = program
        self._handler: _Handover | None = None
        self._listener: QueueListener | None = None
        self.lost = 0

    def open(self) -> None:
        """Begin. Raises `OSError` for a file or socket that is not there."""
        handlers = self._handlers()
        if not handlers:
            return
        waiting: queue.Queue[logging.LogRecord] = queue.Queue(MAX_WAITING)
        self._handler = _Handover(waiting, self)
        self._listener = QueueListener(waiting, *handlers, respect_handler_level=True)
        self._listener.start()
        logger = logging.getLogger(MESSAGES)
        logger.addHandler(self._handler)
        if logger.level == logging.NOTSET or logger.level > self._where.level:
            logger.setLevel(self._where.level)

    def close(self) -> None:
        """End, after what waits was written."""
        if self._handler is None or self._listener is None:
            return
        logging.getLogger(MESSAGES).removeHandler(self._handler)
        self._listener.stop()
        for each in self._listener.handlers:
            each.close()
        self._handler = self._listener = None

    def _handlers(self) -> list[logging.Handler]:
        where, handlers = self._where, list[logging.Handler]()
        line = f"{self._host} [Thread %(thread)d, Pid %(process)d]: %(message)s"
        if where.file is not None:
            file = RotatingFileHandler(
                where.file, maxBytes=where.max_bytes, backupCount=where.backups, encoding="utf-8"
            )
            file.setFormatter(logging.Formatter(f"%(asctime)s {line}"))
            handlers.append(file)
        if where.syslog:
            syslog = SysLogHandler(_syslog_address(where.syslog), SysLogHandler.facility_names[where.facility])
            syslog.setFormatter(logging.Formatter(f"{self._program}: {line}"))
            handlers.append(syslog)
        for each in handlers:
            each.setLevel(where.level)
        return handlers


class _Handover(QueueHandler):
    """Drops what a slow disk leaves no room for, and counts it."""

    def __init__(self, waiting: Any, owner: LogWriter) -> None:
        super().__init__(waiting)
        self._owner = owner

    def handleError(self, _record: logging.LogRecord) -> None:  # noqa: N802 - the name of the standard library
        """One is lost."""
        self._owner.lost += 1


def _syslog_address(text: str) -> str | tuple[str, int]:
    host, _, port = text.rpartition(":")
    return text if text.startswith("/") or not port.isdigit() else (host, int(port))
