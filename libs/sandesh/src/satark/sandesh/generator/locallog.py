"""What a generator logs locally of the messages that pass it (clause 4.7)."""

import logging

from satark.sandesh.generator.parameters import LoggingParams
from satark.sandesh.generator.texts import one_line
from satark.sandesh.types import Level, Message

_LEVELS = {
    Level.SYS_DEBUG: logging.DEBUG,
    Level.SYS_INFO: logging.INFO,
    Level.SYS_NOTICE: logging.INFO,
    Level.SYS_WARN: logging.WARNING,
}
_log = logging.getLogger("satark.sandesh.messages")


def log_locally(params: LoggingParams, message: Message, level: int | None, category: str) -> None:
    """One line of the message, if an operator wants it."""
    layout = message.__sandesh__
    known = Level.SYS_INFO if level is None else level
    if params.wants(layout.kind, known, category):
        text = f"{category} [{Level(known).name}]: {layout.name}:{one_line(message)}"
        _log.log(_LEVELS.get(Level(known), logging.ERROR), text)
